// Package local brings an application up on this machine, both Regions, from its cloud assembly.
//
// [Start] deploys the assembly into simulated AWS (package provision), and then runs what the deployed resources would run:
//
//   - each function's own code, built for this machine from the import path that its template names, under the Lambda Runtime API,
//     with the environment of the template and the credentials of its role;
//   - database servers, before which each Region's cluster and proxy have their endpoints, with TLS and IAM authentication: with
//     MariaDB, one for the cluster that writes and one that replicates from it for the other, and how far that lags is reported to
//     CloudWatch;
//   - the rules of event buses (package eventbridge), and automations with their scripts on simulated instances (packages automation
//     and sandbox). Arpio is not there: a server that an event of its announces as recovered is there from then on;
//   - each REST API, each user pool's token endpoint, the distribution, and one endpoint for all AWS services;
//   - the pipelines, whose actions invoke the functions, and whose changes of state go to the default event bus.
//
// Everything listens on free ports of the loopback interface. Where a template has a host name that only AWS would resolve, the
// function finds the address of the endpoint; where its security groups do not let it through, it finds one that never answers.
//
// # What is simplified
//
//   - With the embedded database, both clusters of a global database are before one server, so there is no replication lag but
//     the one that is asked for. The standby reads what it lacks then, and has lost it when it takes over. It refuses to write.
//   - With MariaDB, replication is MariaDB's own, from transactions in a log, where Aurora's storage replicates itself. One lag is
//     measured, and reported as AuroraGlobalDBReplicationLag and as AuroraGlobalDBRPOLag alike.
//   - Which cluster writes follows what simulated RDS says of it within some hundredths of a second, where Aurora's storage knows at once.
//   - The operator's user may do everything.
//   - A function without reserved concurrency has a few instances at most, because all share this machine's processors; further
//     invocations wait, where Lambda would start more.
package local

// Package awssim holds the control-plane state of one simulated AWS account: every Region, under one lock and one clock.
//
// A [Cloud] is made with a clock and a seed, so that a test owns both its time and its identifiers. Everything happens in
// [Cloud.Do], which gives the [State]: tables of typed values, the global services' in the State and the Regional ones' in a
// [Region]. Whoever deploys a template uses the Create methods, which fill in what AWS would choose: ARNs, ids, statuses and
// dates. Package endpoint serves the state to AWS's SDKs and to the AWS CLI.
//
//	cloud := awssim.New(awssim.Options{Account: "123456789012", Seed: 1})
//	cloud.Do(func(s *awssim.State) {
//		s.CreateGlobalCluster(awssim.GlobalCluster{Identifier: "todos"})
//		s.Region("us-east-1").CreateDBCluster(awssim.DBCluster{Identifier: "todos-pri", GlobalCluster: "todos"})
//	})
//
// Values in tables are never changed in place, so a value read in Do may be used after it. Addresses (a cluster's endpoint,
// a distribution's domain name) are what the caller gives: the package opens no connection and starts no goroutine.
//
// # What takes time
//
// What the API of RDS begins ([Region.RDS]) goes on by itself, and takes what [Options.Timing] says; the Create methods take no time.
// Do applies what is due before it runs its function, at the time that it was due: the same seed and the same calls at the same times
// give the same history, however often somebody looks, and [State.NextChange] says when the next look may be worth it. Durations are
// drawn when an operation begins, from a source of its own.
//
// A global database: [RDS.SwitchoverGlobalCluster] and the operations beside it move the writer, [Options.Fate] and [State.SetFate] let
// them hang or fail, and [State.Outage] cuts a Region off. What a database needs to know in order to behave accordingly are
// [State.AcceptsWrites], [State.Reachable], [State.ReplicatedUntil], [State.Promotions], and [State.Revision], which tells when to ask
// again.
//
// [State.ItemsAt] is what an edge location knows of a key-value store, and [Cloud.AsOf] what a service answers whose view is stale.
//
// # What is left out
//
// Pipelines are run by package codepipeline, if it is asked to. Instances of EC2 start and stop as time passes, [Options.Speed] times
// faster than in AWS. What events, automations and commands lead to is up to who runs them ([Runners]).
// But for what is above, nothing changes by itself: what a template creates is available as soon as it is created. Of RDS there are no
// events, no backups but snapshots (of which nothing can be restored), no reboots, no failovers within a cluster, no write forwarding,
// and no replication between clusters in other ways than a global cluster. Earlier versions of secrets, parameters and objects are not
// kept, and metrics do not expire. A global cluster, which AWS shows in the Regions of its members, is seen
// from every Region. Each field that is not there is one that AWS would show and that nobody here asks for.
package awssim

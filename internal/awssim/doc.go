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
// # What is left out
//
// Little changes by itself: a cluster, a proxy or a distribution is available as soon as it is created, and roles in a global
// cluster stay as they are. Instances of EC2 start and stop as time passes, [Options.Speed] times faster than in AWS. What events,
// automations and commands lead to is up to who runs them ([Runners]). Earlier versions of secrets, parameters and objects are
// not kept, and metrics do not expire. A global cluster, which AWS shows in the Regions of its members, is seen
// from every Region. Each field that is not there is one that AWS would show and that nobody here asks for.
package awssim

// Package topology holds the facts that every part of an application shares: which Regions it runs in, what its resources
// are called there, and how large they are.
//
// [Read] makes a [Config] of CDK context and environment variables, and reports everything that is wrong with it at once.
// A Config then computes names and ARNs. They are computed, not referenced, because a reference from one Region to another
// can need the other Region's control plane at deployment, which is what an outage takes away.
//
// A Region's [Role] is its home role. Which Region is active at the moment is state; no name says it.
//
// The package is plain Go without jsii, so that Lambda functions and tests can use it too.
package topology

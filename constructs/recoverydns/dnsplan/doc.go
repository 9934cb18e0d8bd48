// Package dnsplan is what the construct recoverydns tells its Lambda function: which DNS records there are, what they point at in
// the primary environment, and what they point at after a failover.
//
// It is plain Go, shared by the construct, which must not be part of a function, and by the function.
package dnsplan

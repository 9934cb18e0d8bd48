// Package databaseproxy defines an RDS Proxy for an Aurora MySQL cluster, with IAM authentication from end to end.
//
//	client --IAM token, TLS--> Endpoint ---------> proxy --IAM token, TLS--> the writer among the cluster's instances
//	                           ReaderEndpoint -->                            its readers
//
// [New] defines the proxy, its target group, which tracks the instances of a cluster, a read-only endpoint, a role, a log
// group and a security group of its own. [Proxy.GrantConnect] lets a client in: it grants the right to log in as one of Users
// and opens the way between the two security groups.
//
// No secret is involved. The client signs a token for itself with its role, and the proxy signs another with its own, which
// may log in to this cluster as the database users in [Props] and as nobody else. Those users have to exist in the database
// with the AWSAuthenticationPlugin, and the cluster has to allow IAM authentication.
//
// # In a global database
//
// Define one proxy in each Region, for that Region's member. A proxy follows its own cluster, so nothing has to be registered
// again after a switchover or a failover: the proxy of the new writer holds back what wants to write until the writer is
// there. Clients have to change proxies, because no name of another Region or of your own works with verified TLS.
//
// While a member is a secondary, its Endpoint refuses connections for want of a writer, and its ReaderEndpoint works. While it
// is the writer, its ReaderEndpoint needs a second instance.
//
// # Defaults
//
// Connections without TLS are refused. Timeouts and pool are those of AWS. Debug logging is off, because it logs statements
// with their values.
//
// # What it never does
//
//   - Put a security group rule or a policy into the stack of the cluster or, when a client of another stack is let in, into its
//     own. A rule lives with whoever needs it, so that stacks of one Region depend on each other in one direction only. It is
//     made of L1 resources for that reason: CDK's DatabaseProxy writes to the cluster's stack.
//   - Serve another engine than MySQL, or log in with a password.
package databaseproxy

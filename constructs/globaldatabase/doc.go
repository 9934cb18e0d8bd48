// Package globaldatabase defines one Aurora MySQL global database, side by side in two Regions.
//
//	primary Region                            secondary Region
//	GlobalCluster (empty) <-- Ref -- Cluster -----> storage replication -----> Cluster
//	                                 instances                                 instances
//
// [NewPrimary] defines the global cluster and the member that starts as its writer; [NewSecondary] defines a member that
// starts as its reader. Which of them writes at a given moment is state, changed by a switchover or a failover, and no
// property of either template depends on it: the global cluster is defined empty, without a source cluster, and both members
// join it by its identifier. Deploying either stack after a change of roles changes nothing.
//
// # Order
//
// The two sides live in stacks of two Regions and share names, never references, so nothing orders them but the order of
// deployment. Deploy the primary first, and wait for its instances: Amazon RDS refuses a secondary while the primary has
// none. Delete in the opposite order.
//
// # Defaults
//
// Each member has:
//
//   - Serverless v2 instances, 8 to 32 ACU each. The secondary must carry the primary's load the minute after a failover,
//     so give it the same: Capacity: primary.Capacity();
//   - storage, master secret, Performance Insights and logs encrypted with a customer managed key of its own Region;
//   - IAM database authentication, and TLS on every connection (require_secure_transport);
//   - the audit, error, slow query and IAM authentication error logs in CloudWatch Logs, with a retention, in log groups that
//     exist before the cluster does. The general log is left off: it holds every statement with its values;
//   - backups for seven days, enhanced monitoring every minute and Performance Insights;
//   - a security group without any rule. Connections come in through what a caller adds to it, such as an RDS Proxy, and none
//     go out: Aurora replicates between Regions on its storage network.
//
// The clusters have deletion protection, and everything the database needs to live on is retained when its stack is deleted,
// unless RemovalPolicy is DESTROY. That includes the subnet group and the security group, so a retained database also keeps its VPC
// from being deleted. The names of the clusters and of their log groups stay taken: a stack that is deployed again after its
// database was retained must import them or use other identifiers. A first deployment that fails can be repeated: it leaves
// behind the key, and the cluster if that exists by then, which has to be deleted by hand, but nothing else.
//
// # What it never does
//
//   - Give the secondary a user name, a password or a database name, which Amazon RDS refuses.
//   - Let Secrets Manager manage the master password (ManageMasterUserPassword), which global databases do not support. The
//     primary's secret is generated once; applications connect with IAM authentication instead.
//   - Pause at zero capacity, see [Capacity].
//   - Turn on write forwarding: a standby that accepts writes would hide which Region is the writer.
package globaldatabase

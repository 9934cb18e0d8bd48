// Package database connects the reference application to MySQL through the two endpoints of its Region's RDS Proxy.
//
// Connections are verified TLS and log in with IAM tokens, one signed for each new connection, so that none is ever
// used after it has expired. They are kept between invocations, and everything about them is bounded in time.
//
// The default endpoint reads and writes; it is preferred for reads too, so that the active Region reads what it has
// written. Where the cluster only reads, that endpoint refuses ("The target group doesn't have any associated
// read/write instances", https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-gdb.html), and reads
// go to the read-only endpoint. In a Region with a single instance it is the other way round: while it is active, the
// read-only endpoint has no instance. So neither can do without the other, and nothing needs to know which Region is
// active: [Endpoints] finds out, and finds out again after a promotion.
//
// Errors leave this package as those of package todo, wrapped around the driver's.
package database

// Package database runs the databases of a rehearsal, and makes them look like Aurora MySQL and RDS Proxy.
//
// # Servers
//
// [Start] starts a server that speaks MySQL's protocol on the loopback interface: either one inside this process, or a
// MariaDB server beside it where one is installed. Both have the same administrator's credentials, time zone (UTC, as
// Aurora has) and character set (utf8mb4), so that what runs against one runs against the other.
//
// What a [Server] holds is gone once it is closed, or once this process ends, however it ends: no process, no port and
// no file is left behind. Durability is switched off, because nothing here is meant to last.
//
// # Replication
//
// [Replicate] has one MariaDB server replicate from another, as a secondary cluster of a global database does from the primary
// one: data, definitions and users. Both are started by [StartReplicable], because only what is logged can be replicated, and a
// rehearsal with one server has no use for a log. Replication is asynchronous. A [Replica] measures its lag, and can be delayed.
//
// # Clusters and their endpoints
//
// A [Cluster] stands before a server, and clients reach it at an [Endpoint]. Endpoints demand TLS. They verify the IAM
// tokens of users that were created for IAM authentication, signature and permission included, and have the server
// check the passwords of all others. A cluster can be switched between having a writer and having none; while it has
// none, what would change anything is refused with the error that an Aurora reader gives, and the variable
// innodb_read_only says so. A proxy's endpoint refuses to log in anybody whom it could not lead to an instance of the
// right kind.
//
//	client ──TLS, token──▶ Endpoint ──password──▶ Server
//	                          │
//	                       Cluster: writer or none, users, Identities
//
// Once a client has logged in, packets are passed on as they are. Endpoints look at commands, and change only those that
// name what the server behind does not know: Aurora's authentication plugin, REQUIRE SSL, and innodb_read_only.
//
// Not modelled: pooling of connections by a proxy, several instances with data of their own, and hosts in the names of
// users, because the server behind sees all clients come from this machine. A statement is refused for what its text
// says, so a function that writes when a query calls it is not (see package statement).
package database

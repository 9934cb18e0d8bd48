// Package wire reads and writes the packets of MySQL's client/server protocol: their frames, those of the connection
// phase, and errors. It knows just enough of the protocol to authenticate both sides of a connection and to pass on what
// comes after.
//
// Every length that comes from outside is checked before it is used.
//
// The protocol is described in "MySQL Server Developer Documentation", Client/Server Protocol,
// https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html
package wire

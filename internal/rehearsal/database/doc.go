// Package database runs the databases of a rehearsal.
//
// [Start] starts a server that speaks MySQL's protocol on the loopback interface: either one inside this process, or a
// MariaDB server beside it where one is installed. Both have the same administrator's credentials, time zone (UTC, as
// Aurora has) and character set (utf8mb4), so that what runs against one runs against the other.
//
// What a [Server] holds is gone once it is closed, or once this process ends, however it ends: no process, no port and
// no file is left behind. Durability is switched off, because nothing here is meant to last.
package database

package database

import (
	"net"
	"os"
)

// serverArguments are the options of a server that starts fast, is small, and forgets. Options that some version does
// not know begin with "loose".
func serverArguments(addr, data, temporary, initial string) []string {
	host, port, _ := net.SplitHostPort(addr)
	args := []string{
		"--no-defaults",
		"--datadir=" + data,
		"--tmpdir=" + temporary,
		"--init-file=" + initial,
		"--bind-address=" + host,
		"--port=" + port,
		"--socket=mariadb.sock", // in the data directory, and short enough wherever that is
		"--pid-file=mariadb.pid",
		"--skip-name-resolve",
		"--character-set-server=utf8mb4",
		"--default-time-zone=+00:00",
		"--innodb-buffer-pool-size=32M",
		"--innodb-log-file-size=8M",
		"--innodb-flush-log-at-trx-commit=0",
		"--skip-innodb-doublewrite",
		"--loose-innodb-flush-method=nosync",
		"--loose-innodb-buffer-pool-dump-at-shutdown=0",
	}
	if os.Geteuid() == 0 {
		args = append(args, "--user=root") // it refuses to run as root otherwise
	}
	return args
}

// logArguments are the options of the binary log. A server that has one also logs what it replicates, so that either of two can
// be the other's source.
func (m mariaDB) logArguments(addr string) []string {
	if !m.binaryLog {
		return []string{"--skip-log-bin"}
	}
	_, port, _ := net.SplitHostPort(addr)
	return []string{
		"--server-id=" + port, // differs from that of every other server of this machine
		"--log-bin=binlog",
		"--binlog-format=ROW",
		"--sync-binlog=0",
		"--log-slave-updates",
		"--gtid-strict-mode",
		"--relay-log=relay",
		"--sync-relay-log=0",
		"--sync-relay-log-info=0",
		"--sync-master-info=0",
		"--skip-slave-start",
	}
}

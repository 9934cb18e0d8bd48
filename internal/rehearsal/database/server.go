package database

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"time"

	"github.com/go-sql-driver/mysql"
)

// Kind is an implementation of a MySQL server.
type Kind string

const (
	// Embedded is go-mysql-server, which runs inside this process and keeps everything in memory. It needs nothing
	// installed.
	Embedded Kind = "embedded"

	// MariaDB is the mariadbd that is installed on this machine.
	MariaDB Kind = "mariadb"
)

// rootUser is the administrator of every server. It can connect from this machine only.
const rootUser = "root"

// Available reports whether servers of this kind can be started on this machine. It looks for what has to be installed
// and starts nothing.
func Available(kind Kind) bool {
	switch kind {
	case Embedded:
		return true
	case MariaDB:
		_, err := findMariaDB()
		return err == nil
	default:
		return false
	}
}

// Server is a running database server. Its methods may be called by several goroutines at once.
type Server struct {
	kind     Kind
	addr     string
	password string
	close    func() error
}

// Start starts a server with no database in it, and returns when it answers. Ending ctx gives up on a server that is
// starting and has no effect on one that has been returned: Close ends that.
func Start(ctx context.Context, kind Kind) (*Server, error) {
	var start func(context.Context, string) (string, func() error, error)
	switch kind {
	case Embedded:
		start = startEmbedded
	case MariaDB:
		start = startMariaDB
	default:
		return nil, fmt.Errorf("start database: kind must be %q or %q, got %q", Embedded, MariaDB, kind)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start %s database: %w", kind, err)
	}
	password := rand.Text()
	addr, stop, err := start(ctx, password)
	if err != nil {
		return nil, fmt.Errorf("start %s database: %w", kind, err)
	}
	return &Server{kind: kind, addr: addr, password: password, close: stop}, nil
}

// Kind is the kind of server this is.
func (s *Server) Kind() Kind { return s.kind }

// Addr is the host and port that the server listens on, such as 127.0.0.1:40000.
func (s *Server) Addr() string { return s.addr }

// Config is how the administrator connects, without TLS, to the named database or, if database is empty, to none. The
// caller may change it.
func (s *Server) Config(database string) *mysql.Config {
	return adminConfig(s.addr, s.password, database)
}

// Close ends the server, its connections and all that it holds. It can be called again.
func (s *Server) Close() error { return s.close() }

func adminConfig(addr, password, database string) *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.User = rootUser
	cfg.Passwd = password
	cfg.Net = "tcp"
	cfg.Addr = addr
	cfg.DBName = database
	cfg.Timeout = 10 * time.Second
	cfg.ParseTime = true
	return cfg
}

// listenLoopback listens on a free port of the loopback interface.
func listenLoopback(ctx context.Context) (net.Listener, error) {
	var lc net.ListenConfig
	return lc.Listen(ctx, "tcp", "127.0.0.1:0")
}

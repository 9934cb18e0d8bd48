package database

import (
	"context"
	"crypto/rand"
	"database/sql"
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
	kind       Kind
	addr       string
	password   string
	replicable bool // whether it writes a binary log
	close      func() error
}

// Start starts a server with no database in it, and returns when it answers. Ending ctx gives up on a server that is
// starting and has no effect on one that has been returned: Close ends that.
func Start(ctx context.Context, kind Kind) (*Server, error) {
	switch kind {
	case Embedded:
		return start(ctx, Server{kind: kind}, startEmbedded)
	case MariaDB:
		return start(ctx, Server{kind: kind}, mariaDB{}.start)
	default:
		return nil, fmt.Errorf("start database: kind must be %q or %q, got %q", Embedded, MariaDB, kind)
	}
}

// StartReplicable starts a MariaDB server as [Start] does, which writes a binary log, so that [Replicate] can have it replicate
// from another one, or another one from it.
func StartReplicable(ctx context.Context) (*Server, error) {
	return start(ctx, Server{kind: MariaDB, replicable: true}, mariaDB{binaryLog: true}.start)
}

// start starts the server that s describes by run.
func start(ctx context.Context, s Server, run func(context.Context, string) (string, func() error, error)) (*Server, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("start %s database: %w", s.kind, err)
	}
	s.password = rand.Text()
	var err error
	if s.addr, s.close, err = run(ctx, s.password); err != nil {
		return nil, fmt.Errorf("start %s database: %w", s.kind, err)
	}
	return &s, nil
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

// open opens a pool of the administrator's connections. What becomes of them is returned as errors, and not logged besides.
func (s *Server) open() (*sql.DB, error) {
	cfg := s.Config("")
	cfg.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
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

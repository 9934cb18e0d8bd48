package database_test

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"golang.org/x/sync/errgroup"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// kinds are all kinds of servers.
func kinds() []database.Kind { return []database.Kind{database.Embedded, database.MariaDB} }

// eachKind runs test against a shared server of every kind.
func eachKind(t *testing.T, test func(t *testing.T, s *database.Server)) {
	t.Helper()
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) { test(t, sharedServer(t, kind)) })
	}
}

// start starts a server that ends with the test.
func start(t *testing.T, kind database.Kind) *database.Server {
	t.Helper()
	s, err := database.Start(t.Context(), kind)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// open opens a pool that is closed with the test.
func open(t *testing.T, cfg *mysql.Config) *sql.DB {
	t.Helper()
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { db.Close() })
	return db
}

// execute executes statements, which must succeed.
func execute(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

// query returns the only value that a statement results in.
func query[T any](t *testing.T, db *sql.DB, statement string, args ...any) T {
	t.Helper()
	var v T
	if err := db.QueryRowContext(t.Context(), statement, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return v
}

func TestServer(t *testing.T) {
	eachKind(t, func(t *testing.T, s *database.Server) {
		if !strings.HasPrefix(s.Addr(), "127.0.0.1:") {
			t.Errorf("listens on %s, want the loopback interface", s.Addr())
		}
		name := newName()
		execute(t, open(t, s.Config("")), "CREATE DATABASE "+name)
		db := open(t, s.Config(name))
		execute(t, db,
			"CREATE TABLE todo (id BIGINT AUTO_INCREMENT PRIMARY KEY, task VARCHAR(50) NOT NULL, at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6))",
			"INSERT INTO todo (task) VALUES ('Grüße 🎉')")
		if got := query[string](t, db, "SELECT task FROM todo WHERE id = ?", 1); got != "Grüße 🎉" {
			t.Errorf("read %q", got)
		}
		if got := query[int](t, db, "SELECT ABS(TIMESTAMPDIFF(SECOND, NOW(), UTC_TIMESTAMP()))"); got > 1 {
			t.Errorf("the server's time is %d s from UTC", got)
		}
	})
}

func TestServerManagesUsers(t *testing.T) {
	eachKind(t, func(t *testing.T, s *database.Server) {
		name := newName()
		execute(t, open(t, s.Config("")),
			"CREATE DATABASE "+name,
			"CREATE TABLE "+name+".todo (id INT)",
			"CREATE USER IF NOT EXISTS '"+name+"'@'%' IDENTIFIED BY 'first'",
			"ALTER USER '"+name+"'@'%' IDENTIFIED BY 'second'",
			"GRANT SELECT ON "+name+".* TO '"+name+"'@'%'")
		cfg := s.Config(name)
		cfg.User, cfg.Passwd = name, "second"
		db := open(t, cfg)
		if got := query[int](t, db, "SELECT COUNT(*) FROM todo"); got != 0 {
			t.Errorf("counted %d", got)
		}
		if _, err := db.Exec("INSERT INTO todo VALUES (1)"); err == nil {
			t.Error("a user who may read has written")
		}
	})
}

func TestServerRefusesStrangers(t *testing.T) {
	eachKind(t, func(t *testing.T, s *database.Server) {
		for name, change := range map[string]func(*mysql.Config){
			"no password":    func(c *mysql.Config) { c.Passwd = "" },
			"wrong password": func(c *mysql.Config) { c.Passwd = "wrong" },
			"no such user":   func(c *mysql.Config) { c.User = "stranger" },
			"nobody":         func(c *mysql.Config) { c.User, c.Passwd = "", "" },
		} {
			cfg := s.Config("")
			change(cfg)
			var refused *mysql.MySQLError
			if err := open(t, cfg).Ping(); !errors.As(err, &refused) || refused.Number != 1045 {
				t.Errorf("%s: %v, want error 1045", name, err)
			}
		}
	})
}

func TestServersAreSeparate(t *testing.T) {
	eachKind(t, func(t *testing.T, s *database.Server) {
		other := start(t, s.Kind())
		name := newName()
		execute(t, open(t, s.Config("")), "CREATE DATABASE "+name)
		if err := open(t, other.Config(name)).Ping(); err == nil {
			t.Error("a database of one server is there in the other")
		}
		if other.Addr() == s.Addr() {
			t.Errorf("both listen on %s", s.Addr())
		}
	})
}

func TestServerCloseLeavesNothing(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) {
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			s, err := database.Start(t.Context(), kind)
			if err != nil {
				t.Fatal(err)
			}
			cfg := s.Config("")
			cfg.Logger = &mysql.NopLogger{}
			db := open(t, cfg)
			conn, err := db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			if err := conn.PingContext(t.Context()); err == nil {
				t.Error("a connection outlived the server")
			}
			if c, err := net.Dial("tcp", s.Addr()); err == nil {
				c.Close()
				t.Error("the port is still open")
			}
			if left, _ := filepath.Glob(tmp + "/*"); len(left) > 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestStartFails(t *testing.T) {
	t.Run("fails on an unknown kind", func(t *testing.T) {
		if database.Available("oracle") {
			t.Error("an unknown kind is available")
		}
		if _, err := database.Start(t.Context(), "oracle"); err == nil || !strings.Contains(err.Error(), `got "oracle"`) {
			t.Errorf("%v, want an error that names the kind", err)
		}
	})
	t.Run("fails when it has been given up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, kind := range kinds() {
			tmp := t.TempDir()
			t.Setenv("TMPDIR", tmp)
			if s, err := database.Start(ctx, kind); err == nil {
				s.Close()
				t.Errorf("%s: started", kind)
			} else if !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v, want %v", kind, err, context.Canceled)
			}
			if left, _ := filepath.Glob(tmp + "/*"); len(left) > 0 {
				t.Errorf("%s: left %v", kind, left)
			}
		}
	})
}

// TestServersStartTogether starts servers that could get in each other's way, if only in what they put into temporary directories.
func TestServersStartTogether(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) {
			var group errgroup.Group
			for range 6 {
				group.Go(func() error {
					s, err := database.Start(t.Context(), kind)
					if err != nil {
						return err
					}
					return s.Close()
				})
			}
			if err := group.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

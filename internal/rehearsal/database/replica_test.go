package database_test

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// pair are two servers that can replicate from one another.
type pair struct{ first, second *database.Server }

// sharedPair are two servers that last as long as the tests. Neither replicates when a test begins, nor when it has ended.
func sharedPair(t *testing.T) pair {
	t.Helper()
	requireMariaDB(t)
	if shared.pair.first == nil {
		shared.pair = pair{startReplicable(t), startReplicable(t)}
	}
	return shared.pair
}

func requireMariaDB(t *testing.T) {
	t.Helper()
	if !database.Available(database.MariaDB) {
		t.Fatal("MariaDB is not installed: the tests need mariadbd, of Debian's package mariadb-server")
	}
}

func startReplicable(t *testing.T) *database.Server {
	t.Helper()
	s, err := database.StartReplicable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// replicate has a server replicate from another until the test ends.
func replicate(t *testing.T, from, to *database.Server) *database.Replica {
	t.Helper()
	r, err := database.Replicate(t.Context(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func lag(t *testing.T, r *database.Replica) time.Duration {
	t.Helper()
	l, err := r.Lag(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// eventually waits until a replica's condition holds. Each look at it takes a round trip at least.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !condition(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not yet after 30 s", what)
		}
	}
}

// counts reports whether a statement counts so many.
func counts(t *testing.T, db *sql.DB, statement string, want int) func() bool {
	return func() bool {
		var got int
		return db.QueryRowContext(t.Context(), statement).Scan(&got) == nil && got == want
	}
}

func TestReplica(t *testing.T) {
	p := sharedPair(t)
	source, standby := open(t, p.first.Config("")), open(t, p.second.Config(""))
	former, latter := newName(), newName()
	execute(t, source,
		"CREATE DATABASE "+former,
		"CREATE TABLE "+former+".todo (id BIGINT AUTO_INCREMENT PRIMARY KEY, task VARCHAR(50) NOT NULL)",
		"INSERT INTO "+former+".todo (task) VALUES ('Grüße 🎉')")
	r := replicate(t, p.first, p.second)
	t.Run("has what was there before", func(t *testing.T) {
		if got := query[string](t, standby, "SELECT task FROM "+former+".todo"); got != "Grüße 🎉" {
			t.Errorf("read %q", got)
		}
	})
	t.Run("gets definitions, data and users", func(t *testing.T) {
		execute(t, source,
			"CREATE DATABASE "+latter,
			"CREATE TABLE "+latter+".todo (id INT)",
			"INSERT INTO "+latter+".todo VALUES (1), (2)",
			"DELETE FROM "+latter+".todo WHERE id = 1",
			"ALTER TABLE "+latter+".todo ADD task INT NOT NULL DEFAULT 7",
			"CREATE USER "+latter+"@'%' IDENTIFIED BY 'secret'",
			"GRANT SELECT, INSERT ON "+latter+".* TO "+latter+"@'%'")
		cfg := p.second.Config(latter)
		cfg.User, cfg.Passwd = latter, "secret"
		app := open(t, cfg)
		eventually(t, "the user reads", counts(t, app, "SELECT SUM(task) FROM todo", 7))
		_, err := app.Exec("INSERT INTO todo VALUES (3, 3)")
		wantError(t, err, 1290, "read-only")
	})
	t.Run("keeps its administrator's password", func(t *testing.T) {
		if err := open(t, p.second.Config("")).Ping(); err != nil {
			t.Error(err)
		}
	})
	t.Run("can become the source", func(t *testing.T) {
		for range 2 {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		replicate(t, p.second, p.first)
		execute(t, standby, "INSERT INTO "+latter+".todo VALUES (4, 4)")
		eventually(t, "the former source has it", counts(t, source, "SELECT COUNT(*) FROM "+latter+".todo", 2))
	})
}

func TestReplicaLag(t *testing.T) {
	p := sharedPair(t)
	source, standby := open(t, p.first.Config("")), open(t, p.second.Config(""))
	todo := newName() + ".todo"
	execute(t, source, "CREATE DATABASE "+strings.TrimSuffix(todo, ".todo"), "CREATE TABLE "+todo+" (id INT)")
	r := replicate(t, p.first, p.second)
	if err := r.SetDelay(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	idle := time.Now()
	lag(t, r)
	execute(t, source, "INSERT INTO "+todo+" VALUES (1)")
	written := time.Now()
	for last := time.Duration(0); time.Since(written) < 300*time.Millisecond; {
		least := time.Since(written)
		l := lag(t, r)
		if most := time.Since(idle); l < least || l > most || l < last {
			t.Errorf("lags by %v after %v, want between %v and %v", l, last, least, most)
		}
		last = l
	}
	if got := query[int](t, standby, "SELECT COUNT(*) FROM "+todo); got != 0 {
		t.Errorf("counted %d rows while held, want none", got)
	}
	if err := r.SetDelay(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it has caught up", func() bool {
		start := time.Now()
		return lag(t, r) <= time.Since(start)
	})
	if got := query[int](t, standby, "SELECT COUNT(*) FROM "+todo); got != 1 {
		t.Errorf("counted %d rows, want 1", got)
	}
}

// TestReplicaOfCluster logs in at a cluster that stands by as a user who was created through the one that writes.
func TestReplicaOfCluster(t *testing.T) {
	p := sharedPair(t)
	users := database.NewUsers()
	writer := newWorld(t, database.MariaDB, func(o *database.ClusterOptions) { o.Server, o.Users = p.first, users })
	replicate(t, p.first, p.second)
	options := writer.options
	options.Server, options.MasterUser, options.MasterPassword, options.ReadOnly = p.second, "", "", true
	cluster, err := database.NewCluster(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	reader := &world{Cluster: cluster, options: options, name: writer.name, iam: writer.iam}
	endpoint := reader.listen(t, database.Reader)
	execute(t, writer.open(t, writer.iamConfig(t, writer.endpoint)), "INSERT INTO todo (task) VALUES ('x')")
	db := reader.open(t, reader.iamConfig(t, endpoint))
	eventually(t, "the replica has it", counts(t, db, "SELECT COUNT(*) FROM todo", 1))
	_, err = db.Exec("INSERT INTO todo (task) VALUES ('y')")
	wantError(t, err, 1290, readOnlyText)
	master := reader.open(t, reader.config(endpoint, master, password))
	if err := master.Ping(); err != nil {
		t.Errorf("the master user: %v", err)
	}
	execute(t, writer.open(t, writer.masterConfig()), "DROP USER '"+writer.name+"'@'%'")
	eventually(t, "the user is gone", func() bool {
		return reader.open(t, reader.iamConfig(t, endpoint)).Ping() != nil
	})
}

func TestReplicaFails(t *testing.T) {
	requireMariaDB(t)
	p := pair{startReplicable(t), startReplicable(t)}
	t.Cleanup(func() {
		if err := errors.Join(p.first.Close(), p.second.Close()); err != nil {
			t.Error(err)
		}
	})
	t.Run("fails on servers without a binary log", func(t *testing.T) {
		_, err := database.Replicate(t.Context(), sharedServer(t, database.MariaDB), p.second)
		wantText(t, err, "StartReplicable")
		_, err = database.Replicate(t.Context(), p.first, sharedServer(t, database.Embedded))
		wantText(t, err, "StartReplicable")
	})
	t.Run("fails when it has been given up", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := database.Replicate(ctx, p.first, p.second); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want %v", err, context.Canceled)
		}
	})
	t.Run("fails with what the replica says", func(t *testing.T) {
		unlogged(t, p.first, "CREATE DATABASE d")
		execute(t, open(t, p.first.Config("")), "CREATE TABLE d.todo (id INT)")
		_, err := database.Replicate(t.Context(), p.first, p.second)
		wantText(t, err, "Unknown database 'd'")
	})
	unlogged(t, p.second, "CREATE DATABASE d")
	r := replicate(t, p.first, p.second)
	t.Run("fails to delay by what is not whole seconds", func(t *testing.T) {
		for _, delay := range []time.Duration{-time.Second, time.Millisecond} {
			wantText(t, r.SetDelay(t.Context(), delay), "whole seconds, got "+delay.String())
		}
	})
	t.Run("fails when replication has stopped", func(t *testing.T) {
		unlogged(t, p.first, "CREATE DATABASE e")
		execute(t, open(t, p.first.Config("")), "CREATE TABLE e.todo (id INT)")
		var err error
		eventually(t, "it fails", func() bool {
			_, err = r.Lag(t.Context())
			return err != nil
		})
		wantText(t, err, "Unknown database 'e'")
	})
	t.Run("fails when the source is gone", func(t *testing.T) {
		if err := p.first.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := r.Lag(t.Context())
		wantText(t, err, "refused")
	})
}

// unlogged executes a statement that is not replicated.
func unlogged(t *testing.T, s *database.Server, statement string) {
	t.Helper()
	db := open(t, s.Config(""))
	db.SetMaxOpenConns(1) // logging is switched off for a connection
	execute(t, db, "SET sql_log_bin = OFF", statement)
}

func wantText(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want an error that says %q", err, want)
	}
}

func TestReplicaCloseLeavesNothing(t *testing.T) {
	p := sharedPair(t)
	goroutines := runtime.NumGoroutine()
	r := replicate(t, p.first, p.second)
	lag(t, r)
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Lag(t.Context()); err == nil {
		t.Error("the lag of what has ended was measured")
	}
	wantGoroutines(t, goroutines)
	for _, s := range []*database.Server{p.first, p.second} {
		const threads = "SELECT COUNT(*) FROM information_schema.processlist WHERE command LIKE 'Slave%' OR command = 'Binlog Dump'"
		db := open(t, s.Config(""))
		eventually(t, "its threads have ended", counts(t, db, threads, 0))
	}
}

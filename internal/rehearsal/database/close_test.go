package database_test

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// TestServerCloseEndsStatements closes servers in the middle of a statement that would take an hour.
func TestServerCloseEndsStatements(t *testing.T) {
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) {
			goroutines := runtime.NumGoroutine()
			s, err := database.Start(t.Context(), kind)
			if err != nil {
				t.Fatal(err)
			}
			cfg := s.Config("")
			cfg.Logger = &mysql.NopLogger{}
			db := open(t, cfg)
			ended := make(chan error, 1)
			go func() {
				var v int
				ended <- db.QueryRow("SELECT SLEEP(3600)").Scan(&v)
			}()
			for running := 0; running == 0; {
				running = query[int](t, db, "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'")
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if err := <-ended; err == nil {
				t.Error("the statement was executed to its end")
			}
			db.Close()
			wantGoroutines(t, goroutines)
		})
	}
}

// wantGoroutines checks that there are no more goroutines than before. One that is about to return may take a moment.
func wantGoroutines(t *testing.T, before int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		runtime.Gosched()
	}
	if got := runtime.NumGoroutine(); got > before {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines, want %d:\n%s", got, before, stacks[:runtime.Stack(stacks, true)])
	}
}

// TestStartIsGivenUp gives up on a MariaDB that hangs, at each step.
func TestStartIsGivenUp(t *testing.T) {
	const hang = `echo > "$MARK"; exec sleep 3600`
	for name, test := range map[string]struct{ install, server string }{
		"installing": {hang, "exit 0"},
		"starting":   {"exit 0", hang},
	} {
		t.Run(name, func(t *testing.T) {
			fakeMariaDB(t, test.install, test.server)
			mark := t.TempDir() + "/mark"
			if err := syscall.Mkfifo(mark, 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv("MARK", mark)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				_, _ = os.ReadFile(mark) // returns when the script has got there
				cancel()
			}()
			s, err := database.Start(ctx, database.MariaDB)
			if err == nil {
				s.Close()
			}
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want %v", err, context.Canceled)
			}
		})
	}
}

// TestStartFailsWithWhatMariaDBSaid has MariaDB fail at each step.
func TestStartFailsWithWhatMariaDBSaid(t *testing.T) {
	for name, test := range map[string]struct{ install, server, want string }{
		"fails with what the installation said": {"echo no space; exit 1", "exit 0", "no space"},
		"fails with what the server said":       {"exit 0", "echo out of memory >&2; exit 1", "out of memory"},
		"fails when every port is taken":        {"exit 0", "echo Address already in use >&2; exit 1", "port is taken"},
		"fails when the server is not ours":     {"exit 0", "echo ready for connections >&2; exec sleep 3600", "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			fakeMariaDB(t, test.install, test.server)
			s, err := database.Start(t.Context(), database.MariaDB)
			if err == nil {
				s.Close()
				t.Fatal("started")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want an error that says %q", err, test.want)
			}
		})
	}
}

// fakeMariaDB replaces MariaDB by scripts.
func fakeMariaDB(t *testing.T, install, server string) {
	t.Helper()
	bin := t.TempDir()
	for program, script := range map[string]string{"mariadb-install-db": install, "mariadbd": server} {
		if err := os.WriteFile(bin+"/"+program, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	if !database.Available(database.MariaDB) {
		t.Error("what is on PATH is not available")
	}
}

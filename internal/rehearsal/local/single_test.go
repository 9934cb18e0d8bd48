package local

import (
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// lagging is an embedded server with a table, whose standby lags by the time given.
func lagging(t *testing.T, delay time.Duration) (*single, *sql.DB) {
	t.Helper()
	server, err := database.Start(t.Context(), database.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	s := &single{Server: server}
	connector, err := mysql.NewConnector(server.Config(""))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	execute(t, db, "CREATE DATABASE todo")
	execute(t, db, "CREATE TABLE todo.todos (id INT PRIMARY KEY AUTO_INCREMENT, task TEXT, at TIMESTAMP NULL, done BOOL)")
	execute(t, db, "CREATE TABLE todo.checks (name VARCHAR(9) PRIMARY KEY)") // go-mysql-server empties one without numbers otherwise
	execute(t, db, "INSERT INTO todo.todos (task, at, done) VALUES ('old', '2026-01-02 03:04:05', true), ('older', NULL, false)")
	if err := s.SetDelay(t.Context(), delay); err != nil {
		t.Fatal(err)
	}
	return s, db
}

func execute(t *testing.T, db *sql.DB, statement string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func tasks(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), "SELECT CONCAT(id, ' ', task, ' ', COALESCE(at, '-'), ' ', done) FROM todo.todos ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		all = append(all, text)
	}
	return all
}

// What a standby lacks is lost by a failover, and by nothing else.
func TestSingleLosesWhatItLacks(t *testing.T) {
	kept := []string{"1 old 2026-01-02 03:04:05 1", "2 older - 0"}
	for _, tt := range []struct {
		name  string
		delay time.Duration
		move  func(*testing.T, *single) error
		lost  bool
	}{
		{"failover", time.Hour, func(t *testing.T, s *single) error { return s.FailOver(t.Context()) }, true},
		{"switchover", time.Hour, func(t *testing.T, s *single) error { return s.SwitchOver(t.Context()) }, false},
		{"failover with hardly any lag", time.Nanosecond, func(t *testing.T, s *single) error { return s.FailOver(t.Context()) }, false},
		{"failover without lag", 0, func(t *testing.T, s *single) error { return s.FailOver(t.Context()) }, false},
		{"failover after the Region was cut off, and the lag ended", time.Hour, func(t *testing.T, s *single) error {
			if err := s.Cut(); err != nil {
				return err
			}
			if err := s.SetDelay(t.Context(), 0); err != nil {
				return err
			}
			return s.FailOver(t.Context())
		}, true},
		{"failover after a switchover", time.Hour, func(t *testing.T, s *single) error {
			if err := s.SwitchOver(t.Context()); err != nil {
				return err
			}
			return s.FailOver(t.Context())
		}, false},
		{"failover after the standby has rejoined", time.Hour, func(t *testing.T, s *single) error {
			if err := s.Cut(); err != nil {
				return err
			}
			if err := s.Rejoin(t.Context()); err != nil {
				return err
			}
			return s.FailOver(t.Context())
		}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, db := lagging(t, tt.delay)
			execute(t, db, "INSERT INTO todo.todos (task, done) VALUES ('new', false)")
			if err := tt.move(t, s); err != nil {
				t.Fatal(err)
			}
			want := kept
			if !tt.lost {
				want = append(slices.Clone(kept), "3 new - 0")
			}
			if got := tasks(t, db); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

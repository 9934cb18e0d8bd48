package database_test

import (
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

func startPair(t *testing.T) *database.Pair {
	t.Helper()
	requireMariaDB(t)
	p, err := database.StartPair(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// on is a pool of a server's administrator.
func on(t *testing.T, s *database.Server) *sql.DB {
	t.Helper()
	connector, err := mysql.NewConnector(s.Config(""))
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(connector)
	t.Cleanup(func() { db.Close() })
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func exec(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func holds(t *testing.T, s *database.Server, want int) {
	t.Helper()
	var got int
	must(t, on(t, s).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM shop.orders").Scan(&got))
	if got != want {
		t.Errorf("%s holds %d rows, want %d", s.Addr(), got, want)
	}
}

// A database goes there, is lost, comes back, and goes home.
func TestPair(t *testing.T) {
	p := startPair(t)
	exec(t, on(t, p.Active()), "CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY)", "INSERT INTO shop.orders VALUES (1)")

	first, second := p.Active(), p.Standby()
	must(t, p.SwitchOver(t.Context()))
	if p.Active() != second || p.Standby() != first {
		t.Fatal("a switchover does not exchange the roles")
	}
	holds(t, second, 1)
	exec(t, on(t, second), "INSERT INTO shop.orders VALUES (2)")
	eventually(t, "the former active server gets what the new one writes", counts(t, on(t, first), "SELECT COUNT(*) FROM shop.orders", 2))

	must(t, p.Cut())
	exec(t, on(t, second), "INSERT INTO shop.orders VALUES (3)")
	if _, err := p.Lag(t.Context()); !errors.Is(err, database.ErrNotReplicating) {
		t.Errorf("the lag of a standby that is cut off: %v", err)
	}
	must(t, p.FailOver(t.Context()))
	holds(t, first, 2)
	holds(t, second, 3)
	exec(t, on(t, first), "INSERT INTO shop.orders VALUES (4)")

	must(t, p.Rejoin(t.Context()))
	holds(t, p.Active(), 3)
	holds(t, p.Standby(), 3)
	if p.Active() != first || p.Standby() == second {
		t.Error("a server that rejoins is not replaced")
	}
	must(t, p.SwitchOver(t.Context()))
	holds(t, p.Active(), 3)
	exec(t, on(t, p.Active()), "INSERT INTO shop.orders VALUES (5)")
}

// A failover loses what a delayed standby has not applied; a switchover waits for it.
func TestPairDelayed(t *testing.T) {
	p := startPair(t)
	exec(t, on(t, p.Active()), "CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY)")
	eventually(t, "the table is replicated", counts(t, on(t, p.Standby()), "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'shop'", 1))
	must(t, p.SetDelay(t.Context(), time.Hour))
	exec(t, on(t, p.Active()), "INSERT INTO shop.orders VALUES (1)")
	must(t, p.SwitchOver(t.Context()))
	holds(t, p.Active(), 1)

	exec(t, on(t, p.Active()), "INSERT INTO shop.orders VALUES (2)")
	must(t, p.FailOver(t.Context()))
	holds(t, p.Active(), 1)
}

package check_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/regioncheck"
	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/check"
	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/mysqltest"
)

// newCheck is a check of us-east-2 over a database of its own, and connections to it.
func newCheck(t *testing.T) (*check.Check, *sql.DB) {
	t.Helper()
	cfg := mysqltest.Config(t, mysqltest.New(t))
	mysqltest.Exec(t, cfg, check.CreateTable)
	mysqltest.Exec(t, cfg, check.CreateTable) // what is there is left as it is
	db := mysqltest.Open(t, cfg)
	return &check.Check{Region: "us-east-2", Database: database.NewEndpoints(db, db)}, db
}

func event(what, run string) []byte { return regioncheck.Request{Check: what, Run: run}.Marshal() }

// TestWrite writes for several runs, which leaves one row.
func TestWrite(t *testing.T) {
	c, db := newCheck(t)
	for _, run := range []string{"first", "first", "second", `"'; DROP TABLE failover_checks; --`, ""} {
		answer, asked, err := c.Invoke(t.Context(), event(regioncheck.Write, run))
		if want := `{"region":"us-east-2","role":"writer"}`; string(answer) != want || !asked || err != nil {
			t.Fatalf("run %q: got %s, %v, %v, want %s", run, answer, asked, err, want)
		}
		var rows int
		var last string
		err = db.QueryRowContext(t.Context(), "SELECT COUNT(*), MAX(run) FROM failover_checks").Scan(&rows, &last)
		if rows != 1 || last != run || err != nil {
			t.Errorf("run %q: got %d rows, the last of run %q, %v", run, rows, last, err)
		}
	}
}

func TestRead(t *testing.T) {
	c, db := newCheck(t)
	answer, asked, err := c.Invoke(t.Context(), event(regioncheck.Read, "r"))
	if want := `{"region":"us-east-2","role":"writer"}`; string(answer) != want || !asked || err != nil {
		t.Errorf("got %s, %v, %v, want %s", answer, asked, err, want)
	}
	var rows int
	if err := db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM failover_checks").Scan(&rows); rows != 0 || err != nil {
		t.Errorf("a read left %d rows, %v", rows, err)
	}
}

// TestNotAsked leaves every other event to the function.
func TestNotAsked(t *testing.T) {
	for _, other := range []string{"", "null", "{}", "[]", `{"httpMethod":"GET","body":"{\"warmstandbyCheck\":{\"check\":\"write\"}}"}`} {
		if answer, asked, err := new(check.Check).Invoke(t.Context(), []byte(other)); answer != nil || asked || err != nil {
			t.Errorf("%s: got %s, %v, %v", other, answer, asked, err)
		}
	}
}

// broken is a database that fails, or reads what another run has written.
type broken struct {
	exec, read error
	run        string
}

func (b broken) Role(context.Context) (todo.Role, error) { return "", b.read }

func (b broken) Exec(context.Context, string, ...any) (sql.Result, error) { return nil, b.exec }

func (b broken) QueryRow(_ context.Context, _ string, _ []any, dest ...any) error {
	*dest[0].(*string) = b.run
	return b.read
}

func TestFails(t *testing.T) {
	tests := map[string]struct {
		database broken
		event    []byte
		want     string
	}{
		"fails on a reader": {
			broken{exec: todo.ErrReadOnly}, event(regioncheck.Write, "r"),
			"write check in us-east-2: write to table failover_checks: the database does not accept writes",
		},
		"fails where it cannot read back": {
			broken{read: todo.ErrUnavailable}, event(regioncheck.Write, "r"),
			"write check in us-east-2: read back from table failover_checks: the database cannot be reached",
		},
		"fails where it reads something else": {
			broken{run: "other"}, event(regioncheck.Write, "r"),
			`write check in us-east-2: read back from table failover_checks: got the row of run "other", want that of "r"`,
		},
		"fails without a role": {
			broken{read: todo.ErrUnavailable}, event(regioncheck.Read, "r"),
			"read check in us-east-2: the database cannot be reached",
		},
		"fails on a long run": {
			broken{}, event(regioncheck.Write, strings.Repeat("r", 129)),
			"write check in us-east-2: run must have at most 128 bytes, got 129",
		},
		"fails on an unknown check": {
			broken{}, event("delete", "r"), `check must be "read" or "write", got "delete"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := &check.Check{Region: "us-east-2", Database: test.database}
			answer, asked, err := c.Invoke(t.Context(), test.event)
			if answer != nil || !asked || err == nil || err.Error() != test.want {
				t.Errorf("got %s, %v, %v, want %s", answer, asked, err, test.want)
			}
		})
	}
}

// TestWithoutTable is a deployment whose CreateTableFunction was not run again since it learned of the table.
func TestWithoutTable(t *testing.T) {
	db := mysqltest.Open(t, mysqltest.Config(t, mysqltest.New(t)))
	c := &check.Check{Region: "us-east-2", Database: database.NewEndpoints(db, db)}
	if _, _, err := c.Invoke(t.Context(), event(regioncheck.Write, "r")); !errors.Is(err, todo.ErrNotSetUp) {
		t.Errorf("got %v, want %v", err, todo.ErrNotSetUp)
	}
}

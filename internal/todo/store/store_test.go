package store_test

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-sql-driver/mysql"

	rehearsal "github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/mysqltest"
	"github.com/warmstandby/warmstandby/internal/todo/store"
)

// newTable creates a table in a database of its own, and returns the database's name and connections to it.
func newTable(t testing.TB) (name string, db *sql.DB) {
	t.Helper()
	name = mysqltest.New(t)
	cfg := mysqltest.Config(t, name)
	mysqltest.Exec(t, cfg, store.CreateTable)
	mysqltest.Exec(t, cfg, store.CreateTable) // what is there is left as it is
	return name, mysqltest.Open(t, cfg)
}

// on is the store that db serves all by itself.
func on(db *sql.DB) *store.Store { return store.New(database.NewEndpoints(db, db)) }

func TestLifeOfAnItem(t *testing.T) {
	_, db := newTable(t)
	s := on(db)
	var ids [2]uint64
	for i := range ids {
		id, err := s.Create(t.Context(), "buy milk", "wip")
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = id
	}
	if ids != [2]uint64{1, 2} {
		t.Errorf("got IDs %d, want 1 and 2", ids)
	}
	changed := todo.Item{ID: 2, Task: "buy milk", Status: "done"}
	for range 2 { // the second update finds its row and changes nothing
		if err := s.Update(t.Context(), changed); err != nil {
			t.Errorf("update: %v", err)
		}
	}
	if got, err := s.Get(t.Context(), 2); got != changed || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, changed)
	}
	if got, err := s.Get(t.Context(), 1); got.Status != "wip" || err != nil {
		t.Errorf("got %+v, %v, want it unchanged", got, err)
	}
	if err := s.Remove(t.Context(), 2); err != nil {
		t.Errorf("remove: %v", err)
	}
	if _, err := s.Get(t.Context(), 2); !errors.Is(err, todo.ErrNotFound) {
		t.Errorf("get what was removed: %v", err)
	}
}

func TestAbsentItems(t *testing.T) {
	_, db := newTable(t)
	s := on(db)
	for _, id := range []uint64{1, 1 << 53, math.MaxInt64, math.MaxUint64} {
		if _, err := s.Get(t.Context(), id); !errors.Is(err, todo.ErrNotFound) {
			t.Errorf("get %d: %v", id, err)
		}
		if err := s.Update(t.Context(), todo.Item{ID: id, Task: "t", Status: "s"}); !errors.Is(err, todo.ErrNotFound) {
			t.Errorf("update %d: %v", id, err)
		}
		if err := s.Remove(t.Context(), id); !errors.Is(err, todo.ErrNotFound) {
			t.Errorf("remove %d: %v", id, err)
		}
	}
}

// FuzzTextSurvives stores text that the API accepts and expects to read the same, down to the byte: parameters are put
// into the statement by the driver, so quoting is at stake.
func FuzzTextSurvives(f *testing.F) {
	for _, seed := range []string{
		"buy milk", strings.Repeat("😀", 50), "任務", "قائمة", "e\u0301", " leading and trailing ", "'; DROP TABLE todos; --",
		`\`, `\'`, `"`, "`", "?", "%s", "\x00", "\x1a\r\n", "\ufeff", "\ufffd", "\U0010ffff", `\u0000`, "/* */", "0x27",
	} {
		f.Add(seed)
	}
	_, db := newTable(f)
	s := on(db)
	f.Fuzz(func(t *testing.T, text string) {
		if n := utf8.RuneCountInString(text); n < 1 || n > todo.MaxTextLength || !utf8.ValidString(text) {
			return // the API does not accept it
		}
		id, err := s.Create(t.Context(), text, "wip")
		if err != nil {
			t.Fatal(err)
		}
		want := todo.Item{ID: id, Task: text, Status: text}
		if err := s.Update(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(t.Context(), id); got != want || err != nil {
			t.Errorf("got %+q and %+q, %v, want %+q", got.Task, got.Status, err, text)
		}
	})
}

func TestWithoutTable(t *testing.T) {
	s := on(mysqltest.Open(t, mysqltest.Config(t, mysqltest.New(t))))
	if _, err := s.Create(t.Context(), "t", "s"); !errors.Is(err, todo.ErrNotSetUp) {
		t.Errorf("create: %v", err)
	}
	if _, err := s.Get(t.Context(), 1); !errors.Is(err, todo.ErrNotSetUp) {
		t.Errorf("get: %v", err)
	}
}

func TestUnknownUser(t *testing.T) {
	cfg := mysqltest.Config(t, mysqltest.New(t))
	cfg.User = "nobody"
	if _, err := on(mysqltest.Open(t, cfg)).Get(t.Context(), 1); !errors.Is(err, todo.ErrNotSetUp) {
		t.Errorf("get: %v", err)
	}
}

func TestServerGone(t *testing.T) {
	server, err := rehearsal.Start(t.Context(), rehearsal.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	cfg := mysqltest.Config(t, "")
	cfg.Addr, cfg.Passwd = server.Addr(), server.Config("").Passwd
	db := mysqltest.Open(t, cfg)
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := on(db).Create(t.Context(), "t", "s"); !errors.Is(err, todo.ErrUnavailable) {
		t.Errorf("create: %v", err)
	}
	if _, err := on(db).Get(t.Context(), 1); !errors.Is(err, todo.ErrUnavailable) {
		t.Errorf("get: %v", err)
	}
}

// TestBrokenConnections has the server end connections that the store keeps, as a proxy and a failover do. The next
// operation must not notice.
func TestBrokenConnections(t *testing.T) {
	name, db := newTable(t)
	s := on(db)
	for range 3 {
		var id int
		if err := db.QueryRowContext(t.Context(), "SELECT CONNECTION_ID()").Scan(&id); err != nil {
			t.Fatal(err)
		}
		mysqltest.Kill(t, name, id)
		if _, err := s.Create(t.Context(), "t", "s"); err != nil {
			t.Errorf("create after connection %d was ended: %v", id, err)
		}
	}
}

// TestReadOnlyServer writes where only reads are allowed, which only MariaDB enforces. Every attempt is on a connection
// of its own, in case the server behind it has changed meanwhile; reads are not affected.
func TestReadOnlyServer(t *testing.T) {
	name, _ := newTable(t)
	if mysqltest.Server(t).Kind() != rehearsal.MariaDB {
		return
	}
	cfg := mysqltest.Config(t, name)
	cfg.Params = map[string]string{"tx_read_only": "1"}
	attempts := 0
	if err := cfg.Apply(mysql.BeforeConnect(func(context.Context, *mysql.Config) error {
		attempts++
		return nil
	})); err != nil {
		t.Fatal(err)
	}
	s := on(mysqltest.Open(t, cfg))
	if _, err := s.Create(t.Context(), "t", "s"); !errors.Is(err, todo.ErrReadOnly) || attempts < 2 {
		t.Errorf("create: %v after %d connections", err, attempts)
	}
	if err := s.Remove(t.Context(), 1); !errors.Is(err, todo.ErrReadOnly) {
		t.Errorf("remove: %v", err)
	}
	if _, err := s.Get(t.Context(), 1); !errors.Is(err, todo.ErrNotFound) {
		t.Errorf("get: %v", err)
	}
}

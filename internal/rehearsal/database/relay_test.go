package database_test

import (
	"database/sql"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

func TestRelay(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		cfg := w.iamConfig(t, w.endpoint)
		cfg.MultiStatements = true
		db := w.open(t, cfg)
		rows, err := db.Query("SELECT 1; SELECT 2, @@innodb_read_only")
		if err != nil {
			t.Fatal(err)
		}
		var a, b int
		if !rows.Next() || rows.Scan(&a) != nil || a != 1 || !rows.NextResultSet() || !rows.Next() || rows.Scan(&a, &b) != nil || a != 2 || b != 0 {
			t.Errorf("read %d, %d, %v", a, b, rows.Err())
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
		long := strings.Repeat("x", 3<<20)
		if got := query[string](t, db, "SELECT REPEAT('x', 3 << 20)"); got != long {
			t.Errorf("read %d bytes, want %d", len(got), len(long))
		}
		if got := query[int](t, db, "SELECT LENGTH(?)", long); got != len(long) {
			t.Errorf("the server got %d bytes, want %d", got, len(long))
		}
		result, err := db.Exec("INSERT INTO todo (task) VALUES ('a'), ('b'), ('c')")
		if err != nil {
			t.Fatal(err)
		}
		if n, err := result.RowsAffected(); err != nil || n != 3 {
			t.Errorf("%d rows, %v, want 3", n, err)
		}
		_, err = db.Exec("SELECT * FROM nowhere")
		wantError(t, err, 1146, "nowhere")
		_, err = db.Exec("INSERT INTO todo (id, task) VALUES (1, 'again')")
		wantError(t, err, 1062, "")
	})
}

func TestRelayTransactions(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		db := w.open(t, w.iamConfig(t, w.endpoint))
		tx, err := db.BeginTx(t.Context(), &sql.TxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec("INSERT INTO todo (task) VALUES ('a')"); err != nil {
			t.Error(err)
		}
		if err := tx.Commit(); err != nil {
			t.Error(err)
		}
		if got := query[int](t, db, "SELECT COUNT(*) FROM todo"); got != 1 {
			t.Errorf("counted %d", got)
		}
	})
}

// TestRelayUnderLoad has many clients read and write while the cluster changes its mind.
func TestRelayUnderLoad(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		db := w.open(t, w.iamConfig(t, w.endpoint))
		var clients sync.WaitGroup
		for i := range 8 {
			clients.Go(func() {
				for j := range 50 {
					if i == 0 {
						w.SetReadOnly(j%2 == 0)
					}
					var count int
					if err := db.QueryRow("SELECT COUNT(*) FROM todo").Scan(&count); err != nil {
						t.Error(err)
					}
					_, err := db.Exec("INSERT INTO todo (task) VALUES (?)", "x")
					var refused *mysql.MySQLError
					if err != nil && (!errors.As(err, &refused) || refused.Number != 1290) {
						t.Error(err)
					}
				}
			})
		}
		clients.Wait()
	})
}

func TestUnknownCommands(t *testing.T) {
	w := newWorld(t, database.Embedded, nil)
	c := dialRaw(t, w.endpoint, w.options.Authority)
	c.login(master, wire.CachingSHA2Password, []byte("x"), password)
	for _, command := range [][]byte{
		{},                                     // nothing
		{0x11, 'r', 'o', 'o', 't', 0, 0, 0, 0}, // COM_CHANGE_USER
		{0x12, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0},   // COM_BINLOG_DUMP
		{0x15, 1, 0, 0, 0},                     // COM_REGISTER_SLAVE
		{0x17, 1},                              // COM_STMT_EXECUTE without a number
		{0xff},                                 // no command at all
	} {
		reply := c.command(command...)
		var e *wire.Error
		if err := wire.ParseError(reply); !errors.As(err, &e) || e.Number != 1047 {
			t.Errorf("%x was answered by %v", command, err)
		}
	}
	c.wantOK()
	if _, err := c.conn.Write([]byte{0xff, 0xff, 0xff, 0}); err != nil {
		t.Fatal(err)
	}
	var e *wire.Error
	if err := wire.ParseError(c.read()); !errors.As(err, &e) || e.Number != 1153 {
		t.Errorf("an endless command was answered by %v", err)
	}
	if rest, err := io.ReadAll(c.conn); len(rest) > 0 {
		t.Errorf("read %q, %v, want the end", rest, err)
	}
}

// BenchmarkQuery compares a query through an endpoint with one that is sent to the server itself.
func BenchmarkQuery(b *testing.B) {
	for _, kind := range kinds() {
		w := newWorld(b, kind, nil)
		direct := w.options.Server.Config(w.name)
		direct.InterpolateParams = true
		for name, cfg := range map[string]*mysql.Config{"direct": direct, "endpoint": w.iamConfig(b, w.endpoint)} {
			b.Run(string(kind)+"/"+name, func(b *testing.B) {
				db := w.open(b, cfg)
				db.SetMaxOpenConns(1)
				for b.Loop() {
					rows, err := db.Query("SELECT id, task FROM todo WHERE id = ?", 1)
					if err != nil {
						b.Fatal(err)
					}
					if err := rows.Close(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// BenchmarkLogin measures how long it takes to connect and to log in with a token.
func BenchmarkLogin(b *testing.B) {
	for _, kind := range kinds() {
		b.Run(string(kind), func(b *testing.B) {
			w := newWorld(b, kind, nil)
			db := w.open(b, w.iamConfig(b, w.endpoint))
			db.SetMaxIdleConns(-1)
			for b.Loop() {
				if err := db.Ping(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

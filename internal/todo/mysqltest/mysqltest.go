// Package mysqltest gives tests of the reference application a MySQL server to talk to.
//
// It is a MariaDB server where one is installed, and one inside the test's process otherwise.
// WARMSTANDBY_TEST_DATABASE=mariadb or embedded asks for one of them. A test binary starts one server, which ends with it.
package mysqltest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	todoDatabase "github.com/warmstandby/warmstandby/internal/todo/database"
)

// KindVariable is the environment variable that asks for one kind of server.
const KindVariable = "WARMSTANDBY_TEST_DATABASE"

// shared is the server of this test binary.
var shared = sync.OnceValues(func() (*database.Server, error) {
	kind := database.Kind(os.Getenv(KindVariable))
	if kind == "" {
		kind = database.Embedded
		if database.Available(database.MariaDB) {
			kind = database.MariaDB
		}
	}
	fmt.Printf("testing against the %s database\n", kind)
	return database.Start(context.Background(), kind)
})

// Server is the server of this test binary.
func Server(t testing.TB) *database.Server {
	t.Helper()
	server, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// databases numbers the databases of this test binary.
var databases atomic.Int64

// New creates an empty database that the test has for itself, and returns its name.
func New(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", databases.Add(1))
	Exec(t, Server(t).Config(""), "CREATE DATABASE "+name)
	t.Cleanup(func() { Exec(t, Server(t).Config(""), "DROP DATABASE "+name) })
	return name
}

// Config is how the application would connect to the named database, but as the administrator and without TLS.
func Config(t testing.TB, name string) *mysql.Config {
	t.Helper()
	admin := Server(t).Config(name)
	cfg := todoDatabase.DriverConfig("", name, nil)
	cfg.User, cfg.Passwd, cfg.Addr, cfg.TLS = admin.User, admin.Passwd, admin.Addr, nil
	return cfg
}

// Open opens connections that end with the test.
func Open(t testing.TB, cfg *mysql.Config) *sql.DB {
	t.Helper()
	db, err := todoDatabase.Pool(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// Exec runs one statement on a connection of its own.
func Exec(t testing.TB, cfg *mysql.Config, statement string) {
	t.Helper()
	db, err := todoDatabase.Pool(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Errorf("%s: %v", statement, err)
	}
}

// Kill ends another connection, and waits until it is gone.
func Kill(t testing.TB, name string, id int) {
	t.Helper()
	db := Open(t, Config(t, name))
	if _, err := db.ExecContext(t.Context(), fmt.Sprintf("KILL %d", id)); err != nil {
		t.Fatal(err)
	}
	for there := 1; there > 0; {
		const query = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = ?"
		if err := db.QueryRowContext(t.Context(), query, id).Scan(&there); err != nil {
			t.Fatal(err)
		}
	}
}

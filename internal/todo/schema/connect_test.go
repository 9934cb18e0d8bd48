package schema_test

import (
	"errors"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/mysqltest"
	"github.com/warmstandby/warmstandby/internal/todo/schema"
)

// TestConnectNeedsTLS offers a server without TLS, which must not get to see the master user's password.
func TestConnectNeedsTLS(t *testing.T) {
	s := schema.New(schema.Config{ClusterEndpoint: mysqltest.Server(t).Addr()}, nil, database.Config{Name: "todomgmt", User: "todo_app"}, nil)
	db, err := s.Connect("admin", "hunter2")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PingContext(t.Context()); !errors.Is(err, mysql.ErrNoTLS) {
		t.Errorf("got %v, want %v", err, mysql.ErrNoTLS)
	}
}

package schema_test

import (
	"errors"
	"net"
	"strconv"
	"testing"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/mysqltest"
	"github.com/warmstandby/warmstandby/internal/todo/schema"
)

// TestConnectNeedsTLS offers a server without TLS, which must not get to see the master user's password.
func TestConnectNeedsTLS(t *testing.T) {
	host, port, err := net.SplitHostPort(mysqltest.Server(t).Addr())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	s := schema.New(schema.Config{ClusterEndpoint: host}, nil, database.Config{Port: number, Name: "todomgmt", User: "todo_app"}, nil)
	db, err := s.Connect("admin", "hunter2")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.PingContext(t.Context()); !errors.Is(err, mysql.ErrNoTLS) {
		t.Errorf("got %v, want %v", err, mysql.ErrNoTLS)
	}
}

package database_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/mysqltest"
)

// config is the application's configuration for a server that is both endpoints.
func config(t *testing.T, address string) database.Config {
	t.Helper()
	return database.Config{
		Region: "us-east-1", ReadWrite: address, ReadOnly: address, Name: "todomgmt", User: "todo_app",
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "SECRET", ""),
	}
}

// TestOpenNeedsTLS offers a server without TLS, which must not get to see a token.
func TestOpenNeedsTLS(t *testing.T) {
	e, err := database.Open(config(t, mysqltest.Server(t).Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.Exec(t.Context(), "DELETE FROM todos"); !errors.Is(err, todo.ErrUnavailable) || !errors.Is(err, mysql.ErrNoTLS) {
		t.Errorf("got %v, want %v", err, mysql.ErrNoTLS)
	}
}

package database_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	sqle "github.com/dolthub/go-mysql-server"
	"github.com/dolthub/go-mysql-server/memory"
	"github.com/dolthub/go-mysql-server/server"
	"github.com/dolthub/go-mysql-server/sql"
	"github.com/dolthub/go-mysql-server/sql/mysql_db"

	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/database"
)

// authority is a server whose certificate the tests' system trusts: that of 127.0.0.1.
var authority = httptest.NewTLSServer(nil)

// TestMain has this process trust authority's certificate, as SSL_CERT_FILE has a function do.
func TestMain(m *testing.M) {
	os.Exit(func() int {
		defer authority.Close()
		dir, err := os.MkdirTemp("", "warmstandby-authority-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		file := filepath.Join(dir, "authority.pem")
		block := &pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate().Raw}
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			panic(err)
		}
		os.Setenv("SSL_CERT_FILE", file)
		return m.Run()
	}())
}

// tokens stands in for IAM: it accepts every password, and keeps it.
type tokens struct {
	mu   sync.Mutex
	seen []string
}

// Authenticate keeps the password of a client.
func (t *tokens) Authenticate(_ *mysql_db.MySQLDb, _ string, _ *mysql_db.User, password string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = append(t.seen, strings.TrimRight(password, "\x00"))
	return true, nil
}

// startProxy starts a server that is a proxy as far as logging in goes: over TLS with authority's certificate, and with
// a token for a password. It has the database todomgmt.
func startProxy(t *testing.T) (address string, seen *tokens) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen = &tokens{}
	provider := memory.NewDBProvider(memory.NewDatabase("todomgmt"))
	engine := sqle.NewDefault(provider)
	addUser(engine.Analyzer.Catalog.MySQLDb, seen)
	cfg := server.Config{Listener: listener, TLSConfig: authority.TLS, RequireSecureTransport: true}
	srv, err := server.NewServer(cfg, engine, sql.NewContext, memory.NewSessionBuilder(provider), nil)
	if err != nil {
		t.Fatal(err)
	}
	go srv.Listener.Accept()
	t.Cleanup(func() {
		srv.Listener.Close()
		engine.Close()
	})
	return listener.Addr().String(), seen
}

// addUser adds the application's user, whose passwords go to seen.
func addUser(users *mysql_db.MySQLDb, seen *tokens) {
	users.SetPlugins(map[string]mysql_db.PlaintextAuthPlugin{"AWSAuthenticationPlugin": seen})
	editor := users.Editor()
	defer editor.Close()
	users.AddSuperUser(editor, "todo_app", "127.0.0.1", "")
	user, _ := editor.GetUser(mysql_db.UserPrimaryKey{Host: "127.0.0.1", User: "todo_app"})
	user.Plugin = "AWSAuthenticationPlugin"
	editor.PutUser(user)
}

// TestOpenLogsInWithTokens holds every connection to having its own token, made for the host, the user and the Region.
func TestOpenLogsInWithTokens(t *testing.T) {
	address, tokens := startProxy(t)
	for range 2 {
		e, err := database.Open(config(t, address))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Exec(t.Context(), "CREATE TABLE IF NOT EXISTS t (i INT)"); err != nil {
			t.Error(err)
		}
		var rows int
		if err := e.QueryRow(t.Context(), "SELECT COUNT(*) FROM t WHERE i < ?", []any{7}, &rows); err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if len(tokens.seen) != 2 {
		t.Errorf("got %d logins, want 2: a connection is used again", len(tokens.seen))
	}
	for _, token := range tokens.seen {
		checkToken(t, token, address)
	}
}

// checkToken checks what a token is for. That its signature is right is the SDK's to promise.
func checkToken(t *testing.T, token, address string) {
	t.Helper()
	u, err := url.Parse("https://" + token)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Host != address || q.Get("Action") != "connect" || q.Get("DBUser") != "todo_app" || q.Get("X-Amz-Expires") != "900" ||
		!strings.HasPrefix(q.Get("X-Amz-Credential"), "AKIDEXAMPLE/") ||
		!strings.HasSuffix(q.Get("X-Amz-Credential"), "/us-east-1/rds-db/aws4_request") || q.Get("X-Amz-Signature") == "" {
		t.Errorf("got token %s", token)
	}
}

// TestOpenNeedsTheHostsCertificate names a host that the certificate is not for. It must not get to see a token.
func TestOpenNeedsTheHostsCertificate(t *testing.T) {
	address, tokens := startProxy(t)
	cfg := config(t, address)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	cfg.ReadWrite = net.JoinHostPort("localhost", port)
	e, err := database.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	_, err = e.Exec(t.Context(), "CREATE TABLE t (i INT)")
	if _, ok := errors.AsType[x509.HostnameError](err); !ok || !errors.Is(err, todo.ErrUnavailable) || len(tokens.seen) > 0 {
		t.Errorf("got %v after %d tokens, want a refusal of the certificate", err, len(tokens.seen))
	}
}

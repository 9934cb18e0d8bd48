package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/rds/auth"
	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

const (
	region   = "eu-west-1"
	account  = "123456789012"
	resource = "cluster-ABC"
	allowed  = "arn:aws:rds-db:eu-west-1:123456789012:dbuser:cluster-ABC/"
	master   = "admin"
	password = "it's a \\ secret"
)

// shared are the servers that the tests of endpoints use, each with databases and users of its own.
var shared struct {
	sync.Mutex
	servers map[database.Kind]*database.Server
	pair    pair // of which one replicates from the other while a test has it
	used    atomic.Int64
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, s := range append(slices.Collect(maps.Values(shared.servers)), shared.pair.first, shared.pair.second) {
		if s == nil {
			continue
		}
		if err := s.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// sharedServer is the server of a kind that lasts as long as the tests.
func sharedServer(tb testing.TB, kind database.Kind) *database.Server {
	tb.Helper()
	shared.Lock()
	defer shared.Unlock()
	if s := shared.servers[kind]; s != nil {
		return s
	}
	s, err := database.Start(context.Background(), kind)
	if err != nil {
		tb.Fatal(err)
	}
	if shared.servers == nil {
		shared.servers = map[database.Kind]*database.Server{}
	}
	shared.servers[kind] = s
	return s
}

// newName is a name for a database or a user that nobody has on a shared server.
func newName() string { return fmt.Sprintf("w%d", shared.used.Add(1)) }

// iam is who may log in: one access key for each database user.
type iam struct{ secret, session string }

func (i iam) SecretKey(accessKeyID, sessionToken string) (string, bool) {
	return i.secret, strings.HasPrefix(accessKeyID, "ASIA") && sessionToken == i.session
}

func (i iam) Allowed(accessKeyID, action, resource string) bool {
	return action == "rds-db:connect" && resource == allowed+strings.TrimPrefix(accessKeyID, "ASIA")
}

// world is a cluster with an endpoint, a database and a user whom IAM authenticates, and who may do everything there.
type world struct {
	*database.Cluster

	options  database.ClusterOptions
	endpoint *database.Endpoint
	name     string // of the database, and of the user
	iam      iam
	log      *syncBuilder
}

// syncBuilder collects a log.
type syncBuilder struct {
	mu sync.Mutex
	strings.Builder
}

func (b *syncBuilder) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Builder.Write(p)
}

func (b *syncBuilder) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Builder.String()
}

func newWorld(tb testing.TB, kind database.Kind, change func(*database.ClusterOptions)) *world {
	tb.Helper()
	ca, err := authority.New()
	if err != nil {
		tb.Fatal(err)
	}
	w := &world{name: newName(), iam: iam{"secret", "session"}, log: &syncBuilder{}}
	w.options = database.ClusterOptions{
		Server: sharedServer(tb, kind), Authority: ca, Identities: w.iam, Region: region, Account: account,
		MasterUser: master, MasterPassword: password,
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	if change != nil {
		change(&w.options)
	}
	if w.Cluster, err = database.NewCluster(tb.Context(), w.options); err != nil {
		tb.Fatal(err)
	}
	w.endpoint = w.listen(tb, database.Writer)
	db := w.open(tb, w.masterConfig())
	for _, s := range []string{
		"CREATE DATABASE " + w.name,
		"CREATE TABLE " + w.name + ".todo (id BIGINT AUTO_INCREMENT PRIMARY KEY, task VARCHAR(50) NOT NULL)",
		"CREATE USER IF NOT EXISTS '" + w.name + "'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'",
		"GRANT ALL ON " + w.name + ".* TO '" + w.name + "'@'%'",
	} {
		if _, err := db.ExecContext(tb.Context(), s); err != nil {
			tb.Fatalf("%s: %v", s, err)
		}
	}
	return w
}

// eachWorld runs a test against a cluster on every kind of server.
func eachWorld(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	for _, kind := range kinds() {
		t.Run(string(kind), func(t *testing.T) { test(t, newWorld(t, kind, nil)) })
	}
}

// listen opens an endpoint that ends with the test.
func (w *world) listen(tb testing.TB, role database.Role) *database.Endpoint {
	tb.Helper()
	e, err := w.Listen(tb.Context(), database.EndpointOptions{Role: role, ResourceID: resource})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := e.Close(); err != nil {
			tb.Error(err)
		}
	})
	return e
}

// open opens a pool that is closed with the test.
func (w *world) open(tb testing.TB, cfg *mysql.Config) *sql.DB {
	tb.Helper()
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	db := sql.OpenDB(connector)
	tb.Cleanup(func() { db.Close() })
	return db
}

// config is how a user logs in at an endpoint.
func (w *world) config(e *database.Endpoint, user, password string) *mysql.Config {
	cfg := mysql.NewConfig()
	cfg.User, cfg.Passwd, cfg.Net, cfg.Addr = user, password, "tcp", e.Addr()
	cfg.TLS = w.options.Authority.ClientConfig("127.0.0.1")
	cfg.AllowCleartextPasswords = true
	cfg.InterpolateParams = true
	cfg.Timeout = time.Minute
	cfg.Logger = &mysql.NopLogger{}
	return cfg
}

// masterConfig is how the master user logs in.
func (w *world) masterConfig() *mysql.Config { return w.config(w.endpoint, master, password) }

// iamConfig is how the world's user logs in at an endpoint, to the world's database.
func (w *world) iamConfig(tb testing.TB, e *database.Endpoint) *mysql.Config {
	tb.Helper()
	cfg := w.config(e, w.name, w.token(tb, e, w.name, "ASIA"+w.name))
	cfg.DBName = w.name
	return cfg
}

// token is a token that an access key's owner makes for a user.
func (w *world) token(tb testing.TB, e *database.Endpoint, user, accessKeyID string) string {
	tb.Helper()
	creds := credentials.NewStaticCredentialsProvider(accessKeyID, w.iam.secret, w.iam.session)
	token, err := auth.BuildAuthToken(context.Background(), e.Addr(), region, user, creds)
	if err != nil {
		tb.Fatal(err)
	}
	return token
}

// wantError checks for an error of MySQL's by number and text.
func wantError(t *testing.T, err error, number uint16, text string) {
	t.Helper()
	var got *mysql.MySQLError
	if !errors.As(err, &got) || got.Number != number || !strings.Contains(got.Message, text) {
		t.Errorf("%v, want error %d %q", err, number, text)
	}
}

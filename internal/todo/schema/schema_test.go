package schema

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/todo"
)

const secretARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:master-AbCdEf"

// secrets holds one secret.
type secrets struct {
	value string
	err   error
}

func (s secrets) GetSecretValue(
	_ context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	if aws.ToString(in.SecretId) != secretARN {
		return nil, errors.New("no such secret")
	}
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(s.value)}, s.err
}

// cluster records the statements that it runs. A statement that begins with fails gets err.
type cluster struct {
	user, password string
	statements     []string
	fails          string
	err            error
	open           int
}

func (c *cluster) Connect(context.Context) (driver.Conn, error) {
	c.open++
	return &connection{c}, nil
}

func (*cluster) Driver() driver.Driver { return nil }

// connection is a connection to a cluster.
type connection struct{ *cluster }

func (c *connection) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	if c.fails != "" && strings.HasPrefix(query, c.fails) {
		return nil, c.err
	}
	c.statements = append(c.statements, query)
	return driver.ResultNoRows, nil
}

func (*connection) Prepare(string) (driver.Stmt, error) { return nil, errors.ErrUnsupported }
func (*connection) Begin() (driver.Tx, error)           { return nil, errors.ErrUnsupported }

func (c *connection) Close() error {
	c.open--
	return nil
}

// proxy is what the application's user sees: err, if it is not nil, of a statement that has lacks in it.
type proxy struct {
	err   error
	lacks string
	asked int
}

func (p *proxy) QueryRow(_ context.Context, query string, _ []any, _ ...any) error {
	p.asked++
	if !strings.Contains(query, p.lacks) {
		return nil
	}
	return p.err
}

// schemaOf is the schema of a Region that can create what is missing.
func schemaOf(s secrets, c *cluster, p *proxy) *Schema {
	return &Schema{
		Config:  Config{ClusterEndpoint: "cluster.example.us-east-1.rds.amazonaws.com", SecretARN: secretARN},
		Secrets: s,
		Connect: func(user, password string) (*sql.DB, error) {
			c.user, c.password = user, password
			return sql.OpenDB(c), nil
		},
		Database: p,
		Name:     "todomgmt",
		User:     "todo_app",
	}
}

// master is the secret as CDK makes it.
var master = secrets{value: `{"username":"admin","password":"hunter2","engine":"mysql","host":"h","port":3306}`}

func TestEnsureCreates(t *testing.T) {
	c, p := &cluster{}, &proxy{}
	for range 2 {
		c.statements = nil
		table, err := schemaOf(master, c, p).Ensure(t.Context())
		if table != "todos" || err != nil {
			t.Fatalf("got %q, %v", table, err)
		}
		want := []string{
			"CREATE TABLE IF NOT EXISTS `todos` (`id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, " +
				"`task` VARCHAR(50) NOT NULL, `status` VARCHAR(50) NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
			"CREATE TABLE IF NOT EXISTS `failover_checks` (`region` VARCHAR(30) NOT NULL PRIMARY KEY, " +
				"`run` VARCHAR(128) NOT NULL, `checked` DATETIME NOT NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
			"CREATE USER IF NOT EXISTS 'todo_app'@'%' IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL",
			"GRANT SELECT, INSERT, UPDATE, DELETE ON `todomgmt`.`todos` TO 'todo_app'@'%'",
			"GRANT SELECT, INSERT, UPDATE, DELETE ON `todomgmt`.`failover_checks` TO 'todo_app'@'%'",
		}
		if !slices.Equal(c.statements, want) {
			t.Errorf("got  %q\nwant %q", c.statements, want)
		}
	}
	if c.user != "admin" || c.password != "hunter2" || c.open != 0 || p.asked != 0 {
		t.Errorf("logged in as %s/%s, left %d connections open, asked the proxy %d times", c.user, c.password, c.open, p.asked)
	}
}

func TestEnsureFails(t *testing.T) {
	refused := errors.New("refused")
	for name, test := range map[string]struct {
		secrets secrets
		fails   string
		want    string
	}{
		"fails without the secret":      {secrets{err: refused}, "", "get secret " + secretARN + ": refused"},
		"fails on a secret of text":     {secrets{value: "hunter2"}, "", "read secret " + secretARN + ": it must be a JSON object with username and password"},
		"fails on half a secret":        {secrets{value: `{"username":"admin"}`}, "", "read secret " + secretARN + ": it must be a JSON object with username and password"},
		"fails where the table cannot":  {master, "CREATE TABLE", "create table todos as admin: the database cannot be reached: refused; check table todos: the database is not set up"},
		"fails where the user cannot":   {master, "CREATE USER", "create user todo_app as admin: the database cannot be reached: refused; check table todos: the database is not set up"},
		"fails where the rights cannot": {master, "GRANT", "grant to user todo_app as admin: the database cannot be reached: refused; check table todos: the database is not set up"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &cluster{fails: test.fails, err: refused}
			_, err := schemaOf(test.secrets, c, &proxy{err: todo.ErrNotSetUp}).Ensure(t.Context())
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if c.open != 0 {
				t.Errorf("left %d connections open", c.open)
			}
		})
	}
}

func TestEnsureFailsToConnect(t *testing.T) {
	refused := errors.New("refused")
	s := schemaOf(master, &cluster{}, &proxy{})
	s.Connect = func(string, string) (*sql.DB, error) { return nil, refused }
	if _, err := s.Ensure(t.Context()); !errors.Is(err, refused) {
		t.Errorf("got %v, want %v", err, refused)
	}
}

// TestEnsureFailsForTheMasterUser holds a refused master user to being a defect, not a database that is not set up yet.
func TestEnsureFailsForTheMasterUser(t *testing.T) {
	c := &cluster{fails: "CREATE TABLE", err: &mysql.MySQLError{Number: 1045, Message: "Access denied"}}
	p := &proxy{}
	_, err := schemaOf(master, c, p).Ensure(t.Context())
	if err == nil || errors.Is(err, todo.ErrNotSetUp) || p.asked > 0 {
		t.Errorf("got %v after asking the proxy %d times", err, p.asked)
	}
}

// TestEnsureChecksBothTables is a standby that has not received one of them.
func TestEnsureChecksBothTables(t *testing.T) {
	for _, table := range []string{"todos", "failover_checks"} {
		s := schemaOf(master, &cluster{}, &proxy{err: todo.ErrNotSetUp, lacks: table})
		s.Config.SecretARN = ""
		if _, err := s.Ensure(t.Context()); !errors.Is(err, todo.ErrNotSetUp) || !strings.Contains(err.Error(), table) {
			t.Errorf("without %s: got %v", table, err)
		}
	}
}

// TestEnsureChecks is about Regions that cannot create: those without a secret, and one that has been demoted.
func TestEnsureChecks(t *testing.T) {
	readOnly := driver.ErrBadConn // what is left of a reader's refusal
	unreachable := errors.New("no such host")
	for name, test := range map[string]struct {
		arn            string
		cluster, proxy error
		want           error
	}{
		"a standby":                       {"", nil, nil, nil},
		"fails in an empty standby":       {"", nil, todo.ErrNotSetUp, todo.ErrNotSetUp},
		"fails in a standby that is down": {"", nil, todo.ErrUnavailable, todo.ErrUnavailable},
		"a reader":                        {secretARN, readOnly, nil, nil},
		"no writer":                       {secretARN, unreachable, nil, nil},
		"fails on an empty reader":        {secretARN, readOnly, todo.ErrNotSetUp, todo.ErrReadOnly},
		"fails where all is down":         {secretARN, unreachable, todo.ErrUnavailable, todo.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			c := &cluster{fails: "CREATE TABLE", err: test.cluster}
			s := schemaOf(master, c, &proxy{err: test.proxy})
			s.Config.SecretARN = test.arn
			if _, err := s.Ensure(t.Context()); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if len(c.statements) > 0 {
				t.Errorf("ran %q", c.statements)
			}
		})
	}
}

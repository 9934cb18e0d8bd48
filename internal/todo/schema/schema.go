// Package schema prepares the database for the application: its table, the one that a failover's checks write, and the
// database user that the functions log in as with IAM tokens.
//
// Creating them takes the master user, whose password only the Region has where the database was first created. Every
// other Region receives tables and user by replication, and can check that they have arrived. Both can be done again at
// any time: what is there is left as it is, and what a deployment has not had so far is added.
package schema

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/check"
	"github.com/warmstandby/warmstandby/internal/todo/database"
	"github.com/warmstandby/warmstandby/internal/todo/store"
)

// secretTimeout bounds the call to Secrets Manager, with the SDK's retries.
const secretTimeout = 5 * time.Second

// Secrets is the part of the Secrets Manager client that is used.
type Secrets interface {
	GetSecretValue(
		ctx context.Context, in *secretsmanager.GetSecretValueInput, opts ...func(*secretsmanager.Options),
	) (*secretsmanager.GetSecretValueOutput, error)
}

// Schema prepares one database.
type Schema struct {
	// Config says whether and how this Region creates what is missing.
	Config Config

	// Secrets holds the master user's password. It is used where Config has a SecretARN.
	Secrets Secrets

	// Connect opens the cluster itself, rather than the proxy, as the user given.
	Connect func(user, password string) (*sql.DB, error)

	// Database is the proxy, which the application's own user logs in to.
	Database interface {
		QueryRow(ctx context.Context, query string, args []any, dest ...any) error
	}

	// Name is the database's name, User the application's user; both are plain identifiers.
	Name, User string
}

// tables are the tables that the application's user reads and writes.
var tables = []string{store.Table, check.Table}

// Ensure makes sure that the tables and the user are there, and returns the name of the application's table. Where it may not create them it
// checks, and returns [todo.ErrNotSetUp] if they are missing. Where it may, but the cluster has become a reader or its
// writer cannot be reached, as in a Region that has been demoted, finding them is enough.
func (s *Schema) Ensure(ctx context.Context) (string, error) {
	if s.Config.SecretARN == "" {
		return store.Table, s.check(ctx)
	}
	err := s.create(ctx)
	if errors.Is(err, todo.ErrReadOnly) || errors.Is(err, todo.ErrUnavailable) {
		missing := s.check(ctx)
		if missing == nil {
			return store.Table, nil
		}
		err = fmt.Errorf("%w; %v", err, missing)
	}
	return store.Table, err
}

// check reads from the tables as the application's user, which shows that all are there.
func (s *Schema) check(ctx context.Context) error {
	for _, table := range tables {
		var filled bool
		if err := s.Database.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+table+")", nil, &filled); err != nil {
			return fmt.Errorf("check table %s: %w", table, err)
		}
	}
	return nil
}

// create runs the statements that create what is missing, as the master user.
func (s *Schema) create(ctx context.Context) error {
	user, password, err := s.master(ctx)
	if err != nil {
		return err
	}
	db, err := s.Connect(user, password)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, statement := range s.statements() {
		_, err := database.Exec(ctx, db, statement.query)
		if errors.Is(err, todo.ErrNotSetUp) {
			// The master user is refused. Nobody can set the database up as long as that is so: a defect.
			return fmt.Errorf("%s as %s: %v", statement.purpose, user, err)
		}
		if err != nil {
			return fmt.Errorf("%s as %s: %w", statement.purpose, user, err)
		}
	}
	return nil
}

// statement is one step of create.
type statement struct{ purpose, query string }

// statements creates the tables and the user. None of them takes parameters, as MySQL has it; the names are identifiers.
func (s *Schema) statements() []statement {
	all := []statement{
		{"create table " + store.Table, store.CreateTable},
		{"create table " + check.Table, check.CreateTable},
		{"create user " + s.User, "CREATE USER IF NOT EXISTS '" + s.User + "'@'%'" +
			" IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS' REQUIRE SSL"},
	}
	for _, table := range tables {
		all = append(all, statement{"grant to user " + s.User, "GRANT SELECT, INSERT, UPDATE, DELETE ON `" + s.Name + "`.`" + table +
			"` TO '" + s.User + "'@'%'"})
	}
	return all
}

// master reads the master user's name and password.
func (s *Schema) master(ctx context.Context) (user, password string, err error) {
	ctx, cancel := context.WithTimeout(ctx, secretTimeout)
	defer cancel()
	in := &secretsmanager.GetSecretValueInput{SecretId: aws.String(s.Config.SecretARN)}
	out, err := s.Secrets.GetSecretValue(ctx, in)
	if err != nil {
		return "", "", fmt.Errorf("get secret %s: %w", s.Config.SecretARN, err)
	}
	var secret struct{ Username, Password string }
	// The error is left out on purpose: it may quote the secret.
	if json.Unmarshal([]byte(aws.ToString(out.SecretString)), &secret) != nil || secret.Username == "" || secret.Password == "" {
		return "", "", fmt.Errorf("read secret %s: it must be a JSON object with username and password", s.Config.SecretARN)
	}
	return secret.Username, secret.Password, nil
}

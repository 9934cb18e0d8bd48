// Package standalone runs a Region's functions and database on this machine, without an API before them: the built binaries, under
// the Lambda Runtime API, against a database behind TLS and IAM authentication. Tests and benchmarks of the functions use it.
package standalone

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/warmstandby/warmstandby/functions/env"
	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
)

// What the functions find in their environment.
const (
	regionName   = "us-east-1"
	account      = "123456789012"
	masterUser   = "admin"
	masterSecret = "not a secret: it exists for one run on one machine"
	accessKeyID  = "AKIDEXAMPLE"
	secretKey    = "SECRETEXAMPLE"
)

// DatabaseName is the database that the functions use.
const DatabaseName = "todo"

// Options says what to run. All fields but Log are required.
type Options struct {
	// Kind is the database server.
	Kind database.Kind

	// Binaries is the folder with the functions, built for this machine.
	Binaries string

	// Dir is an empty folder for temporary files.
	Dir string

	// Log gets what the functions write.
	//
	// Default: nobody reads it.
	Log io.Writer
}

// Region is a Region's database and functions. Close it when it is no longer needed.
type Region struct {
	options Options
	env     map[string]string
	server  *database.Server
	cluster *database.Cluster
	closers []func() error
}

// Start starts the database, with two instances of which one is the writer.
func Start(ctx context.Context, o Options) (*Region, error) {
	r := &Region{options: o}
	if err := r.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start a Region: %w", err), r.Close())
	}
	return r, nil
}

// Cluster is the database cluster, which can be made read-only as one that stands by is.
func (r *Region) Cluster() *database.Cluster { return r.cluster }

// Server is the server behind the cluster.
func (r *Region) Server() *database.Server { return r.server }

// Close ends what was started, last first.
func (r *Region) Close() error {
	var errs []error
	for i := len(r.closers) - 1; i >= 0; i-- {
		errs = append(errs, r.closers[i]())
	}
	r.closers = nil
	return errors.Join(errs...)
}

// Function is one of the functions, by its folder, with no instance running yet. It has one at most. The caller closes it.
func (r *Region) Function(name string) (*runtimeapi.Function, error) {
	return runtimeapi.New(runtimeapi.Options{
		Binary: filepath.Join(r.options.Binaries, name),
		ARN:    fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", regionName, account, name),
		Env:    r.env, Timeout: 30 * time.Second, Concurrency: 1, Log: r.options.Log,
	})
}

func (r *Region) start(ctx context.Context) error {
	certificates, err := authority.New()
	if err != nil {
		return err
	}
	roots := filepath.Join(r.options.Dir, "roots.pem")
	if err := os.WriteFile(roots, certificates.PEM(), 0o600); err != nil {
		return err
	}
	if r.server, err = database.Start(ctx, r.options.Kind); err != nil {
		return err
	}
	r.closers = append(r.closers, r.server.Close)
	if err := r.createDatabase(ctx); err != nil {
		return err
	}
	r.cluster, err = database.NewCluster(ctx, database.ClusterOptions{
		Server: r.server, Authority: certificates, Identities: everybody{}, Region: regionName, Account: account,
		MasterUser: masterUser, MasterPassword: masterSecret, Instances: 2,
	})
	if err != nil {
		return err
	}
	return r.listen(ctx, roots)
}

// createDatabase creates the database, as Aurora does with a cluster.
func (r *Region) createDatabase(ctx context.Context) error {
	db, err := sql.Open("mysql", r.server.Config("").FormatDSN())
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "CREATE DATABASE "+DatabaseName)
	return err
}

// listen opens the endpoints that the functions know, and notes them in their environment.
func (r *Region) listen(ctx context.Context, roots string) error {
	secrets := httptest.NewServer(http.HandlerFunc(getSecretValue))
	r.closers = append(r.closers, func() error { secrets.Close(); return nil })
	r.env = map[string]string{
		"AWS_ACCESS_KEY_ID": accessKeyID, "AWS_SECRET_ACCESS_KEY": secretKey,
		"AWS_ENDPOINT_URL_SECRETS_MANAGER": secrets.URL,
		"SSL_CERT_FILE":                    roots,
		env.DatabaseName:                   DatabaseName,
		env.DatabaseUser:                   "todo_app",
		env.DatabaseSecretARN:              "arn:aws:secretsmanager:" + regionName + ":" + account + ":secret:master-AbCdEf",
	}
	for variable, options := range map[string]database.EndpointOptions{
		env.DatabaseEndpoint:        {Role: database.ProxyReadWrite, ResourceID: "prx-standalone"},
		env.DatabaseReadEndpoint:    {Role: database.ProxyReadOnly, ResourceID: "prx-standalone"},
		env.DatabaseClusterEndpoint: {Role: database.Writer, ResourceID: "cluster-standalone"},
	} {
		endpoint, err := r.cluster.Listen(ctx, options)
		if err != nil {
			return err
		}
		r.closers = append(r.closers, endpoint.Close)
		r.env[variable] = endpoint.Addr()
	}
	return nil
}

// getSecretValue answers the one call to AWS that a function makes.
func getSecretValue(w http.ResponseWriter, _ *http.Request) {
	secret, _ := json.Marshal(map[string]string{"username": masterUser, "password": masterSecret})
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_ = json.NewEncoder(w).Encode(map[string]string{"SecretString": string(secret)})
}

// everybody may log in with the one key that there is. Whether a token is good is still looked at.
type everybody struct{}

func (everybody) SecretKey(id, _ string) (string, bool) { return secretKey, id == accessKeyID }
func (everybody) Allowed(string, string, string) bool   { return true }

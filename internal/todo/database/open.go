package database

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"fmt"
	"net"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/rds/auth"
	"github.com/go-sql-driver/mysql"
)

// Bounds of a connection. An invocation has its own, shorter ones; these are for what a context does not reach.
const (
	dialTimeout = 2 * time.Second
	ioTimeout   = 5 * time.Second

	// connections is the most a function opens to one endpoint. An instance serves one invocation at a time; the second
	// is for a connection that is being replaced.
	connections = 2

	// connectionLifetime makes a function replace its connections well before the proxy closes idle ones (after 30
	// minutes) and before the network forgets them (Lambda's after 350 seconds). It is checked when a connection is
	// taken, so that it holds after an instance was frozen too.
	connectionLifetime = 4 * time.Minute
)

// Open prepares connections to both endpoints as the application's user. It does not connect.
func Open(c Config) (*Endpoints, error) {
	readWrite, err := c.open(c.ReadWrite)
	if err != nil {
		return nil, err
	}
	readOnly, err := c.open(c.ReadOnly)
	if err != nil {
		return nil, err
	}
	return NewEndpoints(readWrite, readOnly), nil
}

// open prepares connections to one endpoint.
func (c Config) open(address string) (*sql.DB, error) {
	cfg := DriverConfig(address, c.Name, nil)
	cfg.User = c.User
	cfg.AllowCleartextPasswords = true // a token is sent as it is, over TLS that has been verified
	err := cfg.Apply(mysql.BeforeConnect(func(ctx context.Context, cfg *mysql.Config) error {
		token, err := auth.BuildAuthToken(ctx, address, c.Region, c.User, c.Credentials)
		if err != nil {
			return fmt.Errorf("sign token for %s: %w", address, err)
		}
		cfg.Passwd = token
		return nil
	}))
	if err != nil {
		return nil, fmt.Errorf("prepare connections to %s: %w", address, err)
	}
	return Pool(cfg)
}

// DriverConfig is the driver's configuration for any endpoint, by its host and port, without user and password. The host's
// certificate must come from one of the roots; nil means the system's.
func DriverConfig(address, name string, roots *x509.CertPool) *mysql.Config {
	host, _, _ := net.SplitHostPort(address) // an address that is none is refused when it is dialled
	cfg := mysql.NewConfig()
	cfg.Net, cfg.Addr, cfg.DBName = "tcp", address, name
	cfg.TLS = &tls.Config{ServerName: host, RootCAs: roots, MinVersion: tls.VersionTLS12}
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = dialTimeout, ioTimeout, ioTimeout
	cfg.ClientFoundRows = true // an update that changes nothing has found its row all the same
	cfg.RejectReadOnly = true  // a connection that turns out to be to a reader is closed, and a new one made

	// Parameters are put into the statement by the driver, which knows how to quote them in the connection's character
	// set, utf8mb4. Prepared statements would take a second round trip and pin the connection in the proxy.
	cfg.InterpolateParams = true
	cfg.Logger = &mysql.NopLogger{} // what it would print comes back as an error too, and is logged once, as JSON
	return cfg
}

// Pool prepares connections that are kept between invocations.
func Pool(cfg *mysql.Config) (*sql.DB, error) {
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("prepare connections to %s: %w", cfg.Addr, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxLifetime(connectionLifetime)
	return db, nil
}

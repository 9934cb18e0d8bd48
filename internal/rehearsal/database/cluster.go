package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database/wire"
)

// Identities knows who may log in by IAM. It may be called by several goroutines at once.
type Identities interface {
	// SecretKey finds the secret access key of an access key. Credentials of a role have a session token, which has to
	// belong to the access key; those of a user have none.
	SecretKey(accessKeyID, sessionToken string) (secret string, ok bool)

	// Allowed reports whether the policies of an access key's owner let them do action, such as rds-db:connect, to
	// resource, an ARN.
	Allowed(accessKeyID, action, resource string) bool
}

// ClusterOptions says what a cluster is. Server, Authority, Identities, Region and Account are required.
type ClusterOptions struct {
	// Server holds the cluster's data, until [Cluster.SetServer]. The cluster does not close it.
	Server *Server

	// Authority signs the certificates of the cluster's endpoints.
	Authority *authority.Authority

	// Identities knows who may log in by IAM.
	Identities Identities

	// Region and Account are where the cluster is.
	Region, Account string

	// MasterUser and MasterPassword are those of the user who may do everything. A cluster that replicates from another
	// has none of its own.
	//
	// Default: none.
	MasterUser, MasterPassword string

	// Users are the users whom IAM authenticates.
	//
	// Default: nobody, until they are created through the cluster's endpoints.
	Users *Users

	// Instances is how many instances the cluster has. Unless it is read-only, one of them is the writer; all others
	// are readers.
	//
	// Default: 1.
	Instances int

	// ReadOnly says that the cluster begins without a writer, as a secondary cluster of a global database does.
	//
	// Default: it has one.
	ReadOnly bool

	// Now is the clock by which tokens expire.
	//
	// Default: time.Now.
	Now func() time.Time

	// Log is told why somebody could not log in. They themselves are not.
	//
	// Default: nobody reads it.
	Log *slog.Logger
}

func (o ClusterOptions) validate() error {
	var errs []error
	for _, required := range []struct {
		name string
		set  bool
	}{
		{"Server", o.Server != nil},
		{"Authority", o.Authority != nil},
		{"Identities", o.Identities != nil},
		{"Region", o.Region != ""},
		{"Account", o.Account != ""},
	} {
		if !required.set {
			errs = append(errs, fmt.Errorf("%s must be set", required.name))
		}
	}
	if (o.MasterUser == "") != (o.MasterPassword == "") {
		errs = append(errs, errors.New("MasterUser and MasterPassword must be set together"))
	}
	if o.Instances < 0 {
		errs = append(errs, fmt.Errorf("Instances must be positive, got %d", o.Instances))
	}
	return errors.Join(errs...)
}

func (o ClusterOptions) withDefaults() ClusterOptions {
	if o.Users == nil {
		o.Users = NewUsers()
	}
	if o.Instances == 0 {
		o.Instances = 1
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Cluster is an Aurora MySQL cluster in one Region: what its endpoints have in common. Its methods may be called by
// several goroutines at once.
type Cluster struct {
	options      ClusterOptions
	capabilities wire.Capabilities // of the server behind
	server       atomic.Pointer[Server]
	readOnly     atomic.Bool
	cut          atomic.Bool
	connections  atomic.Uint32 // how many there have been, which numbers them
}

// NewCluster is a cluster in front of a server, without endpoints. It creates the master user.
func NewCluster(ctx context.Context, o ClusterOptions) (*Cluster, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("make database cluster: %w", err)
	}
	c := &Cluster{options: o.withDefaults()}
	c.server.Store(o.Server)
	c.readOnly.Store(o.ReadOnly)
	if err := c.prepare(ctx); err != nil {
		return nil, fmt.Errorf("make database cluster: %w", err)
	}
	return c, nil
}

// prepare learns what the server can do, and creates the master user.
func (c *Cluster) prepare(ctx context.Context) error {
	root := c.options.Server.Config("")
	back, _, err := dialBackend(ctx, root.Addr, wire.Login{User: root.User}, root.Passwd)
	if err != nil {
		return err
	}
	c.capabilities = back.capabilities
	if err := back.Close(); err != nil || c.options.MasterUser == "" {
		return err
	}
	db, err := c.options.Server.open()
	if err != nil {
		return err
	}
	defer db.Close()
	user := quote(c.options.MasterUser) + "@'%'"
	if err := execute(ctx, db,
		"CREATE USER IF NOT EXISTS "+user+" IDENTIFIED BY "+quote(c.options.MasterPassword),
		"GRANT ALL ON *.* TO "+user+" WITH GRANT OPTION",
	); err != nil {
		return fmt.Errorf("create user %s: %w", c.options.MasterUser, err)
	}
	return nil
}

// quote is s as a string in SQL.
func quote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", "''").Replace(s) + "'"
}

// ReadOnly reports whether the cluster has no writer.
func (c *Cluster) ReadOnly() bool { return c.readOnly.Load() }

// SetReadOnly makes one of the cluster's instances the writer, or the writer a reader. Connections stay as they are, and
// what they may do changes at once.
func (c *Cluster) SetReadOnly(readOnly bool) { c.readOnly.Store(readOnly) }

// SetServer has those who log in from now on reach another server of the same kind.
func (c *Cluster) SetServer(s *Server) { c.server.Store(s) }

// SetCut lets nobody in any more who is not in, or everybody again, as an outage of the Region does.
func (c *Cluster) SetCut(cut bool) { c.cut.Store(cut) }

// readers is how many of the cluster's instances are readers.
func (c *Cluster) readers() int {
	if c.ReadOnly() {
		return c.options.Instances
	}
	return c.options.Instances - 1
}

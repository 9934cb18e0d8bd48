package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// startDatabase starts the server, and a listener that takes connections and never answers.
func (s *system) startDatabase(ctx context.Context) error {
	kind := database.Embedded
	if s.options.Database == rehearsal.MariaDB {
		kind = database.MariaDB
	}
	s.progress(fmt.Sprintf("starting the %s database", kind))
	server, err := database.Start(ctx, kind)
	if err != nil {
		return err
	}
	s.server = server
	s.closers = append(s.closers, server.Close)
	return s.listenSilently()
}

// listenSilently opens the port that stands for whatever security groups keep out of reach: a connection is made and nothing
// ever comes, until the client gives up.
func (s *system) listenSilently() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.silent = l.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		var held []net.Conn
		for {
			conn, err := l.Accept()
			if err != nil {
				break
			}
			held = append(held, conn)
		}
		for _, conn := range held {
			conn.Close()
		}
	}()
	s.closers = append(s.closers, func() error {
		err := l.Close()
		<-done
		return err
	})
	return nil
}

// roles are what kinds of endpoints databases have.
var roles = map[provision.Kind]database.Role{
	provision.ClusterWriter: database.Writer,
	provision.ClusterReader: database.Reader,
	provision.GlobalWriter:  database.Writer,
	provision.Instance:      database.Writer,
	provision.Proxy:         database.ProxyReadWrite,
	provision.ProxyReadOnly: database.ProxyReadOnly,
}

// listen opens an endpoint of a deployed database and returns its address.
func (s *system) listen(ctx context.Context, w *provision.World, e provision.Endpoint) (string, error) {
	role, ok := roles[e.Kind]
	if !ok {
		return "", nil // not a database's
	}
	if (e.Kind == provision.Proxy || e.Kind == provision.ProxyReadOnly) && w.TargetConnects(e) != nil {
		return s.silent, nil // the proxy waits for a connection that it never gets
	}
	cluster, err := s.cluster(ctx, w, e)
	if err != nil {
		return "", err
	}
	l, err := cluster.Listen(ctx, database.EndpointOptions{Role: role, ResourceID: e.ResourceID})
	if err != nil {
		return "", err
	}
	s.closers = append(s.closers, l.Close)
	return l.Addr(), nil
}

// cluster is the cluster that an endpoint leads to, in front of the one server.
func (s *system) cluster(ctx context.Context, w *provision.World, e provision.Endpoint) (*database.Cluster, error) {
	deployed, err := findCluster(w, e)
	if err != nil {
		return nil, err
	}
	key := deployed.Region + " " + deployed.Identifier
	if c, ok := s.clusters[key]; ok {
		return c, nil
	}
	if deployed.Writer {
		if err := s.createDatabase(ctx, deployed.DatabaseName); err != nil {
			return nil, err
		}
	}
	c, err := database.NewCluster(ctx, database.ClusterOptions{
		Server: s.server, Authority: s.certificates, Users: s.users, Identities: identities{s},
		Region: deployed.Region, Account: s.account(),
		MasterUser: deployed.MasterUsername, MasterPassword: deployed.MasterPassword,
		Instances: max(deployed.Instances, 1), ReadOnly: !deployed.Writer,
		Now: s.now, Log: slog.New(slog.NewTextHandler(s.log.named(deployed.Identifier), nil)),
	})
	s.clusters[key] = c
	return c, err
}

// findCluster is the deployed cluster that an endpoint leads to: the writer, if it is a global cluster's.
func findCluster(w *provision.World, e provision.Endpoint) (*provision.Cluster, error) {
	for _, c := range w.Clusters {
		if e.Kind == provision.GlobalWriter && c.GlobalCluster == e.Name && c.Writer {
			return c, nil
		}
		if c.Region == e.Region && c.Identifier == e.Cluster {
			return c, nil
		}
	}
	return nil, fmt.Errorf("endpoint %s leads to no cluster", e.Host)
}

// createDatabase creates the database that Aurora creates with a cluster.
func (s *system) createDatabase(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	connector, err := mysql.NewConnector(s.server.Config(""))
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	_, err = db.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS `"+name+"`")
	return errors.Join(err, db.Close())
}

// databases are the addresses of each Region's cluster and proxy.
func (s *system) databases() map[string]endpoints.Database {
	found := make(map[string]endpoints.Database)
	for _, e := range s.world.Endpoints {
		d := found[e.Region]
		switch e.Kind {
		case provision.ClusterWriter:
			d.Writer = e.Address
		case provision.ClusterReader:
			d.Reader = e.Address
		case provision.Proxy:
			d.Proxy = e.Address
		default:
			continue
		}
		found[e.Region] = d
	}
	return found
}

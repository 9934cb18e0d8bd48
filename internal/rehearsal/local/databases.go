package local

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/go-sql-driver/mysql"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// startDatabases starts the servers, and a listener that takes connections and never answers.
func (s *system) startDatabases(ctx context.Context) error {
	start := s.startEmbedded
	if s.options.Database == rehearsal.MariaDB {
		start = s.startReplicating
	}
	if err := start(ctx); err != nil {
		return err
	}
	return s.listenSilently()
}

// startEmbedded starts the one server of all clusters.
func (s *system) startEmbedded(ctx context.Context) error {
	s.progress("starting the embedded database")
	server, err := database.Start(ctx, database.Embedded)
	if err != nil {
		return err
	}
	s.servers = &single{Server: server}
	s.closers = append(s.closers, s.servers.Close)
	return nil
}

// startReplicating starts a server for the cluster that writes and one for the cluster that stands by, which replicates from it.
func (s *system) startReplicating(ctx context.Context) error {
	s.progress("starting two MariaDB databases")
	pair, err := database.StartPair(ctx)
	if err != nil {
		return err
	}
	s.servers = pair
	s.closers = append(s.closers, pair.Close)
	return nil
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

// cluster is the cluster that an endpoint leads to, in front of its server. What is there from the beginning is created where it is
// written, and replicated from there.
func (s *system) cluster(ctx context.Context, w *provision.World, e provision.Endpoint) (*database.Cluster, error) {
	deployed, err := findCluster(w, e)
	if err != nil {
		return nil, err
	}
	key := deployed.Region + " " + deployed.Identifier
	if c, ok := s.clusters[key]; ok {
		return c, nil
	}
	o := database.ClusterOptions{
		Server: s.servers.Standby(), Authority: s.certificates, Users: s.users, Identities: identities{s},
		Region: deployed.Region, Account: s.account(),
		Instances: max(deployed.Instances, 1), ReadOnly: !deployed.Writer,
		Now: s.now, Log: s.logger(deployed.Identifier),
	}
	if deployed.Writer {
		o.Server, o.MasterUser, o.MasterPassword = s.servers.Active(), deployed.MasterUsername, deployed.MasterPassword
		if err := createDatabase(ctx, o.Server, deployed.DatabaseName); err != nil {
			return nil, err
		}
	}
	c, err := database.NewCluster(ctx, o)
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
func createDatabase(ctx context.Context, server *database.Server, name string) error {
	if name == "" {
		return nil
	}
	connector, err := mysql.NewConnector(server.Config(""))
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

// clusterARN is the ARN of a cluster.
func (s *system) clusterARN(region, identifier string) string {
	return "arn:aws:rds:" + region + ":" + s.account() + ":cluster:" + strings.ToLower(identifier)
}

// splitClusterARN is the Region and the identifier of a cluster's ARN.
func splitClusterARN(arn string) (region, identifier string) {
	parts := strings.SplitN(arn, ":", 7)
	return parts[3], parts[6]
}

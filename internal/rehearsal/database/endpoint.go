package database

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"
)

const (
	// loginTime is how long a client may take to log in. It is MySQL's connect_timeout.
	loginTime = 10 * time.Second

	// maxConnections is how many clients an endpoint has at most. Those who are logging in count.
	maxConnections = 1000
)

// Role is what kind of endpoint one is.
type Role int

const (
	// Writer is a cluster's own endpoint, which leads to the writer. While there is none, it leads to a reader, as the
	// endpoint of a former writer does.
	Writer Role = iota

	// Reader is a cluster's reader endpoint. If the cluster has no reader, it leads to the writer.
	Reader

	// ProxyReadWrite is a proxy's endpoint for reading and writing. It refuses to log in anybody while the cluster has
	// no writer.
	ProxyReadWrite

	// ProxyReadOnly is a proxy's endpoint for reading. It refuses to log in anybody while the cluster has no reader.
	ProxyReadOnly
)

// proxy reports whether the endpoint belongs to a proxy.
func (r Role) proxy() bool { return r == ProxyReadWrite || r == ProxyReadOnly }

// EndpointOptions says what an endpoint is.
type EndpointOptions struct {
	// Role is what kind of endpoint it is.
	//
	// Default: Writer.
	Role Role

	// ResourceID is what rds-db:connect has to be allowed for: the resource identifier of the cluster, such as
	// cluster-ABC, or of the proxy, such as prx-ABC. It is required.
	ResourceID string
}

// Endpoint is an address at which clients reach a cluster. Close it when it is no longer needed.
type Endpoint struct {
	cluster *Cluster
	options EndpointOptions
	hosts   []string // with the port
	tls     *tls.Config

	listener *listener
	slots    chan struct{}
	serving  sync.WaitGroup
	ctx      context.Context
	cancel   context.CancelFunc
}

// Listen opens an endpoint on a free port of the loopback interface.
func (c *Cluster) Listen(ctx context.Context, o EndpointOptions) (*Endpoint, error) {
	if o.ResourceID == "" {
		return nil, errors.New("open database endpoint: ResourceID must be set")
	}
	if o.Role < Writer || o.Role > ProxyReadOnly {
		return nil, fmt.Errorf("open database endpoint: Role must be one of those defined, got %d", o.Role)
	}
	names := []string{"127.0.0.1", "localhost"}
	certificate, err := c.options.Authority.Certificate(names...)
	if err != nil {
		return nil, fmt.Errorf("open database endpoint: %w", err)
	}
	l, err := listenLoopback(ctx)
	if err != nil {
		return nil, fmt.Errorf("open database endpoint: %w", err)
	}
	e := &Endpoint{
		cluster:  c,
		options:  o,
		tls:      &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12},
		listener: newListener(l),
		slots:    make(chan struct{}, maxConnections),
	}
	_, port, _ := net.SplitHostPort(e.Addr())
	for _, name := range names {
		e.hosts = append(e.hosts, net.JoinHostPort(name, port))
	}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.serving.Go(e.serve)
	return e, nil
}

// Addr is the host and port that the endpoint listens on. Its certificate and IAM tokens can be for this host or for
// "localhost".
func (e *Endpoint) Addr() string { return e.listener.Addr().String() }

// Close ends the endpoint and its connections. It can be called again.
func (e *Endpoint) Close() error {
	e.cancel()
	err := e.listener.Close()
	e.serving.Wait()
	return err
}

// serve accepts connections until the endpoint is closed.
func (e *Endpoint) serve() {
	for {
		conn, err := e.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			e.cluster.options.Log.Error("accept database connection", "endpoint", e.Addr(), "err", err)
			return
		}
		if e.cluster.cut.Load() {
			conn.Close()
			continue
		}
		select {
		case e.slots <- struct{}{}:
			e.serving.Go(func() {
				defer func() { <-e.slots }()
				newSession(e, conn).serve()
			})
		default:
			_ = conn.SetDeadline(time.Now().Add(time.Second))
			_ = writeFrame(conn, 0, errTooMany.Append)
			conn.Close()
		}
	}
}

// readOnly reports whether what is reached through the endpoint is a reader.
func (e *Endpoint) readOnly() bool {
	switch e.options.Role {
	case ProxyReadOnly:
		return true
	case Reader:
		return e.cluster.readers() > 0
	default:
		return e.cluster.ReadOnly()
	}
}

// available is why nobody can log in at the moment, nil if they can.
func (e *Endpoint) available() error {
	switch {
	case e.options.Role == ProxyReadWrite && e.cluster.ReadOnly():
		return errNoWriter
	case e.options.Role == ProxyReadOnly && e.cluster.readers() == 0:
		return errNoReader
	default:
		return nil
	}
}

// resource is the ARN of a user at this endpoint, as the Aurora User Guide gives it under "Creating and using an IAM
// policy for IAM database access".
func (e *Endpoint) resource(user string) string {
	o := e.cluster.options
	return fmt.Sprintf("arn:aws:rds-db:%s:%s:dbuser:%s/%s", o.Region, o.Account, e.options.ResourceID, user)
}

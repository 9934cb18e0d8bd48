package local

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// serveEdge serves the distribution, whose origins are the Regions' APIs.
func (s *system) serveEdge() error {
	if len(s.world.Distributions) != 1 {
		return fmt.Errorf("the assembly must have one distribution, got %d", len(s.world.Distributions))
	}
	c := s.world.Distributions[0].Config
	c.Dial, c.ViewerHTTPS, c.Now = s.dial, true, s.now
	c.Rand = &shared{source: rand.NewChaCha8([32]byte{})} // request ids need not be unpredictable
	c.AccessLog, c.FunctionLog = s.log.named("edge"), s.log.named("edge function")
	c.Stores = s.watchStores(c.Stores)
	resolved := c.Distribution
	distribution, err := newEdge(s.cloud, s.changes, c.ID, func(changed awssim.DistributionConfig) (*cloudfront.Distribution, error) {
		c := c
		c.Distribution = provision.DistributionProperties(resolved, changed)
		return cloudfront.New(c)
	})
	if err != nil {
		return err
	}
	s.closers = append(s.closers, func() error { distribution.Close(); return nil })
	address, err := s.serve(s.options.Listen, distribution)
	s.endpoints.Edge = "http://" + address
	s.tellEdge()
	return err
}

// edge serves a distribution by the configuration that is deployed.
type edge struct {
	cloud   *awssim.Cloud
	changes *changes
	id      string
	build   func(awssim.DistributionConfig) (*cloudfront.Distribution, error)

	mu      sync.Mutex
	version string // of what is served
	serves  *cloudfront.Distribution
}

// newEdge returns an edge that serves by the configuration that is deployed. Configurations that it could not serve are refused when
// they are to be deployed.
func newEdge(cloud *awssim.Cloud, changes *changes, id string, build func(awssim.DistributionConfig) (*cloudfront.Distribution, error)) (*edge, error) {
	e := &edge{cloud: cloud, changes: changes, id: id, build: build}
	var deployed awssim.Distribution
	cloud.Do(func(s *awssim.State) {
		deployed, _ = s.Distributions.Get(id)
		s.DistributionCheck = e.check
	})
	var err error
	e.version = deployed.ServedETag
	e.serves, err = build(deployed.Served)
	return e, err
}

// check says why a configuration cannot be served.
func (e *edge) check(_ string, c awssim.DistributionConfig) error {
	tried, err := e.build(c)
	if err == nil {
		tried.Close()
	}
	return err
}

// ServeHTTP serves a request.
func (e *edge) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.now().ServeHTTP(w, r) }

// now is the distribution as it is to be served. What cannot be built has been refused before it was deployed.
func (e *edge) now() *cloudfront.Distribution {
	var deployed awssim.Distribution
	e.cloud.Do(func(s *awssim.State) { deployed, _ = s.Distributions.Get(e.id) })
	e.mu.Lock()
	defer e.mu.Unlock()
	if deployed.ServedETag == e.version {
		return e.serves
	}
	e.version = deployed.ServedETag
	if changed, err := e.build(deployed.Served); err == nil {
		e.serves.Close()
		e.serves = changed
		e.changes.deployed(deployed.ServedModified)
	}
	return e.serves
}

// Close closes idle connections.
func (e *edge) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.serves.Close()
}

// shared is a source that several distributions read.
type shared struct {
	mu     sync.Mutex
	source io.Reader
}

// Read reads.
func (s *shared) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Read(p)
}

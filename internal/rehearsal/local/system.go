package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/authority"
	"github.com/warmstandby/warmstandby/internal/rehearsal/child"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// system is an application that is up.
type system struct {
	options  rehearsal.Options
	progress func(string)

	dir   string // temporary files
	roots string // the certificate authority's file
	log   *logFile

	cloud        *awssim.Cloud
	aws          *endpoint.Handler
	world        *provision.World
	certificates *authority.Authority
	servers      servers
	roles        *roleFollower
	faults       *fault.Injector
	gates        map[string]*gate // by Region
	users        *database.Users
	clusters     map[string]*database.Cluster // by Region and identifier
	functions    map[string]*function
	origins      map[string]origin // by host name
	silent       string            // an address that never answers
	instances    string            // the directory of the simulated instances' directories
	refused      refusals
	changes      *changes
	operator     string // the ARN of the operator's user

	application endpoints.Application
	endpoints   endpoints.Endpoints

	closing sync.Once
	closers []func() error
}

var _ rehearsal.Starter = Start

// Start brings the application of a cloud assembly up; see [rehearsal.Starter].
func Start(ctx context.Context, o rehearsal.Options, progress func(string)) (rehearsal.System, error) {
	s := &system{
		options: o, progress: progress,
		clusters: make(map[string]*database.Cluster), functions: make(map[string]*function),
		origins: make(map[string]origin), users: database.NewUsers(),
		gates: make(map[string]*gate), faults: fault.NewInjector(fault.Plan{Seed: o.Seed}),
	}
	s.changes = newChanges(s.now)
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// start does what Start says, one part after the other.
func (s *system) start(ctx context.Context) error {
	if err := s.synthesize(ctx); err != nil {
		return err
	}
	a, err := s.readAssembly(ctx)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		s.openFiles,
		func() error { return s.startDatabases(ctx) },
		func() error { return s.deploy(ctx, a) },
		s.findApplication,
		s.startFollowing,
		s.startReportingLag,
		s.serveAWS,
		s.startEngines,
		func() error { return s.startFunctions(ctx) },
		s.servePools,
		s.serveAPIs,
		s.serveEdge,
		s.scaleTopology,
		s.startPipelines,
	} {
		if err := errors.Join(ctx.Err(), step()); err != nil {
			return err
		}
	}
	return nil
}

// openFiles makes the directory for temporary files, the certificate authority, and the log.
func (s *system) openFiles() error {
	dir, remove, err := child.TempDir("warmstandby-rehearsal-")
	if err != nil {
		return err
	}
	s.dir = dir
	s.closers = append(s.closers, remove)
	if s.certificates, err = authority.New(); err != nil {
		return err
	}
	s.roots = filepath.Join(dir, "roots.pem")
	if err := os.WriteFile(s.roots, s.certificates.PEM(), 0o600); err != nil {
		return err
	}
	log, err := os.CreateTemp("", "warmstandby-rehearsal-*.log")
	if err != nil {
		return err
	}
	s.log = &logFile{file: log}
	s.closers = append(s.closers, log.Close)
	return nil
}

// deploy creates what the assembly's templates say in simulated AWS.
func (s *system) deploy(ctx context.Context, a *assembly.Assembly) error {
	s.progress("deploying the templates")
	s.cloud = awssim.New(s.cloudOptions(account(a)))
	world, err := provision.Deploy(ctx, a, provision.Options{
		Cloud: s.cloud, Seed: s.options.Seed, Region: topology.EdgeRegion, Listen: s.listen,
	})
	s.world = world
	return err
}

// edgeDelay is how long the edge's locations take to learn of a change of a key-value store, at AWS's speed. AWS documents no figure.
var edgeDelay = awssim.Range{Min: time.Second, Max: 9 * time.Second}

// cloudOptions are the account's control planes, as fast as the options say.
func (s *system) cloudOptions(account string) awssim.Options {
	scale := s.options.TimeScale
	timing := awssim.Timing{} // no time at all
	if scale > 0 {
		timing = awssim.DefaultTiming()
		timing.Scale = scale
	}
	return awssim.Options{
		Account: account, Speed: 1 / max(scale, leastScale), Seed: s.options.Seed, Timing: timing,
		EdgeDelay: awssim.Range{Min: scaled(edgeDelay.Min, scale), Max: scaled(edgeDelay.Max, scale)},
	}
}

// leastScale bounds how fast instances start, automations look again, and deliveries and invocations are retried: without any time
// in between, what looks again would do nothing else.
const leastScale = 0.001

// scaled is a duration at another speed.
func scaled(d time.Duration, scale float64) time.Duration { return time.Duration(float64(d) * scale) }

// account is the account that the assembly is deployed to.
func account(a *assembly.Assembly) string {
	for _, stack := range a.Stacks {
		if stack.Account != "" {
			return stack.Account
		}
	}
	return topology.PlaceholderAccount
}

// findApplication finds the application's name and Regions by the names of its functions.
func (s *system) findApplication() error {
	regions := make(map[topology.Role]string)
	for _, f := range s.world.Functions {
		for _, role := range topology.Roles() {
			if name, ok := strings.CutSuffix(f.Name, fmt.Sprintf("-app-%s-%s", role, topology.HealthFunction)); ok {
				s.application.Name, regions[role] = name, f.Region
			}
		}
	}
	s.application.Primary, s.application.Secondary = regions[topology.Primary], regions[topology.Secondary]
	if s.application.Primary == "" || s.application.Secondary == "" {
		return fmt.Errorf("the assembly in %s has no function %s in each of two Regions, so it is not this application's", s.options.Assembly, topology.HealthFunction)
	}
	return nil
}

// Application is what was found in the assembly.
func (s *system) Application() endpoints.Application { return s.application }

// Endpoints is where everything can be reached.
func (s *system) Endpoints() endpoints.Endpoints { return s.endpoints }

// LogFile is the path of the file that the parts log to.
func (s *system) LogFile() string { return s.log.file.Name() }

// Close takes everything down, last first.
func (s *system) Close() error {
	var errs []error
	s.closing.Do(func() {
		for i := len(s.closers) - 1; i >= 0; i-- {
			errs = append(errs, s.closers[i]())
		}
	})
	return errors.Join(errs...)
}

// logFile is written to by all parts, a line at a time.
type logFile struct {
	mu   sync.Mutex
	file *os.File
}

// Write writes whole lines.
func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Write(p)
}

// named is the log with a name before each line.
func (l *logFile) named(name string) io.Writer { return prefixed{l, name + " "} }

// logger logs under a name.
func (s *system) logger(name string) *slog.Logger {
	return slog.New(slog.NewTextHandler(s.log.named(name), nil))
}

type prefixed struct {
	w      io.Writer
	prefix string
}

// Write writes one line, which ends with a line break whether it came with one or not.
func (p prefixed) Write(line []byte) (int, error) {
	_, err := fmt.Fprintln(p.w, p.prefix+strings.TrimSuffix(string(line), "\n"))
	return len(line), err
}

// gate is the way into a Region.
func (s *system) gate(region string) *gate {
	g, ok := s.gates[region]
	if !ok {
		g = newGate(s.options.Seed)
		s.gates[region] = g
	}
	return g
}

// now is the clock of all parts.
func (s *system) now() time.Time { return s.cloud.Now() }

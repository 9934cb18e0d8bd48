package local

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// rolePeriod is how often it is looked whether roles have changed.
const rolePeriod = 10 * time.Millisecond

// roleFollower makes the databases follow what RDS says of them: which cluster writes, which one can be reached, and what becomes of
// the data when the writer changes.
type roleFollower struct {
	cloud    *awssim.Cloud
	servers  servers
	clusters map[string]*database.Cluster // by ARN
	log      *slog.Logger

	writer   string // the ARN of the cluster before the active server
	linked   bool   // the standby replicates
	diverged bool   // the standby has written what the writer does not have, and may still
	revision uint64

	mu  sync.Mutex
	err error // what went wrong first
}

// clusterRole is what RDS says of a cluster.
type clusterRole struct {
	writes    bool
	reachable bool
	primary   bool // it is its global cluster's writer, or on its own
	member    bool // it is in a global cluster
	complete  bool // it became the writer with everything that the former one had acknowledged
}

// startFollowing makes the databases follow until the system is closed.
func (s *system) startFollowing() error {
	f := &roleFollower{cloud: s.cloud, servers: s.servers, clusters: make(map[string]*database.Cluster), log: s.logger("roles"), linked: true}
	s.roles = f
	for _, c := range s.world.Clusters {
		arn := s.clusterARN(c.Region, c.Identifier)
		if running := s.clusters[c.Region+" "+c.Identifier]; running != nil {
			f.clusters[arn] = running
		}
		if c.Writer {
			f.writer = arn
		}
	}
	ticker := time.NewTicker(rolePeriod)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer ticker.Stop()
		f.run(ctx, ticker.C)
	}()
	s.closers = append(s.closers, func() error {
		cancel()
		<-done
		return f.failure()
	})
	return nil
}

// run follows at each tick until ctx ends.
func (f *roleFollower) run(ctx context.Context, ticks <-chan time.Time) {
	for {
		if err := f.follow(ctx); err != nil && ctx.Err() == nil {
			f.note(err)
		}
		select {
		case <-ticks:
		case <-ctx.Done():
			return
		}
	}
}

// note keeps what went wrong first. What follows from it says no more.
func (f *roleFollower) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = fmt.Errorf("follow the roles of clusters: %w", err)
		f.log.Error("databases do not follow", "err", err)
	}
}

// failure is what went wrong.
func (f *roleFollower) failure() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// follow brings the databases up to date, if anything has changed.
func (f *roleFollower) follow(ctx context.Context) error {
	roles, revision := f.look()
	if revision == f.revision && f.linked {
		return nil
	}
	f.close(roles)
	if err := f.cut(roles); err != nil {
		return err
	}
	if err := f.promote(ctx, roles); err != nil {
		return err
	}
	f.open(roles)
	if err := f.rejoin(ctx, roles); err != nil {
		return err
	}
	f.revision = revision
	return nil
}

// look is what RDS says now.
func (f *roleFollower) look() (map[string]clusterRole, uint64) {
	roles := make(map[string]clusterRole, len(f.clusters))
	var revision uint64
	f.cloud.Do(func(s *awssim.State) {
		revision = s.Revision()
		for arn := range f.clusters {
			roles[arn] = roleOf(s, arn)
		}
	})
	return roles, revision
}

func roleOf(s *awssim.State, arn string) clusterRole {
	region, identifier := splitClusterARN(arn)
	role := clusterRole{writes: s.AcceptsWrites(arn), reachable: s.Reachable(region)}
	c, ok := s.Region(region).DBClusters.Get(identifier)
	if !ok {
		return clusterRole{}
	}
	g, member := s.GlobalClusters.Get(c.GlobalCluster)
	role.primary = !member || g.Writer() == arn
	for _, m := range g.Members {
		if m.DBClusterARN == arn {
			role.member = true
		}
	}
	for _, p := range s.Promotions() {
		if p.ARN == arn {
			role.complete = p.Until.Equal(p.At)
		}
	}
	return role
}

// close stops what is no longer allowed, before anything else is.
func (f *roleFollower) close(roles map[string]clusterRole) {
	for arn, c := range f.clusters {
		c.SetCut(!roles[arn].reachable)
		if !roles[arn].writes {
			c.SetReadOnly(true)
		}
	}
}

// cut ends replication if a Region is cut off, or the standby is no longer to replicate.
func (f *roleFollower) cut(roles map[string]clusterRole) error {
	if !f.linked {
		return nil
	}
	for arn, role := range roles {
		if !role.reachable || (arn != f.writer && !role.member) {
			f.linked = false
			return f.servers.Cut()
		}
	}
	return nil
}

// promote exchanges the servers' roles if another cluster has become the writer. Nothing is lost if RDS says so, as after a switchover,
// and replication runs. A former writer that has not rejoined since is never promoted, even if it writes again on its own, as it does
// after a detachment.
func (f *roleFollower) promote(ctx context.Context, roles map[string]clusterRole) error {
	if f.diverged {
		return nil
	}
	for arn, role := range roles {
		if arn == f.writer || !role.primary || !role.writes {
			continue
		}
		former := f.writer
		if f.linked && role.complete {
			if err := f.servers.SwitchOver(ctx); err != nil {
				return fmt.Errorf("switch over to %s: %w", arn, err)
			}
		} else {
			f.linked, f.diverged = false, true
			if err := f.servers.FailOver(ctx); err != nil {
				return fmt.Errorf("fail over to %s: %w", arn, err)
			}
		}
		f.writer = arn
		f.log.Info("another cluster writes", "from", former, "to", arn, "lossless", f.linked)
		return nil
	}
	return nil
}

// open allows what is allowed from now on.
func (f *roleFollower) open(roles map[string]clusterRole) {
	for arn, c := range f.clusters {
		if roles[arn].writes {
			c.SetReadOnly(false)
		}
	}
}

// rejoin has the standby replicate again, once both Regions can be reached and it is in the global cluster.
func (f *roleFollower) rejoin(ctx context.Context, roles map[string]clusterRole) error {
	if f.linked || !roles[f.writer].reachable {
		return nil
	}
	for arn, role := range roles {
		if arn == f.writer || !role.reachable || !role.member || role.writes {
			continue
		}
		if err := f.servers.Rejoin(ctx); err != nil {
			return fmt.Errorf("bring %s back: %w", arn, err)
		}
		f.clusters[arn].SetServer(f.servers.Standby())
		f.linked, f.diverged = true, false
		f.log.Info("the standby replicates again", "cluster", arn)
	}
	return nil
}

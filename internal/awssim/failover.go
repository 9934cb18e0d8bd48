package awssim

import (
	"time"
)

// failover is the course of a failover that allows data loss.
func (s *State) failover(g GlobalCluster, target DBCluster) *move {
	m := &move{Move: Move{GlobalCluster: g.Identifier, From: g.Writer(), To: target.ARN, DataLoss: true}}
	random := s.source("failover " + g.Identifier)
	t := s.timing
	pending, fence, promote, finish, proxy := t.draw(t.Pending, random), t.draw(t.Fence, random), t.draw(t.Promote, random), t.draw(t.Finish, random), t.draw(t.ProxyTarget, random)
	rejoin, resync := t.draw(t.Rejoin, random), t.draw(t.Resync, random)
	m.steps = []step{
		{Pending, pending, func(m *move, at time.Time) {
			s.showMove(m, FailoverFailing)
			s.setStatus(m.To, StatusAvailable, FailoverFailing)
			s.setHealth(m.To, failedTarget)
			s.plan(at.Add(fence), func(time.Time) { s.fence(m) })
		}},
		{Switching, promote, func(m *move, at time.Time) {
			if a, _ := s.access.Get(m.From); a != blocked {
				s.setAccess(m.From, stray)
			}
			s.exchange(m, PendingResync)
			s.relink(m, at)
			s.promoteTargets(m.To, at, proxy)
			s.setHealth(m.From, unsynchronizedTarget)
			s.rebuildOthers(m, at, resync)
			s.whenReachable(regionOf(m.From), at, func(at time.Time) { s.plan(at.Add(rejoin), func(at time.Time) { s.rejoin(m, at, resync) }) })
		}},
		{Finishing, finish, func(*move, time.Time) {}},
	}
	return m
}

// fence tries to let the writer that a failover is to replace accept no more writes.
func (s *State) fence(m *move) {
	if !m.over && s.reaches(m.From) {
		if g, _ := s.GlobalClusters.Get(m.GlobalCluster); g.Writer() == m.From {
			s.setAccess(m.From, blocked)
		}
	}
}

// rejoin lets a former primary learn that a failover has replaced it. Aurora tries to keep what it had in a snapshot (Aurora user
// guide, "Performing managed failovers for Aurora global databases") and then replicates the new primary's data to it.
func (s *State) rejoin(m *move, at time.Time, resync time.Duration) {
	region := regionOf(m.From)
	if !s.Reachable(region) {
		s.whenReachable(region, at, func(at time.Time) { s.rejoin(m, at, resync) })
		return
	}
	s.setAccess(m.From, 0)
	c, ok := s.cluster(m.From)
	if g, _ := s.GlobalClusters.Get(m.GlobalCluster); !ok || c.GlobalCluster != g.Identifier || g.Writer() == m.From {
		return
	}
	s.Region(region).snapshot(c, unplannedSnapshot(c, at), "automated", at)
	s.plan(at.Add(resync), func(at time.Time) { s.resynchronized(m, m.From, at) })
}

// rebuildOthers lets all further secondary clusters be rebuilt from the new primary, as Aurora does after a failover (same page).
func (s *State) rebuildOthers(m *move, at time.Time, resync time.Duration) {
	g, _ := s.GlobalClusters.Get(m.GlobalCluster)
	for _, other := range g.Members {
		arn := other.DBClusterARN
		if arn == m.From || arn == m.To {
			continue
		}
		s.synchronize(m.GlobalCluster, arn, PendingResync)
		s.setHealth(arn, unsynchronizedTarget)
		s.holdLink(arn, at)
		s.plan(at.Add(resync), func(at time.Time) { s.resynchronized(m, arn, at) })
	}
}

// resynchronized connects a cluster again that a failover left behind, as soon as its Region and the new primary's reach each other.
func (s *State) resynchronized(m *move, arn string, at time.Time) {
	for _, needed := range []string{arn, m.To} {
		if !s.reaches(needed) {
			s.whenReachable(regionOf(needed), at, func(at time.Time) { s.resynchronized(m, arn, at) })
			return
		}
	}
	if g, _ := s.GlobalClusters.Get(m.GlobalCluster); g.Writer() != m.To {
		return // what happened meanwhile takes care of it
	}
	s.synchronize(m.GlobalCluster, arn, Connected)
	s.setHealth(arn, TargetHealth{})
	s.linkUp(arn)
}

// unplannedSnapshot is the name of the snapshot of a former primary. The form of the time is not documented; this one is assumed.
func unplannedSnapshot(c DBCluster, at time.Time) string {
	return "rds:unplanned-global-failover-" + c.Identifier + "-" + at.UTC().Format("2006-01-02-15-04")
}

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
	s.plan(at.Add(resync), func(at time.Time) { s.resynchronized(m, at) })
}

// resynchronized ends what a failover leaves behind, as soon as both Regions reach each other.
func (s *State) resynchronized(m *move, at time.Time) {
	for _, arn := range []string{m.From, m.To} {
		if !s.reaches(arn) {
			s.whenReachable(regionOf(arn), at, func(at time.Time) { s.resynchronized(m, at) })
			return
		}
	}
	s.synchronize(m.GlobalCluster, m.From, Connected)
	s.setHealth(m.From, TargetHealth{})
	s.linkUp(m.From)
}

// unplannedSnapshot is the name of the snapshot of a former primary. The form of the time is not documented; this one is assumed.
func unplannedSnapshot(c DBCluster, at time.Time) string {
	return "rds:unplanned-global-failover-" + c.Identifier + "-" + at.UTC().Format("2006-01-02-15-04")
}

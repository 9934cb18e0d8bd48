package awssim

import "time"

// link is the replication to a secondary cluster.
type link struct {
	lag   time.Duration // of what it has, while it is connected
	floor time.Time     // what it has already, whatever its lag
	held  bool          // a Region is cut off: it gets nothing more

	reporting int // the number of the loop that puts lag metrics; 0 for none
}

// SetLag says how far the secondary cluster of that ARN lags behind its primary while they are connected, and lets its Region put
// the lag into CloudWatch, see [LagMetrics]. The first lag is there at once; a greater one later grows no faster
// than the clock.
func (s *State) SetLag(arn string, lag time.Duration) {
	l, known := s.links[arn]
	if known && !l.held {
		l.floor = s.replicated(l, s.Now())
	}
	l.lag = lag
	s.links[arn] = l
	if l.reporting == 0 {
		s.startReporting(arn, s.Now())
	}
}

// ReplicatedUntil is the time up to which the cluster of that ARN has its primary's writes: those that were acknowledged later are
// lost if it is promoted now, unless by a switchover. It is the present time for a cluster that is no secondary.
func (s *State) ReplicatedUntil(arn string) time.Time {
	c, _ := s.cluster(arn)
	g, ok := s.GlobalClusters.Get(c.GlobalCluster)
	if !ok || g.Writer() == arn {
		return s.Now()
	}
	return s.replicated(s.links[arn], s.Now())
}

// Lag is how far the secondary cluster of that ARN lags behind now, and whether it is a secondary cluster. It grows while one of
// the two Regions is cut off.
func (s *State) Lag(arn string) (time.Duration, bool) {
	c, ok := s.cluster(arn)
	g, global := s.GlobalClusters.Get(c.GlobalCluster)
	if !ok || !global || g.Writer() == arn {
		return 0, false
	}
	return s.Now().Sub(s.ReplicatedUntil(arn)), true
}

func (s *State) replicated(l link, now time.Time) time.Time {
	if until := now.Add(-l.lag); !l.held && until.After(l.floor) {
		return until
	}
	return l.floor
}

// holdLinks stops replication to and from a Region that is being cut off.
func (s *State) holdLinks(region string, at time.Time) {
	s.eachSecondary(func(g GlobalCluster, arn string) {
		if cut := regionOf(arn) == region || regionOf(g.Writer()) == region; cut {
			s.holdLink(arn, at)
		}
	})
}

// holdLink stops replication to a cluster.
func (s *State) holdLink(arn string, at time.Time) {
	if l := s.links[arn]; !l.held {
		l.floor, l.held = s.replicated(l, at), true
		s.links[arn] = l
	}
}

// resumeLinks lets a Region that is back replicate again, but for clusters that have to be resynchronized first.
func (s *State) resumeLinks(region string) {
	s.eachSecondary(func(g GlobalCluster, arn string) {
		m, _ := g.member(arn)
		touched := regionOf(arn) == region || regionOf(g.Writer()) == region
		if touched && m.SynchronizationStatus == Connected && s.reaches(arn) && s.reaches(g.Writer()) {
			s.linkUp(arn)
		}
	})
}

// linkUp connects a secondary cluster.
func (s *State) linkUp(arn string) {
	l := s.links[arn]
	l.held = false
	s.links[arn] = l
}

// relink turns replication round when roles are exchanged: the former primary lags as the new one did. After a failover it gets
// nothing until it is resynchronized.
func (s *State) relink(m *move, at time.Time) {
	former, next := s.links[m.From], s.links[m.To]
	until := at
	if m.DataLoss {
		until = s.replicated(next, at)
	}
	s.promoted(Promotion{ARN: m.To, From: m.From, At: at, Until: until})
	s.links[m.From] = link{lag: next.lag, floor: until, held: m.DataLoss, reporting: former.reporting}
	if next.reporting != 0 && former.reporting == 0 {
		s.startReporting(m.From, at)
	}
}

// eachSecondary calls f for every secondary cluster of every global cluster, in order.
func (s *State) eachSecondary(f func(g GlobalCluster, arn string)) {
	for _, g := range s.GlobalClusters.All() {
		for _, m := range g.Members {
			if !m.IsWriter {
				f(g, m.DBClusterARN)
			}
		}
	}
}

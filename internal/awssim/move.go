package awssim

import (
	"slices"
	"time"
)

// States of a switchover or failover (RDS API reference, FailoverState). The second and the third are the global cluster's status, too,
// from the beginning, while the state is still pending (AWS CLI command reference, examples of switchover-global-cluster and
// failover-global-cluster).
const (
	FailoverPending    = "pending"
	FailoverFailing    = "failing-over"
	FailoverSwitching  = "switching-over"
	FailoverCancelling = "cancelling"
)

// move is a [Move] in progress.
type move struct {
	Move
	fate  Fate
	steps []step
	next  int
	hung  bool
	over  bool
}

// step is what ends a phase.
type step struct {
	phase Phase
	took  time.Duration
	do    func(*move, time.Time)
}

// begin starts a move, whose state is pending.
func (s *State) begin(m *move) GlobalCluster {
	s.draws["move "+m.GlobalCluster]++
	m.N = s.draws["move "+m.GlobalCluster]
	m.fate = s.fateOf(m.Move)
	s.moves[m.GlobalCluster] = m
	s.showMove(m, FailoverPending)
	s.planStep(m, s.Now())
	g, _ := s.GlobalClusters.Get(m.GlobalCluster)
	return g
}

// planStep plans the end of the present phase, which began at that time.
func (s *State) planStep(m *move, at time.Time) {
	s.plan(at.Add(m.steps[m.next].took), func(at time.Time) { s.step(m, at) })
}

// step ends the present phase, as the move's fate and the Regions' reach allow.
func (s *State) step(m *move, at time.Time) {
	if m.over {
		return
	}
	st := m.steps[m.next]
	if !m.DataLoss && st.phase < Finishing && !(s.reaches(m.From) && s.reaches(m.To)) {
		s.cancel(m, at)
		return
	}
	if !s.reaches(m.To) {
		s.whenReachable(regionOf(m.To), at, func(at time.Time) { s.planStep(m, at) })
		return
	}
	switch {
	case st.phase < m.fate.Phase || m.fate.Outcome == Complete, m.fate.Outcome == Fail && st.phase == Finishing:
	case m.fate.Outcome == Hang:
		m.hung = true
		return
	default:
		s.cancel(m, at)
		return
	}
	st.do(m, at)
	if m.next++; m.next < len(m.steps) {
		s.planStep(m, at)
		return
	}
	s.end(m)
}

// cancel undoes a move before its roles are exchanged.
func (s *State) cancel(m *move, at time.Time) {
	m.over = true
	s.showMove(m, FailoverCancelling)
	took := s.timing.draw(s.timing.Cancel, s.source("cancel "+m.GlobalCluster))
	s.plan(at.Add(took), func(time.Time) {
		if s.moves[m.GlobalCluster] == m {
			s.end(m)
		}
	})
}

// end removes all traces of a move but the roles of its clusters.
func (s *State) end(m *move) {
	m.over = true
	delete(s.moves, m.GlobalCluster)
	for _, arn := range []string{m.From, m.To} {
		if a, _ := s.access.Get(arn); a == blocked {
			s.setAccess(arn, 0)
		}
		s.setStatus(arn, statusModifying, StatusAvailable)
		s.setStatus(arn, FailoverFailing, StatusAvailable)
		if h, _ := s.health.Get(arn); h == failedTarget {
			s.setHealth(arn, TargetHealth{})
		}
	}
	s.updateGlobal(m.GlobalCluster, func(g *GlobalCluster) { g.Status, g.FailoverState = StatusAvailable, nil })
}

// showMove shows the move in the global cluster.
func (s *State) showMove(m *move, status string) {
	s.updateGlobal(m.GlobalCluster, func(g *GlobalCluster) {
		g.FailoverState = &FailoverState{Status: status, FromDBClusterARN: m.From, ToDBClusterARN: m.To, IsDataLossAllowed: m.DataLoss}
		g.Status = FailoverSwitching
		if m.DataLoss {
			g.Status = FailoverFailing
		}
	})
}

// exchange makes the target the writer, and all other members its readers.
func (s *State) exchange(m *move, former string) {
	s.revision++
	s.updateGlobal(m.GlobalCluster, func(g *GlobalCluster) {
		var readers []string
		for i := range g.Members {
			if arn := g.Members[i].DBClusterARN; arn != m.To {
				readers = append(readers, arn)
			}
		}
		for i := range g.Members {
			member := &g.Members[i]
			switch member.DBClusterARN {
			case m.To:
				member.IsWriter, member.Readers, member.SynchronizationStatus, member.WriteForwardingStatus = true, readers, Connected, ""
			case m.From:
				member.IsWriter, member.Readers, member.SynchronizationStatus, member.WriteForwardingStatus = false, nil, former, WriteForwardingDisabled
			}
		}
	})
}

// synchronize sets the synchronization status of a secondary cluster.
func (s *State) synchronize(global, arn, status string) {
	s.updateGlobal(global, func(g *GlobalCluster) {
		for i := range g.Members {
			if m := &g.Members[i]; m.DBClusterARN == arn && !m.IsWriter {
				m.SynchronizationStatus = status
			}
		}
	})
}

// updateGlobal changes a global cluster, if it is there. Its members are a copy.
func (s *State) updateGlobal(id string, change func(*GlobalCluster)) {
	if g, ok := s.GlobalClusters.Get(id); ok {
		g.Members = slices.Clone(g.Members)
		change(&g)
		s.GlobalClusters.Put(id, g)
	}
}

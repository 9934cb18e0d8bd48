package awssim

import (
	"slices"
	"time"
)

// writeAccess is whether a cluster accepts writes where that does not follow from its role.
type writeAccess int

const (
	blocked writeAccess = iota + 1 // a primary whose writes a switchover holds up
	stray                          // a former primary that has not learnt yet that it is none
)

// AcceptsWrites reports whether the cluster of that ARN carries out writes: a writer with an instance does, unless a switchover is
// about to move it. A former primary that a failover could not fence does too, until it has learnt that it is none: AWS calls its
// write fencing best effort. Whether the cluster's clients can reach it is another question, see [State.Reachable].
func (s *State) AcceptsWrites(arn string) bool {
	c, ok := s.cluster(arn)
	if !ok || len(c.Members) == 0 || c.Status == statusCreating || c.Status == statusDeleting {
		return false
	}
	switch a, _ := s.access.Get(arn); a {
	case blocked:
		return false
	case stray:
		return true
	}
	g, global := s.GlobalClusters.Get(c.GlobalCluster)
	return !global || g.Writer() == arn
}

// Revision grows whenever an answer of [State.AcceptsWrites], the role of a cluster or the reach of a Region may have changed.
// As long as it stays the same, they do.
func (s *State) Revision() uint64 { return s.revision }

// setAccess lets a cluster write or not against its role; 0 lets it follow its role again.
func (s *State) setAccess(arn string, a writeAccess) {
	s.revision++
	if a == 0 {
		s.access.Delete(arn)
		return
	}
	s.access.Put(arn, a)
}

// Promotion is a secondary cluster's becoming a writer.
type Promotion struct {
	ARN  string    // the cluster's
	From string    // the writer's before
	At   time.Time // when it began to write

	// Until is the time up to which it has the writes that the former writer acknowledged; it has none of later ones. It is At after a
	// switchover.
	Until time.Time
}

// Promotions are all that there were, in order. With them a database front knows which writes are lost.
func (s *State) Promotions() []Promotion { return slices.Clip(s.promotions) }

func (s *State) promoted(p Promotion) {
	s.revision++
	s.promotions = append(s.promotions, p)
}

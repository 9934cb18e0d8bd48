package awssim

import "time"

// outage is the present state of a Region that is cut off.
type outage struct {
	count int       // outages that have begun and not ended
	since time.Time // when the first of them began

	// seen are the global clusters as they were then: what the Region's own control plane still shows.
	seen Table[GlobalCluster]
}

// Outage cuts the Region off from all others, from one time until another: nothing replicates to or from it, and nobody else
// reaches its databases. It is for good if until is zero. Outages may overlap. Whether the Region's control plane answers is
// the caller's business, see package fault.
func (s *State) Outage(region string, from, until time.Time) {
	s.plan(from, func(at time.Time) { s.cutOff(region, at) })
	if !until.IsZero() {
		s.plan(until, func(at time.Time) { s.reconnect(region, at) })
	}
}

// Reachable reports whether the Region is not cut off.
func (s *State) Reachable(region string) bool { return s.outages[region] == nil }

func (s *State) cutOff(region string, at time.Time) {
	s.revision++
	if o := s.outages[region]; o != nil {
		o.count++
		return
	}
	s.holdLinks(region, at)
	s.GlobalClusters.share()
	s.outages[region] = &outage{count: 1, since: at, seen: s.GlobalClusters}
}

func (s *State) reconnect(region string, at time.Time) {
	s.revision++
	o := s.outages[region]
	if o.count--; o.count > 0 {
		return
	}
	delete(s.outages, region)
	s.resumeLinks(region)
	waiting := s.waiting[region]
	delete(s.waiting, region)
	for _, do := range waiting {
		do(at)
	}
}

// whenReachable lets do happen as soon as the Region is not cut off.
func (s *State) whenReachable(region string, at time.Time, do func(time.Time)) {
	if s.Reachable(region) {
		do(at)
		return
	}
	s.waiting[region] = append(s.waiting[region], do)
}

// SeenGlobalClusters are the global clusters as the Region's control plane shows them. One that is cut off does not learn what
// happens elsewhere; AWS does not say so, it is assumed.
func (r *Region) SeenGlobalClusters() []GlobalCluster {
	if o := r.state.outages[r.name]; o != nil {
		return o.seen.Values()
	}
	return r.state.GlobalClusters.Values()
}

package failover

import (
	"context"
	"sync"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Observe looks at everything that an assessment of r needs: at both Regions for a planned move, at the target only for all
// others. What cannot be seen is in the observation as an error.
func (e *Engine) Observe(ctx context.Context, r Request) Observation {
	o := Observation{At: e.Clock.Now(), Regions: map[topology.Role]*RegionSeen{}, Requests: &RequestsSeen{}}
	looks := []func(){
		func() { o.Edge = e.seeEdge(ctx) },
		func() { o.Database = e.seeDatabase(ctx, r.Target) },
		func() { *o.Requests = e.seeRequests(ctx) },
	}
	for _, role := range r.regions() {
		seen := &RegionSeen{}
		o.Regions[role] = seen
		looks = append(looks,
			func() { seen.Cluster = e.seeCluster(ctx, role) },
			func() { seen.Proxy = e.seeProxy(ctx, role) },
			func() { seen.Check = e.seeRead(ctx, role) },
		)
		if role == r.Target {
			looks = append(looks, func() { seen.Lag = e.seeLag(ctx, role) })
		} else {
			looks = append(looks, func() { seen.Load = e.seeLoad(ctx, role) })
		}
	}
	together(looks...)
	return o
}

// regions are the home roles of the Regions that the request may look at.
func (r Request) regions() []topology.Role {
	if r.Mode.Planned() {
		return []topology.Role{r.Target, r.Target.Other()}
	}
	return []topology.Role{r.Target}
}

// look is the part of an observation that changes during a move: the edge, the database, and the target's cluster if the
// database may not tell about it.
func (e *Engine) look(ctx context.Context, r Request) Observation {
	o := Observation{At: e.Clock.Now()}
	looks := []func(){
		func() { o.Edge = e.seeEdge(ctx) },
		func() { o.Database = e.seeDatabase(ctx, r.Target) },
	}
	if r.Mode == Detach {
		seen := &RegionSeen{}
		o.Regions = map[topology.Role]*RegionSeen{r.Target: seen}
		looks = append(looks, func() { seen.Cluster = e.seeCluster(ctx, r.Target) })
	}
	together(looks...)
	return o
}

// together runs functions at the same time and waits for all of them.
func together(functions ...func()) {
	var all sync.WaitGroup
	for _, f := range functions {
		all.Go(f)
	}
	all.Wait()
}

// site is the application in a Region.
func (e *Engine) site(role topology.Role) topology.Site { return e.Document.Regions[role] }

// clients are a Region's clients.
func (e *Engine) clients(role topology.Role) Regional { return e.Clients.Regions[e.site(role).Region] }

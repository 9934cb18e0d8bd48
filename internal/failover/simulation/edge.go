package simulation

import (
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// locations are the edge locations. Each learns of each key at a time of its own.
var locations = []string{"fra", "iad", "nrt", "gru"}

// edge is what the edge's locations know.
type edge struct {
	views   []view
	next    time.Time // when a location learns next; zero if none will
	armed   time.Time // what the timer is set to
	last    view      // what the store says

	changed   time.Time // when a run last changed the fence or the active Region
	changedBy string    // the run
	answered  time.Time // when a run first did so after it must have seen the latest promotion
}

// view is what a location knows of the store.
type view struct {
	fenced bool
	active topology.Role
}

// due reports whether a location has learnt something by now.
func (e *edge) due(now time.Time) bool { return !e.next.IsZero() && !e.next.After(now) }

// learn brings all locations up to date.
func (e *edge) learn(w *World, s *awssim.State, store awssim.KeyValueStore) {
	if e.views == nil {
		e.views = make([]view, len(locations))
	}
	e.next = time.Time{}
	before := slices.Clone(e.views)
	e.last = viewOf(store.Items, store.Items)
	for i, name := range locations {
		fence, active := name+"/"+topology.FenceKey, name+"/"+topology.ActiveKey
		e.views[i] = viewOf(s.ItemsAt(store.ARN, fence), s.ItemsAt(store.ARN, active))
		for _, location := range []string{fence, active} {
			if next, some := s.NextItemsAt(store.ARN, location); some && (e.next.IsZero() || next.Before(e.next)) {
				e.next = next
			}
		}
	}
	if !slices.Equal(before, e.views) {
		w.trace("edge", "locations know %v", e.views)
	}
}

// viewOf is what a location knows that has read the fence from one state of the store and the active Region from another.
func viewOf(fence, active map[string]string) view {
	_, fenced := fence[topology.FenceKey]
	return view{fenced, activeRole(active[topology.ActiveKey])}
}

// String is the view in a few letters.
func (v view) String() string {
	if v.fenced {
		return string(v.active) + "!"
	}
	return string(v.active)
}

// activeRole is what the function at the edge makes of the key.
func activeRole(value string) topology.Role {
	if value == string(topology.Secondary) {
		return topology.Secondary
	}
	return topology.Primary
}

// route is where the function at the edge sends a request: to the first origin, or to the next one if that fails and there is one.
// Nowhere means that the function refuses it.
func (v view) route(method string) []topology.Role {
	if method == "GET" || method == "HEAD" || method == "OPTIONS" {
		return []topology.Role{v.active, v.active.Other()}
	}
	if v.fenced {
		return nil
	}
	return []topology.Role{v.active}
}

// writable reports whether a Region's application carries out writes: its proxy has a target that writes, and the database carries
// them out. A former primary that has not learnt that it is none goes on with its proxy.
func (w *World) writable(s *awssim.State, role topology.Role) bool {
	return s.AcceptsWrites(arns[role]) && (!w.data.writes(role) || proxyHas(s, role, true))
}

// readable reports whether a Region's application carries out reads.
func readable(s *awssim.State, role topology.Role) bool { return proxyHas(s, role, false) }

// proxyHas reports whether a Region's proxy has a target, for writes or at all.
func proxyHas(s *awssim.State, role topology.Role, writes bool) bool {
	r := s.Region(regions[role])
	proxy, _ := r.DBProxies.Get(string(role))
	for _, g := range proxy.TargetGroups {
		for _, t := range r.Targets(g) {
			if t.Type == awssim.TargetInstance && t.Health.State == awssim.TargetAvailable && (!writes || t.Role == awssim.RoleReadWrite) {
				return true
			}
		}
	}
	return false
}

// reachable reports whether requests reach a Region.
func reachable(s *awssim.State, role topology.Role) bool { return s.Reachable(regions[role]) }

package local

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/edgejs"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

// changes remembers what was changed at the edge, and when requests were first served by it.
type changes struct {
	now func() time.Time

	mu     sync.Mutex
	all    []rehearsal.Change
	unseen map[string]unseen // by key of the store
}

// unseen is a change of a key that no request has been served by.
type unseen struct {
	index int    // of the change
	means string // what the key says from then on
}

// meaning is what a key says to the function at the edge.
func meaning(key, value string, found bool) string {
	if key == topology.FenceKey {
		return strconv.FormatBool(found) // whatever its value
	}
	return value
}

func newChanges(now func() time.Time) *changes {
	return &changes{now: now, unseen: make(map[string]unseen)}
}

// accepted takes note of a change of the store. One that another one follows before it is seen will never be.
func (c *changes) accepted(a rehearsal.Change, key, value string, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unseen[key] = unseen{len(c.all), meaning(key, value, found)}
	c.all = append(c.all, a)
}

// served takes note of what a request found in the store.
func (c *changes) served(key, value string, found bool) {
	now := c.now() // which takes the cloud's lock, as whoever tells of an accepted change has done
	c.mu.Lock()
	defer c.mu.Unlock()
	if u, ok := c.unseen[key]; ok && u.means == meaning(key, value, found) {
		c.all[u.index].Seen = now
		delete(c.unseen, key)
	}
}

// deployed takes note of the first request that is served by a distribution as it was changed at a time.
func (c *changes) deployed(asked time.Time) {
	now := c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, rehearsal.Change{What: rehearsal.Deployment, At: asked, Seen: now})
}

// snapshot is what is known by now.
func (c *changes) snapshot() []rehearsal.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.all)
}

// watchStores takes note of changes of the stores from now on, and returns stores that take note of who reads them.
func (s *system) watchStores(stores map[string]edgejs.Store) map[string]edgejs.Store {
	s.cloud.Do(func(state *awssim.State) { state.KeysHook = s.keysChanged })
	watched := maps.Clone(stores)
	for arn, store := range watched {
		watched[arn] = watchedStore{store, s.changes}
	}
	return watched
}

// keysChanged takes note of a change of the fence, and of one of the active Region.
func (s *system) keysChanged(before, after awssim.KeyValueStore) {
	at := after.LastModified
	value, fenced := after.Items[topology.FenceKey]
	if _, was := before.Items[topology.FenceKey]; was != fenced {
		what := map[bool]string{true: rehearsal.Fence, false: rehearsal.Release}[fenced]
		s.changes.accepted(rehearsal.Change{What: what, At: at}, topology.FenceKey, value, fenced)
	}
	active, found := after.Items[topology.ActiveKey]
	if was := before.Items[topology.ActiveKey]; was != active {
		s.changes.accepted(rehearsal.Change{What: rehearsal.Route, Region: s.activeRegion(after), At: at}, topology.ActiveKey, active, found)
	}
}

// activeRegion is the Region that a store makes the active one.
func (s *system) activeRegion(store awssim.KeyValueStore) string {
	if store.Items[topology.ActiveKey] == string(topology.Secondary) {
		return s.application.Secondary
	}
	return s.application.Primary
}

// Changes are what was changed at the edge.
func (s *system) Changes() []rehearsal.Change {
	all := s.changes.snapshot()
	s.cloud.Do(func(state *awssim.State) {
		for _, i := range state.Invalidations.Values() {
			all = append(all, rehearsal.Change{What: rehearsal.Invalidation, At: i.Created, Seen: i.Completed})
		}
	})
	slices.SortStableFunc(all, func(a, b rehearsal.Change) int { return a.At.Compare(b.At) })
	return all
}

// watchedStore is a store that takes note of what is read.
type watchedStore struct {
	edgejs.Store

	changes *changes
}

// Get reads a key for a request.
func (w watchedStore) Get(ctx context.Context, key string) (value string, found bool, err error) {
	value, found, err = w.Store.Get(ctx, key)
	if err == nil {
		w.changes.served(key, value, found)
	}
	return value, found, err
}

package simulation

import (
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
)

// World is an application in two simulated Regions, with its edge, its clients, and those who move it.
type World struct {
	Scenario

	// Break changes how an engine is wired, for tests that show that the simulation sees it.
	change func(*Wiring)

	begin    time.Time
	cloud    *awssim.Cloud
	document topology.Document
	faults   *fault.Injector
	report   *Report

	// What follows is used under the cloud's lock only.
	data    data
	edge    edge
	traffic traffic
	seen    fingerprint
	asked   asking
	healed  bool
	timer   *time.Timer
	ended   bool

	mu    sync.Mutex
	calls map[callKey]*callCount

	clients sync.WaitGroup
	over    chan struct{}
}

// fingerprint changes whenever something changes that the invariants are about.
type fingerprint struct {
	revision uint64
	etag     string
	routes   int
}

// newWorld deploys the application.
func newWorld(s Scenario, change func(*Wiring), trace bool) *World {
	w := &World{
		Scenario: s, change: change, begin: time.Now(), faults: fault.NewInjector(s.Plan),
		report: newReport(s, trace), calls: map[callKey]*callCount{}, over: make(chan struct{}),
	}
	w.report.begin = w.begin
	w.cloud = awssim.New(awssim.Options{
		Account: account, Seed: s.Seed, Timing: s.Timing, Fate: s.Plan.Fate, History: maxStale,
		EdgeDelay: awssim.Range{Max: s.Settle - time.Millisecond},
	})
	w.traffic = newTraffic()
	w.timer = time.AfterFunc(time.Hour, w.tick)
	w.cloud.Do(w.deploy)
	w.do(func(st *awssim.State) { w.Plan.Apply(st) })
	return w
}

// do runs f with the state, and looks at what has become of it. All that is about the state goes through here.
func (w *World) do(f func(*awssim.State)) {
	w.cloud.Do(func(s *awssim.State) {
		w.observe(s)
		f(s)
		w.observe(s)
	})
}

// observe follows the state: data, the edge's locations and the invariants.
func (w *World) observe(s *awssim.State) {
	now := s.Now()
	store, _ := s.KeyValueStores.Get(w.document.Edge.StoreArn)
	if revision := s.Revision(); revision != w.seen.revision {
		w.data.follow(w, s)
		w.seen.revision = revision
		w.seen.routes--
	}
	if store.ETag != w.seen.etag || w.edge.due(now) {
		w.edge.learn(w, s, store)
		w.seen.etag = store.ETag
		w.seen.routes--
	}
	if w.seen.routes != 0 {
		w.seen.routes = 0
		w.check(s)
	}
	w.arm(s, now)
}

// arm sets the timer to the next change that happens by itself: a moment before it, and then to it.
func (w *World) arm(s *awssim.State, now time.Time) {
	if w.ended {
		return
	}
	next := w.edge.next
	if at, some := s.NextChange(); some {
		if before := at.Add(-1); before.After(now) {
			at = before
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	if !next.IsZero() && !next.Equal(w.edge.armed) {
		w.edge.armed = next
		w.timer.Reset(next.Sub(now))
	}
}

// tick looks when something changes by itself.
func (w *World) tick() {
	w.do(func(s *awssim.State) {
		w.edge.armed = time.Time{}
		w.data.sample(w, s)
		w.arm(s, s.Now())
	})
}

// end stops everything that would go on for ever.
func (w *World) end() {
	w.cloud.Do(func(*awssim.State) {
		w.ended = true
		w.timer.Stop()
	})
	close(w.over)
	w.clients.Wait()
}

// since is a time since the beginning.
func (w *World) since(t time.Time) time.Duration { return t.Sub(w.begin) }

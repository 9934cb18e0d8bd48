package simulation

import (
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// check checks what must hold at every instant.
func (w *World) check(s *awssim.State) {
	if w.arrived(w.edge.last.active) {
		w.traffic.arrived[w.edge.last.active] = s.Now()
	}
	w.checkDatabase(s)
	w.checkEdge(s)
}

// checkDatabase checks that one cluster accepts writes at most. After a promotion with data loss, the former writer may not know of it:
// AWS fences it as well as it can, and promises nothing.
func (w *World) checkDatabase(s *awssim.State) {
	both := s.AcceptsWrites(arns[topology.Primary]) && s.AcceptsWrites(arns[topology.Secondary])
	if both && !w.data.last.lossy {
		w.fail("at most one Region accepts writes", "both clusters do, though no promotion with data loss was made")
	}
}

// checkEdge checks where locations send writes. A location that sends writes to a Region whose cluster is not the writer is wrong,
// whether or not the database would take them. It is excused while that is somebody else's doing, see excused.
func (w *World) checkEdge(s *awssim.State) {
	taking := map[topology.Role]bool{}
	for i, v := range w.edge.views {
		for _, role := range v.route("POST") {
			if reachable(s, role) && w.writable(s, role) {
				taking[role] = true
			}
			if !w.data.writes(role) && !w.excused() {
				w.fail("no write is routed to a Region whose cluster is not the writer", "%s routes writes to %s, the writer is %s", locations[i], role, w.data.writer)
			}
		}
	}
	if len(taking) > 1 && !w.excused() {
		w.fail("at most one Region accepts writes", "through the edge, both do: locations know %v", w.edge.views)
	}
}

// routed notes that an engine has changed the fence or the active Region.
func (w *World) routed(c *caller, s *awssim.State, store awssim.KeyValueStore) {
	w.edge.changed, w.edge.changedBy = s.Now(), c.attempt.request.Run
	seen := w.data.last.at.Add(w.Settings.Stale + w.Settings.Call)
	if w.edge.answered.IsZero() && w.edge.changed.After(seen) {
		w.edge.answered = w.edge.changed
	}
	w.data.choose(viewOf(store.Items, store.Items))
}

// excused reports whether wrong routes are the doing of somebody who moved the writer past the engine: there is no fence then, and the
// edge knows nothing of it. It ends as soon as all locations know of what an engine did to the fence or the active Region so long
// after the promotion that it must have seen it; then the routes are the engine's.
func (w *World) excused() bool {
	if w.data.last.at.IsZero() {
		return w.Start == Detached || w.Start == Resyncing // the console's promotion is still to come
	}
	foreign := w.data.last.asked.run == ""
	return foreign && (w.edge.answered.IsZero() || time.Since(w.edge.answered) <= w.Settle)
}

// checkHistory checks what clients were told against what the writer has in the end.
func (w *World) checkHistory(s *awssim.State) {
	role := topology.Primary
	if w.data.writes(role.Other()) {
		role = role.Other()
	}
	seen := map[int]bool{}
	for _, c := range w.data.logs[role] {
		if seen[c.id] {
			w.fail("no write is there twice", "write %d", c.id)
		}
		seen[c.id] = true
	}
	for _, c := range w.traffic.acknowledged {
		if p, lost := w.data.lost[c.id]; lost && !p.lossy {
			w.fail("a planned move loses no acknowledged write", "write %d of %s is lost", c.id, w.since(c.at))
		} else if !lost {
			w.holds(s, role, c)
		}
	}
}

// checkLoss checks that what a run has lost is not older than the lag that it reported.
func (w *World) checkLoss(a *attempt) {
	lag := a.result.Lag
	if a.request.Mode.Planned() || lag == nil || lag.Error != "" {
		return
	}
	bound := lag.At.Add(-lag.Lag)
	for id, p := range w.data.lost {
		if p.asked.run != a.request.Run {
			continue
		}
		for _, c := range w.traffic.acknowledged {
			if c.id == id && c.at.Before(bound) {
				w.fail("nothing is lost that is older than the lag reported", "%s reports a lag of %s at %s, and lost write %d of %s", a.request.Run, lag.Lag, w.since(lag.At), id, w.since(c.at))
			}
		}
	}
}

// checkEnd checks that, once everybody has given up, one Region serves, or somebody was told that writes are fenced and why.
func (w *World) checkEnd(operators []*operator) {
	fenced := w.edge.last.fenced
	if !fenced {
		for _, v := range w.edge.views {
			if v != w.edge.last {
				w.fail("all locations know the same in the end", "%v", w.edge.views)
			}
		}
		return
	}
	if slices.ContainsFunc(operators, (*operator).knows) {
		return
	}
	if w.edge.changed.IsZero() {
		return // was fenced before, and nobody touched it
	}
	w.fail("in the end one Region serves, or somebody knows that it is fenced", "the fence is there, and nobody was told")
}

package simulation

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// polls says how often something was looked at in a call of the engine.
type polls struct {
	attempt *attempt
	last    []time.Time // the latest looks
	failed  bool        // the latest one was not answered
}

// pollWindow is the time over which polls are counted, and most how often something may be looked at in it: once a second, and a few
// times more because a call of the engine assesses, and calls take different times. Three requests through the edge go there in a
// row, see failover's sendReads.
const pollWindow = 10 * time.Second

func most(operation string) int {
	if operation == "GET" {
		return 3 * 13
	}
	return 13
}

// sourceCalls are the calls that a planned move makes in the Region that it leaves.
var sourceCalls = []string{
	"DescribeDBClusters", "DescribeDBInstances", "DescribeDBProxyTargets", "GetMetricData", "Invoke", "SwitchoverGlobalCluster",
}

// judge checks a call against what the engine promises of its calls. It is called with w.mu held.
func (w *World) judge(c *caller, k call, count *callCount, now time.Time) {
	a := c.attempt
	if k.changes && !k.leaseOnly || k.writes {
		a.changed = append(a.changed, k.operation)
	}
	source := regions[a.request.Target.Other()]
	switch planned := a.request.Mode.Planned(); {
	case k.region != source:
	case !planned:
		w.fail("a failover calls nothing in the Region that it leaves", "%s of %s called %s in %s", a.request.Mode, c.operator.Name, k.operation, k.region)
	case !slices.Contains(sourceCalls, k.operation) || k.writes:
		w.fail("a planned move makes only its own calls in the Region that it leaves", "%s called %s in %s", c.operator.Name, k.operation, k.region)
	}
	count.polls.add(w, c, k, now)
}

// add checks that nothing is polled too often. Repetitions of calls that failed do not count.
func (p *polls) add(w *World, c *caller, k call, now time.Time) {
	if p.attempt != c.attempt {
		*p = polls{attempt: c.attempt}
	}
	again := p.failed
	p.failed = false
	if k.changes || again {
		return
	}
	p.last = append(p.last, now)
	for now.Sub(p.last[0]) > pollWindow {
		p.last = p.last[1:]
	}
	if len(p.last) > most(k.operation) {
		w.fail("nothing is polled more than once a second", "%s called %s in %s %d times within %s", c.operator.Name, k.operation, k.region, len(p.last), pollWindow)
	}
}

// begun notes that RDS has begun what an engine asked for. At a planned move, nothing may be in flight then.
func (w *World) begun(c *caller, target string, planned bool) {
	w.asked = asking{at: time.Now(), run: c.attempt.request.Run, planned: c.attempt.request.Mode.Planned(), lossy: !planned, target: roleOf(target)}
	source := w.asked.target.Other()
	if n := w.traffic.flying[source]; planned && n > 0 {
		w.fail("nothing is in flight at a planned move", "%d writes were on their way to %s when %s asked for a switchover", n, source, c.operator.Name)
	}
	if c.attempt.request.Mode.Planned() != planned {
		w.fail("a planned move is a switchover", "%s asked for another operation", c.operator.Name)
	}
}

// checkLease checks that a run that changes the store finds no other run's lease in it.
func (w *World) checkLease(c *caller, before awssim.KeyValueStore) {
	var lease failover.Lease
	if json.Unmarshal([]byte(before.Items[topology.LeaseKey]), &lease) != nil {
		return
	}
	if lease.Run != c.attempt.request.Run && time.Now().Before(lease.Expires) {
		w.fail("a run without the lease changes nothing at the edge", "%s changes the store, the lease is that of %s", c.attempt.request.Run, lease.Run)
	}
}

// arrived reports whether the application is where the target is, with nothing left to do, in the store and in the database.
func (w *World) arrived(target topology.Role) bool {
	return w.data.writes(target) && w.edge.last == view{active: target}
}

// agrees checks that a result is what has become of the application, but for what others have done since the engine can have seen it.
func (w *World) agrees(a *attempt) {
	recent := a.end.Add(-w.Settings.Stale - w.Settings.Call)
	o, target := a.result.Outcome, a.request.Target
	if o == failover.Moved || o == failover.AlreadyThere {
		if !w.arrived(target) && w.traffic.arrived[target].Before(recent) {
			w.fail("results are true", "%s says %s to %s, but the edge is at %s and the writer is %s", a.request.Run, o, target, w.edge.last, w.data.writer)
		}
	}
	others := w.edge.changedBy != a.request.Run && w.edge.changed.After(recent)
	fenced := w.edge.last.fenced
	switch {
	case o == failover.PutBackDone && !others && (fenced || !w.data.writes(w.edge.last.active) && w.data.last.asked.run == a.request.Run):
		w.fail("results are true", "%s says %s, but the edge is at %s and the writer is %s", a.request.Run, o, w.edge.last, w.data.writer)
	case o == failover.PutBackDone && w.data.alone[target] && w.data.last.asked.run == a.request.Run:
		w.fail("results are true", "%s says %s, but its target is detached", a.request.Run, o)
	case o == failover.Fenced && !others && !fenced:
		w.fail("results are true", "%s says %s, but the edge is at %s", a.request.Run, o, w.edge.last)
	case o == failover.Fenced && (a.result.Detail == "" || len(a.result.Remaining) == 0):
		w.fail("results are true", "%s says %s without a reason or what to do", a.request.Run, o)
	case (o == failover.Refused || o == failover.AlreadyThere) && len(a.changed) > 0:
		w.fail("a run that is refused or has nothing to do changes nothing", "%s says %s after %v", a.request.Run, o, a.changed)
	}
}

package simulation

import (
	"slices"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
)

// Run runs a scenario to its end. It is to be called in a bubble of testing/synctest, whose time it takes. change, if it is not nil, is
// called for each engine before it is used; trace says whether the report keeps a trace.
func Run(s Scenario, trace bool, change func(*Wiring)) *Report {
	w := newWorld(s, change, trace)
	w.startClients()
	w.startOthers()
	operators := w.operate()
	time.Sleep(s.Settle + 2*s.Request + lateEffect) // until all locations know, and nothing is in flight
	w.do(func(st *awssim.State) { w.checkEnd(operators) })
	w.end()
	w.do(func(st *awssim.State) {
		w.checkHistory(st)
		for _, o := range operators {
			for _, a := range o.attempts {
				w.checkLoss(a)
			}
		}
	})
	return w.sum(operators)
}

// operate lets all operators do what they want, and waits for them.
func (w *World) operate() []*operator {
	var all sync.WaitGroup
	var operators []*operator
	for n, o := range w.Operators {
		one := &operator{Operator: o, w: w, n: n, kills: o.Kills, retries: o.Retries}
		operators = append(operators, one)
		all.Go(one.run)
	}
	all.Wait()
	return operators
}

// startOthers plans what others do to the database.
func (w *World) startOthers() {
	for i, c := range w.Console {
		w.at(c.At, slotConsole+i, func(s *awssim.State) { w.ask(s, c) })
	}
	w.at(w.LagAt, slotWorld, func(s *awssim.State) { s.SetLag(arns[w.data.writer.Other()], w.LagLater) })
}

// at plans something for a time since the beginning.
func (w *World) at(since time.Duration, slot int, do func(*awssim.State)) {
	time.AfterFunc(time.Until(wake(w.begin.Add(since), slot)), func() { w.do(do) })
}

// ask asks RDS for something, past the engine.
func (w *World) ask(s *awssim.State, c Console) {
	in := awssim.FailoverRequest{GlobalClusterIdentifier: globalCluster, TargetDbClusterIdentifier: arns[c.Target], AllowDataLoss: c.DataLoss}
	region := regions[c.Target]
	if !c.DataLoss {
		region = regions[c.Target.Other()]
	}
	_, err := s.Region(region).RDS().FailoverGlobalCluster(in)
	if err == nil {
		w.asked = asking{at: s.Now(), target: c.Target}
	}
	w.trace("console", "asks to move to %s (data loss allowed: %t): %v", c.Target, c.DataLoss, err)
}

// sum adds everything up.
func (w *World) sum(operators []*operator) *Report {
	r := w.report
	r.Lasted = time.Since(w.begin)
	r.Writes, r.Reads = w.traffic.writes, w.traffic.reads
	for _, o := range operators {
		r.Calls += len(o.attempts)
		r.Outcomes = append(r.Outcomes, o.outcome)
	}
	for _, c := range w.faults.Counts() {
		if c.Kind != fault.None {
			r.Faults[c.Kind.String()] = c.Calls
		}
	}
	slices.SortStableFunc(r.Violations, func(a, b Violation) int { return int(a.At - b.At) })
	return r
}

package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// outage is a time from which on clients were not served as they should be.
type outage struct {
	at     time.Time
	writes bool // the Region may go on acknowledging writes
}

// outage takes note of something that is done to a Region that clients notice, and returns what takes note of its end.
func (p *play) outage(label, region string, writes bool) (ends func()) {
	ends = p.fault(label, region)
	p.outages = append(p.outages, outage{p.faults[len(p.faults)-1].Start, writes})
	return ends
}

// recovery is a move as clients saw it.
type recovery struct {
	report.Recovery

	// stopped is when no more writes were acknowledged that could be lost by it.
	stopped time.Time
}

// recoveries are the moves of the runs that succeeded. The writes that are lost end none of them.
func recoveries(runs []run, outages []outage, changes []rehearsal.Change, h history.History, lost []history.Record) []recovery {
	gone := make(map[string]bool)
	for _, r := range lost {
		gone[r.Task] = true
	}
	kept := history.History{Began: h.Began, Records: h.Pick(func(r history.Record) bool { return !gone[r.Task] })}
	var all []recovery
	for _, r := range runs {
		for _, m := range r.report.Moves {
			if !r.succeeded() || m.Outcome != failover.Moved {
				continue
			}
			i := interruptionOf(m, outages, changes)
			if r, ok := i.recovery(r, m, kept); ok {
				all, outages = append(all, r), slices.DeleteFunc(slices.Clone(outages), func(o outage) bool { return o.at.Before(m.Ended) })
			}
		}
	}
	return all
}

// interruption is what a move put an end to.
type interruption struct {
	outage *outage   // or nil
	fenced time.Time // when the edge began to refuse writes; zero if it did not
}

// interruptionOf is the first outage that no earlier move has ended, and the fence of the move.
func interruptionOf(m report.Move, outages []outage, changes []rehearsal.Change) interruption {
	var i interruption
	if len(outages) > 0 && outages[0].at.Before(m.Ended) {
		i.outage = &outages[0]
	}
	for _, c := range changes {
		switch {
		case c.At.After(m.Ended):
			return i
		case c.What == rehearsal.Fence:
			if i.fenced = c.Seen; c.Seen.IsZero() {
				i.fenced = c.At
			}
		case c.What == rehearsal.Release && c.At.Before(m.Started):
			i.fenced = time.Time{} // of an earlier move
		}
	}
	return i
}

// recovery is a move that ended the interruption, if clients have seen that it did.
func (i interruption) recovery(r run, m report.Move, h history.History) (recovery, bool) {
	from, start := report.FromStart, r.started
	stopped := start
	if !i.fenced.IsZero() {
		from, start, stopped = report.FromInterruption, i.fenced, i.fenced
	}
	first, ok := h.FirstWrite(m.Region, start)
	if o := i.outage; o != nil && o.at.Before(start) {
		from, start = report.FromInterruption, o.at
		if !o.writes {
			stopped = o.at
		}
	}
	return recovery{stopped: stopped, Recovery: report.Recovery{
		Mode: r.report.Mode, Region: m.Region, Task: first.Task,
		Span: report.Span{From: from, Start: start.UTC(), End: first.End.UTC(), Seconds: first.End.Sub(start).Seconds()},
	}}, ok
}

// recovered adds what the moves were to the clients.
func recovered(c *report.Clients, all []recovery) {
	c.Recoveries = []report.Recovery{}
	for _, r := range all {
		c.Recoveries = append(c.Recoveries, r.Recovery)
		c.FirstWrite = &report.FirstWrite{At: r.Span.End, Region: r.Region, Task: r.Task}
	}
	if len(all) > 0 {
		longest := slices.MaxFunc(c.Recoveries, func(a, b report.Recovery) int { return cmp.Compare(a.Span.Seconds, b.Span.Seconds) })
		c.RTO = &longest.Span
	}
}

// aimed compares recovery time and loss with their targets.
func aimed(t report.Targets, c report.Clients) []report.Expectation {
	var all []report.Expectation
	length := func(seconds float64) time.Duration {
		return time.Duration(seconds * float64(time.Second)).Round(time.Millisecond)
	}
	if t.RTOSeconds != nil {
		e := report.Expectation{Must: fmt.Sprintf("RTO is at most %s", length(*t.RTOSeconds)), Measured: "nothing was moved"}
		if c.RTO != nil {
			e.Measured, e.Held = fmt.Sprintf("%s from the %s", length(c.RTO.Seconds), c.RTO.From), c.RTO.Seconds <= *t.RTOSeconds
		}
		all = append(all, e)
	}
	if t.RPOSeconds != nil {
		all = append(all, report.Expectation{
			Must: fmt.Sprintf("RPO is at most %s", length(*t.RPOSeconds)), Held: c.Lost.RPOSeconds <= *t.RPOSeconds,
			Measured: fmt.Sprintf("the oldest of %d lost writes is %s old", c.Lost.Total, length(c.Lost.RPOSeconds)),
		})
	}
	return all
}

// lostWrites are the acknowledged writes that are gone, with their ages when the interruption began that they were lost in, or else at
// a time.
func lostWrites(lost []history.Record, all []recovery, otherwise time.Time) report.Lost {
	l := report.Lost{Total: len(lost), Writes: []report.LostWrite{}}
	for i, r := range lost {
		stopped := otherwise
		if n := slices.IndexFunc(all, func(x recovery) bool { return x.Span.End.After(r.End) }); n >= 0 {
			stopped = all[n].stopped
		}
		age := stopped.Sub(r.End).Seconds()
		if i == 0 || age > l.RPOSeconds {
			l.RPOSeconds = age
		}
		l.NewestSeconds = age
		if i < report.NamedMax {
			l.Writes = append(l.Writes, report.LostWrite{ID: r.ID, Task: r.Task, Region: r.Region, Acknowledged: r.End.UTC(), AgeSeconds: age})
		}
	}
	return l
}

// propagations are how long changes took to be seen at the edge, but for those that were not.
func propagations(changes []rehearsal.Change) []report.Propagation {
	all := []report.Propagation{}
	for _, c := range changes {
		what := c.What
		if c.Region != "" {
			what += " " + c.Region
		}
		if !c.Seen.IsZero() {
			all = append(all, report.Propagation{Change: what, At: c.At.UTC(), Seconds: c.Seen.Sub(c.At).Seconds()})
		}
	}
	return all
}

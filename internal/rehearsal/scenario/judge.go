package scenario

import (
	"fmt"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// longestRead is the longest time in which reads may have no answer in a planned move: what the edge takes to give a Region up, two
// attempts of three seconds.
const longestRead = 6 * time.Second

// lagPrecision is by how much the machine's figure for the lag can be short of it: it is measured once a second, and a standby that
// is delayed applies what it gets in whole seconds.
const lagPrecision = 2 * time.Second

// judge decides what the clients' history says of the promises that every scenario makes. What may be lost is decided by what was
// asked for and by what the machine saw, not by what the runs say of themselves.
func (p *play) judge(h history.History, a history.Audit) {
	p.expect("no write is there twice", len(a.Duplicated) == 0, "%d are", len(a.Duplicated))
	p.expect("no write has changed", len(a.Changed) == 0, "%d have", len(a.Changed))
	if p.readsMatter {
		g, answered := h.LongestGap(false), len(h.Pick(func(r history.Record) bool { return !r.Write && r.OK() }))
		p.expect(fmt.Sprintf("reads never fail for longer than %s", longestRead), answered > 0 && g.Length() <= longestRead,
			"%s at most, %d answered", g.Length().Round(time.Millisecond), answered)
	}
	if p.mayLose() {
		p.judgeLoss(h, a)
		return
	}
	wrong := h.Failures(false)[history.Wrong]
	p.expect("no read is answered with what nobody wrote", wrong == 0, "%d are", wrong)
	p.expect("no acknowledged write is lost", len(a.Lost) == 0, "%d of %d are", len(a.Lost), a.Acknowledged)
}

// mayLose says whether a move was asked for that may lose what the standby has not received.
func (p *play) mayLose() bool {
	return slices.ContainsFunc(p.runs, func(r run) bool { return !r.mode.Planned() })
}

// judgeLoss decides whether what is lost is what such a move may lose.
func (p *play) judgeLoss(h history.History, a history.Audit) {
	d, parted := p.parting()
	within := !slices.ContainsFunc(a.Lost, func(w history.Record) bool {
		return !parted || w.End.Before(d.received.Add(-lagPrecision)) || !w.Start.Before(d.at)
	})
	p.expect("only writes are lost that the standby had not received", within, "%d of %d lost%s", len(a.Lost), a.Acknowledged, reach(a.Lost, d, parted))
	kept := keptAfterLost(h, a.Lost, d.at)
	p.expect("no write is kept that came after a lost one", kept == 0, "%d are", kept)
	if p.Move == nil { // other means report nothing
		since, bound := p.reportedLoss()
		p.expect("the reported bound covers what is lost", len(a.Lost) == 0 || !since.IsZero() && !a.Lost[0].End.Before(since), "%s, for %d lost", bound, len(a.Lost))
	}
	if p.lossMatters {
		p.expect("what the standby lacked is missed", len(a.Lost) > 0, "%d of %d lost", len(a.Lost), a.Acknowledged)
	}
}

// reach says how far back a loss reaches, if there is one.
func reach(lost []history.Record, d parting, parted bool) string {
	switch {
	case len(lost) == 0:
		return ""
	case !parted:
		return ", though no standby took over"
	}
	return fmt.Sprintf(", the oldest acknowledged %s after what the standby had by its lag, to within %s",
		lost[0].End.Sub(d.received).Round(time.Millisecond), lagPrecision)
}

// parting is when the standby of the first move that may lose something took over, and whether it did.
func (p *play) parting() (parting, bool) {
	i := slices.IndexFunc(p.runs, func(r run) bool { return !r.mode.Planned() && r.succeeded() })
	if i < 0 {
		return parting{}, false
	}
	for _, d := range p.sampler.partings {
		if d.at.After(p.runs[i].started) {
			return d, true
		}
	}
	return parting{}, false
}

// keptAfterLost counts the writes that a Region acknowledged after one that is lost, and before a time, and that are there: a standby
// applies what it gets in order.
func keptAfterLost(h history.History, lost []history.Record, before time.Time) int {
	if len(lost) == 0 {
		return 0
	}
	first, gone := lost[0], make(map[string]bool, len(lost))
	for _, w := range lost {
		gone[w.Task] = true
	}
	return len(h.Pick(func(r history.Record) bool {
		return r.Write && r.OK() && r.Region == first.Region && r.Start.After(first.End) && r.End.Before(before) && !gone[r.Task]
	}))
}

// reportedLoss is the time after which, by the runs' own reports, everything must have been acknowledged that is lost, and the same in
// words. The time is zero if they name none.
func (p *play) reportedLoss() (since time.Time, text string) {
	text = "none was reported"
	for _, r := range p.runs {
		for _, m := range r.report.Moves {
			asked, ok := promotionOf(m)
			if r.mode.Planned() || !ok || m.Loss == nil || m.Loss.BoundSeconds == nil {
				continue
			}
			bound := time.Duration(*m.Loss.BoundSeconds * float64(time.Second))
			if at := asked.Add(-bound); since.IsZero() || at.Before(since) {
				since, text = at, fmt.Sprintf("at most %s before the promotion", bound.Round(time.Millisecond))
			}
		}
	}
	return since, text
}

// promotionOf is when a move asked for the promotion, which its bound counts back from, and whether it did.
func promotionOf(m report.Move) (time.Time, bool) {
	i := slices.IndexFunc(m.Steps, func(s report.Step) bool { return s.Name == failover.StepPromote || s.Name == failover.StepWriter })
	if i < 0 {
		return time.Time{}, false
	}
	return m.Steps[i].Start, true
}

package scenario

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// report measures, and reports.
func (p *play) report(ctx context.Context, h history.History) (report.Report, error) {
	items, err := p.System.Observer().Items(ctx)
	if err != nil {
		return report.Report{}, fmt.Errorf("read what the database holds: %w", err)
	}
	if len(p.runs) == 0 {
		return report.Report{}, fmt.Errorf("play %s: nothing was run", p.scenario.Name)
	}
	audit := h.Audit(items)
	p.judge(h, audit)
	last := len(p.runs) - 1
	r := p.runs[last].report
	r.Rehearsal = &report.Rehearsal{
		Scenario: p.scenario.Name, Description: p.scenario.About, Regions: p.System.Application().Regions(),
		Verdict: p.verdict(), Reproduce: p.Reproduce, Clients: p.clients(h, audit), Timeline: p.timeline(h),
		Faults: p.faults, Calls: p.calls(), Promotions: p.sampler.promotions, Propagations: []report.Propagation{},
	}
	for _, earlier := range p.runs[:last] {
		r.Rehearsal.Earlier = append(r.Rehearsal.Earlier, earlier.report)
	}
	return r, nil
}

// verdict is whether everything held.
func (p *play) verdict() report.Verdict {
	v := report.Verdict{Held: true, Expectations: p.expectations}
	for _, e := range p.expectations {
		v.Held = v.Held && e.Held
	}
	return v
}

// clients are what the clients saw.
func (p *play) clients(h history.History, a history.Audit) report.Clients {
	c := report.Clients{
		Rate: p.Rate, Reads: requests(h, false), Writes: requests(h, true), Acknowledged: a.Acknowledged,
		Lost: p.lost(a), Duplicated: report.Named{Total: len(a.Duplicated), Tasks: limit(a.Duplicated)},
	}
	c.Changed.Total, c.Changed.Tasks = len(a.Changed), []string{}
	for _, r := range limit(a.Changed) {
		c.Changed.Tasks = append(c.Changed.Tasks, r.Task)
	}
	run := p.runs[len(p.runs)-1]
	if !run.succeeded() {
		return c
	}
	if first, ok := h.FirstWrite(p.System.Observer().Glance().Active, p.lastFence()); ok {
		c.FirstWrite = &report.FirstWrite{At: first.End.UTC(), Region: first.Region, Task: first.Task}
		from, start := report.FromInterruption, p.interruption
		c.RTO = &report.Span{From: from, Start: start.UTC(), End: first.End.UTC(), Seconds: first.End.Sub(start).Seconds()}
	}
	return c
}

// lastFence is when writes were fenced for the last time, so that a write after it shows the move's end.
func (p *play) lastFence() time.Time {
	at := p.interruption
	for i, s := range p.sampler.samples {
		if s.Fenced && (i == 0 || !p.sampler.samples[i-1].Fenced) {
			at = p.sampler.began.Add(time.Duration(s.At) * time.Millisecond)
		}
	}
	return at
}

func requests(h history.History, write bool) report.Requests {
	r := report.Requests{Total: len(h.Pick(func(r history.Record) bool { return r.Write == write })), Failures: h.Failures(write)}
	if g := h.LongestGap(write); g.Length() > 0 {
		r.LongestGap = &report.Gap{From: g.From.UTC(), To: g.To.UTC(), Seconds: g.Length().Seconds()}
	}
	return r
}

// lost are the writes that were.
func (p *play) lost(a history.Audit) report.Lost {
	l := report.Lost{Total: len(a.Lost), Writes: []report.LostWrite{}}
	for i, r := range a.Lost {
		age := p.interruption.Sub(r.End).Seconds()
		if i == 0 {
			l.RPOSeconds = age
		}
		l.NewestSeconds = age
		if i < report.NamedMax {
			l.Writes = append(l.Writes, report.LostWrite{ID: r.ID, Task: r.Task, Region: r.Region, Acknowledged: r.End.UTC(), AgeSeconds: age})
		}
	}
	return l
}

// limit is as much of a list as a report names.
func limit[T any](list []T) []T { return append([]T{}, list[:min(len(list), report.NamedMax)]...) }

// timeline is what happened when.
func (p *play) timeline(h history.History) report.Timeline {
	var end time.Time
	for _, r := range h.Records {
		if r.End.After(end) {
			end = r.End
		}
	}
	width := report.BucketWidth(end.Sub(h.Began))
	t := report.Timeline{Start: h.Began.UTC(), Width: width.Milliseconds(), Samples: p.sampler.samples}
	for _, b := range h.Timeline(width) {
		t.Buckets = append(t.Buckets, report.Bucket(b))
	}
	return t
}

// calls are the calls of AWS, by service and Region.
func (p *play) calls() []report.Calls {
	var all []report.Calls
	for _, c := range p.System.Observer().Calls() {
		if i := slices.IndexFunc(all, func(r report.Calls) bool { return r.Service == c.Service && r.Region == c.Region }); i >= 0 {
			all[i].Total += c.Calls
			continue
		}
		all = append(all, report.Calls{Service: c.Service, Region: c.Region, Total: c.Calls})
	}
	return all
}

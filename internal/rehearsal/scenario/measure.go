package scenario

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
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
	c := p.clients(h, audit)
	p.expectations = append(p.expectations, aimed(p.Targets, c)...)
	last := len(p.runs) - 1
	r := p.runs[last].report
	r.Rehearsal = &report.Rehearsal{
		Scenario: p.scenario.Name, Description: p.about(), Regions: p.System.Application().Regions(),
		Verdict: p.verdict(), Reproduce: p.Reproduce, Clients: c, Timeline: p.timeline(h),
		Faults: p.faults, Calls: calls(p.System.Observer().Calls()), Promotions: promotions(p.System.Observer().Promotions()), Propagations: propagations(p.System.Observer().Changes()),
	}
	for _, earlier := range p.runs[:last] {
		r.Rehearsal.Earlier = append(r.Rehearsal.Earlier, earlier.report)
	}
	return r, nil
}

// about says what happens.
func (p *play) about() string {
	if p.Move != nil {
		return p.scenario.About + " Here it is moved by other means."
	}
	return p.scenario.About
}

// verdict is whether everything held.
func (p *play) verdict() report.Verdict {
	v := report.Verdict{Held: true, Targets: p.Targets, Expectations: p.expectations}
	for _, e := range p.expectations {
		v.Held = v.Held && e.Held
	}
	return v
}

// clients are what the clients saw.
func (p *play) clients(h history.History, a history.Audit) report.Clients {
	moves := recoveries(p.runs, p.outages, p.System.Observer().Changes(), h, a.Lost)
	c := report.Clients{
		Rate: p.Rate, Reads: requests(h, false), Writes: requests(h, true), Acknowledged: a.Acknowledged,
		Lost: lostWrites(a.Lost, moves, p.interruption), Duplicated: report.Named{Total: len(a.Duplicated), Tasks: limit(a.Duplicated)},
	}
	c.Changed.Total, c.Changed.Tasks = len(a.Changed), []string{}
	for _, r := range limit(a.Changed) {
		c.Changed.Tasks = append(c.Changed.Tasks, r.Task)
	}
	recovered(&c, moves)
	return c
}

func requests(h history.History, write bool) report.Requests {
	r := report.Requests{Total: len(h.Pick(func(r history.Record) bool { return r.Write == write })), Failures: h.Failures(write)}
	r.AnsweredBy = make(map[string]report.Answered)
	for who, n := range h.AnsweredBy(write) {
		r.AnsweredBy[who] = report.Answered(n)
	}
	if g := h.LongestGap(write); g.Length() > 0 {
		r.LongestGap = &report.Gap{From: g.From.UTC(), To: g.To.UTC(), Seconds: g.Length().Seconds()}
	}
	return r
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

// promotions are the changes of the writer.
func promotions(all []rehearsal.Promotion) []report.Promotion {
	told := []report.Promotion{}
	for _, p := range all {
		told = append(told, report.Promotion{At: p.At.UTC(), Region: p.Region, LagSeconds: p.Lag.Seconds()})
	}
	return told
}

// calls are the calls of AWS, by service and Region, and by whether the automation made them.
func calls(counted []rehearsal.Call) []report.Calls {
	all := []report.Calls{}
	for _, c := range counted {
		by := report.ByAutomation
		if c.ByOperator {
			by = report.ByOperator
		}
		i := slices.IndexFunc(all, func(r report.Calls) bool { return r.Service == c.Service && r.Region == c.Region && r.By == by })
		if i < 0 {
			i, all = len(all), append(all, report.Calls{Service: c.Service, Region: c.Region, By: by})
		}
		all[i].Total += c.Calls
		all[i].WhileLost += c.WhileLost
	}
	return all
}

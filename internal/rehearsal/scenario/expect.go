package scenario

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// expect takes note of something that must hold, and says whether it did.
func (p *play) expect(must string, held bool, format string, args ...any) bool {
	p.expectations = append(p.expectations, report.Expectation{Must: must, Measured: fmt.Sprintf(format, args...), Held: held})
	return held
}

// expectSucceeded expects that a pipeline and what it did succeeded, and says whether the pipeline did.
func (p *play) expectSucceeded(r run) bool {
	m := r.last()
	p.expect("the pipeline succeeds", r.succeeded() && r.report.Succeeded(), "%s %s: %s, %s %s", r.status, r.reason, m.Outcome, m.Verification, m.Detail)
	return r.succeeded()
}

// expectMoved expects that a run moved the application, that it serves where it is to, and that clients see that. One that failed has
// moved nothing, and clients wait for nothing.
func (p *play) expectMoved(ctx context.Context, r run) error {
	if r.outside {
		return p.expectWrites(ctx, r.lands(), r.ended)
	}
	moved := p.expectSucceeded(r)
	region, g := p.region(r.lands()), p.System.Observer().Glance()
	there := g.Writer == region && g.Active == region && !g.Fenced
	p.expect(fmt.Sprintf("%s writes, and the edge routes there", region), there, "writer %s, active %s, fenced %t", g.Writer, g.Active, g.Fenced)
	if !moved || !there {
		return nil
	}
	return p.expectWrites(ctx, r.lands(), r.ended)
}

// arrival is how long it may take until a Region that serves acknowledges a client's write.
const arrival = time.Minute

// expectWrites expects that a Region acknowledges clients' writes after a time, and waits until there are enough to show that.
func (p *play) expectWrites(ctx context.Context, role topology.Role, after time.Time) error {
	region := p.region(role)
	written, err := p.comes(ctx, arrival, func() bool { return p.acknowledged(region, after) > 0 })
	if err != nil || !p.expect("clients write in "+region, written, "%d writes acknowledged there", p.acknowledged(region, after)) {
		return err
	}
	return p.until(ctx, "clients write in "+region, func() bool { return p.acknowledged(region, after) >= tail })
}

// expectThere expects that clients have written in the other Region in the middle of a drill.
func (p *play) expectThere(r run) {
	region := p.region(r.target)
	n := len(p.load.Snapshot().Pick(func(w history.Record) bool {
		return w.Write && w.OK() && w.Region == region && w.Start.After(r.started) && w.End.Before(r.ended)
	}))
	p.expect(fmt.Sprintf("clients write in %s during the drill", region), n > 0, "%d writes acknowledged there", n)
}

// readsWithin is how long it may take until reads are answered by the other Region when one is lost.
const readsWithin = 20 * time.Second

// expectReadsFromOther expects that reads are answered by the other Region after the interruption, before anybody does anything.
func (p *play) expectReadsFromOther(ctx context.Context) error {
	region := p.region(topology.Secondary)
	answered, err := p.comes(ctx, readsWithin, func() bool { return p.reads(region, p.interruption) > 0 })
	if err != nil {
		return err
	}
	p.expect("reads go on from the other Region by themselves", answered, "%d reads answered there before the move", p.reads(region, p.interruption))
	if !answered {
		return nil
	}
	return p.until(ctx, "clients read in "+region, func() bool { return p.reads(region, p.interruption) >= tail })
}

// expectRefused expects that a run was refused for one of the reasons, and changed nothing.
func (p *play) expectRefused(r run, codes ...failover.Code) {
	var got []failover.Code
	if d := r.last().Decision; d != nil {
		for _, reason := range d.Reasons {
			if !reason.Overridden {
				got = append(got, reason.Code)
			}
		}
	}
	refused := !r.succeeded() && slices.ContainsFunc(got, func(c failover.Code) bool { return slices.Contains(codes, c) })
	p.expect(fmt.Sprintf("the %s is refused for %v", r.mode, codes), refused, "%s, for %v", r.status, got)
	g := p.System.Observer().Glance()
	home := p.region(topology.Primary)
	p.expect("nothing was changed", g.Writer == home && g.Active == home && !g.Fenced, "writer %s, active %s, fenced %t", g.Writer, g.Active, g.Fenced)
}

// expectOverridden expects that a run has on record that an operator overrode a reason.
func (p *play) expectOverridden(r run, code failover.Code) {
	recorded := false
	if d := r.last().Decision; d != nil {
		recorded = slices.ContainsFunc(d.Reasons, func(reason failover.Reason) bool { return reason.Code == code && reason.Overridden })
	}
	p.expect("the override is recorded", recorded, "%v", r.report.Overrides)
}

// refusals is how many writes must have been answered before it is judged whether any is acknowledged.
const refusals = 5

// expectFenced expects that a run gave up with writes fenced, says what to do, and that clients' writes are refused.
func (p *play) expectFenced(ctx context.Context, r run) error {
	m := r.last()
	p.expect("the run gives up with writes fenced", !r.succeeded() && m.Outcome == failover.Fenced, "%s, %s: %s", r.status, m.Outcome, m.Detail)
	p.expect("it says what to do", len(r.report.Remaining) > 0, "%d instructions", len(r.report.Remaining))
	answered := func() int {
		return len(p.load.Snapshot().Pick(func(w history.Record) bool { return w.Write && w.Start.After(r.ended) }))
	}
	err := p.until(ctx, "writes are answered", func() bool { return answered() >= refusals })
	fenced, n := p.System.Observer().Glance().Fenced, p.acknowledged("", r.ended)
	p.expect("writes are fenced", fenced && n == 0, "fenced %t, %d writes acknowledged", fenced, n)
	return err
}

// expectNotNeeded expects that nobody has called AWS in a Region that is lost.
func (p *play) expectNotNeeded() {
	n := p.System.Observer().Unanswered()
	p.expect("nothing needs the lost Region", n == 0, "%d calls of AWS went there", n)
}

// expectReads expects, at the end, that reads were answered all the time.
func (p *play) expectReads() { p.readsMatter = true }

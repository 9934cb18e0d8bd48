package operator

import (
	"context"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// Assess looks whether a move could begin, shows it, and changes nothing. A no-go has the exit code of a refusal.
func (o *Operator) Assess(ctx context.Context, order Order) Exit {
	r, err := o.request(order)
	if err != nil {
		return o.fail(err)
	}
	a := o.looker(discard{}).Assess(ctx, r)
	out := Outcome{Version: OutcomeVersion, Application: o.Document.Application, Run: r.Run, Mode: r.Mode}
	out.Moves = []MoveOutcome{{Target: r.Target, Region: o.region(r.Target), Assessment: &a}}
	switch {
	case ctx.Err() != nil:
		out.Exit = Interrupted
	case !a.Decision.Go:
		out.Exit = Refused
	}
	if o.JSON {
		return o.write(out)
	}
	o.sayAssessment(r, a)
	return out.Exit
}

// discard is a journal for what needs no record.
type discard struct{}

// Append does nothing.
func (discard) Append(context.Context, string, failover.Entry) error { return nil }

// sayAssessment shows an assessment.
func (o *Operator) sayAssessment(r failover.Request, a failover.Assessment) {
	seen := a.Observation
	o.say("%s of %s to %s", r.Mode, o.Document.Application, o.named(r.Target))
	o.say("  active     %s", o.region(seen.Edge.Active))
	o.say("  writer     %s", o.region(seen.Database.Writer))
	if lag := lagText(seen, r); lag != "" {
		o.say("  lag        %s", lag)
	}
	if seen.Edge.Fence != nil {
		o.say("  writes     %s", o.fenceText(seen.Edge))
	}
	o.say("  decision   %s", a.Decision)
}

// lagText is how far the target lags.
func lagText(seen failover.Observation, r failover.Request) string {
	target := seen.Regions[r.Target]
	if target == nil || target.Lag == nil {
		return ""
	}
	l := target.Lag
	if l.Error != "" {
		return "unknown: " + l.Error
	}
	return fmt.Sprintf("%s, %s ago", l.Lag.Round(time.Millisecond), seen.At.Sub(l.At).Round(time.Second))
}

// sayPlan shows what a move does and what it loses.
func (o *Operator) sayPlan(r failover.Request, seen failover.Observation) {
	o.say("\nWhat is done:")
	steps := []failover.Step{
		failover.StepFence, failover.StepDrain, failover.StepPromote, failover.StepWriter, failover.StepReady,
		failover.StepShift, failover.StepRelease, failover.StepVerify,
	}
	for _, step := range steps {
		text := stepTexts[step]
		switch {
		case step == failover.StepDrain && !r.Mode.Planned():
			continue
		case step == failover.StepPromote:
			text = o.promotion(r)
		}
		o.say("  %-8s %s", step, text)
	}
	o.say("What is lost: %s", o.loss(r, seen))
}

// promotion is what RDS is asked for, and where.
func (o *Operator) promotion(r failover.Request) string {
	here, there := o.region(r.Target), o.region(r.Target.Other())
	switch r.Mode {
	case failover.Failover:
		return fmt.Sprintf("FailoverGlobalCluster with AllowDataLoss, in %s", here)
	case failover.Detach:
		return fmt.Sprintf("RemoveFromGlobalCluster of the cluster of %s, in %s; the global database has to be rebuilt afterwards", here, here)
	}
	return fmt.Sprintf("SwitchoverGlobalCluster to %s, in %s, where the writer is", here, there)
}

// loss is what a move loses.
func (o *Operator) loss(r failover.Request, seen failover.Observation) string {
	if r.Mode.Planned() {
		return "nothing; writes are refused meanwhile"
	}
	target := seen.Regions[r.Target]
	if target == nil || target.Lag == nil || target.Lag.Error != "" {
		return fmt.Sprintf("all writes that %s has not received; HOW MANY IS NOT KNOWN", o.region(r.Target))
	}
	return fmt.Sprintf("the writes that %s has not received: those of the last %s at most, as far as is known", o.region(r.Target),
		target.Lag.Bound(seen.At).Round(time.Millisecond))
}

package operator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// Move moves the application as ordered: it assesses, shows what it will do, asks, does it, verifies it, and keeps a record.
func (o *Operator) Move(ctx context.Context, order Order) Exit {
	r, err := o.newMove(order)
	if err != nil {
		return o.fail(err)
	}
	defer r.close()
	defer o.sayInterruption(ctx)()
	var exit Exit
	switch order.Mode {
	case failover.Drill:
		exit, err = r.drill(ctx)
	case failover.Failback:
		exit, err = r.failback(ctx)
	default:
		exit, err = r.single(ctx, r.request)
	}
	if err != nil {
		exit = ExitOf(err)
		r.out.Error = oneLine(err.Error())
		Tell(o.Err, err)
	}
	return r.finish(ctx, exit)
}

// sayInterruption says so when the command is interrupted, until the returned function is called.
func (o *Operator) sayInterruption(ctx context.Context) (stop func()) {
	said := make(chan struct{})
	o.Err = &shared{w: o.Err}
	forget := context.AfterFunc(ctx, func() {
		defer close(said)
		fmt.Fprintln(o.Err, "\nwarmstandby: stopping at the next safe point; interrupt again to stop at once")
	})
	return func() {
		if !forget() {
			<-said
		}
	}
}

// move is one run of a command that moves.
type move struct {
	*Operator
	order   Order
	request failover.Request
	file    *Journal // nil if there is none
	journal failover.Journal
	moved   bool // the engine was asked to move
	out     Outcome
}

// newMove checks the order, and opens the journal. A journal that cannot be opened does not stop a run.
func (o *Operator) newMove(order Order) (*move, error) {
	request, err := o.request(order)
	if err != nil {
		return nil, err
	}
	if order.Mode != failover.Failback { // whether that loses something is not known yet
		if err := order.Consent.check(!order.Mode.Planned(), o.region(request.Target)); err != nil {
			return nil, err
		}
	}
	if order.Mode == failover.Drill && order.Consent.Yes && order.Hold == 0 {
		return nil, usage("--yes needs --hold, which says how long the drill stays, such as --hold 10m")
	}
	m := &move{Operator: o, order: order, request: request, journal: discard{}}
	m.out = Outcome{Version: OutcomeVersion, Application: o.Document.Application, Run: request.Run, Mode: request.Mode, Moves: []MoveOutcome{}}
	file, err := OpenJournal(o.Directory, o.Document, request.Run)
	if err != nil {
		fmt.Fprintf(o.Err, "warmstandby: the run has no journal: %v\n", err)
		return m, nil
	}
	m.file, m.journal, m.out.Journal = file, file, file.Path
	return m, nil
}

func (m *move) close() {
	if m.file != nil {
		_ = m.file.Close() // every entry was written as it came
	}
}

// single moves once, with everything that belongs to it.
func (m *move) single(ctx context.Context, r failover.Request) (Exit, error) {
	a := m.assess(ctx, r)
	if exit, over, err := m.judge(ctx, r, a); over || err != nil {
		return exit, err
	}
	m.sayPlan(r, a.Observation)
	if err := m.consent(ctx, r); err != nil {
		return 0, err
	}
	return m.do(ctx, r), nil
}

// assess looks, shows what is seen and takes it into the outcome.
func (m *move) assess(ctx context.Context, r failover.Request) failover.Assessment {
	a := m.looker(m.journal).Assess(ctx, r)
	m.out.Moves = append(m.out.Moves, MoveOutcome{Target: r.Target, Region: m.region(r.Target), Assessment: &a})
	if ctx.Err() == nil {
		m.sayAssessment(r, a)
	}
	return a
}

// judge says whether an assessment ends the run.
func (m *move) judge(ctx context.Context, r failover.Request, a failover.Assessment) (exit Exit, over bool, err error) {
	lease := a.Observation.Edge.Lease
	switch {
	case ctx.Err() != nil:
		return 0, true, &Error{Interrupted, errors.New("interrupted; nothing was changed")}
	case a.Decision.Arrived:
		return Done, true, nil
	case m.order.Run != "" && lease != nil && lease.Run == r.Run && (lease.Mode != r.Mode || lease.Target != r.Target):
		return 0, true, usage("run %s is a %s to %s; go on with that, or leave --run away", r.Run, lease.Mode, m.region(lease.Target))
	case !a.Decision.Go:
		if a.Observation.Edge.Fence != nil {
			m.say("Nothing was changed by this command, but writes are refused: %s.", m.fenceText(a.Observation.Edge))
		}
		return Refused, true, nil
	}
	return 0, false, nil
}

// consent asks for what the request wants.
func (m *move) consent(ctx context.Context, r failover.Request) error {
	if r.Mode.Planned() {
		return m.agree(ctx, m.order.Consent, fmt.Sprintf("Move %s to %s?", m.Document.Application, m.region(r.Target)))
	}
	return m.agreeToLoss(ctx, m.order.Consent, m.region(r.Target))
}

// do moves and verifies. The outcome's last move is the one.
func (m *move) do(ctx context.Context, r failover.Request) Exit {
	m.say("\nRun %s:", r.Run)
	m.moved = true
	out := &m.out.Moves[len(m.out.Moves)-1]
	shown, stop := m.showSteps()
	engine := m.engine(m.journal, shown.taken)
	result := engine.Move(ctx, r)
	out.Result = &result
	exit := exits[result.Outcome]
	if result.Outcome == failover.Moved {
		verification := engine.Verify(ctx, r)
		out.Verification = &verification
		exit = exits[verification.Outcome]
	}
	stop()
	m.sayResult(r, *out, exit)
	return exit
}

// sayResult shows how a move ended, and what remains to be done.
func (m *move) sayResult(r failover.Request, out MoveOutcome, exit Exit) {
	region := out.Region
	texts := map[failover.Outcome]string{
		failover.Moved:        region + " is active and accepts writes",
		failover.AlreadyThere: region + " was active already",
		failover.Refused:      "refused, and nothing was changed",
		failover.PutBackDone:  "failed, and everything is as it was",
		failover.Fenced:       "FAILED, AND WRITES ARE REFUSED AT THE EDGE",
		failover.Interrupted:  "interrupted",
	}
	m.say("\n%s: %s", strings.ToUpper(string(out.Result.Outcome)), texts[out.Result.Outcome])
	if out.Result.Detail != "" {
		m.say("  %s", strings.ReplaceAll(out.Result.Detail, "\n", "\n  "))
	}
	if v := out.Verification; v != nil && v.Outcome != failover.Verified {
		m.say("%s: %s", strings.ToUpper(string(v.Outcome)), oneLine(v.Detail))
	}
	if exit == Interrupted {
		m.say("  The lease of run %s may last for up to %s. Go on at once with the same command and --run %s; without that it waits for the lease.",
			r.Run, failover.DefaultSettings().Lease, r.Run)
	}
	if len(out.Result.Remaining) > 0 {
		m.say("What remains to be done:")
	}
	for i, text := range out.Result.Remaining {
		m.say("  %d. %s", i+1, text)
	}
}

// passing are reasons that pass by themselves after a move in the other direction, or after a rebuild: replication has to turn
// around, and figures of its lag come once a minute.
var passing = []failover.Code{
	failover.LagUnknown, failover.LagAboveLimit, failover.NotSynchronized, failover.TargetUnavailable, failover.SourceUnavailable,
	failover.TargetUnhealthy, failover.SourceUnhealthy,
}

// patience is how long such reasons are waited for, and between is the time between two looks.
const patience, between = 30 * time.Minute, 15 * time.Second

// whenReady assesses until the move can begin, or can not for reasons that do not pass.
func (m *move) whenReady(ctx context.Context, r failover.Request) failover.Assessment {
	end, told := m.Clock.Now().Add(patience), ""
	for {
		a := m.looker(discard{}).Assess(ctx, r)
		waits := slices.DeleteFunc(slices.Clone(a.Decision.Reasons), func(reason failover.Reason) bool { return reason.Overridden })
		lasts := slices.ContainsFunc(waits, func(reason failover.Reason) bool { return !slices.Contains(passing, reason.Code) })
		if a.Decision.Go || lasts || ctx.Err() != nil || m.Clock.Now().After(end) {
			return m.assess(ctx, r)
		}
		var codes []string
		for _, reason := range waits {
			codes = append(codes, string(reason.Code)+" ("+reason.Seen+")")
		}
		if text := strings.Join(codes, ", "); text != told {
			told = text
			m.say("  waiting until %s can be activated: %s", m.region(r.Target), text)
		}
		_ = m.Clock.Sleep(ctx, between) // an end of ctx is seen above
	}
}

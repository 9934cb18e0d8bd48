package scenario

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

const (
	succeeds      = "the pipeline succeeds"
	otherWrites   = "us-east-2 writes, and the edge routes there"
	clientsWrite  = "clients write in us-east-2"
	homeWrites    = "us-east-1 writes, and the edge routes there"
	thereInDrill  = "clients write in us-east-2 during the drill"
	readsGoOn     = "reads go on from the other Region by themselves"
	refusedForLag = "the failover is refused for [LagAboveLimit]"
	unchanged     = "nothing was changed"
	overridden    = "the override is recorded"
	givesUp       = "the run gives up with writes fenced"
	saysWhat      = "it says what to do"
	fencedWrites  = "writes are fenced"
	plan          = "the plan to rebuild is told"
	routes        = "the edge routes to us-east-2"
	notNeeded     = "nothing needs the lost Region"
	killedIt      = "the function is killed while it moves"
)

// failed is a run that a pipeline ended without success.
func failed(mode failover.Mode, change func(*report.Report)) run {
	r := ran(mode)
	r.status, r.report = types.PipelineExecutionStatusFailed, report.Report{Mode: mode, Moves: []report.Move{{}}}
	change(&r.report)
	return r
}

// decided is a report with a reason.
func decided(code failover.Code, overridden bool) func(*report.Report) {
	return func(r *report.Report) {
		r.Moves[0].Decision = &failover.Decision{Reasons: []failover.Reason{{Code: code, Overridden: overridden}}}
	}
}

// fencedReport is the report of a run that gave up.
func fencedReport(r *report.Report) {
	r.Moves[0].Outcome, r.Remaining = failover.Fenced, []string{"cancel it"}
}

func atHome(f *fake) {
	f.glance, f.reads, f.writes = rehearsal.Glance{Writer: home, Active: home}, home, home
}

// Each expectation is refuted by what breaks it, and by nothing else.
func TestExpectations(t *testing.T) {
	moves := func(r run) func(context.Context, *play) error {
		return func(ctx context.Context, p *play) error { return p.expectMoved(ctx, r) }
	}
	for _, tt := range []struct {
		name   string
		broken func(*fake) // nil if nothing is
		expect func(context.Context, *play) error
		want   []string
	}{
		{"moved", nil, func(ctx context.Context, p *play) error { return p.expectMoved(ctx, ran(failover.Switchover)) }, []string{}},
		{"moved home by a drill", atHome, func(ctx context.Context, p *play) error { return p.expectMoved(ctx, ran(failover.Drill)) }, []string{}},
		{"the pipeline fails", nil, moves(failed(failover.Switchover, func(*report.Report) {})), []string{succeeds}},
		{"the pipeline succeeds without a report", nil, func(ctx context.Context, p *play) error {
			r := ran(failover.Switchover)
			r.report = report.Report{}
			return p.expectMoved(ctx, r)
		}, []string{succeeds}},
		{"the move is not verified", nil, func(ctx context.Context, p *play) error {
			r := ran(failover.Switchover)
			r.report.Moves[0].Verification = failover.Unverified
			return p.expectMoved(ctx, r)
		}, []string{succeeds}},
		{"another Region writes", func(f *fake) { f.glance.Writer = home }, func(ctx context.Context, p *play) error { return p.expectMoved(ctx, ran(failover.Failover)) }, []string{otherWrites}},
		{"the edge routes elsewhere", func(f *fake) { f.glance.Active = home }, func(ctx context.Context, p *play) error { return p.expectMoved(ctx, ran(failover.Failover)) }, []string{otherWrites}},
		{"the fence stays", func(f *fake) { f.glance.Fenced = true }, func(ctx context.Context, p *play) error { return p.expectMoved(ctx, ran(failover.Failover)) }, []string{otherWrites}},
		{"a drill does not come home", nil, func(ctx context.Context, p *play) error { return p.expectMoved(ctx, ran(failover.Drill)) }, []string{homeWrites}},
		{"clients cannot write", func(f *fake) { f.writes = "" }, func(ctx context.Context, p *play) error { return p.expectMoved(ctx, ran(failover.Switchover)) }, []string{clientsWrite}},
		{"clients write elsewhere", func(f *fake) { f.writes = home }, func(ctx context.Context, p *play) error { return p.expectMoved(ctx, ran(failover.Switchover)) }, []string{clientsWrite}},

		{"a drill goes there", nil, func(_ context.Context, p *play) error { p.expectThere(ran(failover.Drill)); return nil }, []string{}},
		{"a drill goes nowhere", atHome, func(_ context.Context, p *play) error { p.expectThere(ran(failover.Drill)); return nil }, []string{thereInDrill}},
		{"a drill is over before clients write", nil, func(_ context.Context, p *play) error {
			r := ran(failover.Drill)
			r.ended = r.started
			p.expectThere(r)
			return nil
		}, []string{thereInDrill}},

		{"reads go on", nil, func(ctx context.Context, p *play) error { return p.expectReadsFromOther(ctx) }, []string{}},
		{"reads end", func(f *fake) { f.reads = "" }, func(ctx context.Context, p *play) error { return p.expectReadsFromOther(ctx) }, []string{readsGoOn}},
		{"reads go on where they were", func(f *fake) { f.reads = home }, func(ctx context.Context, p *play) error { return p.expectReadsFromOther(ctx) }, []string{readsGoOn}},

		{"refused", atHome, refuses(failed(failover.Failover, decided(failover.LagAboveLimit, false))), []string{}},
		{"not refused", atHome, refuses(ran(failover.Failover)), []string{refusedForLag}},
		{"not refused, in spite of a reason", atHome, func(_ context.Context, p *play) error {
			r := ran(failover.Failover)
			decided(failover.LagAboveLimit, false)(&r.report)
			p.expectRefused(r, failover.LagAboveLimit)
			return nil
		}, []string{refusedForLag}},
		{"refused, but another Region writes", func(f *fake) { atHome(f); f.glance.Writer = other }, refuses(failed(failover.Failover, decided(failover.LagAboveLimit, false))), []string{unchanged}},
		{"refused without a reason", atHome, refuses(failed(failover.Failover, func(*report.Report) {})), []string{refusedForLag}},
		{"refused without a report", atHome, refuses(failed(failover.Failover, func(r *report.Report) { r.Moves = nil })), []string{refusedForLag}},
		{"refused for something else", atHome, refuses(failed(failover.Failover, decided(failover.LagUnknown, false))), []string{refusedForLag}},
		{"failed in spite of an override", atHome, refuses(failed(failover.Failover, decided(failover.LagAboveLimit, true))), []string{refusedForLag}},
		{"refused, but moved", nil, refuses(failed(failover.Failover, decided(failover.LagAboveLimit, false))), []string{unchanged}},
		{"refused, but fenced", func(f *fake) { atHome(f); f.glance.Fenced = true }, refuses(failed(failover.Failover, decided(failover.LagAboveLimit, false))), []string{unchanged}},

		{"overridden", nil, overrides(failover.LagAboveLimit, true), []string{}},
		{"not overridden", nil, overrides(failover.LagAboveLimit, false), []string{overridden}},
		{"something else overridden", nil, overrides(failover.SourceServing, true), []string{overridden}},
		{"no decision", nil, func(_ context.Context, p *play) error { p.expectOverridden(run{}, failover.LagAboveLimit); return nil }, []string{overridden}},

		{"fenced", fencedOff, gives(failed(failover.Switchover, fencedReport)), []string{}},
		{"it succeeds in spite of all", fencedOff, func(ctx context.Context, p *play) error {
			r := ran(failover.Switchover)
			fencedReport(&r.report)
			return p.expectFenced(ctx, r)
		}, []string{givesUp}},
		{"it puts back", fencedOff, gives(failed(failover.Switchover, func(r *report.Report) { fencedReport(r); r.Moves[0].Outcome = failover.PutBackDone })), []string{givesUp}},
		{"it says nothing", fencedOff, gives(failed(failover.Switchover, func(r *report.Report) { fencedReport(r); r.Remaining = nil })), []string{saysWhat}},
		{"the edge is not fenced", func(f *fake) { f.writes = "" }, gives(failed(failover.Switchover, fencedReport)), []string{fencedWrites}},
		{"the fence lets clients through", func(f *fake) { f.glance.Fenced = true }, gives(failed(failover.Switchover, fencedReport)), []string{fencedWrites}},

		{"detached", nil, detaches(func(*run) {}), []string{}},
		{"detached, with no plan", nil, detaches(func(r *run) { r.report.Remaining = nil }), []string{plan}},
		{"not detached", nil, detaches(func(r *run) { r.status = types.PipelineExecutionStatusFailed }), []string{succeeds}},
		{"detached, and routed elsewhere", func(f *fake) { f.glance.Active = home }, detaches(func(*run) {}), []string{routes}},
		{"detached, and fenced", func(f *fake) { f.glance.Fenced = true }, detaches(func(*run) {}), []string{routes}},
		{"detached, and nobody can write", func(f *fake) { f.writes = "" }, detaches(func(*run) {}), []string{clientsWrite}},
		{"detached, by asking the lost Region", func(f *fake) { f.unanswered = 1 }, detaches(func(*run) {}), []string{notNeeded}},

		{"not needed", nil, func(_ context.Context, p *play) error { p.expectNotNeeded(); return nil }, []string{}},
		{"needed", func(f *fake) { f.unanswered = 1 }, func(_ context.Context, p *play) error { p.expectNotNeeded(); return nil }, []string{notNeeded}},

		{"killed", func(f *fake) { f.instances = 1 }, func(_ context.Context, p *play) error { return p.kill([]string{"move"}) }, []string{}},
		{"nothing to kill", nil, func(_ context.Context, p *play) error { return p.kill([]string{"move"}) }, []string{killedIt}},
		{"no function to kill", func(f *fake) { f.instances = 1 }, func(_ context.Context, p *play) error { return p.kill(nil) }, []string{killedIt}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, f := playing(t)
				if tt.broken != nil {
					f.set(tt.broken)
				}
				time.Sleep(3 * time.Second)
				err := tt.expect(t.Context(), p)
				if diff := cmp.Diff(tt.want, refuted(p.expectations)); diff != "" || err != nil {
					t.Errorf("%v, want(-), got(+):\n%s\n%+v", err, diff, p.expectations)
				}
			})
		})
	}
}

func fencedOff(f *fake) { atHome(f); f.writes, f.glance.Fenced = "", true }

func refuses(r run) func(context.Context, *play) error {
	return func(_ context.Context, p *play) error {
		p.expectRefused(r, failover.LagAboveLimit)
		return nil
	}
}

func overrides(code failover.Code, overridden bool) func(context.Context, *play) error {
	return func(_ context.Context, p *play) error {
		r := ran(failover.Failover)
		decided(code, overridden)(&r.report)
		p.expectOverridden(r, failover.LagAboveLimit)
		return nil
	}
}

func gives(r run) func(context.Context, *play) error {
	return func(ctx context.Context, p *play) error {
		r.ended = time.Now()
		return p.expectFenced(ctx, r)
	}
}

func detaches(change func(*run)) func(context.Context, *play) error {
	return func(ctx context.Context, p *play) error {
		r := ran(failover.Detach)
		r.report.Remaining = []string{"rebuild", "go home"}
		change(&r)
		_, err := p.expectDetached(ctx, r)
		return err
	}
}

// A condition that never comes true is an error of until, which names it, and a scenario that is given up ends at once.
func TestUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &play{}
		if err := p.until(t.Context(), "pigs fly", func() bool { return false }); err == nil || err.Error() != "waited 5m0s until pigs fly" {
			t.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if came, err := p.comes(ctx, time.Hour, func() bool { return false }); came || err != context.Canceled {
			t.Errorf("got %t, %v", came, err)
		}
	})
}

// The sampler sees what the standby had received when it was promoted or detached.
func TestPartings(t *testing.T) {
	lag := func(seconds float64) *time.Duration { return new(time.Duration(seconds * float64(time.Second))) }
	s := &sampler{}
	for i, g := range []rehearsal.Glance{
		{Writer: home, Lag: lag(0.5)},
		{Writer: home, Lag: lag(0.6)},
		{Writer: other, Lag: lag(9)}, // promoted
		{Writer: other, Lag: nil},    // the former one is detached
		{Writer: other, Lag: nil},
		{Writer: "", Lag: nil}, // rebuilding
		{Writer: other, Lag: lag(1)},
		{Writer: home, Lag: lag(0)}, // home again
	} {
		s.part(g, at(float64(i)))
	}
	want := []parting{{at(2), at(0.4)}, {at(3), at(-7)}, {at(7), at(5)}}
	if diff := cmp.Diff(want, s.partings, cmp.AllowUnexported(parting{})); diff != "" {
		t.Error(diff)
	}
}

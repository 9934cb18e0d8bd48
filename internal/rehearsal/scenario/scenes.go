package scenario

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// tail is how many writes a Region must have acknowledged after a move before the clients end, so that they have seen the end of what
// is rehearsed; and how many reads before anybody does anything about a loss.
const tail = 30

// moveTo starts a pipeline, and expects that it moves the application.
func (p *play) moveTo(ctx context.Context, w wish) error {
	r, err := p.move(ctx, w)
	if err != nil {
		return err
	}
	return p.expectMoved(ctx, r)
}

func playSwitchover(ctx context.Context, p *play) error {
	p.expectReads()
	return p.moveTo(ctx, wish{mode: failover.Switchover, target: topology.Secondary})
}

func playDrill(ctx context.Context, p *play) error {
	r, err := p.move(ctx, wish{mode: failover.Drill, target: topology.Secondary})
	if err != nil {
		return err
	}
	p.expectReads()
	p.expectThere(r)
	return p.expectMoved(ctx, r)
}

// moment waits for a time that the seed decides, so that what happens next happens at any moment of the clients' work.
func (p *play) moment(ctx context.Context, longest time.Duration) error {
	random := rand.New(rand.NewPCG(p.Seed, 1)) //nolint:gosec // what is drawn is to be reproducible, not secret
	return pause(ctx, time.Duration(random.Int64N(int64(longest))))
}

// lostLag is how far the standby lags when the active Region is lost, so that something is lost.
const lostLag = 3 * time.Second

// losePrimary loses the active Region while the standby lags and lacks what clients have written, and waits until they read from the
// other one.
func (p *play) losePrimary(ctx context.Context) (ends func(), err error) {
	home := p.region(topology.Primary)
	lagEnds := p.note(fmt.Sprintf("the standby lags by %s", lostLag), p.region(topology.Secondary))
	if err := p.lag(ctx, lostLag); err != nil {
		return nil, err
	}
	if err := p.moment(ctx, 2*time.Second); err != nil {
		return nil, err
	}
	if err := p.until(ctx, "clients write what the standby lacks", func() bool { return p.acknowledged(home, time.Now().Add(-lostLag/2)) > 0 }); err != nil {
		return nil, err
	}
	lossEnds := p.outage("the Region is lost", home, false)
	p.System.Disasters().LoseRegion(home)
	p.lossMatters = true
	return func() { lagEnds(); lossEnds() }, p.expectReadsFromOther(ctx)
}

// lag lets the standby lag, and waits until it does by as much as it is to.
func (p *play) lag(ctx context.Context, by time.Duration) error {
	if err := p.System.Disasters().Delay(ctx, by); err != nil {
		return err
	}
	return p.until(ctx, "the standby lags", func() bool {
		lag := p.System.Observer().Glance().Lag
		return lag != nil && *lag > by-lagTolerance
	})
}

// lagTolerance is by how much less than it is to the standby may lag: one that is delayed applies what it gets in whole seconds.
const lagTolerance = time.Second

// returnPrimary ends the loss of the home Region, and the lag.
func (p *play) returnPrimary(ctx context.Context, ends func()) error {
	p.Progress("the Region returns")
	if err := p.System.Disasters().Delay(ctx, 0); err != nil {
		return err
	}
	p.System.Disasters().ReturnRegion(p.region(topology.Primary))
	ends()
	return nil
}

func playRegionLoss(ctx context.Context, p *play) error {
	if _, err := p.losePrimary(ctx); err != nil {
		return err
	}
	_, err := p.failOver(ctx)
	return err
}

// failOver fails over away from a Region that is lost, and says whether the pipeline succeeded.
func (p *play) failOver(ctx context.Context) (succeeded bool, err error) {
	r, err := p.move(ctx, wish{mode: failover.Failover, target: topology.Secondary})
	if err != nil {
		return false, err
	}
	p.expectNotNeeded()
	return r.succeeded(), p.expectMoved(ctx, r)
}

// A Region that browns out answers up to that much later, and that share of its answers are errors.
const brownLatency, brownFailing = 2500 * time.Millisecond, 0.8

func playBrownOut(ctx context.Context, p *play) error {
	p.outage("the Region answers slowly and with errors", p.region(topology.Primary), true)
	p.System.Disasters().BrownOut(p.region(topology.Primary), brownLatency, brownFailing)
	r, err := p.move(ctx, wish{mode: failover.Switchover, target: topology.Secondary})
	if err != nil {
		return err
	}
	p.expectRefused(r, failover.SourceUnhealthy, failover.SourceUnavailable)
	return p.failOverBrownedOut(ctx)
}

func (p *play) failOverBrownedOut(ctx context.Context) error {
	// Some reads may be answered in time by chance; the operator knows better.
	return p.moveTo(ctx, wish{mode: failover.Failover, target: topology.Secondary, overrides: string(failover.SourceServing)})
}

// A standby that lags by that much, and what may be lost.
const (
	longLag     = 6 * time.Second
	maxDataLoss = "2"
)

func playReplicationLag(ctx context.Context, p *play) error {
	p.fault(fmt.Sprintf("the standby lags by %s", longLag), p.region(topology.Secondary))
	if err := p.lag(ctx, longLag); err != nil {
		return err
	}
	r, err := p.move(ctx, wish{mode: failover.Failover, target: topology.Secondary, maxDataLoss: maxDataLoss, overrides: string(failover.SourceServing)})
	if err != nil {
		return err
	}
	p.expectRefused(r, failover.LagAboveLimit)
	return p.overrideLag(ctx)
}

// overrideLag moves in spite of the lag.
func (p *play) overrideLag(ctx context.Context) error {
	overrides := string(failover.SourceServing) + "," + string(failover.LagAboveLimit)
	r, err := p.move(ctx, wish{mode: failover.Failover, target: topology.Secondary, maxDataLoss: maxDataLoss, overrides: overrides})
	if err != nil {
		return err
	}
	p.expectOverridden(r, failover.LagAboveLimit)
	return p.expectMoved(ctx, r)
}

func playStuckPromotion(ctx context.Context, p *play) error {
	ends := p.fault("the operation of the global database hangs", "")
	p.System.Disasters().Fate(awssim.Fate{Outcome: awssim.Hang, Phase: awssim.Switching})
	r, err := p.move(ctx, wish{mode: failover.Switchover, target: topology.Secondary})
	if err != nil {
		return err
	}
	if err := p.expectFenced(ctx, r); err != nil {
		return err
	}
	p.Progress("somebody cancels the operation")
	p.System.Disasters().Fate(awssim.Fate{Outcome: awssim.Fail, Phase: awssim.Switching})
	ends()
	if err := p.resynchronize(ctx); err != nil {
		return err
	}
	return p.moveTo(ctx, wish{mode: failover.Switchover, target: topology.Secondary})
}

func playKilled(ctx context.Context, p *play) error {
	r, err := p.start(ctx, wish{mode: failover.Switchover, target: topology.Secondary})
	if err != nil {
		return err
	}
	killing := make(chan error, 1)
	go func() { killing <- p.killMove(ctx) }()
	r, err = p.finish(ctx, r)
	if err := first(err, <-killing); err != nil {
		return err
	}
	p.expectReads()
	return p.expectMoved(ctx, r)
}

// killMove kills the function that moves the application, at a moment after it has fenced writes.
func (p *play) killMove(ctx context.Context) error {
	if err := p.until(ctx, "writes are fenced", func() bool { return p.System.Observer().Glance().Fenced }); err != nil {
		return err
	}
	if err := p.moment(ctx, time.Second); err != nil {
		return err
	}
	functions, err := p.moveFunctions(ctx, topology.Secondary)
	if err != nil {
		return err
	}
	return p.kill(functions)
}

// kill kills functions in the secondary Region, and expects that they were at work.
func (p *play) kill(functions []string) error {
	killed := 0
	for _, f := range functions {
		n, err := p.System.Disasters().Kill(p.region(topology.Secondary), f)
		if err != nil {
			return err
		}
		killed += n
	}
	p.fault("the function that moves the application is killed", p.region(topology.Secondary))()
	p.expect("the function is killed while it moves", killed > 0, "%d instances", killed)
	return nil
}

// first is the first error that is one.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func playFailback(ctx context.Context, p *play) error {
	ends, err := p.losePrimary(ctx)
	if err != nil {
		return err
	}
	if succeeded, err := p.failOver(ctx); err != nil || !succeeded {
		return err
	}
	if err := p.returnPrimary(ctx, ends); err != nil {
		return err
	}
	return p.goHome(ctx, time.Now())
}

// goHome goes back to the primary Region as soon as it has caught up after a time, and there is a figure for its lag.
func (p *play) goHome(ctx context.Context, returned time.Time) error {
	if err := p.resynchronize(ctx); err != nil {
		return err
	}
	err := p.until(ctx, "there is a figure for the lag", func() bool {
		known, err := p.lagKnown(ctx, topology.Primary, returned)
		return err == nil && known
	})
	if err != nil {
		return err
	}
	return p.moveTo(ctx, wish{mode: failover.Failback, target: topology.Primary})
}

// resynchronize waits until the cluster that was lost replicates again.
func (p *play) resynchronize(ctx context.Context) error {
	return p.until(ctx, "the Region has resynchronized", func() bool {
		synchronized, err := p.synchronized(ctx)
		return err == nil && synchronized
	})
}

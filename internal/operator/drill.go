package operator

import (
	"context"
	"errors"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// backSuffix tells the run that returns from the one that went, as in the pipelines: each has a lease of its own.
const backSuffix = "-back"

// drill moves to the target, holds, and returns. A drill that was interrupted on its way back goes on there.
func (m *move) drill(ctx context.Context) (Exit, error) {
	there, back := m.request, m.request
	back.Run, back.Target = there.Run+backSuffix, there.Target.Other()
	a := m.assess(ctx, there)
	if fence := a.Observation.Edge.Fence; fence != nil && fence.Mode == failover.Drill && fence.Target == back.Target {
		m.say("A drill was on its way back to %s.", m.region(back.Target))
		return m.back(ctx, back, true)
	}
	if a.Decision.Arrived && m.order.Target == "" {
		return 0, &Error{Refused, fmt.Errorf("%s is active already: pass --target %s to go on with a drill that was interrupted there and return to %s, or --target %s to drill the other way",
			m.region(there.Target), there.Target, m.region(back.Target), back.Target)}
	}
	exit, over, err := m.judge(ctx, there, a)
	if err != nil || (over && exit != Done) {
		return exit, err
	}
	m.sayPlan(there, a.Observation)
	m.say("Then %s, and the same back to %s.", m.holdText(), m.region(back.Target))
	if err := m.consent(ctx, there); err != nil {
		return 0, err
	}
	if exit = m.do(ctx, there); exit != Done {
		return exit, nil
	}
	if err := m.hold(ctx, back); err != nil {
		return 0, err
	}
	return m.back(ctx, back, false)
}

func (m *move) holdText() string {
	if m.order.Hold == 0 {
		return "it stays until you say so"
	}
	return "it stays for " + m.order.Hold.String()
}

// hold stays at the target.
func (m *move) hold(ctx context.Context, back failover.Request) error {
	m.say("\n%s is active. %s is next.", m.region(back.Target.Other()), m.region(back.Target))
	var err error
	if m.order.Hold > 0 {
		m.say("Staying for %s.", m.order.Hold)
		err = m.Clock.Sleep(ctx, m.order.Hold)
	} else if _, err = m.ask(ctx, "Press Enter to return. "); ctx.Err() == nil && ExitOf(err) == Declined {
		err = nil // nobody is there to stay for
	}
	if ctx.Err() != nil {
		return &Error{Interrupted, errors.New("interrupted while the drill stayed; " + m.returning(back))}
	}
	return err
}

// returning says how a drill is ended by hand.
func (m *move) returning(back failover.Request) string {
	return fmt.Sprintf("%s is active: return with warmstandby switchover --region %s, or go on with warmstandby drill --target %s",
		m.region(back.Target.Other()), m.region(back.Target), back.Target.Other())
}

// back returns, as soon as the home Region can be activated again.
func (m *move) back(ctx context.Context, r failover.Request, ask bool) (Exit, error) {
	a := m.whenReady(ctx, r)
	exit, over, err := m.judge(ctx, r, a)
	if (over && exit != Done) || err != nil {
		m.say("The drill has not returned: %s.", m.returning(r))
	}
	if over || err != nil {
		return exit, err
	}
	if ask {
		if err := m.consent(ctx, r); err != nil {
			return 0, err
		}
	}
	return m.do(ctx, r), nil
}

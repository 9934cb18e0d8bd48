package failover

import (
	"context"
	"fmt"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// afterPromotion readies the target, routes to it, and accepts writes again.
func (m *move) afterPromotion(ctx context.Context, o *Observation) verdict {
	lease, target := o.Edge.Lease, m.r.Target
	switch {
	case lease.Promoted == nil, o.Edge.Fence == nil:
		return m.update(ctx, o, func(e *EdgeSeen) {
			m.raise(e)
			if e.Lease.Promoted == nil {
				e.Lease.Promoted = new(m.Clock.Now())
			}
		})
	case !m.ready:
		return m.getReady(ctx, o)
	case o.Edge.Active != target, lease.Shifted == nil:
		m.begin(StepShift)
		return m.update(ctx, o, func(e *EdgeSeen) {
			e.Active, e.Lease.Shifted = target, new(m.Clock.Now())
		})
	}
	m.begin(StepShift)
	if settled := m.settled(*lease.Shifted); m.Clock.Now().Before(settled) {
		return m.pause(ctx, settled)
	}
	return m.release(ctx, o)
}

// getReady waits until the target's own function has written.
func (m *move) getReady(ctx context.Context, o *Observation) verdict {
	m.begin(StepReady)
	var err error
	m.waiting(func() { err = m.write(ctx) })
	switch {
	case err == nil:
		m.ready = true
		return goOn
	case m.Clock.Now().Sub(*o.Edge.Lease.Promoted) > m.Settings.Ready:
		var proxy ProxySeen
		m.waiting(func() { proxy = m.seeProxy(ctx, m.r.Target) })
		return m.leave(ctx, o, Fenced, fmt.Sprintf("the target is the writer, but the application's function cannot write there: %v (proxy: %s)",
			err, first(proxy.Error, proxy.Unhealthy, fmt.Sprintf("writable %t", proxy.Writable))))
	}
	m.detail = err.Error()
	return lookAgain
}

// release accepts writes as soon as reads come from the target.
func (m *move) release(ctx context.Context, o *Observation) verdict {
	by, err := topology.Role(""), error(nil)
	m.waiting(func() { by, _, err = m.sendReads(ctx) })
	if by == m.r.Target {
		m.begin(StepRelease)
		return m.update(ctx, o, func(e *EdgeSeen) { e.Fence = nil })
	}
	if m.Clock.Now().Sub(*o.Edge.Lease.Shifted) > m.settle()+m.Settings.Shift {
		return m.leave(ctx, o, Fenced, fmt.Sprintf("the target is the writer and the active Region, but reads through the edge come from %q (%v)", by, err))
	}
	return lookAgain
}

// arrive ends a move whose target is active and not fenced. If the move did that, it waits until a write would arrive there.
func (m *move) arrive(ctx context.Context, o *Observation) verdict {
	lease := o.Edge.Lease
	if !lease.heldBy(m.r.Run, m.Clock.Now()) {
		return m.finish(AlreadyThere, "")
	}
	if lease.Shifted == nil {
		return m.leave(ctx, o, AlreadyThere, "")
	}
	m.begin(StepRelease)
	by := topology.Role("")
	m.waiting(func() { by, _, _ = m.sendWrite(ctx) })
	if by == m.r.Target {
		m.result.FirstWrite = new(m.Clock.Now())
		return m.leave(ctx, o, Moved, "")
	}
	if m.Clock.Now().Sub(m.step.Start) > m.Settings.Shift {
		return m.leave(ctx, o, Moved, "the fence is removed, but no write through the edge was seen to arrive at the target")
	}
	if lease.Expires.Sub(m.Clock.Now()) < m.Settings.Lease/2 {
		m.update(ctx, o, func(*EdgeSeen) {})
	}
	return lookAgain
}

package failover

import (
	"context"
	"fmt"
	"time"
)

// beforePromotion assesses, fences, drains, and asks for the promotion.
func (m *move) beforePromotion(ctx context.Context, o *Observation) verdict {
	fence := o.Edge.Fence
	if fence != nil && fence.Run == m.r.Run {
		m.settled(fence.Since)
	}
	switch {
	case !m.assessed:
		return m.decide(ctx, o)
	case fence == nil || fence.Run != m.r.Run:
		return m.fence(ctx, o)
	case !m.closed:
		return m.seeClosed(ctx, o)
	}
	settled := m.settled(fence.Since)
	if m.Clock.Now().Before(settled) {
		return m.pause(ctx, settled)
	}
	if m.r.Mode.Planned() {
		m.begin(StepDrain)
		drained := settled.Add(time.Duration(m.site(m.r.Target.Other()).RequestSeconds) * time.Second)
		if m.Clock.Now().Before(drained) {
			return m.pause(ctx, drained)
		}
	}
	return m.ask(ctx, o)
}

// settle is how long the edge takes to know of a change.
func (m *move) settle() time.Duration {
	return time.Duration(m.Document.Edge.SettleSeconds) * time.Second
}

// settled is when all of the edge's locations know of a change that was written down to be made at a time. It was made later than
// that: until it was first seen, or, as no call has an effect after [Settings.Stale], until then.
func (m *move) settled(written time.Time) time.Time {
	if !m.written.Equal(written) {
		m.written, m.made = written, m.Clock.Now()
	}
	made := m.made
	if latest := written.Add(m.Settings.Stale); latest.Before(made) {
		made = latest
	}
	return made.Add(m.settle())
}

// longestPause is how long a move waits at most before it looks again: a lease has to be renewed, and the world may change.
const longestPause = 5 * time.Second

// pause waits until a time, or less.
func (m *move) pause(ctx context.Context, until time.Time) verdict {
	m.waiting(func() {
		_ = m.Clock.Sleep(ctx, min(until.Sub(m.Clock.Now()), longestPause)) // an end of ctx is seen by run
	})
	return lookAgain
}

// decide assesses.
func (m *move) decide(ctx context.Context, o *Observation) verdict {
	m.begin(StepAssess)
	var a Assessment
	m.waiting(func() { a = m.assess(ctx, m.r) })
	if ctx.Err() != nil {
		return goOn // to the interruption
	}
	m.notes.append(Entry{At: m.Clock.Now(), Assessment: &a})
	m.result.Decision, m.detail = &a.Decision, a.Decision.String()
	*o = a.Observation
	switch ours := o.Edge.Fence != nil && o.Edge.Fence.Run == m.r.Run; {
	case a.Decision.Arrived:
		return m.leave(ctx, o, AlreadyThere, "")
	case a.Decision.Go:
		m.assessed = true
		m.result.Lag = o.Regions[m.r.Target].Lag
		return goOn
	case o.Edge.Error != "" || o.Database.Error != "":
		return m.blind(ctx, o, a.Decision.String())
	case ours:
		m.undo = "what spoke for the move no longer does: " + a.Decision.String()
		return goOn
	}
	return m.leave(ctx, o, Refused, a.Decision.String())
}

// fence stops writes at the edge. One that is there already keeps the time since when it is known.
func (m *move) fence(ctx context.Context, o *Observation) verdict {
	m.begin(StepFence)
	return m.update(ctx, o, m.raise)
}

func (m *move) raise(edge *EdgeSeen) {
	since := m.Clock.Now()
	if edge.Fence != nil && !edge.Fence.Since.IsZero() && edge.Fence.Since.Before(since) {
		since = edge.Fence.Since
	}
	edge.Fence = &Fence{Run: m.r.Run, Mode: m.r.Mode, Target: m.r.Target, Since: since}
}

// seeClosed waits until a write through the edge is refused.
func (m *move) seeClosed(ctx context.Context, o *Observation) verdict {
	m.begin(StepFence)
	fenced, err := false, error(nil)
	m.waiting(func() { _, fenced, err = m.sendWrite(ctx) })
	switch {
	case fenced:
		m.closed = true
		return goOn
	case m.Clock.Now().Sub(m.step.Start) > m.Settings.Fence:
		m.undo = fmt.Sprintf("writes through the edge were not seen to be refused for %s (%v)", m.Settings.Fence, err)
		return m.putBack(ctx, o)
	}
	return lookAgain
}

// ask asks RDS for the promotion, after having written down that it does.
func (m *move) ask(ctx context.Context, o *Observation) verdict {
	m.begin(StepPromote)
	if !m.r.Mode.Planned() {
		m.waiting(func() { m.result.Lag = freshest(m.seeLag(ctx, m.r.Target), m.result.Lag) })
	}
	if next := m.update(ctx, o, func(e *EdgeSeen) { e.Lease.Asked = new(m.Clock.Now()) }); next != goOn {
		return next
	}
	var err error
	m.waiting(func() { err = m.promote(ctx) })
	m.asks++
	m.refusal = nil
	if err != nil && refused(err) {
		m.refusal = err
	}
	m.end(m.promoteDetail(), err)
	return lookAgain
}

// freshest is the first figure that there is.
func freshest(a, b *LagSeen) *LagSeen {
	if a.Error == "" || b == nil {
		return a
	}
	return b
}

package failover

import (
	"context"
	"fmt"
)

// underWay waits for an operation in progress, if it leads to the target.
func (m *move) underWay(ctx context.Context, o *Observation) verdict {
	op := o.Database.Operation
	if op != nil && op.To != m.r.Target {
		return m.elsewhere(ctx, o)
	}
	m.running = m.running || op != nil
	lease := o.Edge.Lease
	if o.Edge.Fence == nil || lease.Asked == nil {
		return m.update(ctx, o, func(e *EdgeSeen) {
			m.raise(e)
			if e.Lease.Asked == nil {
				e.Lease.Asked = new(m.Clock.Now())
			}
		})
	}
	m.begin(StepWriter)
	if m.Clock.Now().Sub(*lease.Asked) > m.Settings.Promote {
		return m.leave(ctx, o, Fenced, fmt.Sprintf("the operation of the global database has not ended within %s; its status is %q",
			m.Settings.Promote, statusOf(o.Database)))
	}
	return lookAgain
}

// statusOf is the status of what is in progress.
func statusOf(d DatabaseSeen) string {
	if d.Operation != nil && d.Operation.Status != "" {
		return d.Operation.Status
	}
	return d.Status
}

// elsewhere stops, because somebody else promotes another cluster.
func (m *move) elsewhere(ctx context.Context, o *Observation) verdict {
	detail := "an operation that somebody else began makes another cluster the writer"
	if o.Edge.Fence != nil {
		return m.leave(ctx, o, Fenced, detail)
	}
	d := Assess(*o, m.r, m.Document, m.Settings)
	m.result.Decision = &d
	return m.leave(ctx, o, Refused, detail)
}

// unsettled waits until it is sure that what RDS was asked for does not happen, and asks again or gives up.
func (m *move) unsettled(ctx context.Context, o *Observation) verdict {
	m.begin(StepWriter)
	since := m.Clock.Now().Sub(*o.Edge.Lease.Asked)
	switch {
	case since <= m.Settings.Stale:
		return lookAgain
	case m.refusal != nil:
		m.undo = fmt.Sprintf("RDS refuses: %v", m.refusal)
	case m.running:
		m.undo = "the promotion was cancelled or has failed: nothing is in progress, and the writer is the one of before"
	case m.asks >= maxAsks:
		m.undo = fmt.Sprintf("RDS was asked %d times, and nothing is in progress", m.asks)
	default:
		return m.ask(ctx, o)
	}
	return m.putBack(ctx, o)
}

// putBack undoes everything, and routes to the writer first if somebody else has moved it: a location may learn of a change of one key
// before that of another. It is called only while nothing is in progress, and nothing that was asked for can still happen.
func (m *move) putBack(ctx context.Context, o *Observation) verdict {
	m.begin(StepPutBack)
	if writer := o.Database.Writer; writer != "" && o.Edge.Active != writer {
		return m.update(ctx, o, func(e *EdgeSeen) { e.Active, e.Lease.Shifted = writer, new(m.Clock.Now()) })
	}
	if shifted := o.Edge.Lease.Shifted; shifted != nil {
		if settled := m.settled(*shifted); m.Clock.Now().Before(settled) {
			return m.pause(ctx, settled)
		}
	}
	next := m.update(ctx, o, func(e *EdgeSeen) { e.Fence, e.Lease = nil, nil })
	switch {
	case next == goOn:
		return m.finish(PutBackDone, m.undo)
	case m.Clock.Now().Sub(m.step.Start) > m.Settings.Fence:
		return m.finish(Fenced, m.undo+"; and the fence could not be removed")
	}
	return next
}

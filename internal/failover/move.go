package failover

import (
	"context"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Move moves the application as r says, from wherever it is on the way. It can be called again after any interruption, with the
// same request, and goes on: what it does next follows from what it sees, not from what it remembers.
func (e *Engine) Move(ctx context.Context, r Request) Result {
	m := &move{Engine: e, r: r, notes: e.keepJournal(ctx, r.Run)}
	defer m.notes.close()
	m.notes.append(Entry{At: e.Clock.Now(), Request: &r})
	m.run(ctx)
	m.notes.append(Entry{At: e.Clock.Now(), Outcome: &m.result})
	e.Log.Info("outcome", "run", r.Run, "outcome", m.result.Outcome, "detail", m.result.Detail)
	return m.result
}

// move is one call of Move. What it remembers is what need not be done twice, never where the run stands.
type move struct {
	*Engine
	r      Request
	notes  *notes
	result Result

	step   taking
	detail string // of the step that is being taken

	last     Observation // with a readable edge
	looked   time.Time
	blindFor time.Time // since when something cannot be seen; zero if everything can

	assessed bool   // the assessment said go
	closed   bool   // writes were seen to be refused
	ready    bool   // a write through the target's function succeeded
	asks     int    // how often RDS was asked
	refusal  error  // of RDS, when it was last asked
	running  bool   // an operation was seen in progress
	undo     string // why everything is to be put back
	denials  int    // changes of the store that were refused, one after the other
}

// verdict is what comes after a rung.
type verdict int

const (
	lookAgain verdict = iota // look again, when it is time
	goOn                     // the observation was brought up to date
	finished                 // the result is there
)

// maxAsks is how often one call of Move asks RDS for a promotion that does not happen, and maxDenials how often it tries a change of the
// store that is refused.
const maxAsks, maxDenials = 3, 3

// run climbs the ladder until there is a result.
func (m *move) run(ctx context.Context) {
	for {
		o := m.lookOnce(ctx)
		for next := goOn; next == goOn; {
			if ctx.Err() != nil {
				m.interrupt(ctx)
				return
			}
			if next = m.advance(ctx, &o); next == finished {
				return
			}
			if o.Edge.Error == "" {
				m.last = o
			}
		}
	}
}

// lookOnce looks, at most once in a poll's time.
func (m *move) lookOnce(ctx context.Context) (o Observation) {
	m.waiting(func() {
		if pause := m.looked.Add(m.Settings.Poll).Sub(m.Clock.Now()); pause > 0 && m.Clock.Sleep(ctx, pause) != nil {
			return // the caller sees that ctx has ended
		}
		m.looked = m.Clock.Now()
		o = m.look(ctx, m.r)
	})
	if o.Edge.Error == "" && ctx.Err() == nil {
		m.last = o
	}
	return o
}

// advance does what the first rung asks for that does not hold yet.
func (m *move) advance(ctx context.Context, o *Observation) verdict {
	lease, now := o.Edge.Lease, m.Clock.Now()
	if text := first(o.Edge.Error, o.Database.Error); text != "" {
		return m.blind(ctx, o, text)
	}
	m.blindFor = time.Time{}
	switch {
	case lease.heldByOther(m.r.Run, now):
		return m.yield(*lease)
	case o.Arrived(m.r.Target):
		return m.arrive(ctx, o)
	case !lease.heldBy(m.r.Run, now):
		return m.takeLease(ctx, o)
	case lease.Expires.Sub(now) < m.Settings.Lease/2:
		return m.update(ctx, o, func(*EdgeSeen) {})
	case m.promoted(o):
		return m.afterPromotion(ctx, o)
	case o.Database.Operation != nil, m.leaving(o), lease.Asked != nil && o.Database.Status != available:
		return m.underWay(ctx, o)
	case m.undo != "":
		return m.putBack(ctx, o)
	case lease.Asked != nil:
		return m.unsettled(ctx, o)
	default:
		return m.beforePromotion(ctx, o)
	}
}

// promoted says whether the target's cluster writes.
func (m *move) promoted(o *Observation) bool {
	return o.Promoted(m.r.Target) || (m.r.Mode == Detach && o.Detached(m.r.Target))
}

// leaving says whether the target's cluster has left the global database, and is not on its own yet.
func (m *move) leaving(o *Observation) bool {
	_, member := o.Database.Members[m.r.Target]
	return m.r.Mode == Detach && o.Edge.Lease.Asked != nil && !member
}

// beforePromotion assesses, fences, drains, and asks for the promotion.
func (m *move) beforePromotion(ctx context.Context, o *Observation) verdict {
	fence := o.Edge.Fence
	switch {
	case !m.assessed:
		return m.decide(ctx, o)
	case fence == nil || fence.Run != m.r.Run:
		return m.fence(ctx, o)
	case !m.closed:
		return m.seeClosed(ctx, o)
	}
	settled := fence.Since.Add(m.settle())
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

// putBack undoes everything. It is called only while nothing is in progress, and nothing that was asked for can still happen.
func (m *move) putBack(ctx context.Context, o *Observation) verdict {
	m.begin(StepPutBack)
	writer := o.Database.Writer
	next := m.update(ctx, o, func(e *EdgeSeen) {
		e.Fence, e.Lease = nil, nil
		if writer != "" {
			e.Active = writer
		}
	})
	switch {
	case next == goOn:
		return m.finish(PutBackDone, m.undo)
	case m.Clock.Now().Sub(m.step.Start) > m.Settings.Fence:
		return m.finish(Fenced, m.undo+"; and the fence could not be removed")
	}
	return next
}

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
	if settled := lease.Shifted.Add(m.settle()); m.Clock.Now().Before(settled) {
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

// blind waits until everything can be seen again, and gives up after a while.
func (m *move) blind(ctx context.Context, o *Observation, text string) verdict {
	if m.blindFor.IsZero() {
		m.blindFor = m.Clock.Now()
	}
	lease, fence := m.last.Edge.Lease, m.last.Edge.Fence
	ours := lease.heldBy(m.r.Run, m.Clock.Now()) || (fence != nil && fence.Run == m.r.Run)
	if ours && m.Clock.Now().Sub(m.blindFor) <= m.Settings.Shift {
		return lookAgain
	}
	switch {
	case fence != nil && o.Edge.Error == "" && fence.Run == m.r.Run && lease != nil && lease.Asked == nil:
		m.undo = text
		return m.putBack(ctx, o)
	case fence != nil:
		return m.leave(ctx, o, Fenced, text)
	}
	return m.leave(ctx, o, Refused, text)
}

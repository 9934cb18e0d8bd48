package failover

import (
	"context"
	"time"
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

	assessed  bool      // the assessment said go
	closed    bool      // writes were seen to be refused
	ready     bool      // a write through the target's function succeeded
	asks      int       // how often RDS was asked
	refusal   error     // of RDS, when it was last asked
	running   bool      // an operation was seen in progress
	undo      string    // why everything is to be put back
	written   time.Time // when the latest change of the edge was written down, and
	made      time.Time // when it was seen to be made
	begun     bool      // the run has changed more than its lease, in this call or before
	denials   int       // changes of the store that were refused, one after the other
	overtaken bool      // the latest change of the store was refused because it had changed
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

// leaving says whether the target's cluster is about to be on its own: it was to be removed, and is no member any more, or in a state
// such as "promoting". What the run has asked for may be written down in a lease that another run has replaced; its fence is not.
func (m *move) leaving(o *Observation) bool {
	fence := o.Edge.Fence
	if m.r.Mode != Detach || (o.Edge.Lease.Asked == nil && (fence == nil || fence.Run != m.r.Run)) {
		return false
	}
	_, member := o.Database.Members[m.r.Target]
	r := o.Regions[m.r.Target]
	return !member || (r != nil && r.Cluster.Found && r.Cluster.Status != available)
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
	case fence != nil && o.Edge.Error == "" && fence.Run == m.r.Run && m.assessed && m.asks == 0 && lease != nil && lease.Asked == nil:
		m.undo = text
		return m.putBack(ctx, o)
	case fence != nil:
		return m.leave(ctx, o, Fenced, text)
	case m.last.Edge.Version == "":
		text += "; whether an earlier run has left writes fenced could not be seen either"
	}
	return m.leave(ctx, o, Refused, text)
}

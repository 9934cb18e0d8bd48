package failover

import (
	"context"
	"errors"
	"fmt"
)

// Verify checks that the target serves: it is the writer, reads through the edge come from it, writes go there, and its function
// writes. What does not hold yet is looked at again until the time for that is over. It changes nothing but the row that the
// check writes.
func (e *Engine) Verify(ctx context.Context, r Request) Result {
	m := &move{Engine: e, r: r, notes: e.keepJournal(ctx, r.Run)}
	defer m.notes.close()
	m.begin(StepVerify)
	for {
		problem := m.verifyOnce(ctx)
		switch over := m.Clock.Now().Sub(m.step.Start) > m.Settings.Ready; {
		case problem == nil:
			m.result.FirstWrite = new(m.Clock.Now())
			m.finish(Verified, "")
		case ctx.Err() != nil:
			m.finish(Interrupted, problem.Error())
		case over:
			m.end("", problem)
			m.finish(Unverified, problem.Error())
		default:
			m.waiting(func() { _ = m.Clock.Sleep(ctx, m.Settings.Poll) }) // an end of ctx is seen above
			continue
		}
		m.notes.append(Entry{At: m.Clock.Now(), Outcome: &m.result})
		return m.result
	}
}

// verifyOnce checks everything once.
func (m *move) verifyOnce(ctx context.Context) error {
	var o Observation
	var requests RequestsSeen
	var written error
	look := m.r
	look.Mode = Detach // looks at the target's cluster, too, which may be on its own
	m.waiting(func() {
		together(
			func() { o = m.look(ctx, look) },
			func() { requests = m.seeRequests(ctx) },
			func() { written = m.writeThrough(ctx, m.r) },
		)
	})
	target := m.r.Target
	var errs []error
	if text := first(o.Edge.Error, o.Database.Error, requests.Error); text != "" {
		errs = append(errs, errors.New(text))
	}
	if !o.Arrived(target) {
		errs = append(errs, fmt.Errorf("the target is not the writer and active without fence: writer %q, active %q, fenced %t", o.Database.Writer, o.Edge.Active, o.Edge.Fence != nil))
	}
	if requests.ReadBy != target || requests.WriteBy != target {
		errs = append(errs, fmt.Errorf("requests through the edge are answered by %q (reads) and %q (writes)", requests.ReadBy, requests.WriteBy))
	}
	return errors.Join(append(errs, written)...)
}

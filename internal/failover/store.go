package failover

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	"github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// takeLease takes the lease. A run that goes on keeps what its lease says about its steps.
func (m *move) takeLease(ctx context.Context, o *Observation) verdict {
	m.begin(StepLease)
	return m.update(ctx, o, func(e *EdgeSeen) {
		l := Lease{Run: m.r.Run, Mode: m.r.Mode, Target: m.r.Target, StartedBy: m.r.StartedBy}
		if e.Lease != nil && e.Lease.Run == m.r.Run {
			l.Asked, l.Promoted, l.Shifted = e.Lease.Asked, e.Lease.Promoted, e.Lease.Shifted
		}
		e.Lease = &l
	})
}

// update changes the store, if it is still of the version that was seen, and the observation with it. The lease is renewed. A
// change that fails is not tried again: what comes next is to look.
func (m *move) update(ctx context.Context, o *Observation, change func(*EdgeSeen)) verdict {
	next := o.Edge
	if next.Lease != nil {
		next.Lease = new(*next.Lease)
	}
	change(&next)
	m.begun = m.begun || next.Active != o.Edge.Active || next.Fence != o.Edge.Fence || (next.Lease != nil && next.Lease.Asked != nil)
	if next.Lease != nil {
		next.Lease.Expires = m.Clock.Now().Add(m.Settings.Lease)
	}
	var version string
	var err error
	m.waiting(func() { version, err = m.change(ctx, o.Edge, next) })
	if err == nil {
		m.denials = 0
		next.Version = version
		o.Edge = next
		return goOn
	}
	m.detail = err.Error()
	if !refused(err) || outdated(err) {
		return lookAgain
	}
	m.denials++
	if m.denials < maxDenials {
		return lookAgain
	}
	if o.Edge.Fence != nil {
		return m.finish(Fenced, fmt.Sprintf("the key-value store refuses changes: %v", err))
	}
	return m.finish(Refused, fmt.Sprintf("the key-value store refuses changes: %v", err))
}

// outdated says whether a change was refused because the store has changed since it was seen.
func outdated(err error) bool {
	var conflict *types.ConflictException
	var missing *types.ResourceNotFoundException
	return errors.As(err, &conflict) || errors.As(err, &missing)
}

// change writes the difference between two states of the edge, and returns the store's version.
func (e *Engine) change(ctx context.Context, from, to EdgeSeen) (string, error) {
	in := &cloudfrontkeyvaluestore.UpdateKeysInput{KvsARN: &e.Document.Edge.StoreArn, IfMatch: &from.Version}
	before, after := from.items(), to.items()
	for _, key := range []string{topology.ActiveKey, topology.FenceKey, topology.LeaseKey} {
		switch old, value := before[key], after[key]; {
		case value == old:
		case value == "":
			in.Deletes = append(in.Deletes, types.DeleteKeyRequestListItem{Key: aws.String(key)})
		default:
			in.Puts = append(in.Puts, types.PutKeyRequestListItem{Key: aws.String(key), Value: aws.String(value)})
		}
	}
	if len(in.Puts)+len(in.Deletes) == 0 {
		return from.Version, nil
	}
	out, err := once(ctx, e, func(ctx context.Context) (*cloudfrontkeyvaluestore.UpdateKeysOutput, error) {
		return e.Clients.Edge.UpdateKeys(ctx, in)
	})
	if err != nil {
		return "", fmt.Errorf("update key-value store: %w", err)
	}
	return aws.ToString(out.ETag), nil
}

// items are the keys of a state of the edge; empty ones are not there.
func (s EdgeSeen) items() map[string]string {
	items := map[string]string{topology.ActiveKey: string(s.Active)}
	if s.Fence != nil {
		items[topology.FenceKey] = encode(s.Fence)
	}
	if s.Lease != nil {
		items[topology.LeaseKey] = encode(s.Lease)
	}
	return items
}

// yield ends a run that finds another one's lease. If it had begun, it is the other one's now to end what it did.
func (m *move) yield(l Lease) verdict {
	outcome := Interrupted
	if !m.assessed {
		outcome = Refused
		d := Assess(m.last, m.r, m.Document, m.Settings)
		m.result.Decision = &d
	}
	return m.finish(outcome, fmt.Sprintf("run %s of %s holds the lease until %s (%s to %s)", l.Run, l.StartedBy, l.Expires.UTC().Format("15:04:05 MST"), l.Mode, l.Target))
}

// leave drops the lease and ends the run. A lease that cannot be dropped ends by itself.
func (m *move) leave(ctx context.Context, o *Observation, outcome Outcome, detail string) verdict {
	if o.Edge.Lease.heldBy(m.r.Run, m.Clock.Now()) {
		m.begin(StepDrop)
		m.update(ctx, o, func(e *EdgeSeen) { e.Lease = nil })
	}
	return m.finish(outcome, detail)
}

// interrupt ends a call whose caller gave up or whose time ran out. The lease is kept if the run goes on soon, or if what it asked
// RDS for may still happen; it is dropped if somebody gave up.
func (m *move) interrupt(ctx context.Context) {
	o := m.last
	lease := o.Edge.Lease
	settled := lease != nil && (lease.Asked == nil || lease.Promoted != nil)
	if errors.Is(ctx.Err(), context.Canceled) && settled && lease.heldBy(m.r.Run, m.Clock.Now()) {
		m.update(context.WithoutCancel(ctx), &o, func(e *EdgeSeen) { e.Lease = nil })
	}
	m.finish(Interrupted, "the same request goes on where this call stopped")
}

// finish sets the result. A run that has changed something is not refused.
func (m *move) finish(outcome Outcome, detail string) verdict {
	m.end("", nil)
	if outcome == Refused && m.begun {
		outcome = Interrupted
	}
	m.result.Outcome, m.result.Detail = outcome, detail
	m.result.Remaining = m.remaining(outcome)
	return finished
}

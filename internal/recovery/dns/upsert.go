package dns

import (
	"context"
	"errors"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// upsert remembers a replica that was made for a failover. If the end of the failover is known already, it moves the records.
func (h *Handler) upsert(ctx context.Context, e lifecycle.Event) (Report, error) {
	d := e.Detail
	applications := h.applications(func(r dnsplan.Record) bool { return r.Resource != "" && r.Resource == d.PrimaryResourceARN })
	if len(applications) == 0 || d.RestorePhase != lifecycle.Failover {
		return unrelated(e), nil
	}
	saved, err := h.Store.SaveReplica(ctx, d.PrimaryResourceARN, Replica{
		At: e.Time, State: d.RecoveryResourceState, ID: d.RecoveryResourceID, Name: d.RecoveryResourceName,
		Region: d.RecoveryRegion, Account: d.RecoveryAccount,
	})
	if err != nil {
		return Report{}, err
	}
	report, err := h.late(ctx, applications, e)
	report.Decisions[d.PrimaryResourceARN] = Older
	if saved {
		report.Decisions[d.PrimaryResourceARN] = Remember
	}
	return report, err
}

// late moves records of the applications whose failover was complete when the event was sent: the end event that was handled before
// has found something older, or nothing. It does so as well if the event is a repeat, because that may be another try; but not if
// a newer one of the resource is known.
func (h *Handler) late(ctx context.Context, applications []string, e lifecycle.Event) (Report, error) {
	resource := e.Detail.PrimaryResourceARN
	if e.Detail.RecoveryResourceState != lifecycle.Done {
		return h.each(nil, nil)
	}
	return h.each(applications, func(a string) (Decision, []Change, error) {
		order, err := h.Store.Order(ctx, a)
		if err != nil || !order.Stands(e.Time) {
			return Remember, nil, err
		}
		report, err := h.exclusively(ctx, func() (Report, error) {
			decision, changes, err := h.follow(ctx, a, resource)
			return Report{Decisions: map[string]Decision{a: decision}, Changes: changes}, err
		})
		return report.Decisions[a], report.Changes, err
	})
}

// follow moves the records of an application to the newest replica of a resource, if the end of its failover is known. If that end could
// not move the records, follow moves all of them, unless other resources are not ready. The caller has the lease.
func (h *Handler) follow(ctx context.Context, application, resource string) (Decision, []Change, error) {
	order, err := h.Store.Order(ctx, application)
	replica, _, replicaErr := h.Store.Replica(ctx, resource)
	if err := errors.Join(err, replicaErr); err != nil || !order.Stands(replica.At) {
		return Remember, nil, err
	}
	if order.Moved.Equal(order.FailedOver) {
		changes, err := h.point(ctx, func(r dnsplan.Record) bool { return r.Application == application && r.Resource == resource }, h.recovered(ctx, order))
		return Move, changes, err
	}
	changes, err := h.move(ctx, application, order)
	if errors.Is(err, ErrNotReady) {
		return Remember, nil, nil // the end event is tried again, or lies in the dead-letter queue
	}
	return Move, changes, err
}

// move moves the records of an application to what was recovered, and remembers that it has.
func (h *Handler) move(ctx context.Context, application string, order Order) ([]Change, error) {
	changes, err := h.point(ctx, of(application), h.recovered(ctx, order))
	if err != nil || order.Moved.Equal(order.FailedOver) {
		return changes, err
	}
	order.Moved = order.FailedOver
	return changes, h.Store.SaveOrder(ctx, application, order)
}

// unrelated is the report of an event that is not about the plan.
func unrelated(e lifecycle.Event) Report {
	return Report{Decisions: map[string]Decision{string(e.Type): Unrelated}}
}

package dns

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// maxAhead is how far an event's time may be ahead of this machine's clock. One that is further ahead would make all events until
// then count as older.
const maxAhead = 5 * time.Minute

// leaseMargin is for clocks that differ: a lease outlives the invocation that has it by so much.
const leaseMargin = 2 * time.Second

// Handler is the function: it takes lifecycle events and requests to go back.
type Handler struct {
	// Plan says what to do.
	Plan dnsplan.Plan

	// Store keeps the order of events.
	Store *Store

	// Zone has the records.
	Zone *Zone

	// Now is the time.
	Now func() time.Time

	// Owner names an invocation, differently each time.
	Owner func(context.Context) string

	// Log receives a line for each invocation that succeeds. Lambda logs the others.
	Log *slog.Logger
}

// Report is what an invocation did.
type Report struct {
	// Decisions are by application, or by the ARN of the primary resource.
	Decisions map[string]Decision `json:"decisions"`

	// Changes are the records that were changed, or would have been.
	Changes []Change `json:"changes"`

	// DryRun says that nothing was changed.
	DryRun bool `json:"dryRun"`
}

// Handle does what an event or a request asks for. EventBridge invokes asynchronously, so that Lambda tries again after an error, and
// then sends the event to the function's destination for failures.
func (h *Handler) Handle(ctx context.Context, payload json.RawMessage) (Report, error) {
	report, err := h.dispatch(ctx, payload)
	if err == nil {
		h.Log.InfoContext(ctx, "handled", "decisions", report.Decisions, "changes", report.Changes, "dryRun", report.DryRun)
	}
	return report, err
}

func (h *Handler) dispatch(ctx context.Context, payload json.RawMessage) (Report, error) {
	if request, ok, err := parseRequest(payload); ok {
		if err != nil {
			return Report{}, err
		}
		return h.failback(ctx, request)
	}
	e, err := lifecycle.Decode(payload)
	if err != nil {
		return Report{}, err
	}
	if ahead := e.Time.Sub(h.Now()); ahead > maxAhead {
		return Report{}, fmt.Errorf("event %q says that it is of %s, which is to come", e.ID, e.Time.Format(time.RFC3339))
	}
	switch e.Type {
	case lifecycle.ResourceUpsert:
		return h.upsert(ctx, e)
	case lifecycle.RecoveryEnd:
		return h.end(ctx, e)
	}
	return unrelated(e), nil
}

// end moves the records of the applications whose failover is complete.
func (h *Handler) end(ctx context.Context, e lifecycle.Event) (Report, error) {
	applications := h.applications(func(r dnsplan.Record) bool {
		_, ok := e.Detail.ApplicationRestorePhase[r.Application]
		return ok
	})
	if len(applications) == 0 {
		return unrelated(e), nil
	}
	return h.exclusively(ctx, func() (Report, error) {
		return h.each(applications, func(a string) (Decision, []Change, error) {
			order, err := h.Store.Order(ctx, a)
			if err != nil {
				return "", nil, err
			}
			after, decision, err := order.End(e.Detail.ApplicationRestorePhase[a], e.Time)
			if after != order {
				err = errors.Join(err, h.Store.SaveOrder(ctx, a, after))
			}
			if err != nil || decision != Move {
				return decision, nil, err
			}
			changes, err := h.move(ctx, a, after)
			return decision, changes, err
		})
	})
}

// failback points the records of the applications home.
func (h *Handler) failback(ctx context.Context, r dnsplan.Request) (Report, error) {
	applications := h.applications(of(r.Application))
	if len(applications) == 0 {
		return Report{}, fmt.Errorf("application must be one of the plan's, got %q", clip(r.Application))
	}
	return h.exclusively(ctx, func() (Report, error) {
		return h.each(applications, func(a string) (Decision, []Change, error) {
			order, err := h.Store.Order(ctx, a)
			if err != nil {
				return "", nil, err
			}
			if err := h.Store.SaveOrder(ctx, a, order.Return(h.Now())); err != nil {
				return "", nil, err
			}
			changes, err := h.point(ctx, of(a), func(r dnsplan.Record) (dnsplan.Target, error) { return r.Primary, nil })
			return Move, changes, err
		})
	})
}

// applications are the applications of the records that are wanted, each once, in order.
func (h *Handler) applications(wanted func(dnsplan.Record) bool) []string {
	set := map[string]bool{}
	for _, r := range h.Plan.Records {
		if wanted(r) {
			set[r.Application] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}

// each does something for each application, and goes on with the others when one fails.
func (h *Handler) each(applications []string, do func(string) (Decision, []Change, error)) (Report, error) {
	report := Report{Decisions: map[string]Decision{}, DryRun: h.Plan.DryRun}
	var errs []error
	for _, a := range applications {
		decision, changes, err := do(a)
		if err != nil {
			errs = append(errs, fmt.Errorf("application %s: %w", a, err))
			continue
		}
		report.Decisions[a] = decision
		report.Changes = append(report.Changes, changes...)
	}
	return report, errors.Join(errs...)
}

// exclusively does something while no other invocation does.
func (h *Handler) exclusively(ctx context.Context, do func() (Report, error)) (Report, error) {
	now, owner := h.Now(), h.Owner(ctx)
	until, ok := ctx.Deadline()
	if !ok {
		until = now.Add(time.Minute)
	}
	err := h.Store.Acquire(ctx, owner, now, until.Add(leaseMargin))
	if errors.Is(err, ErrBusy) {
		return Report{}, err
	}
	defer func() { // also after an error, which does not say that nothing was written
		if err := h.Store.Release(ctx, owner); err != nil {
			h.Log.WarnContext(ctx, "the lease stays until it ends", "err", err)
		}
	}()
	if err != nil {
		return Report{}, fmt.Errorf("take the lease: %w", err)
	}
	return do()
}

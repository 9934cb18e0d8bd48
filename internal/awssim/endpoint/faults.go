package endpoint

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
)

// NewFaulty is [New] with faults: what the injector decides is done to calls of known operations whose signature is good. Calls to a
// Region that cannot be reached, and calls that time out, get no answer: their connection is closed.
func NewFaulty(cloud *awssim.Cloud, faults *fault.Injector) *Handler {
	h := New(cloud)
	h.faults = faults
	return h
}

// decide asks what happens to a call. scope is the Region that it is signed for.
func (h *Handler) decide(s *service, op *operation, scope string, c *Call) fault.Decision {
	return h.faults.Decide(s.name, op.name, fault.RegionOf(scope), cmp.Or(c.Caller.Role, c.Caller.ARN), h.cloud.Now())
}

// before does to a call what happens before its effect. It returns the answer if there is to be no effect.
func before(ctx context.Context, d fault.Decision) error {
	if d.Kind == fault.Unreachable {
		drop()
	}
	if d.Kind != fault.TimeoutAfter {
		wait(ctx, d.Delay)
	}
	switch d.Kind {
	case fault.TimeoutBefore:
		drop()
	case fault.Throttled, fault.ServerError:
		return failure(d.Status, d.Code, "%s", d.Message)
	}
	return nil
}

// view is the cloud as an operation sees it: as it was some time ago, if the answer is to be stale.
func view(cloud *awssim.Cloud, d fault.Decision) *awssim.Cloud {
	if d.Kind != fault.Stale {
		return cloud
	}
	return cloud.AsOf(cloud.Now().Add(-d.Age))
}

// after does to a call what happens after its effect.
func after(ctx context.Context, d fault.Decision) {
	if d.Kind == fault.TimeoutAfter {
		wait(ctx, d.Delay)
		drop()
	}
}

// drop closes the connection without an answer.
func drop() { panic(http.ErrAbortHandler) }

// wait waits, or until nobody waits for the answer any more.
func wait(ctx context.Context, d time.Duration) {
	if d == 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

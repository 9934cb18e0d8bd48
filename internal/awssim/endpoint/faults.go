package endpoint

import (
	"cmp"
	"context"
	"errors"
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

// ErrUnanswered is what a call ends with that gets no answer, because its Region cannot be reached or it times out.
var ErrUnanswered = errors.New("the call gets no answer")

// decide asks what happens to a call. scope is the Region that it is signed for.
func (h *Handler) decide(s *service, op *operation, scope string, c *Call) fault.Decision {
	return h.faults.Decide(s.name, op.name, fault.RegionOf(scope), cmp.Or(c.Caller.Role, c.Caller.ARN, c.Principal), h.cloud.Now())
}

// before does to a call what happens before its effect. It returns what the call ends with if there is to be no effect.
func before(ctx context.Context, d fault.Decision) error {
	if d.Kind == fault.Unreachable {
		return ErrUnanswered
	}
	if d.Kind != fault.TimeoutAfter {
		wait(ctx, d.Delay)
	}
	switch d.Kind {
	case fault.TimeoutBefore:
		return ErrUnanswered
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

// after does to a call what happens after its effect. It returns what the call ends with if its answer is lost.
func after(ctx context.Context, d fault.Decision) error {
	if d.Kind != fault.TimeoutAfter {
		return nil
	}
	wait(ctx, d.Delay)
	return ErrUnanswered
}

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

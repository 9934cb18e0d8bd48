package simulation

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
)

// operations are all that an engine calls.
var operations = []string{
	"DescribeGlobalClusters", "DescribeDBClusters", "DescribeDBInstances", "DescribeDBProxyTargets", "SwitchoverGlobalCluster",
	"FailoverGlobalCluster", "RemoveFromGlobalCluster", "GetMetricData", "Invoke", "DescribeKeyValueStore", "ListKeys", "UpdateKeys",
	"GET", "POST",
}

// places are where calls go.
var places = []string{primaryRegion, secondaryRegion, fault.Global}

// callKey are calls of the same kind.
type callKey struct{ caller, operation, region string }

// callCount counts them.
type callCount struct {
	n     int
	slot  int
	polls polls
}

// caller is an engine in the eyes of AWS.
type caller struct {
	*life

	w        *World
	operator *operator
	attempt  *attempt
}

// call is a call of AWS.
type call struct {
	service, operation, region string

	changes   bool          // of the control planes; the effect happens even if the caller has gone
	leaseOnly bool          // changes nothing but the lease
	writes    bool          // a row of the application's check
	extra     time.Duration // that it takes longer
	notBefore time.Time     // how old a stale answer may be
}

// failed notes that the latest call of its kind was not answered.
func (w *World) failed(c *caller, k call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[callKey{c.operator.Name, k.operation, k.region}].polls.failed = true
}

// count counts a call and says which of its kind it is.
func (w *World) count(c *caller, k call, now time.Time) (n, slot int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := callKey{c.operator.Name, k.operation, k.region}
	count := w.calls[key]
	if count == nil {
		slot := slotCalls + (c.operator.n*len(operations)+slices.Index(operations, k.operation))*len(places) + slices.Index(places, k.region)
		count = &callCount{slot: slot}
		w.calls[key] = count
	}
	count.n++
	w.judge(c, k, count, now)
	return count.n, count.slot
}

// carry carries out a call, and notes whether it was answered.
func carry[T any](ctx context.Context, c *caller, k call, effect func(*awssim.State) (T, error)) (T, error) {
	out, err := attend(ctx, c, k, effect)
	if err != nil {
		c.w.failed(c, k)
	}
	return out, err
}

// attend carries out a call, with what goes wrong. What the call does is done at a time that no other call has.
func attend[T any](ctx context.Context, c *caller, k call, effect func(*awssim.State) (T, error)) (T, error) {
	var nothing T
	c.check()
	w, now := c.w, time.Now()
	n, slot := w.count(c, k, now)
	if err := ctx.Err(); err != nil {
		return nothing, canceled(err)
	}
	d := w.decide(k, c.operator.Name, now)
	r := random(w.Seed, c.operator.Name+k.operation+k.region, n)
	latency := time.Duration(5+r.IntN(60))*time.Millisecond + d.Delay + k.extra
	if k.changes {
		c.changes++
		latency += d.Delay // may be longer than the caller waits
	}
	p := &passage[T]{caller: c, call: k, decision: d, slot: slot, change: c.changes, effect: effect}
	switch d.Kind {
	case fault.Unreachable:
		if r.IntN(2) == 0 {
			return nothing, canceled(c.wait(ctx))
		}
		_ = c.sleep(ctx, wake(now.Add(50*time.Millisecond), slot))
		return nothing, unsent()
	case fault.TimeoutBefore:
		return nothing, canceled(c.wait(ctx))
	case fault.Throttled, fault.ServerError:
		if err := c.sleep(ctx, wake(now.Add(latency), slot)); err != nil {
			return nothing, canceled(err)
		}
		return nothing, failure(k, d.Status, d.Code, d.Message)
	case fault.TimeoutAfter:
		latency = time.Duration(r.Int64N(int64(lateEffect)))
	}
	return p.pass(ctx, wake(now.Add(latency), slot))
}

// decide asks the plan what goes wrong. Nothing does any more after everything was repaired.
func (w *World) decide(k call, caller string, now time.Time) fault.Decision {
	if w.healed {
		return fault.Decision{}
	}
	return w.faults.Decide(k.service, k.operation, k.region, caller, now)
}

// passage is a call that reaches AWS.
type passage[T any] struct {
	caller   *caller
	call     call
	decision fault.Decision
	slot     int
	change   int // the number of a changing call
	effect   func(*awssim.State) (T, error)

	out T
	err error
}

// pass lets the effect happen at a time, and returns its answer.
func (p *passage[T]) pass(ctx context.Context, at time.Time) (T, error) {
	var nothing T
	c := p.caller
	if !p.call.changes {
		if err := c.sleep(ctx, at); err != nil {
			return nothing, canceled(err)
		}
		p.happen()
		return p.answer(ctx)
	}
	done := make(chan struct{})
	time.AfterFunc(time.Until(at), func() {
		p.happen()
		c.at(p.change, Done)
		close(done)
	})
	c.at(p.change, Sent)
	select {
	case <-done:
	case <-ctx.Done():
	case <-c.gone:
	}
	c.check()
	if err := ctx.Err(); err != nil {
		return nothing, canceled(err)
	}
	if err := c.sleep(ctx, wake(at.Add(10*time.Millisecond), p.slot)); err != nil {
		return nothing, canceled(err)
	}
	c.at(p.change, Answered)
	c.check()
	return p.answer(ctx)
}

// happen has the effect.
func (p *passage[T]) happen() {
	w := p.caller.w
	run := func(s *awssim.State) { p.out, p.err = p.effect(s) }
	if p.decision.Kind == fault.Stale {
		at := time.Now().Add(-p.decision.Age)
		if at.Before(p.call.notBefore) {
			at = p.call.notBefore
		}
		w.cloud.AsOf(at).Do(run)
	} else {
		w.do(run)
	}
	w.trace(p.caller.operator.Name, "%s in %s (%s): %v", p.call.operation, p.call.region, p.decision.Kind, outcome{p.out, p.err})
}

// answer is what the caller gets, if it gets anything.
func (p *passage[T]) answer(ctx context.Context) (T, error) {
	var nothing T
	if p.decision.Kind == fault.TimeoutAfter {
		return nothing, canceled(p.caller.wait(ctx))
	}
	if p.err != nil {
		return nothing, refusal(p.call, p.err)
	}
	return p.out, nil
}

// canceled is what the SDK returns if the caller does not wait any longer.
func canceled(err error) error { return &aws.RequestCanceledError{Err: err} }

// unsent is what the SDK returns if there is no connection.
func unsent() error {
	return &smithyhttp.RequestSendError{Err: errors.New("connection refused")}
}

// failure is what the SDK returns for a service's error without a type of its own.
func failure(k call, status int, code, message string) error {
	fault := smithy.FaultClient
	if status >= 500 {
		fault = smithy.FaultServer
	}
	return response(k, status, &smithy.GenericAPIError{Code: code, Message: message, Fault: fault})
}

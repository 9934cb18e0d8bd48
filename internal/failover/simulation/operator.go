package simulation

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// operator is somebody who calls the engine.
type operator struct {
	Operator

	w        *World
	n        int // of the operator
	kills    []Kill
	retries  int
	attempts []*attempt
	gone     bool             // has given up for good
	outcome  failover.Outcome // of the latest request
}

// attempt is one call of the engine.
type attempt struct {
	request failover.Request
	end     time.Time
	killed  bool
	result  failover.Result
	changed []string // the operations that changed more than the lease
}

// Wiring is what an engine is made of.
type Wiring struct {
	Engine *failover.Engine
	World  *World
}

// maxCalls is how often an operator calls the engine for one request.
const maxCalls = 12

// run does what the operator wants.
func (o *operator) run() {
	o.sleep(time.Until(o.w.begin.Add(o.At)))
	r := o.Request
	o.outcome = o.pursue(r)
	if o.outcome == failover.Moved && r.Mode == failover.Drill {
		o.sleep(20 * time.Second)
		r.Run, r.Target = r.Run+"-return", r.Target.Other()
		o.outcome = o.pursue(r)
	}
}

// sleep waits until a time that no other operator's sleep ends at.
func (o *operator) sleep(d time.Duration) { sleepUntil(time.Now().Add(d), slotOperators+o.n) }

// pursue calls the engine until the request has ended.
func (o *operator) pursue(r failover.Request) failover.Outcome {
	for range maxCalls {
		k := Kill{}
		if len(o.kills) > 0 {
			k = o.kills[0]
		}
		a := o.move(r, k)
		switch {
		case a.killed:
			o.w.report.Restarts++
			o.kills = o.kills[1:]
			if o.gone = o.Abandons && len(o.kills) == 0; o.gone {
				return ""
			}
			o.sleep(k.Pause)
		case a.result.Outcome == failover.Interrupted:
			o.sleep(10 * time.Second)
		case a.result.Outcome == failover.Fenced && o.retries > 0:
			o.retries--
			o.sleep(20 * time.Second)
		case a.result.Outcome == failover.Moved:
			o.again(r)
			return failover.Moved
		default:
			return a.result.Outcome
		}
	}
	return failover.Interrupted
}

// again asks for what has been reached: that must change nothing.
func (o *operator) again(r failover.Request) {
	var before, after bool
	o.w.do(func(*awssim.State) { before = o.w.arrived(r.Target) })
	r.Run += "-again"
	a := o.move(r, Kill{})
	o.w.do(func(*awssim.State) { after = o.w.arrived(r.Target) })
	if before && after && len(a.changed) > 0 {
		o.w.fail("moving again changes nothing", "%s: %v", r.Run, a.changed)
	}
}

// move calls the engine once.
func (o *operator) move(r failover.Request, k Kill) *attempt {
	a := &attempt{request: r}
	c := &caller{life: newLife(k), w: o.w, operator: o, attempt: a}
	ctx, stop := o.context()
	defer stop()
	o.w.trace(o.Name, "calls the engine: %s %s to %s", r.Run, r.Mode, r.Target)
	done := make(chan struct{})
	a.killed = true
	go func() {
		defer close(done)
		a.result = o.w.engine(c).Move(ctx, r)
		a.killed = false
	}()
	if k.Change == 0 && k != (Kill{}) {
		killer := time.AfterFunc(time.Until(wake(time.Now().Add(k.After), slotKills+o.n)), c.end)
		defer killer.Stop()
	}
	<-done
	a.end = time.Now()
	o.sleep(0)
	o.w.do(func(*awssim.State) { o.finished(a) })
	return a
}

// finished takes note of a call that has ended.
func (o *operator) finished(a *attempt) {
	o.attempts = append(o.attempts, a)
	if a.killed {
		o.w.trace(o.Name, "the engine was killed")
		return
	}
	o.w.trace(o.Name, "%s: %s", a.result.Outcome, a.result.Detail)
	o.w.agrees(a)
}

// context is what the operator gives to the engine.
func (o *operator) context() (context.Context, func()) {
	switch limit := time.Until(wake(time.Now().Add(o.Limit), slotKills+32+o.n)); {
	case o.Limit == 0:
		return context.WithCancel(context.Background())
	case o.Cancels:
		ctx, cancel := context.WithCancel(context.Background())
		timer := time.AfterFunc(limit, cancel)
		return ctx, func() { timer.Stop(); cancel() }
	default:
		return context.WithTimeout(context.Background(), limit)
	}
}

// engine is an engine for one call.
func (w *World) engine(c *caller) *failover.Engine {
	e := &failover.Engine{
		Document: w.document, Settings: w.Settings, Clock: clock{c.life}, Seed: w.Seed, Journal: journal{c},
		Log:      slog.New(slog.DiscardHandler),
		Progress: func(s failover.StepTaken) { w.progress(c, s) },
		Clients:  failover.Clients{Edge: &storeClient{caller: c}, HTTP: edgeClient{c}, Regions: map[string]failover.Regional{}},
	}
	for role, region := range regions {
		e.Clients.Regions[region] = failover.Regional{RDS: rdsClient{c, region}, CloudWatch: metricsClient{c, region}, Lambda: lambdaClient{c, role}}
	}
	if w.change != nil {
		w.change(&Wiring{Engine: e, World: w})
	}
	return e
}

// progress shows the engine's steps in the trace.
func (w *World) progress(c *caller, s failover.StepTaken) {
	c.check()
	if s.End.IsZero() {
		w.trace(c.operator.Name, "step %s", s.Name)
	} else {
		w.trace(c.operator.Name, "step %s ended %s%s", s.Name, s.Error, s.Detail)
	}
}

// knows reports whether the operator knows that writes may be fenced: by a result that says so, or because the latest call of the
// engine was killed or interrupted, or could see nothing after one that was.
func (o *operator) knows() bool {
	for _, a := range slices.Backward(o.attempts) {
		blind := a.result.Outcome == failover.Refused && a.result.Decision == nil
		if !blind {
			return a.killed || a.result.Outcome == failover.Fenced || a.result.Outcome == failover.Interrupted
		}
	}
	return false
}

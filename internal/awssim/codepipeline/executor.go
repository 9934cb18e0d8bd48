package codepipeline

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Options configures an [Executor]. Cloud is required.
type Options struct {
	// Cloud has the pipelines. Its clock is the executor's, and its functions are what is invoked.
	Cloud *awssim.Cloud

	// After returns a channel that gets a value once so much of the cloud's time has passed.
	//
	// Default: time.After.
	After func(time.Duration) <-chan time.Time

	// Event gets each change of state, one at a time, in order. It is called without the cloud's lock.
	//
	// Default: nobody gets them.
	Event func(awssim.PipelineEvent)

	// Refused gets what roles of pipelines lacked, one at a time. It is called without the cloud's lock.
	//
	// Default: only the failures of the actions tell.
	Refused func(Refusal)
}

// Executor runs the pipelines of a cloud until it is closed. A cloud must have one at most.
type Executor struct {
	options Options
	wake    chan struct{}
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// New starts an Executor, which begins with whatever is waiting already.
func New(o Options) *Executor {
	if o.After == nil {
		o.After = time.After
	}
	x := &Executor{options: o, wake: make(chan struct{}, 1)}
	var ctx context.Context
	ctx, x.cancel = context.WithCancel(context.Background())
	o.Cloud.Do(func(s *awssim.State) { s.PipelineHook = x.hook })
	x.running.Go(func() { x.run(ctx) })
	return x
}

// Close ends what runs, functions too, and waits for it. Executions stay as they are.
func (x *Executor) Close() {
	x.options.Cloud.Do(func(s *awssim.State) { s.PipelineHook = nil })
	x.cancel()
	x.running.Wait()
}

// hook notes that there may be something to do.
func (x *Executor) hook() {
	select {
	case x.wake <- struct{}{}:
	default: // it is noted already
	}
}

// run moves executions on until ctx ends.
func (x *Executor) run(ctx context.Context) {
	for {
		var w work
		var now time.Time
		x.options.Cloud.Do(func(s *awssim.State) { w, now = advance(s), s.Now() })
		x.do(ctx, w)
		var due <-chan time.Time
		if !w.next.IsZero() {
			due = x.options.After(w.next.Sub(now))
		}
		select {
		case <-x.wake:
		case <-due:
		case <-ctx.Done():
			return
		}
	}
}

// do does what is to be done outside the lock.
func (x *Executor) do(ctx context.Context, w work) {
	if x.options.Event != nil {
		for _, event := range w.events {
			x.options.Event(event)
		}
	}
	if x.options.Refused != nil {
		for _, r := range w.refusals {
			x.options.Refused(r)
		}
	}
	for _, i := range w.invoke {
		x.running.Go(func() { x.invoke(ctx, i) })
	}
}

// retries are how long Lambda waits after each failure before it makes an asynchronous invocation again (Lambda developer guide, "How
// Lambda handles errors and retries with asynchronous invocation").
var retries = []time.Duration{time.Minute, 2 * time.Minute}

// throttled is how long Lambda waits at first before it tries again a function whose concurrency is used up; each wait is twice
// the one before, up to five minutes.
const (
	throttled    = time.Second
	maxThrottled = 5 * time.Minute
)

// invoke makes an asynchronous invocation, again if it fails. What becomes of it is for the function to say.
func (x *Executor) invoke(ctx context.Context, i invocation) {
	wait := throttled
	for failures := 0; ; {
		result, err := i.function.Invoke(ctx, i.version, i.payload)
		delay := wait
		switch {
		case err == nil && result.FunctionError == "":
			return
		case errors.Is(err, awssim.ErrThrottled):
			wait = min(2*wait, maxThrottled)
		case failures == len(retries):
			return
		default:
			delay = retries[failures]
			failures++
		}
		x.options.Cloud.Do(func(s *awssim.State) { delay = s.Lasts(delay) })
		select {
		case <-x.options.After(delay):
		case <-ctx.Done():
			return
		}
	}
}

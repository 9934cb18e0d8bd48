package automation

import (
	"context"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/rehearsal/sandbox"
)

// Caller makes the calls of steps; an [*endpoint.Handler] is one.
type Caller interface {
	// Do makes a call. An error that is an [*endpoint.Error] is the called service's; any other means that there was no answer.
	Do(ctx context.Context, r endpoint.Request) (any, error)
}

// Shell runs scripts on instances; [*sandbox.Machines] are one.
type Shell interface {
	// Run runs a script to its end. An error means that it did not run.
	Run(ctx context.Context, instance string, s sandbox.Script) (sandbox.Result, error)
}

// Options configure an [Engine]. All are required.
type Options struct {
	// Cloud holds documents, automations, commands and instances.
	Cloud *awssim.Cloud

	// Caller makes the calls of steps.
	Caller Caller

	// Shell runs scripts.
	Shell Shell
}

// running is how many automations run at a time; others wait (AWS General Reference, "AWS Systems Manager endpoints and quotas",
// concurrently executing automations).
const running = 100

// Engine runs automations and commands. Its methods can be called concurrently.
type Engine struct {
	Options

	ctx     context.Context // ends with the engine
	cancel  context.CancelFunc
	working sync.WaitGroup
	slots   chan struct{}

	mu    sync.Mutex
	bells map[string]*bell // of automations that run, by their ids
}

// New returns an Engine. Close must be called when it is not needed any longer.
func New(o Options) *Engine {
	e := &Engine{Options: o, slots: make(chan struct{}, running), bells: map[string]*bell{}}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// Close ends all automations and commands where they are, and waits until they have. Nothing is run after it.
func (e *Engine) Close() {
	e.mu.Lock()
	e.cancel()
	e.mu.Unlock()
	e.working.Wait()
}

// work runs f, unless the engine is closed. The lock must be held.
func (e *Engine) work(f func()) {
	if e.ctx.Err() == nil {
		e.working.Go(f)
	}
}

// sleep waits for a time, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Automate runs an automation, or tells one that runs to look for signals. It returns at once.
func (e *Engine) Automate(region, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if b, ok := e.bells[id]; ok {
		b.ring()
		return
	}
	b := newBell()
	e.bells[id] = b
	e.work(func() {
		defer e.forget(id)
		select {
		case e.slots <- struct{}{}:
			defer func() { <-e.slots }()
			(&execution{Engine: e, region: region, id: id, bell: b}).run()
		case <-e.ctx.Done():
		}
	})
}

func (e *Engine) forget(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.bells, id)
}

// bell tells everybody who listens that something has happened.
type bell struct {
	mu    sync.Mutex
	rings chan struct{}
}

func newBell() *bell { return &bell{rings: make(chan struct{})} }

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.rings)
	b.rings = make(chan struct{})
}

// next is closed when the bell rings next.
func (b *bell) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rings
}

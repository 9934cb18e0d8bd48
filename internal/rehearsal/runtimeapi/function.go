package runtimeapi

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var (
	// ErrThrottled is why an invocation is refused when all instances that there may be are busy. Lambda answers it
	// with TooManyRequestsException.
	ErrThrottled = errors.New("rate exceeded")

	// ErrRequestTooLarge is why a payload of more than 6 MiB is refused. Lambda answers it with
	// RequestTooLargeException.
	ErrRequestTooLarge = errors.New("request must be smaller than 6291456 bytes for the InvokeFunction operation")

	// ErrClosed is why a function that has been closed does nothing any more.
	ErrClosed = errors.New("function is closed")
)

// Result is what came of an invocation.
type Result struct {
	// RequestID identifies the invocation. It is a UUID.
	RequestID string

	// Payload is the function's response or, if FunctionError is set, a JSON object that describes the error: errorType,
	// errorMessage, and what else the function's runtime says.
	Payload []byte

	// FunctionError is "Unhandled" if the invocation failed, and empty if not. It is the value of the header
	// X-Amz-Function-Error.
	FunctionError string

	// ColdStart says that an instance was started for the invocation, which took Init. Duration does not include it.
	ColdStart bool

	// Init is how long the instance took to be ready, if it was started for the invocation.
	Init time.Duration

	// Duration is how long the invocation took once the instance was ready.
	Duration time.Duration
}

// Function is a Lambda function that can be invoked. Its methods may be called by several goroutines at once.
type Function struct {
	options      Options
	region, name string
	initLimit    time.Duration

	mu     sync.Mutex
	closed bool
	idle   []*instance            // the one that was used last is last, and is used next
	alive  map[*instance]struct{} // idle and busy ones

	running sync.WaitGroup // invocations that have an instance or start one
}

// New is a function that has no instances yet. Close it when it is no longer needed.
func New(o Options) (*Function, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("function %s: %w", o.ARN, err)
	}
	region, name, _ := parseARN(o.ARN)
	return &Function{
		options:   o.withDefaults(),
		region:    region,
		name:      name,
		initLimit: initLimit,
		alive:     map[*instance]struct{}{},
	}, nil
}

// Invoke invokes the function and waits for the result, as a synchronous invocation does. What goes wrong in the
// function is part of the result; an error means that the function was not invoked, or that ctx has ended. In that case
// the invocation goes on without anybody to take its result, as it does in Lambda.
func (f *Function) Invoke(ctx context.Context, payload []byte) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	if len(payload) > maxRequest {
		return Result{}, fmt.Errorf("invoke %s: %w", f.name, ErrRequestTooLarge)
	}
	in, err := f.acquire()
	if err != nil {
		return Result{}, fmt.Errorf("invoke %s: %w", f.name, err)
	}
	outcome := make(chan outcome, 1)
	go f.run(in, newInvocation(payload), outcome)
	select {
	case o := <-outcome:
		return o.result, o.err
	case <-ctx.Done():
		return Result{}, fmt.Errorf("invoke %s: %w", f.name, ctx.Err())
	}
}

// outcome is what an invocation ended with. An error means that the function's code cannot be blamed.
type outcome struct {
	result Result
	err    error
}

// run handles an invocation and puts the instance back before anybody learns of the result, so that a caller who goes on
// invoking finds it idle.
func (f *Function) run(in *instance, inv *invocation, done chan<- outcome) {
	defer f.running.Done()
	result, err := in.handle(inv)
	f.release(in)
	if err != nil {
		err = fmt.Errorf("invoke %s: %w", f.name, err)
	}
	done <- outcome{result, err}
}

// acquire takes the instance that was used last, or one that has yet to be started. The invocation is registered with
// the function.
func (f *Function) acquire() (*instance, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return nil, ErrClosed
	}
	var in *instance
	switch last := len(f.idle) - 1; {
	case last >= 0:
		in, f.idle = f.idle[last], f.idle[:last]
	case len(f.alive) < f.options.Concurrency:
		in = newInstance(f)
		f.alive[in] = struct{}{}
	default:
		return nil, ErrThrottled
	}
	f.running.Add(1)
	return in, nil
}

// release puts an instance back after an invocation, or forgets it if it cannot handle another.
func (f *Function) release(in *instance) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if in.started() && !f.closed {
		f.idle = append(f.idle, in)
		return
	}
	delete(f.alive, in)
}

// Close ends all instances, also in the middle of an invocation, and returns when nothing of them is left. It can be
// called again.
func (f *Function) Close() {
	f.mu.Lock()
	f.closed = true
	alive := f.alive
	f.idle, f.alive = nil, map[*instance]struct{}{}
	f.mu.Unlock()
	for in := range alive {
		in.stop()
	}
	f.running.Wait()
}

// Kill ends the processes of all instances as the loss of their machines would, in the middle of whatever they do, and returns how
// many there were. Invocations that had one fail, and the next ones start others.
func (f *Function) Kill() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	killed := 0
	for in := range f.alive {
		if in.kill() {
			killed++
		}
	}
	return killed
}

package runtimeapi

import (
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/child"
)

// instance is an execution environment. One invocation at a time uses it.
type instance struct {
	function *Function

	mu      sync.Mutex
	stopped bool
	running *runtime // nil if there is none
}

// runtime is a process of the function, and the API that it calls.
type runtime struct {
	api     *api
	process *child.Process
	log     *lines
}

func newInstance(f *Function) *instance { return &instance{function: f} }

// handle has the function handle an invocation, and starts the function's process if there is none.
func (in *instance) handle(inv *invocation) (Result, error) {
	result := Result{RequestID: inv.id}
	run := in.alive()
	if run == nil {
		began := time.Now()
		started, failed, err := in.initialize(inv)
		if err != nil {
			return Result{}, err
		}
		result.ColdStart, result.Init = true, time.Since(began)
		if failed != nil {
			return in.conclude(result, failed)
		}
		run = started
	}
	began := time.Now()
	answer := in.await(run, inv)
	result.Duration = time.Since(began)
	return in.conclude(result, answer)
}

// conclude completes a result, unless the function was closed while it came about.
func (in *instance) conclude(result Result, a *answer) (Result, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stopped {
		return Result{}, ErrClosed
	}
	result.Payload = a.payload
	if a.failed {
		result.FunctionError = unhandled
	}
	return result, nil
}

// initialize starts the function's process and waits until it is ready. If it is not ready in time, or ends, it is
// started once more and given the function's timeout, as the Developer Guide says under "Failures during the Init
// phase".
func (in *instance) initialize(inv *invocation) (*runtime, *answer, error) {
	run, failed, err := in.start(inv, in.function.initLimit)
	if failed != nil {
		run, failed, err = in.start(inv, in.function.options.Timeout)
	}
	return run, failed, err
}

// start starts a process and waits until it is ready, or describes why it will not be.
func (in *instance) start(inv *invocation, limit time.Duration) (*runtime, *answer, error) {
	run, failed, err := in.launch(inv)
	if failed != nil || err != nil {
		return nil, failed, err
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-run.api.ready:
		return run, nil, nil
	case failed = <-run.api.failed:
	case <-run.process.Done():
		failed = failedExit(inv.id, run.process.Err())
	case <-timer.C:
		failed = failedTimeout(inv.id, limit)
	}
	in.discard(run, failed)
	return nil, failed, nil
}

// launch starts a process under an API of its own.
func (in *instance) launch(inv *invocation) (*runtime, *answer, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.stopped {
		return nil, nil, ErrClosed
	}
	api, err := newAPI()
	if err != nil {
		return nil, nil, err
	}
	f := in.function
	out := newLines(f.options.Log, f.region+" "+f.name+": ")
	cmd := exec.Command(f.options.Binary)
	cmd.Dir = filepath.Dir(f.options.Binary)
	cmd.Env = f.environment(api.addr())
	cmd.Stdout, cmd.Stderr = out, out
	process, err := child.Start(cmd)
	if err != nil {
		api.close()
		failed := failure(invalidEntrypoint, inv.id, "%v", err)
		out.fail(failed)
		return nil, failed, nil
	}
	in.running = &runtime{api, process, out}
	return in.running, nil, nil
}

// await hands an invocation to a process that is ready, and waits until the process asks for the next one, ends, or has
// used up its time.
func (in *instance) await(run *runtime, inv *invocation) *answer {
	timeout := in.function.options.Timeout
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	inv.arn = in.function.options.ARN
	inv.deadline = time.Now().Add(timeout)
	run.api.dispatch(inv)
	var failed *answer
	select {
	case <-run.api.ready:
		return run.api.answered()
	case <-run.process.Done():
		failed = failedExit(inv.id, run.process.Err())
	case <-timer.C:
		failed = failedTimeout(inv.id, timeout)
	}
	in.discard(run, failed)
	if answered := run.api.answered(); answered != nil {
		return answered // it did answer before it went wrong
	}
	return failed
}

// alive is the process if there is one that can be used. One that has ended while it had nothing to do is discarded.
func (in *instance) alive() *runtime {
	in.mu.Lock()
	run := in.running
	in.mu.Unlock()
	if run == nil {
		return nil
	}
	select {
	case <-run.process.Done():
		in.discard(run, failedExit("", run.process.Err()))
		return nil
	default:
		return run
	}
}

// started reports whether there is a process.
func (in *instance) started() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.running != nil
}

// discard ends a process that has failed, and says so in the log.
func (in *instance) discard(run *runtime, failed *answer) {
	run.end()
	in.mu.Lock()
	defer in.mu.Unlock()
	in.running = nil
	if !in.stopped {
		run.log.fail(failed)
	}
}

// stop ends the instance for good.
func (in *instance) stop() {
	in.mu.Lock()
	in.stopped = true
	run := in.running
	in.mu.Unlock()
	if run != nil {
		run.end()
	}
}

// end ends the process and its API. It can be called again, and at the same time.
func (r *runtime) end() {
	r.process.Kill()
	r.api.close()
	r.log.flush()
}

// kill ends the process, and reports whether there was one. Whoever waits for it finds out.
func (in *instance) kill() bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.running == nil {
		return false
	}
	in.running.process.Kill()
	return true
}

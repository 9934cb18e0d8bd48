package pipelineaction

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// How long before the end of its invocation a function stops working, and how long before it answers in any case.
const (
	stopBefore   = 30 * time.Second
	answerBefore = 15 * time.Second
)

// Action is what a function does.
type Action interface {
	// Do does it. When ctx ends it returns soon, with an Answer that asks for another invocation if it is not done.
	Do(ctx context.Context, d topology.Document, in Input) Answer
}

// Answer is what became of an Action. Without a Failure and unless Again is set, it is done.
type Answer struct {
	// Result is the answer of a direct invocation.
	Result any

	// Summary is the result in a sentence or two, for lists of actions.
	Summary string

	// Variables are for later actions of a pipeline. Empty values become "-", because actions cannot refer to nothing, and long
	// ones are cut.
	Variables map[string]string

	// Failure is why the pipeline must not go on; nil if it may.
	Failure error

	// Again says that the function is to be invoked again to go on.
	Again bool
}

// misconfigured is a failure that will be the same at the next attempt.
type misconfigured struct{ error }

// Handler is a Lambda function: it implements lambda.Handler. All fields are required.
type Handler struct {
	// Action is what the function does.
	Action Action

	// Documents reads the topology.
	Documents *Documents

	// Jobs answers CodePipeline.
	Jobs Jobs

	// Log gets what happens.
	Log *slog.Logger
}

// Invoke does the Action for a job, or answers with its result.
func (h *Handler) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	e := parse(payload)
	a := h.do(ctx, e.input)
	if a.Failure != nil {
		h.Log.Error("failed", "job", e.job, "err", a.Failure.Error())
	}
	if e.job != "" {
		return nil, h.answer(ctx, e.job, a)
	}
	switch {
	case a.Result != nil:
		return json.Marshal(a.Result)
	case a.Failure != nil:
		return nil, a.Failure
	}
	return nil, errors.New("no time was left; invoke again to go on")
}

// do works until shortly before the end of the invocation, and has an Answer then, whatever the Action does.
func (h *Handler) do(ctx context.Context, input []byte) Answer {
	working, stop := before(ctx, stopBefore)
	defer stop()
	latest, cancel := before(ctx, answerBefore)
	defer cancel()
	answers := make(chan Answer, 1)
	go func() { answers <- h.work(working, input) }()
	select {
	case a := <-answers:
		return a
	case <-latest.Done():
		h.Log.Error("no answer in time; asking to be invoked again")
		return Answer{Again: true, Summary: "no answer in time, going on in another invocation"}
	}
}

// before is a context that ends before ctx does.
func before(ctx context.Context, margin time.Duration) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, deadline.Add(-margin))
	}
	return context.WithCancel(ctx)
}

// work does the Action. A panic is a failure like any other.
func (h *Handler) work(ctx context.Context, input []byte) (a Answer) {
	defer func() {
		if r := recover(); r != nil {
			h.Log.Error("panic", "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			a = Answer{Failure: fmt.Errorf("the function panicked: %v; its log has the stack. Retry the stage: it goes on from what it finds", r)}
		}
	}()
	in, err := parseInput(input)
	if err != nil {
		return Answer{Failure: misconfigured{err}}
	}
	d, err := h.Documents.Read(ctx)
	if err != nil {
		return Answer{Failure: err}
	}
	return h.Action.Do(ctx, d, in)
}

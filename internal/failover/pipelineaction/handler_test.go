package pipelineaction_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
)

var firstWrite = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestMove(t *testing.T) {
	e := &engine{result: failover.Result{
		Outcome: failover.Moved, FirstWrite: &firstWrite, Lag: &failover.LagSeen{Lag: 2 * time.Second}, Remaining: []string{"go home"},
	}}
	h := newHarness(t, pipelineaction.Move{Engines: e.of})
	h.job(t, input)
	want := map[string]string{"Outcome": "moved", "Summary": "moved\n1. go home", "Lag": "2s", "FirstWrite": "2026-03-01T12:00:00Z"}
	if diff := cmp.Diff(want, h.success(t).OutputVariables); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	wantRequest := []failover.Request{{
		Run: "0a1b", Mode: failover.Failover, Target: "secd", Reason: "us-east-1 is down", StartedBy: "pipeline shop-secd", MaxDataLoss: 30 * time.Second,
	}}
	if diff := cmp.Diff(wantRequest, e.asked); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

// TestOutcomes holds which results let a pipeline go on.
func TestOutcomes(t *testing.T) {
	move := func(e *engine) pipelineaction.Action { return pipelineaction.Move{Engines: e.of} }
	verify := func(e *engine) pipelineaction.Action { return pipelineaction.Verify{Engines: e.of} }
	for _, test := range []struct {
		outcome failover.Outcome
		action  func(*engine) pipelineaction.Action
		goesOn  bool
	}{
		{failover.Moved, move, true},
		{failover.AlreadyThere, move, true},
		{failover.Refused, move, false},
		{failover.PutBackDone, move, false},
		{failover.Fenced, move, false},
		{failover.Interrupted, move, false}, // by another run, since there was time left
		{failover.Verified, verify, true},
		{failover.Unverified, verify, false},
		{failover.Interrupted, verify, false},
	} {
		t.Run(string(test.outcome), func(t *testing.T) {
			h := newHarness(t, test.action(&engine{result: failover.Result{
				Outcome: test.outcome, Detail: "because", Remaining: []string{"first", "second"},
			}}))
			h.job(t, input)
			if test.goesOn {
				h.success(t)
				return
			}
			got := h.failure(t)
			if want := string(test.outcome) + ": because\n1. first\n2. second"; got.Type != types.FailureTypeJobFailed || *got.Message != want {
				t.Errorf("got %s %q, want %q", got.Type, *got.Message, want)
			}
		})
	}
}

// TestContinues runs out of time, and is invoked again.
func TestContinues(t *testing.T) {
	for name, do := range map[string]func(context.Context){
		"in time": func(ctx context.Context) { <-ctx.Done() },
		"hanging": func(ctx context.Context) { <-ctx.Done(); time.Sleep(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, pipelineaction.Move{Engines: (&engine{result: failover.Result{Outcome: failover.Interrupted}, do: do}).of})
				ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
				defer cancel()
				start := time.Now()
				if _, err := h.Invoke(ctx, jobEvent(input)); err != nil {
					t.Fatal(err)
				}
				got := h.success(t)
				if aws.ToString(got.ContinuationToken) == "" || got.OutputVariables != nil {
					t.Errorf("got token %q and variables %v", aws.ToString(got.ContinuationToken), got.OutputVariables)
				}
				if left := 15*time.Minute - time.Since(start); left < 10*time.Second {
					t.Errorf("answered %s before the end, which is too late", left)
				}
				time.Sleep(2 * time.Hour) // until what hangs has ended
			})
		})
	}
}

// TestPanics answers the job all the same.
func TestPanics(t *testing.T) {
	h := newHarness(t, pipelineaction.Move{Engines: (&engine{do: func(context.Context) { panic("index out of range") }}).of})
	h.job(t, input)
	if got := h.failure(t); got.Type != types.FailureTypeJobFailed || !strings.Contains(*got.Message, "index out of range") {
		t.Errorf("got %s %q", got.Type, *got.Message)
	}
	if !strings.Contains(h.log.String(), "handler.go") {
		t.Errorf("the log lacks the stack: %s", h.log.String())
	}
}

// TestRefusedAnswers are answers that CodePipeline does not take.
func TestRefusedAnswers(t *testing.T) {
	good := &engine{result: failover.Result{Outcome: failover.Moved}}
	t.Run("becomes a failure", func(t *testing.T) {
		h := newHarness(t, pipelineaction.Move{Engines: good.of})
		h.jobs.errs = []error{errDown}
		h.job(t, input)
		if got := h.failure(t); !strings.Contains(*got.Message, "service unavailable; retry the stage") {
			t.Errorf("got %q", *got.Message)
		}
	})
	t.Run("answered before", func(t *testing.T) {
		h := newHarness(t, pipelineaction.Move{Engines: good.of})
		h.jobs.errs = []error{&types.InvalidJobStateException{}}
		if _, err := h.Invoke(t.Context(), jobEvent(input)); err != nil || len(h.jobs.failures) > 0 {
			t.Errorf("got %v and %d failures", err, len(h.jobs.failures))
		}
	})
	t.Run("fails when nothing is taken", func(t *testing.T) {
		h := newHarness(t, pipelineaction.Move{Engines: good.of})
		h.jobs.errs = []error{errDown, errDown}
		if _, err := h.Invoke(t.Context(), jobEvent(input)); err == nil || !strings.Contains(err.Error(), "answer job job-1") {
			t.Errorf("got %v, want an error, so that Lambda invokes again", err)
		}
	})
}

// TestLongAnswers cuts what would not be taken.
func TestLongAnswers(t *testing.T) {
	long := strings.Repeat("é", 6000)
	h := newHarness(t, pipelineaction.Move{Engines: (&engine{result: failover.Result{Outcome: failover.Moved, Detail: long}}).of})
	h.job(t, input)
	got := h.success(t)
	if n := len([]rune(got.OutputVariables["Summary"])); n != 1000 {
		t.Errorf("the variable has %d characters", n)
	}
	if n := len([]rune(*got.ExecutionDetails.Summary)); n != 2048 {
		t.Errorf("the summary has %d characters", n)
	}
	h = newHarness(t, pipelineaction.Move{Engines: (&engine{result: failover.Result{Outcome: failover.Fenced, Detail: long}}).of})
	h.job(t, input)
	if n := len([]rune(*h.failure(t).Message)); n != 5000 {
		t.Errorf("the message has %d characters", n)
	}
}

// TestTopology reads the document each time, and makes do with an earlier one.
func TestTopology(t *testing.T) {
	e := &engine{result: failover.Result{Outcome: failover.Moved}}
	h := newHarness(t, pipelineaction.Move{Engines: e.of})
	h.ssm.err = errDown
	h.job(t, input)
	if got := h.failure(t); got.Type != types.FailureTypeJobFailed || !strings.Contains(*got.Message, "/Shop/secd/topology: service unavailable") {
		t.Errorf("got %s %q", got.Type, *got.Message)
	}
	for _, err := range []error{nil, errDown} {
		h.ssm.err, h.jobs.successes, h.jobs.failures = err, nil, nil
		h.job(t, input)
		h.success(t)
	}
	h = newHarness(t, pipelineaction.Move{Engines: e.of})
	h.ssm.text = `{"version":2}`
	h.job(t, input)
	if got := h.failure(t); got.Type != types.FailureTypeConfigurationError || !strings.Contains(*got.Message, "version must be 1, got 2") {
		t.Errorf("got %s %q", got.Type, *got.Message)
	}
}

// TestDirect is an invocation without CodePipeline.
func TestDirect(t *testing.T) {
	e := &engine{result: failover.Result{Outcome: failover.Fenced, Detail: "because"}}
	h := newHarness(t, pipelineaction.Move{Engines: e.of})
	out, err := h.Invoke(t.Context(), []byte(strings.Replace(input, `"30"`, `1.5`, 1)))
	var got failover.Result
	if err != nil || json.Unmarshal(out, &got) != nil || got.Outcome != failover.Fenced || e.asked[0].MaxDataLoss != 1500*time.Millisecond {
		t.Errorf("got %s, %v", out, err)
	}
	if _, err := h.Invoke(t.Context(), []byte(`{}`)); err == nil || !strings.Contains(err.Error(), "run must be") {
		t.Errorf("got %v", err)
	}
	if n := len(h.jobs.successes) + len(h.jobs.failures); n > 0 {
		t.Errorf("CodePipeline got %d answers", n)
	}
}

package codepipeline_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

func (w *world) stop(id string, abandon bool) error {
	return w.call(func(s *awssim.State, r *awssim.Region) error {
		return codepipeline.Stop(s, r, "failover", id, "enough", abandon)
	})
}

func (w *world) retry(id, stage, mode string) error {
	return w.call(func(s *awssim.State, r *awssim.Region) error {
		return codepipeline.Retry(s, r, "failover", stage, id, mode)
	})
}

func (w *world) transition(stage, direction string, disabled *awssim.DisabledTransition) error {
	return w.call(func(s *awssim.State, r *awssim.Region) error {
		return codepipeline.SetTransition(s, r, "failover", stage, direction, disabled)
	})
}

func mode(name string) func(*awssim.PipelineDeclaration) {
	return func(d *awssim.PipelineDeclaration) { d.ExecutionMode = name }
}

// statuses are those of executions, in order.
func (w *world) statuses(ids ...string) (all []string) {
	for _, id := range ids {
		all = append(all, w.execution(id).Status)
	}
	return all
}

// TestQueue starts three executions: one after the other goes through the stage, in the order in which they started.
func TestQueue(t *testing.T) {
	run(t, short(), func(w *world) {
		ids := []string{w.start(map[string]string{"mode": "a"}), w.start(map[string]string{"mode": "b"}), w.start(map[string]string{"mode": "c"})}
		for i, id := range ids {
			all := w.jobs("assess")
			if len(all) != i+1 || w.action(id, "Assess").Status != codepipeline.InProgress {
				t.Fatalf("jobs when it is the turn of %d: %d", i, len(all))
			}
			if i == 1 { // a failure lets the next one in, too
				w.must(w.failJob(all[i].ID, "x"))
				continue
			}
			w.finish("assess")
		}
		if diff := cmp.Diff([]string{codepipeline.Succeeded, codepipeline.Failed, codepipeline.Succeeded}, w.statuses(ids...)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
	})
}

// TestQueueLocksStages shows what QUEUED does not do: while one execution moves, the next may assess.
func TestQueueLocksStages(t *testing.T) {
	run(t, failover(), func(w *world) {
		first, second := w.start(nil), w.start(nil)
		w.must(w.succeed(w.job("assess").ID, codepipeline.JobResult{OutputVariables: map[string]string{"lag": "0 s"}}))
		w.must(w.approve(w.action(first, "Decide").Token, true))
		if len(w.jobs("assess")) != 2 || len(w.jobs("move")) != 1 {
			t.Errorf("assess %d, move %d", len(w.jobs("assess")), len(w.jobs("move")))
		}
		w.must(w.succeed(w.job("assess").ID, codepipeline.JobResult{OutputVariables: map[string]string{"lag": "0 s"}}))
		w.must(w.approve(w.action(second, "Decide").Token, true))
		if len(w.jobs("move")) != 1 {
			t.Error("two move at once")
		}
		w.finish("move")
		w.finish("move")
		if diff := cmp.Diff([]string{codepipeline.Succeeded, codepipeline.Succeeded}, w.statuses(first, second)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
	})
}

func TestSuperseded(t *testing.T) {
	run(t, short(mode(codepipeline.Superseded)), func(w *world) {
		ids := []string{w.start(nil), w.start(nil), w.start(nil)}
		if diff := cmp.Diff([]string{codepipeline.InProgress, codepipeline.SupersededRun, codepipeline.InProgress}, w.statuses(ids...)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
		w.finish("assess")
		w.finish("assess")
		if diff := cmp.Diff([]string{codepipeline.Succeeded, codepipeline.SupersededRun, codepipeline.Succeeded}, w.statuses(ids...)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
	})
}

func TestParallel(t *testing.T) {
	run(t, short(mode(codepipeline.Parallel)), func(w *world) {
		for range 50 {
			w.start(nil)
		}
		if n := len(w.jobs("assess")); n != 50 {
			t.Errorf("%d run at once, want 50", n)
		}
		w.wantCode(w.call(func(s *awssim.State, r *awssim.Region) error {
			_, err := codepipeline.Start(s, r, codepipeline.StartInput{Pipeline: "failover"})
			return err
		}), "ConcurrentPipelineExecutionsLimitExceededException")
	})
}

func TestStopAndWait(t *testing.T) {
	run(t, failover(), func(w *world) {
		id := w.start(nil)
		w.must(w.stop(id, false))
		w.wantStatus(id, codepipeline.Stopping)
		w.wantCode(w.stop(id, false), "DuplicatedStopRequestException")
		w.must(w.succeed(w.job("assess").ID, codepipeline.JobResult{OutputVariables: map[string]string{"lag": "0 s"}}))
		w.wantStatus(id, codepipeline.Stopped)
		if e := w.execution(id); e.Summary != "enough" || w.action(id, "Assess").Status != codepipeline.Succeeded {
			t.Errorf("stopped: %+v", e)
		}
		w.wantCode(w.stop(id, true), "PipelineExecutionNotStoppableException")
		w.must(w.retry(id, "Assess", codepipeline.FailedActions))
		w.wantStatus(id, codepipeline.InProgress)
		if len(w.jobs("assess")) != 1 {
			t.Error("an action that had succeeded was made again")
		}
	})
}

func TestStopAndAbandon(t *testing.T) {
	run(t, short(), func(w *world) {
		id, next := w.start(nil), w.start(nil)
		job := w.job("assess").ID
		w.must(w.stop(id, false))
		w.must(w.stop(id, true))
		w.wantStatus(id, codepipeline.Stopped)
		if a := w.action(id, "Assess"); a.Status != codepipeline.Abandoned {
			t.Errorf("action: %+v", a)
		}
		w.wantCode(w.succeed(job, codepipeline.JobResult{}), "InvalidJobStateException")
		w.finish("assess") // the next one's
		w.wantStatus(next, codepipeline.Succeeded)
		w.wantCode(w.retry(id, "Assess", codepipeline.FailedActions), "NotLatestPipelineExecutionException")
	})
}

// TestStopWaiting stops an execution that waits to enter a stage.
func TestStopWaiting(t *testing.T) {
	run(t, short(), func(w *world) {
		first, second := w.start(nil), w.start(nil)
		w.must(w.stop(second, false))
		w.finish("assess")
		if diff := cmp.Diff([]string{codepipeline.Succeeded, codepipeline.Stopped}, w.statuses(first, second)); diff != "" {
			t.Errorf("statuses (-want +got):\n%s", diff)
		}
	})
}

// TestRetry retries a stage of two parallel actions, of which one has failed, and one that follows.
func TestRetry(t *testing.T) {
	three := func(d *awssim.PipelineDeclaration) {
		last := lambda("Report", "report", "r")
		last.RunOrder = 2
		d.Stages[1].Actions = append([]awssim.PipelineAction{last}, append(d.Stages[1].Actions, lambda("Move", "move", "m"))...)
	}
	for retryMode, again := range map[string]int{codepipeline.FailedActions: 1, codepipeline.AllActions: 2} {
		t.Run(retryMode, func(t *testing.T) {
			run(t, short(three), func(w *world) {
				id := w.start(nil)
				w.must(w.failJob(w.job("move").ID, "killed"))
				w.wantStatus(id, codepipeline.InProgress) // the other one runs yet
				w.wantCode(w.retry(id, "Assess", retryMode), "StageNotRetryableException")
				w.finish("assess")
				w.wantStatus(id, codepipeline.Failed)
				w.must(w.retry(id, "Assess", retryMode))
				w.wantStatus(id, codepipeline.InProgress)
				if n := len(w.jobs("assess")); n != again {
					t.Errorf("assess was invoked %d times, want %d", n, again)
				}
				if again == 2 {
					w.finish("assess")
				}
				if len(w.jobs("report")) > 0 {
					t.Error("the run order was not kept")
				}
				w.finish("move")
				w.finish("report")
				w.wantStatus(id, codepipeline.Succeeded)
			})
		})
	}
}

func TestOperationsThatAreRefused(t *testing.T) {
	run(t, short(), func(w *world) {
		id := w.start(nil)
		start := func(in codepipeline.StartInput) error {
			return w.call(func(s *awssim.State, r *awssim.Region) error { _, err := codepipeline.Start(s, r, in); return err })
		}
		override := func(action, kind, value string) codepipeline.StartInput {
			return codepipeline.StartInput{Pipeline: "failover", Overrides: map[string]awssim.RevisionOverride{action: {Type: kind, Value: value}}}
		}
		variable := func(name, value string) codepipeline.StartInput {
			return codepipeline.StartInput{Pipeline: "failover", Variables: map[string]string{name: value}}
		}
		w.wantCode(start(codepipeline.StartInput{Pipeline: "other"}), "PipelineNotFoundException")
		w.wantCode(start(variable("other", "x")), "ValidationException")
		w.wantCode(start(variable("no good", "x")), "ValidationException")
		w.wantCode(start(variable("mode", "")), "ValidationException")
		w.wantCode(start(variable("mode", string(make([]rune, 1001)))), "ValidationException")
		w.wantCode(start(override("Assess", "S3_OBJECT_KEY", "x")), "ValidationException")
		w.wantCode(start(override("Nominal", "COMMIT_ID", "x")), "ValidationException")
		w.wantCode(start(override("Nominal", "S3_OBJECT_KEY", "")), "ValidationException")
		w.wantCode(w.stop("other", false), "PipelineExecutionNotFoundException")
		w.wantCode(w.retry(id, "Assess", "SOME_ACTIONS"), "ValidationException")
		w.wantCode(w.retry(id, "other", codepipeline.FailedActions), "StageNotFoundException")
		w.wantCode(w.retry("other", "Assess", codepipeline.FailedActions), "PipelineExecutionNotFoundException")
		w.wantCode(w.retry(id, "Source", codepipeline.FailedActions), "StageNotRetryableException")
		w.wantCode(w.transition("other", "Inbound", nil), "StageNotFoundException")
		w.wantCode(w.transition("Source", "Inbound", nil), "ValidationException")
		w.wantCode(w.transition("Assess", "Outbound", nil), "ValidationException")
		w.wantCode(w.transition("Assess", "Sideways", nil), "ValidationException")
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
		w.wantCode(w.retry(id, "Assess", codepipeline.FailedActions), "StageNotRetryableException")
	})
}

// TestClientToken starts once, however often it is asked.
func TestClientToken(t *testing.T) {
	run(t, short(), func(w *world) {
		var ids [2]string
		for i := range ids {
			w.must(w.call(func(s *awssim.State, r *awssim.Region) (err error) {
				ids[i], err = codepipeline.Start(s, r, codepipeline.StartInput{Pipeline: "failover", ClientToken: "same"})
				return err
			}))
		}
		if ids[0] != ids[1] || len(w.jobs("assess")) != 1 {
			t.Errorf("executions %v, jobs %d", ids, len(w.jobs("assess")))
		}
	})
}

func TestTransitions(t *testing.T) {
	run(t, short(), func(w *world) {
		w.must(w.transition("Source", "Outbound", &awssim.DisabledTransition{Reason: "not now", By: "me"}))
		id := w.start(nil)
		time.Sleep(365 * 24 * time.Hour)
		synctest.Wait()
		if len(w.jobs("assess")) > 0 {
			t.Error("it entered the stage")
		}
		w.must(w.transition("Assess", "Inbound", nil))
		w.finish("assess")
		w.wantStatus(id, codepipeline.Succeeded)
	})
}

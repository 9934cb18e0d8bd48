package codepipeline_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

// asked is a world whose pipeline asks for an approval.
func asked(t *testing.T, test func(w *world, id, token string)) {
	t.Helper()
	run(t, failover(), func(w *world) {
		id := w.start(nil)
		w.must(w.succeed(w.job("assess").ID, codepipeline.JobResult{OutputVariables: map[string]string{"lag": "0 s"}}))
		test(w, id, w.action(id, "Decide").Token)
	})
}

func TestApprove(t *testing.T) {
	asked(t, func(w *world, id, token string) {
		time.Sleep(59 * time.Minute)
		w.must(w.approve(token, true))
		a := w.action(id, "Decide")
		if a.Status != codepipeline.Succeeded || a.Summary != "because" || a.UpdatedBy != "arn:aws:iam::123456789012:user/operator" {
			t.Errorf("approval: %+v", a)
		}
		w.wantCode(w.approve(token, true), "ApprovalAlreadyCompletedException")
		w.wantCode(w.approve(token, false), "ApprovalAlreadyCompletedException")
		w.finish("move")
		w.wantStatus(id, codepipeline.Succeeded)
	})
}

func TestReject(t *testing.T) {
	asked(t, func(w *world, id, token string) {
		w.must(w.approve(token, false))
		w.wantFailure(id, "Decide", "JobFailed", "Rejected by arn:aws:iam::123456789012:user/operator")
		w.wantStatus(id, codepipeline.Failed)
		if len(w.jobs("move")) > 0 {
			t.Error("it moved")
		}
	})
}

func TestApprovalTimesOut(t *testing.T) {
	asked(t, func(w *world, id, token string) {
		time.Sleep(time.Hour)
		w.wantCode(w.approve(token, true), "InvalidApprovalTokenException")
		w.wantFailure(id, "Decide", "Timeout", "The approval was not given in time")
		w.wantStatus(id, codepipeline.Failed)
	})
	asked(t, func(w *world, _, token string) {
		w.executor.Close() // so that nobody notices
		time.Sleep(time.Hour)
		w.wantCode(w.approve(token, true), "InvalidApprovalTokenException")
	})
}

func TestApprovalHasSevenDays(t *testing.T) {
	patient := func(d *awssim.PipelineDeclaration) {
		d.Stages[2].Actions[0].TimeoutInMinutes = 0
		d.Stages[2].Actions[0].Configuration = nil
	}
	run(t, failover(patient), func(w *world) {
		id := w.start(nil)
		w.finish("assess")
		time.Sleep(7*24*time.Hour - 1)
		synctest.Wait()
		w.wantStatus(id, codepipeline.InProgress)
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		w.wantStatus(id, codepipeline.Failed)
	})
}

// TestForeignTokens gives tokens and names that are not those of the approval.
func TestForeignTokens(t *testing.T) {
	asked(t, func(w *world, id, token string) {
		d := codepipeline.Decision{Pipeline: "failover", Stage: "Approve", Action: "Decide", Token: token, Approved: true}
		tests := map[string]struct {
			change func(*codepipeline.Decision)
			code   string
		}{
			"token":    {func(d *codepipeline.Decision) { d.Token = w.job("assess").ID }, "InvalidApprovalTokenException"},
			"no token": {func(d *codepipeline.Decision) { d.Token = "" }, "InvalidApprovalTokenException"},
			"pipeline": {func(d *codepipeline.Decision) { d.Pipeline = "other" }, "PipelineNotFoundException"},
			"stage":    {func(d *codepipeline.Decision) { d.Stage = "other" }, "StageNotFoundException"},
			"action":   {func(d *codepipeline.Decision) { d.Action = "other" }, "ActionNotFoundException"},
			"neither":  {func(d *codepipeline.Decision) { d.Stage, d.Action = "Move", "Move" }, "InvalidApprovalTokenException"},
			"foreign":  {func(d *codepipeline.Decision) { d.Stage, d.Action = "Assess", "Assess" }, "InvalidApprovalTokenException"},
		}
		for name, tt := range tests {
			changed := d
			tt.change(&changed)
			err := w.call(func(s *awssim.State, r *awssim.Region) error {
				_, err := codepipeline.Approve(s, r, changed)
				return err
			})
			t.Log(name)
			w.wantCode(err, tt.code)
		}
		w.wantStatus(id, codepipeline.InProgress)
	})
}

// TestEarlierToken gives the token of an approval that was asked for again.
func TestEarlierToken(t *testing.T) {
	asked(t, func(w *world, id, token string) {
		time.Sleep(time.Hour)
		synctest.Wait()
		w.must(w.call(func(s *awssim.State, r *awssim.Region) error {
			return codepipeline.Retry(s, r, "failover", "Approve", id, codepipeline.FailedActions)
		}))
		w.wantCode(w.approve(token, true), "InvalidApprovalTokenException")
		w.must(w.approve(w.action(id, "Decide").Token, true))
		w.finish("move")
		w.wantStatus(id, codepipeline.Succeeded)
	})
}

// TestNotificationFails has no topic, or no permission.
func TestNotificationFails(t *testing.T) {
	notify := func(topic string) func(*awssim.PipelineDeclaration) {
		return func(d *awssim.PipelineDeclaration) {
			d.Stages[2].Actions[0].Configuration = map[string]string{"NotificationArn": topic}
		}
	}
	run(t, failover(notify("arn:aws:sns:us-east-2:123456789012:nowhere")), func(w *world) {
		id := w.start(nil)
		w.finish("assess")
		w.wantFailure(id, "Decide", "ConfigurationError", "Topic arn:aws:sns:us-east-2:123456789012:nowhere does not exist in Region us-east-2")
	})
	run(t, failover(notify("arn:aws:sns:us-east-2:123456789012:approvals")), func(w *world) {
		w.role("Pipeline", `{"Statement": {"Effect": "Allow", "Action": ["s3:*", "lambda:*"], "Resource": "*"}}`)
		id := w.start(nil)
		w.finish("assess")
		if a := w.action(id, "Decide"); a.Error == nil || a.Error.Code != "PermissionError" || len(w.refusals) != 1 {
			t.Errorf("got %+v, refusals %+v", a.Error, w.refusals)
		}
	})
}

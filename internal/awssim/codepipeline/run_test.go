package codepipeline_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

// TestRun runs a pipeline from its start to its end.
func TestRun(t *testing.T) {
	notify := func(d *awssim.PipelineDeclaration) {
		d.Stages[2].Actions[0].Configuration["NotificationArn"] = "arn:aws:sns:us-east-2:123456789012:approvals"
	}
	run(t, failover(notify), func(w *world) {
		id := w.start(map[string]string{"mode": "switchover"})
		j := w.job("assess")
		want := map[string]string{"FunctionName": "assess", "UserParameters": `{"mode":"switchover","execution":"` + id + `"}`}
		if diff := cmp.Diff(want, j.Data.Action.Configuration); diff != "" || j.Account != "123456789012" {
			t.Errorf("configuration (-want +got):\n%s", diff)
		}
		time.Sleep(time.Minute)
		w.must(w.succeed(j.ID, codepipeline.JobResult{OutputVariables: map[string]string{"lag": "7 s"}}))
		token := w.action(id, "Decide").Token
		var published []awssim.Message
		w.do(func(_ *awssim.State, r *awssim.Region) { topic, _ := r.Topics.Get(w.topic); published = topic.Messages })
		if len(published) != 1 || published[0].Subject != "APPROVAL NEEDED: AWS CodePipeline failover for action Decide" {
			t.Fatalf("published: %+v", published)
		}
		var message map[string]any
		w.must(json.Unmarshal([]byte(published[0].Body), &message))
		console := "https://console.aws.amazon.com/codepipeline/home?region=us-east-2#/view/failover"
		if diff := cmp.Diff(map[string]any{
			"region": home, "consoleLink": console, "approval": map[string]any{
				"pipelineName": "failover", "stageName": "Approve", "actionName": "Decide", "token": token, "expires": "2000-01-01T01:01Z",
				"externalEntityLink": nil, "approvalReviewLink": console + "/Approve/Decide/approve/" + token,
				"customData": `Lag: 7 s, source "3e47b75000b0924b6c9ba5759a7cf15d"`,
			},
		}, message); diff != "" {
			t.Errorf("message (-want +got):\n%s", diff)
		}
		w.must(w.approve(token, true))
		if got := w.job("move").Data.Action.Configuration["UserParameters"]; got != "7 s" {
			t.Errorf("parameters of move: %q", got)
		}
		w.wantStatus(id, codepipeline.InProgress)
		w.finish("move")
		w.wantStatus(id, codepipeline.Succeeded)
	})
}

func TestEvents(t *testing.T) {
	run(t, short(), func(w *world) {
		id := w.start(nil)
		w.must(w.failJob(w.job("assess").ID, "too far behind"))
		var got []string
		for _, e := range w.events {
			text := e.DetailType + " " + e.Detail["state"].(string)
			for _, level := range []string{"stage", "action"} {
				if name, ok := e.Detail[level].(string); ok {
					text += " " + name
				}
			}
			got = append(got, text)
			if e.Source != "aws.codepipeline" || e.Detail["execution-id"] != id || e.Detail["pipeline"] != "failover" || e.Region != home || len(e.Resources) != 1 {
				t.Errorf("event: %+v", e)
			}
		}
		want := []string{
			"CodePipeline Pipeline Execution State Change STARTED",
			"CodePipeline Stage Execution State Change STARTED Source",
			"CodePipeline Action Execution State Change STARTED Source Nominal",
			"CodePipeline Action Execution State Change SUCCEEDED Source Nominal",
			"CodePipeline Stage Execution State Change SUCCEEDED Source",
			"CodePipeline Stage Execution State Change STARTED Assess",
			"CodePipeline Action Execution State Change STARTED Assess Assess",
			"CodePipeline Action Execution State Change FAILED Assess Assess",
			"CodePipeline Stage Execution State Change FAILED Assess",
			"CodePipeline Pipeline Execution State Change FAILED",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

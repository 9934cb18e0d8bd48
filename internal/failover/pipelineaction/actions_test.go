package pipelineaction_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/runstore"
)

func assessment(reasons ...failover.Reason) failover.Assessment {
	return failover.Assessment{
		Observation: failover.Observation{
			Edge: failover.EdgeSeen{Active: topology.Primary}, Database: failover.DatabaseSeen{Writer: topology.Primary},
			Regions: map[topology.Role]*failover.RegionSeen{
				topology.Secondary: {Lag: &failover.LagSeen{Lag: 1200 * time.Millisecond, Metric: "AuroraGlobalDBRPOLag", At: firstWrite}},
			},
		},
		Decision: failover.Decision{Go: len(reasons) == 0 || reasons[0].Overridden, Reasons: reasons},
	}
}

const shownURL = "https://us-east-2.console.aws.amazon.com/s3/buckets/reports-secd?region=us-east-2&prefix=runs%2F0a1b%2F"

func TestAssessGo(t *testing.T) {
	overridden := failover.Reason{Code: failover.SourceServing, Seen: "it serves", Expected: "it is gone", Overridden: true, Overridable: true}
	h := newHarness(t, pipelineaction.Assess{Engines: (&engine{assessment: assessment(overridden)}).of})
	h.job(t, input)
	want := map[string]string{
		"Decision": "go", "Active": "pri", "Lag": "1.2s (AuroraGlobalDBRPOLag, 2026-03-01T12:00:00Z)",
		"Reasons": "SourceServing: it serves, expected it is gone (overridden)",
		"Summary": "failover to us-east-2 (us-east-1 is down): go. Active: us-east-1. Writer: us-east-1. Lag: 1.2s (AuroraGlobalDBRPOLag, 2026-03-01T12:00:00Z). " +
			"SourceServing: it serves, expected it is gone (overridden)",
		"ReportUrl": shownURL,
	}
	if diff := cmp.Diff(want, h.success(t).OutputVariables); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

// TestAssessNoGo stops the pipeline with every reason and what to do about it.
func TestAssessNoGo(t *testing.T) {
	h := newHarness(t, pipelineaction.Assess{Engines: (&engine{assessment: assessment(
		failover.Reason{Code: failover.LagAboveLimit, Seen: "lag of 90s", Expected: "at most 30s", Do: "wait"},
		failover.Reason{Code: failover.LeaseHeld, Seen: "run x", Expected: "no other run", Do: "wait for it"},
	)}).of})
	h.job(t, input)
	for _, want := range []string{
		"no-go\n", "LagAboveLimit: lag of 90s, expected at most 30s; wait", "LeaseHeld: run x, expected no other run; wait for it",
		"Nothing was changed.",
	} {
		if got := *h.failure(t).Message; !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// journal is what a run of a mode leaves that moves to the secondary Region.
func journal(mode failover.Mode, target topology.Role) []failover.Entry {
	return []failover.Entry{
		{At: firstWrite, Request: &failover.Request{Run: "0a1b", Mode: mode, Target: target, StartedBy: "pipeline"}},
		{At: firstWrite.Add(time.Second), Step: &failover.StepTaken{Name: failover.StepPromote, Start: firstWrite, End: firstWrite}},
		{At: firstWrite.Add(time.Minute), Outcome: &failover.Result{Outcome: failover.Moved, FirstWrite: new(firstWrite.Add(time.Minute))}},
		{At: firstWrite.Add(2 * time.Minute), Outcome: &failover.Result{Outcome: failover.Verified}},
	}
}

func reporting(r *runs, e pipelineaction.Executions) pipelineaction.Report {
	return pipelineaction.Report{
		Region: "us-east-2", Executions: e, Log: slog.New(slog.DiscardHandler),
		Runs: func(bucket string) pipelineaction.Runs {
			if bucket != "reports-secd" {
				panic("opened " + bucket)
			}
			return r
		},
	}
}

func TestReport(t *testing.T) {
	r := &runs{entries: map[string][]failover.Entry{"0a1b": journal(failover.Failover, topology.Secondary)}}
	h := newHarness(t, reporting(r, executions{}))
	h.job(t, input)
	want := map[string]string{
		"Outcome": "done", "Summary": "us-east-2 is active, 60.0 s after the run start, verified.", "Rto": "60.0 s from the run start", "Rpo": "-",
		"ReportUrl": shownURL,
	}
	if diff := cmp.Diff(want, h.success(t).OutputVariables); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
	if len(r.saved) != 1 || r.saved[0].StartedBy != "arn:aws:sts::123456789012:assumed-role/operator/shop-secd" || len(r.drills) > 0 {
		t.Errorf("saved %+v and %+v", r.saved, r.drills)
	}
}

// TestApprovals are those that somebody decided, or nobody in time; one that waits is not among them.
func TestApprovals(t *testing.T) {
	r := &runs{entries: map[string][]failover.Entry{"0a1b": journal(failover.Failover, topology.Secondary)}}
	newHarness(t, reporting(r, executions{})).job(t, input)
	want := []report.Approval{
		{Action: "Approve", At: firstWrite.Add(3 * time.Minute)},
		{Action: "Approve", Approved: true, By: "arn:aws:iam::123456789012:user/0a1b", At: firstWrite.Add(7 * time.Minute)},
	}
	if diff := cmp.Diff(want, r.saved[0].Approvals); diff != "" {
		t.Errorf("approvals (-want +got):\n%s", diff)
	}
	var log strings.Builder
	action := reporting(r, executions{actionsErr: errDown})
	action.Log = slog.New(slog.NewTextHandler(&log, nil))
	newHarness(t, action).job(t, input)
	if last := r.saved[1]; last.Approvals != nil || last.StartedBy != r.saved[0].StartedBy || !strings.Contains(log.String(), "ask who approved execution 0a1b: service unavailable") {
		t.Errorf("without a list of actions: %+v, log %s", last, &log)
	}
}

// TestReportOfFailedRun comes from EventBridge, without more than the run's id.
func TestReportOfFailedRun(t *testing.T) {
	r := &runs{entries: map[string][]failover.Entry{"0a1b": journal(failover.Drill, topology.Secondary)}}
	h := newHarness(t, reporting(r, executions{err: errDown}))
	event := `{"version":"0","detail-type":"CodePipeline Pipeline Execution State Change","source":"aws.codepipeline","region":"us-east-2",
		"detail":{"pipeline":"shop-secd","execution-id":"0a1b","state":"FAILED","version":1}}`
	if _, err := h.Invoke(t.Context(), []byte(event)); err != nil {
		t.Fatal(err)
	}
	if len(r.saved) != 1 || r.saved[0].StartedBy != "pipeline" {
		t.Errorf("saved %+v", r.saved)
	}
	want := []runstore.Drill{{Run: "0a1b", Ended: firstWrite.Add(2 * time.Minute)}}
	if diff := cmp.Diff(want, r.drills); diff != "" {
		t.Errorf("drills (-want +got):\n%s", diff)
	}
}

// TestReportOfDrill is of a drill at its end, and in between.
func TestReportOfDrill(t *testing.T) {
	r := &runs{entries: map[string][]failover.Entry{"0a1b": journal(failover.Drill, topology.Secondary)}}
	h := newHarness(t, reporting(r, executions{}))
	h.job(t, userParameters("drill", "there", "0", "none", "drill"))
	if len(r.drills) > 0 {
		t.Errorf("got %+v of a drill that is not over", r.drills)
	}
	back := journal(failover.Drill, topology.Primary)
	for i := range back {
		back[i].At = back[i].At.Add(time.Hour)
	}
	r.entries["0a1b-back"] = back
	h = newHarness(t, reporting(r, executions{}))
	h.job(t, userParameters("drill", "back", "0", "none", "drill"))
	want := []runstore.Drill{{Run: "0a1b", Ended: firstWrite.Add(time.Hour + 2*time.Minute), Succeeded: true}}
	if diff := cmp.Diff(want, r.drills); diff != "" {
		t.Errorf("drills (-want +got):\n%s", diff)
	}
}

func TestReportFails(t *testing.T) {
	some := map[string][]failover.Entry{"0a1b": journal(failover.Failover, topology.Secondary)}
	for name, test := range map[string]struct {
		runs *runs
		want string
	}{
		"fails without a journal": {&runs{err: errDown}, "read the journal: service unavailable"},
		"fails to save":           {&runs{entries: some, saveErr: errDown}, "write the report: service unavailable; retry the stage"},
		"with half a journal":     {&runs{entries: some, err: errDown}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, reporting(test.runs, executions{}))
			h.job(t, input)
			if test.want == "" {
				h.success(t)
			} else if got := *h.failure(t).Message; !strings.HasPrefix(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	elsewhere := reporting(&runs{}, executions{})
	elsewhere.Region = "eu-west-1"
	h := newHarness(t, elsewhere)
	h.job(t, input)
	if got := *h.failure(t).Message; !strings.Contains(got, "eu-west-1 is no Region of the application") {
		t.Errorf("got %q", got)
	}
}

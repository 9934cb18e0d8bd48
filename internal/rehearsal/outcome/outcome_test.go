package outcome_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/report/reporttest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/outcome"
)

func TestOf(t *testing.T) {
	r := reporttest.RegionLoss(time.Minute, 7)
	c := r.Rehearsal.Clients
	r.Rehearsal.Verdict = report.Verdict{Expectations: []report.Expectation{
		{Must: "it moves", Measured: "it moved", Held: true}, {Must: "nothing is lost", Measured: "3 are"},
	}}
	r.Rehearsal.Calls[0].WhileLost, r.Rehearsal.Calls[2].WhileLost = 1, 2
	fence := report.Step{Name: "fence", Seconds: 4.25, WaitedSeconds: 4, OwnSeconds: 0.25}
	r.Rehearsal.Earlier = []report.Report{{Moves: []report.Move{{OwnSeconds: 1.5, WaitedSeconds: 9, Steps: []report.Step{fence, fence}}}}} // cut in two
	got := outcome.Of(r)
	want := outcome.Run{
		Scenario: r.Rehearsal.Scenario, Seed: 7, Command: r.Rehearsal.Reproduce.Command, Failed: []string{"nothing is lost: 3 are"},
		RTOSeconds: &c.RTO.Seconds, OwnSeconds: new(1.5), WaitedSeconds: &r.Moves[0].WaitedSeconds, ReadGapSeconds: &c.Reads.LongestGap.Seconds, WriteGapSeconds: &c.Writes.LongestGap.Seconds,
		Requests: c.Reads.Total + c.Writes.Total, RequestsFailed: c.Reads.Failed() + c.Writes.Failed(),
		Failures: map[string]int{"timeout": c.Reads.Failures["timeout"], "status 502": c.Writes.Failures["status 502"], "status 503": c.Reads.Failures["status 503"], "refused by the fence": c.Writes.Failures["refused by the fence"]},
		Lost:     c.Lost.Total, Duplicated: c.Duplicated.Total, RPOSeconds: c.Lost.RPOSeconds, NewestLostSeconds: c.Lost.NewestSeconds,
		PropagationSeconds: new(2.94), LagSeconds: new(0.412), CallsWhileLost: 3,
	}
	steps := got.Steps
	got.Steps = nil
	if fence := steps["fence"]; len(steps) != 10 || fence != (outcome.Step{WaitedSeconds: 8, OwnSeconds: 0.5}) {
		t.Errorf("steps %+v", steps)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The automation has no share in a move without steps: something else made it.
func TestMovedByOtherMeans(t *testing.T) {
	r := reporttest.RegionLoss(time.Minute, 7)
	r.Moves[0].Steps, r.Moves[0].OwnSeconds = nil, 0
	if got := outcome.Of(r); got.OwnSeconds != nil {
		t.Errorf("its share is %g s", *got.OwnSeconds)
	}
	var text, page strings.Builder
	outcome.WriteText(&text, r)
	page.Write(r.HTML())
	if strings.Contains(text.String(), "automation's own") || !strings.Contains(page.String(), "it has moved nothing") {
		t.Errorf("got %s", &text)
	}
}

func TestDistributions(t *testing.T) {
	var runs []outcome.Run
	for i := range 20 {
		runs = append(runs, outcome.Run{Scenario: "switchover", Held: true, RTOSeconds: new(float64(20 - i)), Lost: i, RPOSeconds: float64(i) / 2, PropagationSeconds: new(2.0)})
	}
	runs[4].Failures, runs[5].Steps = map[string]int{"timeout": 3}, map[string]outcome.Step{"fence": {WaitedSeconds: 8, OwnSeconds: 0.5}}
	runs = append(runs, outcome.Run{Scenario: "drill", Held: true, RTOSeconds: new(4.0)}, outcome.Broken("drill", 1, "", errors.New("no pipeline")))
	s := outcome.NewSeries(runs)
	if s.Held {
		t.Error("holds although a run broke")
	}
	if !outcome.NewSeries(runs[:21]).Held {
		t.Error("does not hold although every run did")
	}
	want := []outcome.Distribution{
		{Scenario: "switchover", Figure: "RTO (s)", Runs: 20, Min: 1, Median: 10, P95: 19, Max: 20},
		{Scenario: "switchover", Figure: "propagation (s)", Runs: 20, Min: 2, Median: 2, P95: 2, Max: 2},
		{Scenario: "switchover", Figure: "oldest lost write, RPO (s)", Runs: 20, Max: 9.5, Median: 4.5, P95: 9},
		{Scenario: "switchover", Figure: "newest lost write (s)", Runs: 20},
		{Scenario: "switchover", Figure: "lost writes", Runs: 20, Max: 19, Median: 9, P95: 18},
		{Scenario: "switchover", Figure: "calls to lost Regions", Runs: 20},
		{Scenario: "switchover", Figure: "failed requests", Runs: 20},
		{Scenario: "switchover", Figure: "failed: timeout", Runs: 20, Max: 3},
		{Scenario: "switchover", Figure: "step fence, waited (s)", Runs: 1, Min: 8, Median: 8, P95: 8, Max: 8},
		{Scenario: "switchover", Figure: "step fence, own (s)", Runs: 1, Min: 0.5, Median: 0.5, P95: 0.5, Max: 0.5},
		{Scenario: "drill", Figure: "RTO (s)", Runs: 1, Min: 4, Median: 4, P95: 4, Max: 4},
		{Scenario: "drill", Figure: "oldest lost write, RPO (s)", Runs: 1},
		{Scenario: "drill", Figure: "newest lost write (s)", Runs: 1},
		{Scenario: "drill", Figure: "lost writes", Runs: 1},
		{Scenario: "drill", Figure: "calls to lost Regions", Runs: 1},
		{Scenario: "drill", Figure: "failed requests", Runs: 1},
	}
	if diff := cmp.Diff(want, s.Distributions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTables(t *testing.T) {
	s := outcome.NewSeries([]outcome.Run{
		{Scenario: "switchover", Seed: 3, Held: true, RTOSeconds: new(1.234), ReadGapSeconds: new(0.05), Lost: 0, RequestsFailed: 12},
		{Scenario: "drill", Seed: 4, Command: "warmstandby rehearse --scenario drill --seed 4", Failed: []string{"it comes back: it stayed"}},
		outcome.Broken("killed", 5, "warmstandby rehearse --scenario killed --seed 5", errors.New("no pipeline")),
	})
	var table, distributions strings.Builder
	s.WriteTable(&table)
	s.WriteDistributions(&distributions)
	want := `scenario    seed  verdict  RTO    read gap  write gap  failed  lost  duplicated
switchover  3     held     1.23s  50ms      -          12      0     0
drill       4     FAILED   -      -         -          0       0     0
killed      5     BROKEN   -      -         -          0       0     0

drill with seed 4 did not hold: it comes back: it stayed
The same again: warmstandby rehearse --scenario drill --seed 4

killed with seed 5 did not hold: no pipeline
The same again: warmstandby rehearse --scenario killed --seed 5
`
	if diff := cmp.Diff(want, table.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := distributions.String(); !strings.Contains(got, "switchover  RTO (s)                     1     1.23  1.23    1.23  1.23\n") {
		t.Errorf("got\n%s", got)
	}
	var decoded outcome.Series
	if err := json.Unmarshal(s.JSON(), &decoded); err != nil || len(decoded.Runs) != 3 || decoded.Version != outcome.Version {
		t.Errorf("%v, got %+v", err, decoded)
	}
}

func TestText(t *testing.T) {
	r := reporttest.RegionLoss(time.Minute, 7)
	r.Remaining = []string{"detach the cluster\nas the plan says"}
	r.Rehearsal.Verdict.Expectations = append(r.Rehearsal.Verdict.Expectations, report.Expectation{Must: "it ends", Measured: "it goes on\nand on"})
	var b strings.Builder
	outcome.WriteText(&b, r)
	for _, part := range []string{
		r.Rehearsal.Scenario + ": ", "  FAIL  it ends\n        it goes on\n        and on\n", "  recovery time     29.9s, from the interruption to the first write in us-east-2\n", "  longest gap       reads ",
		" failed (", "reaching back 410ms (the newest ", "  seen at the edge  fence 2.21s, active Region 2.94s, release 1.07s\n", "0 to a Region while it was lost", "  approval          Approve approved by arn:aws:iam::123456789012:user/manager at ", "  fence         3.4s  own    11ms  done ", "Steps to us-east-2:\n", "What remains to be done:\n  1. detach the cluster\n     as the plan says\n",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("does not say %q:\n%s", part, &b)
		}
	}
}

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
	got := outcome.Of(r)
	want := outcome.Run{
		Scenario: r.Rehearsal.Scenario, Seed: 7, Failed: []string{"nothing is lost: 3 are"},
		RTOSeconds: &c.RTO.Seconds, OwnSeconds: &r.Moves[0].OwnSeconds, ReadGapSeconds: &c.Reads.LongestGap.Seconds, WriteGapSeconds: &c.Writes.LongestGap.Seconds,
		Requests: c.Reads.Total + c.Writes.Total, RequestsFailed: c.Reads.Failed() + c.Writes.Failed(),
		Lost: c.Lost.Total, Duplicated: c.Duplicated.Total, RPOSeconds: c.Lost.RPOSeconds,
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
		runs = append(runs, outcome.Run{Scenario: "switchover", Held: true, RTOSeconds: new(float64(20 - i)), Lost: i})
	}
	runs = append(runs, outcome.Run{Scenario: "drill", Held: true, RTOSeconds: new(4.0)}, outcome.Broken("drill", 1, errors.New("no pipeline")))
	s := outcome.NewSeries(runs)
	if s.Held {
		t.Error("holds although a run broke")
	}
	if !outcome.NewSeries(runs[:21]).Held {
		t.Error("does not hold although every run did")
	}
	want := []outcome.Distribution{
		{Scenario: "switchover", Figure: "RTO (s)", Runs: 20, Min: 1, Median: 10, P95: 19, Max: 20},
		{Scenario: "switchover", Figure: "failed requests", Runs: 20},
		{Scenario: "switchover", Figure: "lost writes", Runs: 20, Max: 19, Median: 9, P95: 18},
		{Scenario: "drill", Figure: "RTO (s)", Runs: 1, Min: 4, Median: 4, P95: 4, Max: 4},
		{Scenario: "drill", Figure: "failed requests", Runs: 1},
		{Scenario: "drill", Figure: "lost writes", Runs: 1},
	}
	if diff := cmp.Diff(want, s.Distributions); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTables(t *testing.T) {
	s := outcome.NewSeries([]outcome.Run{
		{Scenario: "switchover", Seed: 3, Held: true, RTOSeconds: new(1.234), ReadGapSeconds: new(0.05), Lost: 0, RequestsFailed: 12},
		{Scenario: "drill", Seed: 4, Failed: []string{"it comes back: it stayed"}},
		outcome.Broken("killed", 5, errors.New("no pipeline")),
	})
	var table, distributions strings.Builder
	s.WriteTable(&table)
	s.WriteDistributions(&distributions)
	want := `scenario    seed  verdict  RTO    read gap  write gap  failed  lost  duplicated
switchover  3     held     1.23s  50ms      -          12      0     0
drill       4     FAILED   -      -         -          0       0     0
killed      5     BROKEN   -      -         -          0       0     0

drill with seed 4 did not hold: it comes back: it stayed

killed with seed 5 did not hold: no pipeline
`
	if diff := cmp.Diff(want, table.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := distributions.String(); !strings.Contains(got, "switchover  RTO (s)          1     1.23  1.23    1.23  1.23\n") {
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
		r.Rehearsal.Scenario + ": ", "  FAIL  it ends\n        it goes on\n        and on\n", "  recovery time     ", "  longest gap       reads ",
		" failed (", "reaching back", "Steps to us-east-2:\n", "What remains to be done:\n  1. detach the cluster\n     as the plan says\n",
	} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("does not say %q:\n%s", part, &b)
		}
	}
}

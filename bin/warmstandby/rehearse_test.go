package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	failoverreport "github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/report/reporttest"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/outcome"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
	"github.com/warmstandby/warmstandby/internal/rehearsal/series"
)

// emptyAssembly is an assembly without stacks.
func emptyAssembly(t *testing.T) string {
	t.Helper()
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "manifest.json"), []byte(`{"version":"48.0.0","artifacts":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return directory
}

// held plays nothing, and reports that what must hold did.
func held(_ context.Context, s scenario.Scenario, o scenario.Options) (failoverreport.Report, error) {
	o.Progress("clients work")
	r := reporttest.RegionLoss(time.Minute, o.Seed)
	r.Rehearsal.Scenario, r.Rehearsal.Reproduce = s.Name, o.Reproduce
	r.Rehearsal.Verdict = failoverreport.Verdict{Held: true, Expectations: []failoverreport.Expectation{{Must: "it moves", Measured: "it moved", Held: true}}}
	return r, nil
}

// failed reports that something did not hold.
func failed(ctx context.Context, s scenario.Scenario, o scenario.Options) (failoverreport.Report, error) {
	r, err := held(ctx, s, o)
	r.Rehearsal.Verdict = failoverreport.Verdict{Expectations: []failoverreport.Expectation{{Must: "it moves", Measured: "it stayed"}}}
	return r, err
}

// rehearse runs rehearse on an assembly that is there.
func (c *command) rehearse(t *testing.T, args ...string) {
	t.Helper()
	if c.playing == nil {
		c.playing = held
	}
	c.run(t, append([]string{"rehearse", "--assembly", emptyAssembly(t)}, args...)...)
}

func TestScenario(t *testing.T) {
	var played []string
	c := command{playing: func(ctx context.Context, s scenario.Scenario, o scenario.Options) (failoverreport.Report, error) {
		played = append(played, s.Name)
		if o.System == nil || o.Rate != 100 || o.Seed != 42 || o.Approve == nil {
			t.Errorf("played with %+v", o)
		}
		if want := "warmstandby rehearse --scenario switchover --seed 42 --database embedded --rate 100 --time-scale 0.02"; o.Reproduce.Command != want {
			t.Errorf("is reproduced by %q", o.Reproduce.Command)
		}
		return held(ctx, s, o)
	}}
	c.rehearse(t, "--seed", "42")
	c.expect(t, 0, []string{
		"  seed                       42\n", "switchover: ", "  held  it moves\n        it moved\n", "recovery time", "writes lost", "\nHELD: everything",
	}, []string{"clients work\n", "stopping\n"})
	if !slices.Equal(played, []string{"switchover"}) {
		t.Errorf("played %v", played)
	}
	if c.options.Seed != 42 || c.options.TimeScale != 0.02 {
		t.Errorf("started with %+v", c.options)
	}
}

func TestScenarioDoesNotHold(t *testing.T) {
	c := command{playing: failed}
	c.rehearse(t, "--scenario", "region-loss", "--quiet")
	c.expect(t, 1, []string{"  FAIL  it moves\n        it stayed\n", "\nFAILED: something that must hold did not. The parts' log is in /tmp/rehearsal.log\n"}, nil)
	if strings.Contains(c.stdout.String(), "is up") || c.stderr.Len() > 0 {
		t.Errorf("is not quiet:\n%s\n%s", &c.stdout, &c.stderr)
	}
}

func TestScenarioBreaks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.json")
	if err := os.WriteFile(path, []byte("of an earlier run"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := command{playing: func(context.Context, scenario.Scenario, scenario.Options) (failoverreport.Report, error) {
		return failoverreport.Report{}, errors.New("play drill: no pipeline")
	}}
	c.rehearse(t, "--scenario", "drill", "--seed", "3", "--json", path)
	c.expect(t, 1, []string{"drill with seed 3 was not played to its end: play drill: no pipeline\n", "FAILED"}, nil)
	if _, err := os.Stat(path); err == nil {
		t.Error("the result of an earlier run is still there")
	}
}

func TestScenarioList(t *testing.T) {
	c := command{starting: func(rehearsal.Options) error { return errors.New("it was started") }}
	c.run(t, "rehearse", "--scenario", "list")
	c.expect(t, 0, append(series.Names(), "steady", " what ", " must "), nil)
}

func TestReports(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	var c command
	c.rehearse(t, "--scenario", "region-loss", "--seed", "9", "--rpo", "5s", "--rto", "1m", "--report", out, "--json", filepath.Join(out, "below", "run.json"))
	c.expect(t, 0, nil, nil)
	for name, part := range map[string]string{
		"report.html": "<!doctype html>", "report.md": "# Shop", "report.json": `"scenario": "region-loss"`, "below/run.json": `"seed": 9`,
		"below/../report.json": ` --rto 1m0s --rpo 5s"`,
	} {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || !strings.Contains(strings.ToLower(string(text)), strings.ToLower(part)) {
			t.Errorf("%s, %v, does not say %q", name, err, part)
		}
	}
}

func TestAll(t *testing.T) {
	out := t.TempDir()
	var seeds []uint64
	c := command{playing: func(ctx context.Context, s scenario.Scenario, o scenario.Options) (failoverreport.Report, error) {
		seeds = append(seeds, o.Seed)
		switch {
		case s.Name == "killed" && o.Seed == 8:
			return failed(ctx, s, o)
		case s.Name == "drill" && o.Seed == 7:
			return failoverreport.Report{}, errors.New("no pipeline")
		}
		return held(ctx, s, o)
	}}
	c.rehearse(t, "--scenario", "all", "--repeat", "2", "--seed", "7", "--report", out, "--json", filepath.Join(out, "all.json"))
	c.expect(t, 1, []string{
		"scenario", "drill with seed 7 was not played to its end: no pipeline", "\nkilled with seed 8 did not hold: it moves: it stayed\nThe same again: warmstandby rehearse --scenario killed --seed 8 ",
		"The same again: warmstandby rehearse --scenario drill --seed 7 ", "median", "RTO (s)",
	}, nil)
	if n := 2 * len(series.Names()); len(seeds) != n || seeds[0] != 7 || seeds[1] != 8 || seeds[2] != 7 {
		t.Errorf("played with %v", seeds)
	}
	if _, err := os.Stat(filepath.Join(out, "killed-8", "report.html")); err != nil {
		t.Error(err)
	}
	var got outcome.Series
	text, err := os.ReadFile(filepath.Join(out, "all.json"))
	if err == nil {
		err = json.Unmarshal(text, &got)
	}
	if err != nil || got.Version != outcome.Version || got.Held || len(got.Runs) != len(seeds) || len(got.Distributions) == 0 {
		t.Errorf("%v, got %+v", err, got)
	}
}

func TestSystemOfLaterRunDoesNotStart(t *testing.T) {
	c := command{starting: func(o rehearsal.Options) error {
		if o.Seed == 6 {
			return errors.New("no memory")
		}
		return nil
	}}
	c.rehearse(t, "--repeat", "3", "--seed", "5")
	c.expect(t, 2, []string{"scenario", "switchover"}, []string{"warmstandby: no memory\n"})
}

func TestScenarioInterrupted(t *testing.T) {
	started := 0
	c := command{starting: func(rehearsal.Options) error { started++; return nil }}
	c.playing = func(ctx context.Context, _ scenario.Scenario, _ scenario.Options) (failoverreport.Report, error) {
		c.interrupt()
		<-ctx.Done()
		return failoverreport.Report{}, context.Cause(ctx)
	}
	c.rehearse(t, "--scenario", "all")
	c.expect(t, 1, []string{"was not played to its end: context canceled", "\nINTERRUPTED: nothing follows from this run.\n"}, nil)
	if started != 1 {
		t.Errorf("%d systems were started", started)
	}
}

func TestPolicyRefusesDuringScenario(t *testing.T) {
	refusal := rehearsal.Refusal{Principal: "Move role", Action: "rds:FailoverGlobalCluster", Resource: "arn:aws:rds::1:x"}
	c := command{system: system{problems: rehearsal.Problems{Refusals: []rehearsal.Refusal{refusal}}}}
	c.rehearse(t)
	c.expect(t, 1, []string{"\nRefused by policies:\n  Move role lacked rds:FailoverGlobalCluster", "\nFAILED"}, nil)
}

func TestApproveByCommand(t *testing.T) {
	for command, want := range map[string]bool{"grep -q lag": true, "grep -q nothing": false} {
		c := commandThatAsks(t, want)
		c.rehearse(t, "--approve", "command:"+command)
		c.expect(t, 0, nil, nil)
	}
}

// What is in the pipelines' place is asked to move the application, and the report says how to ask for it again.
func TestMoveByCommand(t *testing.T) {
	for move, want := range map[string]bool{`test "$AWS_REGION" = us-east-2`: true, "false": false} {
		reproduced := ""
		c := command{playing: func(ctx context.Context, s scenario.Scenario, o scenario.Options) (failoverreport.Report, error) {
			if got, err := o.Move(ctx, scenario.Move{Region: "us-east-2"}, o.Progress); err != nil || got != want {
				t.Errorf("%s: got %t, %v", move, got, err)
			}
			reproduced = o.Reproduce.Command
			return held(ctx, s, o)
		}}
		c.rehearse(t, "--move", "command:"+move)
		c.expect(t, 0, nil, nil)
		if !strings.HasSuffix(reproduced, " --move 'command:"+move+"'") {
			t.Errorf("to be reproduced by %s", reproduced)
		}
	}
}

// Whoever moves the application by hand is told how to reach AWS.
func TestMoveByHand(t *testing.T) {
	c := command{}
	c.rehearse(t, "--move", "hand")
	c.expect(t, 0, []string{"\nexport AWS_ENDPOINT_URL=", "\nexport AWS_ACCESS_KEY_ID="}, nil)
}

// commandThatAsks plays a scenario with an approval.
func commandThatAsks(t *testing.T, want bool) *command {
	return &command{playing: func(ctx context.Context, s scenario.Scenario, o scenario.Options) (failoverreport.Report, error) {
		got, err := o.Approve(ctx, scenario.Approval{Text: "lag 0.1 s"})
		if err != nil || got != want {
			t.Errorf("got %t, %v, want %t", got, err, want)
		}
		return held(ctx, s, o)
	}}
}

// Runs follow each other until one cannot be started, or somebody interrupts them.
func TestRunsEndEarly(t *testing.T) {
	failing := func(o rehearsal.Options) error {
		if o.Seed == 2 {
			return errors.New("no memory")
		}
		return nil
	}
	for _, tt := range []struct {
		name, repeat string
		after        string
		starting     func(rehearsal.Options) error
		want         int // systems that are asked for
	}{
		{name: "one run", repeat: "1", want: 1},
		{name: "several", repeat: "3", want: 3},
		{name: "a later one fails", repeat: "3", starting: failing, want: 2},
		{name: "interrupted", repeat: "3", after: "switchover", want: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := 0
			c := command{after: tt.after, starting: func(o rehearsal.Options) error {
				got++
				if tt.starting != nil {
					return tt.starting(o)
				}
				return nil
			}}
			c.rehearse(t, "--repeat", tt.repeat, "--seed", "1")
			if got != tt.want {
				t.Errorf("%d systems were started, want %d", got, tt.want)
			}
		})
	}
}

package pipelineaction_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/pipelineaction"
)

// parameters is what a pipeline's template makes of its variables.
func userParameters(mode, phase, maxDataLoss, overrides, reason string) string {
	return fmt.Sprintf(`{"run":"0a1b","target":"secd","phase":"%s","startedBy":"pipeline shop-secd","mode":"%s","maxDataLoss":"%s",`+
		`"overrides":"%s","reason":"%s"}`, phase, mode, maxDataLoss, overrides, reason)
}

func TestInput(t *testing.T) {
	for name, test := range map[string]struct {
		parameters string
		want       failover.Request
	}{
		"switchover": {
			userParameters("switchover", "there", "0", "none", "planned"),
			failover.Request{Run: "0a1b", Mode: failover.Switchover, Target: topology.Secondary, Reason: "planned", StartedBy: "pipeline shop-secd"},
		},
		"overrides": {
			userParameters("failover", "there", "90.5", " LagUnknown, SourceServing,", "fire"),
			failover.Request{
				Run: "0a1b", Mode: failover.Failover, Target: topology.Secondary, Reason: "fire", StartedBy: "pipeline shop-secd",
				MaxDataLoss: 90500 * time.Millisecond, Overrides: []failover.Code{failover.LagUnknown, failover.SourceServing},
			},
		},
		"the way back": {
			userParameters("drill", "back", "0", "none", "drill"),
			failover.Request{Run: "0a1b-back", Mode: failover.Drill, Target: topology.Primary, Reason: "drill", StartedBy: "pipeline shop-secd"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := &engine{result: failover.Result{Outcome: failover.Moved}}
			h := newHarness(t, pipelineaction.Move{Engines: e.of})
			h.job(t, test.parameters)
			h.success(t)
			if diff := cmp.Diff([]failover.Request{test.want}, e.asked); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}

// TestBadInput refuses what operators get wrong, and what would smuggle another request into the one of the pipeline.
func TestBadInput(t *testing.T) {
	for name, test := range map[string]struct{ parameters, want string }{
		"fails on a mode":      {userParameters("fallover", "there", "0", "none", "r"), `mode must be one of drill, switchover, failover, detach, failback, got "fallover"`},
		"fails on a phase":     {userParameters("drill", "home", "0", "none", "r"), `phase must be there or back, got "home"`},
		"fails on a way back":  {userParameters("failover", "back", "0", "none", "r"), `phase back is for mode drill, got mode "failover"`},
		"fails on a number":    {userParameters("failover", "there", "1m", "none", "r"), `invalid number literal`},
		"fails below zero":     {userParameters("failover", "there", "-1", "none", "r"), `maxDataLoss must be 0 to 86400 seconds, got "-1"`},
		"fails above a day":    {userParameters("failover", "there", "1e300", "none", "r"), `maxDataLoss must be 0 to 86400 seconds, got "1e300"`},
		"fails on an override": {userParameters("failover", "there", "0", "LeaseHeld", "r"), `nothing else can be overridden`},
		"fails on two":         {userParameters("fallover", "there", "-1", "none", "r"), `maxDataLoss must be 0 to 86400 seconds`},
		"fails without reason": {userParameters("failover", "there", "0", "none", " "), `reason must have 1 to 500 characters`},
		"fails on an essay":    {userParameters("failover", "there", "0", "none", strings.Repeat("x", 501)), `reason must have 1 to 500 characters, got 501`},
		"fails on quotation":   {userParameters("failover", "there", "0", "none", `the "big" one`), `must not contain quotation marks`},
		"fails on another mode": {
			userParameters("switchover", "there", "0", "none", `x","mode":"failover`), `member "mode" is there twice`,
		},
		"fails on another case": {
			userParameters("switchover", "there", "0", "none", `x","MODE":"failover`), `member "MODE" is there twice`,
		},
		"fails on more":      {userParameters("switchover", "there", "0", "none", `x","force":"yes`), `unknown field "force"`},
		"fails on two texts": {userParameters("switchover", "there", "0", "none", "r") + "{}", `more than one value`},
		"fails on nothing":   {"", "EOF"},
		"fails on a path":    {`{"run":"../x"}`, `run must be 1 to 100 letters, digits and ._-`},
		"fails without run":  {`{"mode":"failover"}`, `run must be 1 to 100 letters`},
		"fails on null":      {`null`, `run must be 1 to 100 letters`},
	} {
		t.Run(name, func(t *testing.T) {
			e := &engine{}
			h := newHarness(t, pipelineaction.Move{Engines: e.of})
			h.job(t, test.parameters)
			got := h.failure(t)
			if got.Type != types.FailureTypeConfigurationError || !strings.Contains(*got.Message, test.want) {
				t.Errorf("got %s %q, want %q", got.Type, *got.Message, test.want)
			}
			if len(e.asked) > 0 {
				t.Errorf("the engine was asked for %+v", e.asked)
			}
		})
	}
}

// FuzzInvoke answers every job once, whatever the parameters are.
func FuzzInvoke(f *testing.F) {
	f.Add(input)
	f.Add(userParameters("drill", "back", "1", "none", `"`))
	f.Add(`{"run":{"run":[{}]},"run":1}`)
	f.Fuzz(func(t *testing.T, parameters string) {
		e := &engine{result: failover.Result{Outcome: failover.Moved}}
		newHarness(t, pipelineaction.Move{Engines: e.of}).job(t, parameters)
	})
}

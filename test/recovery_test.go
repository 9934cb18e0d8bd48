package test

import (
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/rules"
)

var withArpio = sync.OnceValues(func() (*assembly.Assembly, error) {
	dir, err := os.MkdirTemp(scratch, "arpio")
	if err != nil {
		return nil, err
	}
	return synthesizeApplication(dir, arpioConfig())
})

// arpioConfig configures everything that the recovery stack can have.
func arpioConfig() topology.Config {
	c := topology.Default()
	c.ArpioAccountID, c.ArpioApplicationID, c.ArpioFailbackStack = arpioAccount, "hSN9jWjSCtEY7UdRJRslwo", "ArpioFailback"
	c.RecoveryEmails = []string{"on-call@example.com"}
	c.RecoveryRecord, c.RecoveryHostedZone = "api.example.com", "Z0123456789ABCDEFGHIJ"
	c.RecoveryPrimaryName, c.RecoverySecondaryName = "a.us-east-1.elb.amazonaws.com", "a.us-east-2.elb.amazonaws.com"
	return c
}

// arpioApplication is the default application with an Arpio account, synthesized once for all tests that look at it.
func arpioApplication(t testing.TB) *assembly.Assembly {
	t.Helper()
	a, err := withArpio()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func recoveryStack(t testing.TB) *assembly.Stack {
	t.Helper()
	s := arpioApplication(t).Stack("ToDoMgmt-recovery")
	if s == nil {
		t.Fatal("the application has no stack ToDoMgmt-recovery")
	}
	return s
}

func TestRecoveryStack(t *testing.T) {
	s := recoveryStack(t)
	if s.Region != "us-east-2" || len(s.Dependencies) > 0 {
		t.Errorf("the stack is in %s, after %v; want it in the recovery Region, alone", s.Region, s.Dependencies)
	}
	if defaultApplication(t).Stack("ToDoMgmt-recovery") != nil {
		t.Error("there is a recovery stack without an Arpio account")
	}
}

// With an Arpio account alone, the stack has what needs no other setting.
func TestRecoveryStackWithoutSettings(t *testing.T) {
	a := configured(t, func(c *topology.Config) { c.ArpioAccountID = arpioAccount })
	s := a.Stack("ToDoMgmt-recovery")
	if rules := s.Template.OfType("AWS::Events::Rule"); len(rules) != 5 { // log, failures, script, record, end of a failback
		t.Errorf("the stack has %d rules, want 5", len(rules))
	}
	if functions := s.Template.OfType("AWS::Lambda::Function"); len(functions) != 1 { // which logs failbacks
		t.Errorf("the stack has %d functions, want 1", len(functions))
	}
}

// The failback's runbook has the function point DNS home, for the application that it moves.
func TestRecoveryFlipsDnsBack(t *testing.T) {
	for _, r := range recoveryStack(t).Template.OfType("AWS::SSM::Document") {
		for _, step := range r.Properties["Content"].(map[string]any)["mainSteps"].([]any) {
			step := step.(map[string]any)
			if step["name"] != "flipDns" {
				continue
			}
			inputs := step["inputs"].(map[string]any)
			if step["action"] != "aws:invokeLambdaFunction" || inputs["Payload"] != `{"action":"failback","application":"hSN9jWjSCtEY7UdRJRslwo"}` {
				t.Errorf("DNS is flipped by %v", step)
			}
			return
		}
	}
	t.Error("no runbook flips DNS")
}

// Arpio's stack cannot be deleted while there are rules on its bus, so all of them must go with one stack of ours.
func TestRecoveryRulesAreInTheirOwnStack(t *testing.T) {
	seen := 0
	for _, s := range arpioApplication(t).Stacks {
		for _, r := range append(s.Template.OfType("AWS::Events::Rule"), s.Template.OfType("AWS::Events::Archive")...) {
			text := flat(r.Properties["EventBusName"]) + flat(r.Properties["SourceArn"])
			if !strings.Contains(text, "arpio-lifecycle-events-") {
				continue
			}
			seen++
			if s.Name != "ToDoMgmt-recovery" {
				t.Errorf("%s/%s is on Arpio's bus", s.Name, r.LogicalID)
			}
		}
	}
	if seen < 4 {
		t.Errorf("saw %d rules and archives on Arpio's bus, want at least 4", seen)
	}
}

// An Arpio account adds the recovery stack and changes no other.
func TestRecoveryChangesNoOtherStack(t *testing.T) {
	for _, s := range defaultApplication(t).Stacks {
		other := arpioApplication(t).Stack(s.Name)
		if other == nil {
			t.Fatalf("stack %s is gone", s.Name)
		}
		if string(normalize(t, templateOf(t, s))) != string(normalize(t, templateIn(t, arpioApplication(t), other))) {
			t.Errorf("stack %s differs", s.Name)
		}
	}
}

func TestRecoveryBreaksNoRule(t *testing.T) {
	result := rules.Check(arpioApplication(t), rules.AppAcknowledgements())
	for _, f := range result.Findings {
		t.Errorf("%s %s: %s", f.Stack, f.Rule, f.Message)
	}
	if slices.ContainsFunc(result.Acknowledged, func(a rules.Acknowledged) bool { return a.Stack == "ToDoMgmt-recovery" }) {
		t.Error("a finding about the recovery stack is acknowledged, which it does not need")
	}
}

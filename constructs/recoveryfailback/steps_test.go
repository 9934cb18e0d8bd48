package recoveryfailback

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

func failback(p Props) document.Document {
	p.Application, p.PrimaryRegion = "ToDoMgmt", "us-east-1"
	pl := plan{props: p, check: "arn:aws:lambda:us-east-2:123456789012:function:check", topic: "arn:aws:sns:us-east-2:123456789012:Automation-x", approvers: []string{"arn:aws:iam::123456789012:role/Operator"}}
	steps := pl.make()
	return document.Document{
		AssumeRole: "arn:aws:iam::123456789012:role/Failback", Parameters: parameters(), Steps: steps, Outputs: outputs(steps),
	}
}

func checked() Props {
	return Props{PrimaryURL: "https://primary.example.com/health", PublicURL: "https://example.com/health", AccessStack: "ArpioFailback"}
}

func TestDocumentIsValid(t *testing.T) {
	for _, p := range []Props{{}, checked()} {
		if err := failback(p).Validate(nil); err != nil {
			t.Error(err)
		}
	}
}

// run are the steps that an execution runs in which everything succeeds, without branches.
func run(t *testing.T, d document.Document, given map[string]string) []string {
	t.Helper()
	values := make(map[string]string)
	for name, p := range d.Parameters {
		values[name] = p.Default.(string)
	}
	for name, value := range given {
		values[name] = value
	}
	var ran []string
	for i := 0; i < len(d.Steps); {
		s := d.Steps[i]
		next := ""
		if s.Action == "aws:branch" {
			next = chosen(s, values)
		} else {
			ran = append(ran, s.Name)
		}
		switch {
		case next == "" && s.IsEnd:
			return ran
		case next == "":
			i++
		default:
			i = index(t, d, next)
		}
	}
	return ran
}

func chosen(s document.Step, values map[string]string) string {
	for _, c := range s.Inputs["Choices"].([]any) {
		c := c.(map[string]any)
		parameter := document.References(c["Variable"])[0]
		if values[parameter] == c["StringEquals"] {
			return c["NextStep"].(string)
		}
	}
	name, _ := s.Inputs["Default"].(string)
	return name
}

func index(t *testing.T, d document.Document, name string) int {
	t.Helper()
	for i, s := range d.Steps {
		if s.Name == name {
			return i
		}
	}
	t.Fatalf("there is no step %s", name)
	return 0
}

func TestRuns(t *testing.T) {
	all := []string{
		"primaryReady", "checkPrimary", "testFailback", "checkAccess", "confirmTest", "scheduleWindow", "failback", "checkRestored",
		"flipDns", "checkPublic", "verify", "concludeRecovery", "removeAccess", "checkRemoved", "confirmProtection", "testRecovery",
	}
	for name, tc := range map[string]struct {
		props Props
		given map[string]string
		want  []string
	}{
		"all of it":    {checked(), map[string]string{"TestRecovery": "yes"}, all},
		"defaults":     {checked(), nil, all[:15]},
		"access stays": {checked(), map[string]string{"RemoveAccess": "no"}, append(append([]string{}, all[:12]...), "confirmProtection")},
		"nothing to check": {Props{}, nil, []string{
			"primaryReady", "testFailback", "confirmTest", "scheduleWindow", "failback", "flipDns", "verify", "concludeRecovery",
			"removeAccess", "confirmProtection",
		}},
		"from the failback":      {checked(), map[string]string{"From": "failback"}, all[6:15]},
		"from the test recovery": {checked(), map[string]string{"From": "testRecovery"}, all[15:]},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, run(t, failback(tc.props), tc.given)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// Whichever step an execution begins with, it runs exactly what is behind it.
func TestRunsFromEveryStep(t *testing.T) {
	d := failback(checked())
	whole := run(t, d, map[string]string{"TestRecovery": "yes"})
	for _, from := range Steps() {
		got := run(t, d, map[string]string{"From": from, "TestRecovery": "yes"})
		if len(got) == 0 || got[0] != from || !cmp.Equal(got, whole[len(whole)-len(got):]) {
			t.Errorf("from %s: %v", from, got)
		}
	}
}

// Nothing that a person has to do goes on without an approval, and each asks for one of the nine steps.
func TestInstructions(t *testing.T) {
	last := ""
	for _, s := range failback(Props{}).Steps {
		if s.Action != "aws:approve" {
			continue
		}
		message := s.Inputs["Message"].(string)
		number, _, _ := strings.Cut(message, " of 9. ")
		if !strings.HasPrefix(number, "Step ") || number < last {
			t.Errorf("step %s says %q after %q", s.Name, message, last)
		}
		last = number
	}
	if last != "Step 9" {
		t.Errorf("the last instruction is of %q", last)
	}
}

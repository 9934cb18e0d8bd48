package rehearsal

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// arpioSabotages are what can be wrong with what reacts to a recovery, and which checks must fail for it: these, and no others.
var arpioSabotages = []struct {
	name string
	edit func(template)
	fail []string
}{
	{
		name: "rules match what they must not, the archive is not for all, and the script does more",
		edit: func(t template) {
			t.pattern("Hello")["restore-phase"] = []any{"failover", "failover_test"}
			t.pattern("Failures")["recovery-resource-state"] = []any{"failed", "processing"}
			t.properties("AWS::Events::Archive", "")["EventPattern"].(map[string]any)["detail-type"] = []any{"ArpioResourceUpsert"}
			t.script(">> /tmp/hello.txt", ">> /tmp/hello.txt; touch /tmp/injected")
		},
		fail: []string{
			"no name of a resource was run as a command", "the script did not run on the 10 servers of a test",
			"one automation for each event of a recovered server", "one message for each resource that could not be recovered",
			"all events are in the archive",
		},
	},
	{
		name: "the runbook may reach no server, and the bus no topic",
		edit: func(t template) {
			t.deny("HelloRunbookRole", "ssm:SendCommand")
			t.remove("AWS::SNS::TopicPolicy", "FailuresTopic")
		},
		fail: []string{
			"the script ran once on each of 60 recovered servers", "all automations succeed", "no event is given up",
			"one message for each resource that could not be recovered",
		},
	},
}

// pattern is what the pattern of a rule wants of details; see find.
func (t template) pattern(rule string) map[string]any {
	t.t.Helper()
	return t.properties("AWS::Events::Rule", rule)["EventPattern"].(map[string]any)["detail"].(map[string]any)
}

// script replaces a text in the script for servers, in which it must be.
func (t template) script(from, to string) {
	t.t.Helper()
	steps := t.properties("AWS::SSM::Document", "HelloRunbook")["Content"].(map[string]any)["mainSteps"].([]any)
	replaced := false
	for _, step := range steps {
		inputs := step.(map[string]any)["inputs"].(map[string]any)
		parameters, _ := inputs["Parameters"].(map[string]any)
		commands, _ := parameters["commands"].([]any)
		for i, c := range commands {
			text, _ := c.(string)
			commands[i] = strings.ReplaceAll(text, from, to)
			replaced = replaced || commands[i] != text
		}
	}
	if !replaced {
		t.t.Fatalf("the script does not have %s", from)
	}
}

// Whatever is broken of what reacts to a recovery is found, by the checks that guard it.
func TestArpioSabotage(t *testing.T) {
	t.Parallel()
	for _, tt := range arpioSabotages {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := mutantOf(t, recoveryAssembly)
			m.edit("ToDoMgmt-recovery", tt.edit)
			_, code, output := run(t, "--assembly", m.dir, "--scenario", "arpio-failover", "--seed", "11", "--quiet")
			var failed []string
			for line := range strings.Lines(output) {
				if check, ok := strings.CutPrefix(line, "  FAIL  "); ok {
					failed = append(failed, strings.TrimSpace(check))
				}
			}
			slices.Sort(failed)
			if diff := cmp.Diff(slices.Sorted(slices.Values(tt.fail)), failed); diff != "" || code != 1 {
				t.Errorf("exit code %d; want(-), got(+):\n%s\n%s", code, diff, output)
			}
		})
	}
}

package runbookrule

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

func TestValidateParameters(t *testing.T) {
	id := document.InstanceID("")
	list := document.Parameter{Type: "StringList", AllowedPattern: "^[A-Za-z:]+$"}
	defaulted := document.Parameter{Type: "String", AllowedPattern: "^a$", Default: "a"}
	type parameters = map[string]document.Parameter
	type paths = map[string]lifecycle.Path
	for name, tc := range map[string]struct {
		declared parameters
		paths    paths
		pattern  lifecycle.Pattern
		want     []string // nothing means valid
	}{
		"a text":           {parameters{"InstanceId": id}, paths{"InstanceId": lifecycle.PathRecoveryResourceID}, RecoveredServers(), nil},
		"a list":           {parameters{"Types": list}, paths{"Types": lifecycle.PathResourceType}, RecoveredServers(), nil},
		"a default":        {parameters{"Mode": defaulted}, nil, RecoveredServers(), nil},
		"of every event":   {parameters{"Id": id}, paths{"Id": lifecycle.PathID}, lifecycle.Pattern{}, nil},
		"fails on nothing": {parameters{"InstanceId": id}, nil, RecoveredServers(), []string{"Parameters must have InstanceId"}},
		"fails on an unknown parameter": {
			nil, paths{"Instance": lifecycle.PathRecoveryResourceID}, RecoveredServers(), []string{"the runbook has no parameter Instance"},
		},
		"fails on a name of EventBridge's": {
			parameters{"AwsId": id}, paths{"AwsId": lifecycle.PathRecoveryResourceID}, RecoveredServers(), []string{"AwsId must not start with AWS"},
		},
		"fails on an unknown path": {parameters{"InstanceId": id}, paths{"InstanceId": "$.detail.instance"}, RecoveredServers(), []string{"must be a field with a text"}},
		"fails on a map": {
			parameters{"InstanceId": id},
			paths{"InstanceId": lifecycle.PathApplicationRestorePhase},
			lifecycle.Pattern{Types: []lifecycle.EventType{lifecycle.RecoveryEnd}},
			[]string{"must be a field with a text"},
		},
		"fails on a list for a text": {
			parameters{"InstanceId": id},
			paths{"InstanceId": lifecycle.PathResourceType},
			RecoveredServers(),
			[]string{"InstanceId is of type String, but $.detail.resource-type is a list of strings"},
		},
		"fails on a text for a list": {
			parameters{"Types": list}, paths{"Types": lifecycle.PathRegion}, RecoveredServers(), []string{"Types is of type StringList"},
		},
		"fails on what events need not carry": {
			parameters{"InstanceId": id},
			paths{"InstanceId": lifecycle.PathRecoveryResourceID},
			lifecycle.Pattern{Types: []lifecycle.EventType{lifecycle.ResourceUpsert, lifecycle.ResourceDelete}},
			[]string{"which ArpioResourceDelete events need not carry"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			err := validateParameters(tc.paths, tc.declared, tc.pattern)
			if (err == nil) != (tc.want == nil) {
				t.Fatalf("got %v, want %q", err, tc.want)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}

func TestScriptDefaults(t *testing.T) {
	p := ScriptProps{}.withDefaults()
	if diff := cmp.Diff(map[string]lifecycle.Path{"InstanceId": "$.detail.recovery-resource-id"}, p.Parameters); diff != "" {
		t.Error(diff)
	}
	if !reflect.DeepEqual(p.Pattern, RecoveredServers()) {
		t.Errorf("pattern is %+v", p.Pattern)
	}
	own := lifecycle.Pattern{PrimaryRegions: []string{"us-east-1"}}
	if p := (ScriptProps{Pattern: own}).withDefaults(); !reflect.DeepEqual(p.Pattern, own) {
		t.Errorf("a pattern became %+v", p.Pattern)
	}
}

// The template of Arpio's document, and one with lists.
func TestTemplate(t *testing.T) {
	for want, paths := range map[string]map[string]lifecycle.Path{
		`{"InstanceId": [<InstanceId>]}`:   {"InstanceId": lifecycle.PathRecoveryResourceID},
		`{"Id": [<Id>], "Types": <Types>}`: {"Types": lifecycle.PathResourceType, "Id": lifecycle.PathID},
	} {
		if got := template(paths); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// renderings are what EventBridge may make of a template and a text. Its guide shows a variable outside of quotes become a JSON
// string, and says that values are not escaped: so the text may have been escaped or not.
func renderings(template, variable, value string) []string {
	escaped, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return []string{
		strings.ReplaceAll(template, "<"+variable+">", string(escaped)),
		strings.ReplaceAll(template, "<"+variable+">", `"`+value+`"`),
	}
}

// accepted says whether Systems Manager would start the runbook with an input: only parameters that it has, each a list of texts
// that it admits.
func accepted(input string, declared map[string]document.Parameter) bool {
	var parameters map[string][]string
	if json.Unmarshal([]byte(input), &parameters) != nil {
		return false
	}
	for name, values := range parameters {
		parameter, exists := declared[name]
		if !exists || len(values) != 1 || parameter.Accepts(values[0]) != nil {
			return false
		}
	}
	return true
}

// Whatever an event holds, the runbook starts for an instance's id or not at all.
func TestHostileContent(t *testing.T) {
	declared := map[string]document.Parameter{"InstanceId": document.InstanceID("")}
	text := template(map[string]lifecycle.Path{"InstanceId": lifecycle.PathRecoveryResourceID})
	for _, input := range renderings(text, "InstanceId", "i-8009bfbb5bee5ad33") {
		if !accepted(input, declared) {
			t.Errorf("%s is refused", input)
		}
	}
	for _, value := range hostile() {
		for _, input := range renderings(text, "InstanceId", value) {
			if accepted(input, declared) {
				t.Errorf("%.200s starts the runbook", input)
			}
		}
	}
}

func hostile() []string {
	return []string{
		``, `"`, `\`, `\"`, "\n", "\x00", "\u2028", "é", `<InstanceId>`, `<aws.events.event>`, `{{ global:ACCOUNT_ID }}`, `{{ssm:/secret}}`,
		`i-8009bfbb5bee5ad33"], "AutomationAssumeRole": ["arn:aws:iam::123456789012:role/Admin`,
		`i-8009bfbb5bee5ad33", "i-0b6084f517f2024fa`, `i-8009bfbb5bee5ad33"]}{"InstanceId": ["i-0b6084f517f2024fa`,
		`i-8009bfbb5bee5ad33; reboot`, `i-8009bfbb5bee5ad33$(reboot)`, "i-8009bfbb5bee5ad33`reboot`", `i-8009bfbb5bee5ad33' && reboot '`,
		strings.Repeat("i-8009bfbb5bee5ad33", 1<<16),
	}
}

func FuzzHostileContent(f *testing.F) {
	for _, value := range hostile() {
		f.Add(value)
	}
	declared := map[string]document.Parameter{"InstanceId": document.InstanceID("")}
	text := template(map[string]lifecycle.Path{"InstanceId": lifecycle.PathRecoveryResourceID})
	f.Fuzz(func(t *testing.T, value string) {
		for _, input := range renderings(text, "InstanceId", value) {
			if !accepted(input, declared) {
				continue
			}
			var parameters map[string][]string
			if err := json.Unmarshal([]byte(input), &parameters); err != nil {
				t.Fatal(err)
			}
			id := parameters["InstanceId"][0]
			if strings.Trim(id, "i-0123456789abcdef") != "" || len(parameters) != 1 {
				t.Errorf("%q starts the runbook with %s", value, input)
			}
		}
	})
}

package document

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const role = "arn:aws:iam::123456789012:role/Runbook"

// hello is the walk-through's runbook.
func hello() Document {
	return Document{
		Description: "Append the time to a file",
		AssumeRole:  role,
		Parameters:  map[string]Parameter{"InstanceId": InstanceID("The server")},
		Steps: []Step{
			StartInstance("startInstance", Ref("InstanceId")),
			WaitForAgent("waitForAgent", Ref("InstanceId")),
			RunShellScript("runShellCommand", Script{
				InstanceIDs: []string{Ref("InstanceId")},
				Commands:    []string{`date -u +"Hello at time %Y-%m-%d %H:%M:%S" >> /tmp/hello.txt`},
			}),
		},
		Outputs: []string{"runShellCommand.Output"},
	}
}

func TestJSON(t *testing.T) {
	data, err := json.Marshal(hello())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"schemaVersion":"0.3"`, `"assumeRole":"` + role + `"`, `"InstanceIds":["{{ InstanceId }}"]`,
		`"action":"aws:runCommand"`, `"DocumentName":"AWS-RunShellScript"`, `"outputs":["runShellCommand.Output"]`,
	} {
		if !strings.Contains(string(data), want) {
			t.Errorf("document lacks %s:\n%s", want, data)
		}
	}
	got, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(hello(), got); diff != "" {
		t.Errorf("read back (-written +read):\n%s", diff)
	}
	if err := got.Validate(nil); err != nil {
		t.Error(err)
	}
}

func TestParseFails(t *testing.T) {
	for name, text := range map[string]string{
		"other schema":    `{"schemaVersion": "2.2", "mainSteps": []}`,
		"unknown element": `{"schemaVersion": "0.3", "mainSteps": [], "files": {}}`,
		"no JSON":         `schemaVersion: '0.3'`,
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestScriptInputs(t *testing.T) {
	d := hello()
	d.Parameters["Name"] = Parameter{Type: "String", AllowedPattern: "^[a-z]+$"}
	script := Script{
		Targets: []Target{{Key: "tag:Recovery", Values: []string{"web"}}}, Commands: []string{"Get-Date"},
		Environment: map[string]string{"NAME": "Name"}, WorkingDirectory: `C:\work`,
		ExecutionTimeoutSeconds: 60, DeliveryTimeoutSeconds: 90, MaxConcurrency: "10%", MaxErrors: "1",
		OutputBucket: "bucket", OutputPrefix: "runs", OutputLogGroup: "/runs",
	}
	d.Steps = append(d.Steps, RunPowerShellScript("windows", script))
	if err := d.Validate(nil); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"DocumentName": "AWS-RunPowerShellScript",
		"Targets":      []any{map[string]any{"Key": "tag:Recovery", "Values": []any{"web"}}},
		"Parameters": map[string]any{
			"commands":         []any{"$env:NAME = '{{ Name }}'", "Get-Date"},
			"workingDirectory": `C:\work`, "executionTimeout": []any{"60"},
		},
		"TimeoutSeconds": 90, "MaxConcurrency": "10%", "MaxErrors": "1",
		"OutputS3BucketName": "bucket", "OutputS3KeyPrefix": "runs",
		"CloudWatchOutputConfig": map[string]any{"CloudWatchLogGroupName": "/runs", "CloudWatchOutputEnabled": true},
	}
	if diff := cmp.Diff(want, d.Steps[3].Inputs); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
}

func TestReferences(t *testing.T) {
	got := References(map[string]any{"a": []any{"x {{B}} {{ s.Output }}", map[string]any{"{{ key }}": 1}}, "b": "{{  B }}", "c": "{ {no} }"})
	if diff := cmp.Diff([]string{"B", "key", "s.Output"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTokensAreNotChecked(t *testing.T) {
	d := hello()
	d.AssumeRole = "${Token[TOKEN.1]}"
	if err := d.Validate(func(s string) bool { return strings.Contains(s, "${Token") }); err != nil {
		t.Error(err)
	}
	if d.Validate(nil) == nil {
		t.Error("a text that is no role was accepted")
	}
}

// What a hostile event could hold. None of it may be an instance's id.
func TestAcceptsRefusesHostileValues(t *testing.T) {
	p := InstanceID("")
	for _, value := range []string{
		"", "i-", "i-8009bfbb5bee5ad3", "i-8009BFBB5bee5ad33", "i-8009bfbb5bee5ad33 ", "i-8009bfbb5bee5ad33\n",
		"i-8009bfbb5bee5ad33; rm -rf /", "$(id)", "`id`", "i-8009bfbb5bee5ad33'", `i-8009bfbb5bee5ad33"], "Other": ["x`,
		"{{ global:ACCOUNT_ID }}", "{{ssm:secret}}", "i-８009bfbb5bee5ad33", "i-8009bfbb5bee5ad33\x00", strings.Repeat("a", 1<<20),
	} {
		if p.Accepts(value) == nil {
			t.Errorf("%.60q was accepted", value)
		}
	}
	for _, value := range []string{"i-8009bfbb5bee5ad33", "i-0b6084f5"} {
		if err := p.Accepts(value); err != nil {
			t.Error(err)
		}
	}
}

func TestSafe(t *testing.T) {
	for _, pattern := range []string{
		"^i-([0-9a-f]{8}|[0-9a-f]{17})$", "^[A-Za-z0-9_.:/@+=,-]*$", `^arn:aws:ec2:[a-z]{2}\.x$`, "^(a|b|)$", `^\w+$`, `^\d$`, "^[[:alnum:]]$",
	} {
		if err := (Parameter{AllowedPattern: pattern}).safe(); err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
	}
	for _, pattern := range []string{
		"^.*$", "^[^x]$", "^a b$", "^'$", "^[ -~]$", `^\W$`, `^\s$`, "^(?i)abc$", "^[a-z;]$", "^é$", "^[à-ü]$", `^\pL$`, "^(?s).$", "^$;", "",
	} {
		if (Parameter{AllowedPattern: pattern}).safe() == nil {
			t.Errorf("%s passes for safe", pattern)
		}
	}
	if (Parameter{AllowedValues: []string{"a", "b'c"}}).safe() == nil {
		t.Error("a value with a quote passes for safe")
	}
}

// A pattern that passes for safe matches nothing with another character in it.
func FuzzSafe(f *testing.F) {
	f.Add("^[a-z]+$", "abc;")
	f.Add(`^\w(?i)k$`, "aK")
	f.Fuzz(func(t *testing.T, pattern, value string) {
		p := Parameter{Type: "String", AllowedPattern: pattern}
		if p.safe() != nil || !anchored(pattern) || p.Accepts(value) != nil {
			return
		}
		if i := strings.IndexFunc(value, unsafe); i >= 0 {
			t.Errorf("%q matches %q, which passes for safe", value, pattern)
		}
	})
}

func FuzzParse(f *testing.F) {
	data, err := json.Marshal(hello())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, err := Parse(data); err == nil {
			d.Validate(nil) // must not panic
		}
	})
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/rules"
)

// findings is an assembly with two findings and an acknowledged one.
const findings = "../../internal/assembly/testdata/cdk.out"

// result is what the command did.
type result struct {
	code           int
	stdout, stderr string
}

// check runs the command.
func check(acknowledgements []rules.Acknowledgement, args ...string) result {
	var stdout, stderr bytes.Buffer
	code := run(args, acknowledgements, &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// assemblyOf writes an assembly of one stack, whose display name is name.
func assemblyOf(t *testing.T, name, template string) string {
	t.Helper()
	dir := t.TempDir()
	for file, text := range map[string]string{
		"manifest.json": `{"artifacts": {"S": {"type": "aws:cloudformation:stack", "displayName": "` + name + `",
			"environment": "aws://123456789012/us-east-2", "properties": {"templateFile": "S.template.json"}}}}`,
		"S.template.json": template,
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// policy is a template with two findings of one rule.
const policy = `{"Resources": {"Policy": {"Type": "AWS::IAM::Policy", "Metadata": {"aws:cdk:path": "Todo/Role/Policy/Resource"},
	"Properties": {"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::todo"}]}}}}}`

func TestClean(t *testing.T) {
	dir := assemblyOf(t, "Todo", `{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}`)
	want := `Cloud assembly ` + dir + `

  Stack    Region          Resources   Template     Assets
  Todo     us-east-2               1     0.1 kB          0
  1 stack                          1     0.1 kB          0

CDK's validation left no report: it was off during synthesis, or found nothing at all.

No findings.
`
	got := check(nil, dir)
	if diff := cmp.Diff(result{0, want, ""}, got, cmp.AllowUnexported(result{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFindings(t *testing.T) {
	want := `Cloud assembly ` + findings + `

  Stack          Region          Resources   Template     Assets
  Primary/Infra  us-east-1               1     0.1 kB          0
  Primary/App    us-east-1               3     1.1 kB          1
  Edge           any                     1     0.2 kB          0
  3 stacks                               5     1.3 kB          1

2 findings

  missing-context (synthesis, error)
    at availability-zones:account=123456789012:region=us-east-1
    - the assembly holds placeholders, because this context is missing: set it in cdk.json, or
      configure what the provider availability-zones would look up

  F3031 (CloudFormation Validate, error)
    at Primary/Infra/Bucket/Resource
    - BucketName: 'Not_A_Bucket' does not match pattern '^([a-z0-9][a-z0-9.-]*[a-z0-9])?$'

1 finding acknowledged with a reason (--verbose lists them)
     1  Annotation::test:warn
`
	got := check(nil, findings)
	if diff := cmp.Diff(result{1, want, ""}, got, cmp.AllowUnexported(result{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRuleFindings(t *testing.T) {
	got := check(nil, assemblyOf(t, "Todo", policy))
	want := `2 findings

  wildcard-actions
    at Todo Policy
    at Todo/Role/Policy/Resource
    - policy allows s3:Get*: list the actions that are needed
    - policy allows s3:List*: list the actions that are needed
`
	if got.code != 1 || !strings.HasSuffix(got.stdout, want) {
		t.Errorf("got exit code %d and\n%s", got.code, got.stdout)
	}
}

func TestVerboseListsReasons(t *testing.T) {
	acknowledgements := []rules.Acknowledgement{{
		Rule: "wildcard-actions", Stack: "Todo", Resource: "Policy", Reason: "the bucket is public",
	}}
	dir := assemblyOf(t, "Todo", policy)
	want := `No findings.

2 findings acknowledged with a reason

  wildcard-actions
    at Todo Policy
    at Todo/Role/Policy/Resource
    - policy allows s3:Get*: list the actions that are needed
    - policy allows s3:List*: list the actions that are needed
    acknowledged: the bucket is public
`
	if got := check(acknowledgements, dir, "--verbose"); got.code != 0 || !strings.HasSuffix(got.stdout, want) {
		t.Errorf("got exit code %d and\n%s", got.code, got.stdout)
	}
	if got := check(acknowledgements, dir); strings.Contains(got.stdout, "public") {
		t.Errorf("reasons are for --verbose only:\n%s", got.stdout)
	}
}

func TestUnusedAcknowledgement(t *testing.T) {
	got := check([]rules.Acknowledgement{{Rule: "wildcard-actions", Stack: "Other", Resource: "*", Reason: "none"}}, assemblyOf(t, "Todo", `{}`))
	if got.code != 1 || !strings.Contains(got.stdout, "unused-acknowledgement") {
		t.Errorf("got exit code %d and\n%s", got.code, got.stdout)
	}
}

func TestPluginThatDoesNotWork(t *testing.T) {
	dir := assemblyOf(t, "Todo", `{}`)
	text := `{"pluginReports": [
		{"pluginName": "Broken", "conclusion": "failure", "metadata": {"error": "Validation plugin 'Broken' failed: x"}},
		{"pluginName": "Guard", "conclusion": "success", "violations": [
			{"ruleName": "TIP", "severity": "info", "description": "a tip"},
			{"ruleName": "S3", "severity": "warning", "description": "no encryption", "suggestedFix": "set it"}]}]}`
	if err := os.WriteFile(filepath.Join(dir, "validation-report.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := check(nil, dir)
	for _, part := range []string{"2 findings", "plugin-failure (Broken, error)", "'Broken' failed: x", "S3 (Guard, warning)", "no encryption: set it"} {
		if !strings.Contains(got.stdout, part) {
			t.Errorf("output does not say %q:\n%s", part, got.stdout)
		}
	}
	if strings.Contains(got.stdout, "TIP") || strings.Contains(got.stdout, "left no report") {
		t.Errorf("a tip is no finding, and there is a report:\n%s", got.stdout)
	}
}

func TestJSON(t *testing.T) {
	got := check(nil, "--json", findings)
	var r report
	if err := json.Unmarshal([]byte(got.stdout), &r); err != nil {
		t.Fatal(err)
	}
	if got.code != 1 || !r.Validated || len(r.Findings) != 2 || len(r.Acknowledged) != 1 {
		t.Errorf("got exit code %d, report %+v", got.code, r)
	}
	want := []stackSummary{
		{"Primary/Infra", "todo-infra", "123456789012", "us-east-1", totals{1, 140, 0}},
		{"Primary/App", "todo-app", "123456789012", "us-east-1", totals{3, 1050, 1}},
		{"Edge", "Edge", "", "", totals{1, 151, 0}},
	}
	if diff := cmp.Diff(want, r.Stacks, cmp.AllowUnexported(stackSummary{})); diff != "" {
		t.Errorf("stacks (-want +got):\n%s", diff)
	}
	if r.Totals != (totals{5, 1341, 1}) {
		t.Errorf("totals: got %+v", r.Totals)
	}
	if clean := check(nil, "--json", assemblyOf(t, "Todo", `{}`)); !strings.Contains(clean.stdout, `"findings": []`) {
		t.Errorf("no findings are an empty list:\n%s", clean.stdout)
	}
}

func TestFitsInColumns(t *testing.T) {
	long := strings.Repeat("ToDoMgmt/PriDeploy/", 6) + "ToDoMgmt-infra-pri"
	outputs := []string{check(nil, assemblyOf(t, long, policy)).stdout, check(nil, findings, "-v").stdout, check(nil, "--help").stdout}
	if !strings.Contains(outputs[0], "  …") || !strings.Contains(outputs[0], "ToDoMgmt-infra-pri  us-east-2") {
		t.Errorf("a long name is cut at its beginning:\n%s", outputs[0])
	}
	for _, output := range outputs {
		for line := range strings.Lines(output) {
			whole := strings.Contains(line, " at ") || strings.HasPrefix(line, "Cloud assembly")
			if n := utf8.RuneCountInString(line) - 1; n > columns && !whole {
				t.Errorf("line has %d columns, want %d at most: %s", n, columns, line)
			}
		}
	}
}

func TestUnusable(t *testing.T) {
	broken := assemblyOf(t, "Todo", `[]`)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"fails without an assembly":     {[]string{"nowhere"}, "check: read nowhere/manifest.json: no such file or directory: synthesize first"},
		"fails on a broken assembly":    {[]string{broken}, "artifact S: decode "},
		"fails on an unknown flag":      {[]string{"--yaml"}, "check: unknown flag: --yaml"},
		"fails on two directories":      {[]string{"a", "b"}, "check: accepts at most 1 arg(s), received 2"},
		"fails without the default one": {nil, "check: read cdk.out/manifest.json"},
	} {
		t.Run(name, func(t *testing.T) {
			got := check(nil, test.args...)
			if got.code != 2 || got.stdout != "" || !strings.Contains(got.stderr, test.want) || strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("got exit code %d, output %q, error %q, want one line with %q", got.code, got.stdout, got.stderr, test.want)
			}
		})
	}
}

func TestHelp(t *testing.T) {
	got := check(nil, "--help")
	for _, part := range []string{"check [directory]", "--json", "--verbose", "Exit codes: 0 no findings, 1 findings, 2 "} {
		if !strings.Contains(got.stdout, part) {
			t.Errorf("help does not say %q:\n%s", part, got.stdout)
		}
	}
	if got.code != 0 {
		t.Errorf("exit code %d", got.code)
	}
}

// brokenPipe is a reader that went away.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputThatCannotBeWritten(t *testing.T) {
	var stderr bytes.Buffer
	if code := run([]string{findings}, nil, brokenPipe{}, &stderr); code != 2 || stderr.String() != "check: write the report: broken pipe\n" {
		t.Errorf("got exit code %d, error %q", code, stderr.String())
	}
}

package document

import (
	"strings"
	"testing"
)

func step(name, action string, inputs map[string]any) Step {
	return Step{Name: name, Action: action, Inputs: inputs}
}

func TestValidate(t *testing.T) {
	sleep := step("sleep", "aws:sleep", map[string]any{"Duration": "PT1M"})
	api := Step{
		Name: "describe", Action: "aws:executeAwsApi", Inputs: map[string]any{"Service": "ec2", "Api": "DescribeInstances"},
		Outputs: []Output{{Name: "State", Selector: "$.Reservations[0]", Type: "String"}},
	}
	branch := Branch("branch", []Choice{{Variable: Ref("describe.State"), Equals: "x", NextStep: "sleep"}}, "last")
	last := step("last", "aws:pause", map[string]any{})
	script := func(s Script) func(*Document) {
		return func(d *Document) {
			s.InstanceIDs = []string{Ref("InstanceId")}
			d.Steps[2] = RunShellScript("runShellCommand", s)
		}
	}
	for name, tc := range map[string]struct {
		change func(*Document)
		want   []string // nothing means valid
	}{
		"walk-through": {func(*Document) {}, nil},
		"branch":       {func(d *Document) { d.Steps = append(d.Steps, api, branch, sleep, last) }, nil},
		"jump over a step": {func(d *Document) {
			d.Steps[0].OnFailure = "step:runShellCommand"
		}, nil},
		"system variable": {func(d *Document) {
			d.Steps[0].Inputs["AdditionalInfo"] = "{{global:REGION}} {{ automation:EXECUTION_ID }}"
		}, nil},
		"environment": {func(d *Document) {
			d.Parameters["Phase"] = Parameter{Type: "String", AllowedValues: []string{"failover", "failover_test"}}
			script(Script{Commands: []string{"echo $PHASE"}, Environment: map[string]string{"PHASE": "Phase", "ID": "InstanceId"}})(d)
		}, nil},
		"longest script": {script(Script{Commands: []string{"x"}, ExecutionTimeoutSeconds: 172800, DeliveryTimeoutSeconds: 30}), nil},

		"fails on other types of Go": {func(d *Document) {
			d.Steps[2].Inputs["Parameters"] = map[string][]string{"commands": {"echo {{ InstanceId }}"}}
		}, []string{"a script must not hold {{"}},
		"fails on what is no JSON": {func(d *Document) { d.Steps[0].Inputs["f"] = func() {} }, []string{"render runbook"}},
		"fails on a choice":        {func(d *Document) { d.Steps[0] = Branch("branch", []Choice{{NextStep: "none"}}, "waitForAgent") }, []string{`leads to step "none"`}},
		"fails without anything":   {func(d *Document) { *d = Document{} }, []string{"AssumeRole must be the ARN of a role", "Steps must be 1 to 100, got 0"}},
		"fails on the seed's role": {
			func(d *Document) { d.AssumeRole = "{{ AutomationAssumeRole }}" },
			[]string{`got "{{ AutomationAssumeRole }}"; without one the steps act as whoever starts the execution`},
		},
		"fails on a parameter's name": {func(d *Document) { d.Parameters["a-b"] = InstanceID("") }, []string{`parameter "a-b" must be named`}},
		"fails on a parameter's type": {func(d *Document) {
			d.Parameters["A"] = Parameter{Type: "string", AllowedPattern: "^a$"}
		}, []string{`parameter A must be of type String`}},
		"fails without a pattern": {func(d *Document) { d.Parameters["A"] = Parameter{Type: "String"} }, []string{"parameter A must have an AllowedPattern"}},
		"fails without anchors": {func(d *Document) {
			d.Parameters["A"] = Parameter{Type: "String", AllowedPattern: "a|^b$"}
		}, []string{"parameter A: AllowedPattern must be anchored"}},
		"fails on a broken pattern": {func(d *Document) {
			d.Parameters["A"] = Parameter{Type: "String", AllowedPattern: "^($"}
		}, []string{"parameter A: AllowedPattern is no regular expression"}},
		"fails on a default": {func(d *Document) {
			d.Parameters["A"] = Parameter{Type: "String", AllowedPattern: "^a$", Default: "b"}
		}, []string{"parameter A: Default: value must match ^a$"}},
		"fails on a step's name":  {func(d *Document) { d.Steps[1].Name = "wait-for agent" }, []string{`step "wait-for agent" must be named`}},
		"fails on the same name":  {func(d *Document) { d.Steps = append(d.Steps, d.Steps[1]) }, []string{"step waitForAgent is there twice"}},
		"fails on an action":      {func(d *Document) { d.Steps[1].Action = "aws:runCommands" }, []string{`got "aws:runCommands"`}},
		"fails on a next step":    {func(d *Document) { d.Steps[2].NextStep = "none" }, []string{`step runShellCommand leads to step "none", which does not exist`}},
		"fails on a failure step": {func(d *Document) { d.Steps[2].OnFailure = "step:none" }, []string{`leads to step "none"`}},
		"fails on OnFailure":      {func(d *Document) { d.Steps[2].OnFailure = "Retry" }, []string{`OnFailure must be Abort, Continue or step:NAME, got "Retry"`}},
		"fails on an end that goes on": {
			func(d *Document) { d.Steps[0].IsEnd, d.Steps[0].NextStep = true, "waitForAgent" },
			[]string{"must not have both IsEnd and NextStep"},
		},
		"fails on a step that never runs": {func(d *Document) {
			d.Steps[0].NextStep = "runShellCommand"
			d.Steps[2].NextStep = ""
		}, []string{"step waitForAgent never runs"}},
		"fails on time": {
			func(d *Document) { d.Steps[0].TimeoutSeconds, d.Steps[1].MaxAttempts = -1, -1 },
			[]string{"TimeoutSeconds must not be negative", "MaxAttempts must not be negative"},
		},
		"fails on a long function": {func(d *Document) {
			s := InvokeFunction("invoke", "f", "{}")
			s.TimeoutSeconds = 301
			d.Steps = append(d.Steps, s)
		}, []string{"TimeoutSeconds of aws:invokeLambdaFunction must be at most 300, got 301"}},
		"fails on an unknown reference": {
			func(d *Document) { d.Steps[0].Inputs["InstanceIds"] = []any{"{{ Instance }}"} },
			[]string{"step startInstance refers to {{ Instance }}, which is neither"},
		},
		"fails on an unknown output": {
			func(d *Document) { d.Steps[2].Inputs["Comment"] = "{{ startInstance.Output }}" },
			[]string{"step startInstance (aws:changeInstanceState) has no output Output"},
		},
		"fails on what has not run": {
			func(d *Document) { d.Steps[0].Inputs["AdditionalInfo"] = "{{ runShellCommand.Status }}" },
			[]string{"step runShellCommand does not run before it"},
		},
		"fails on an output of its own": {
			func(d *Document) { d.Steps[2].Inputs["Comment"] = "{{ runShellCommand.Status }}" },
			[]string{"step runShellCommand does not run before it"},
		},
		"fails on chosen outputs":   {func(d *Document) { d.Steps[2].Outputs = api.Outputs }, []string{"aws:runCommand has outputs of its own only"}},
		"fails on document outputs": {func(d *Document) { d.Outputs = []string{"x.y", "{{ a }}"} }, []string{`output "x.y" must be STEP.OUTPUT`, `output "{{ a }}" must be written without braces`}},
		"fails on a value pasted into a script": {
			script(Script{Commands: []string{"echo {{ InstanceId }}"}}), []string{"a script must not hold {{"},
		},
		"fails on a value pasted behind the script": {
			script(Script{Commands: []string{"true", "export A='{{ InstanceId }}'"}}), []string{"a script must not hold {{"},
		},
		"fails on a variable's name": {
			script(Script{Commands: []string{"true"}, Environment: map[string]string{"A=1;B": "InstanceId"}}), []string{"a script must not hold {{"},
		},
		"fails on an unsafe variable": {func(d *Document) {
			d.Parameters["Name"] = Parameter{Type: "String", AllowedPattern: "^[^;]*$"}
			script(Script{Commands: []string{"true"}, Environment: map[string]string{"NAME": "Name"}})(d)
		}, []string{"parameter Name cannot be an environment variable: its AllowedPattern admits"}},
		"fails on an undeclared variable": {
			script(Script{Commands: []string{"true"}, Environment: map[string]string{"NAME": "Name"}}),
			[]string{"refers to {{ Name }}", "Environment must name parameters of type String"},
		},
		"fails on a directory from outside": {
			script(Script{Commands: []string{"true"}, WorkingDirectory: "/{{ InstanceId }}"}), []string{"workingDirectory must not refer to anything"},
		},
		"fails on an empty script":       {script(Script{}), []string{"Commands must not be empty"}},
		"fails on rates":                 {script(Script{Commands: []string{"x"}, MaxConcurrency: "all", MaxErrors: "101%"}), []string{"MaxConcurrency must be", "MaxErrors must be"}},
		"fails on the script's times":    {script(Script{Commands: []string{"x"}, ExecutionTimeoutSeconds: 172801, DeliveryTimeoutSeconds: 29}), []string{"DeliveryTimeoutSeconds must be 30", "ExecutionTimeoutSeconds must be 1"}},
		"fails on another document":      {func(d *Document) { d.Steps[2].Inputs["DocumentName"] = "AWS-RunRemoteScript" }, []string{"DocumentName must be AWS-RunShellScript"}},
		"fails on instances and targets": {func(d *Document) { d.Steps[2].Inputs["Targets"] = []any{} }, []string{"either InstanceIDs or Targets"}},
		"fails on a payload": {func(d *Document) {
			d.Parameters["Name"] = Parameter{Type: "String", AllowedPattern: "^[a-z\"]*$"}
			d.Steps = append(d.Steps, InvokeFunction("invoke", "f", `{"name": "{{ Name }}", "status": "{{ runShellCommand.Output }}"}`))
		}, []string{`parameter Name cannot be part of Payload: its AllowedPattern admits '"'`, "Payload must refer to parameters only, got {{ runShellCommand.Output }}"}},
		"fails on approvals": {func(d *Document) {
			d.Steps = append(d.Steps, Approve("approve", strings.Repeat("a", 4097), "topic", nil, 31*24*3600))
		}, []string{"TimeoutSeconds of aws:approve", "Approvers must be 1 to 10, got 0", "Message must have at most 4096"}},
		"fails on an API call": {func(d *Document) {
			d.Steps = append(d.Steps, step("wait", "aws:waitForAwsResourceProperty", map[string]any{"Service": "ec2"}))
		}, []string{"needs the input Api", "needs the input PropertySelector", "needs the input DesiredValues"}},
		"fails on a long document": {func(d *Document) { d.Description = strings.Repeat("a", 64<<10) }, []string{"at most 65536 bytes"}},
	} {
		t.Run(name, func(t *testing.T) {
			d := hello()
			tc.change(&d)
			wantErrors(t, d.Validate(nil), tc.want)
		})
	}
}

// wantErrors checks that each line of err holds one of want, and that nothing of want is missing.
func wantErrors(t *testing.T, err error, want []string) {
	t.Helper()
	var lines []string
	if err != nil {
		lines = strings.Split(err.Error(), "\n")
	}
	if len(lines) != len(want) {
		t.Errorf("%d problems, want %d:\n%s", len(lines), len(want), strings.Join(lines, "\n"))
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(lines, "\n"), w) {
			t.Errorf("no problem says %q:\n%s", w, strings.Join(lines, "\n"))
		}
	}
}

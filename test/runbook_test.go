package test

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/runbook"
	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

// contentOf is a template's only document, read as a runbook. References are flat.
func contentOf(t *testing.T, s synthesized) document.Document {
	t.Helper()
	r := s.only(t, "AWS::SSM::Document")
	if r.properties["DocumentType"] != "Automation" || r.properties["UpdateMethod"] != "NewVersion" {
		t.Errorf("document is %v, updated by %v", r.properties["DocumentType"], r.properties["UpdateMethod"])
	}
	content := r.properties["Content"].(map[string]any)
	content["assumeRole"] = flat(content["assumeRole"])
	data, err := json.Marshal(flatten(content))
	if err != nil {
		t.Fatal(err)
	}
	d, err := document.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// flatten is v with every reference in it flat.
func flatten(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 1 && (v["Ref"] != nil || v["Fn::GetAtt"] != nil || v["Fn::Join"] != nil) {
			return flat(v)
		}
		for key, value := range v {
			v[key] = flatten(value)
		}
	case []any:
		for i, value := range v {
			v[i] = flatten(value)
		}
	}
	return v
}

func TestRunbookDocument(t *testing.T) {
	stack := newStack(t)
	script := helloScript()
	r := runbook.NewScript(stack, "Hello", &script)
	role := roleID(stack, r.Role())
	d := contentOf(t, synthesize(t, stack))
	if want := "${" + role + ".Arn}"; d.AssumeRole != want {
		t.Errorf("assumeRole is %s, want %s", d.AssumeRole, want)
	}
	var actions []string
	for _, s := range d.Steps {
		actions = append(actions, s.Name+" "+s.Action)
	}
	want := []string{"startInstance aws:changeInstanceState", "waitForAgent aws:waitForAwsResourceProperty", "runScript aws:runCommand"}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]document.Parameter{"InstanceId": document.InstanceID("The server to run the script on")}, d.Parameters); diff != "" {
		t.Errorf("parameters (-want +got):\n%s", diff)
	}
	parameters := d.Steps[2].Inputs["Parameters"].(map[string]any)
	commands := parameters["commands"].([]any)
	if commands[0] != "export RUNBOOK_INSTANCE_ID='{{ InstanceId }}'" || commands[len(commands)-1] != script.Commands[0] || len(commands) < 4 {
		t.Errorf("the script is %q", commands)
	}
	if d.Steps[2].MaxAttempts != 3 {
		t.Errorf("the script is tried %d times", d.Steps[2].MaxAttempts)
	}
}

// A script that bears repeats, and every script for Windows, stands in the document as it is.
func TestRunbookRepeats(t *testing.T) {
	for _, change := range []func(*runbook.ScriptProps){
		func(p *runbook.ScriptProps) { p.Repeat = true },
		func(p *runbook.ScriptProps) { p.Platform = runbook.Windows },
	} {
		stack := newStack(t)
		script := helloScript()
		change(&script)
		runbook.NewScript(stack, "Hello", &script)
		parameters := contentOf(t, synthesize(t, stack)).Steps[2].Inputs["Parameters"].(map[string]any)
		if commands := parameters["commands"].([]any); len(commands) != 2 || commands[1] != script.Commands[0] {
			t.Errorf("the script is %q", commands)
		}
	}
}

// The role can do what the steps do, on tagged instances only, and Systems Manager can take it for executions of this account only.
func TestRunbookRole(t *testing.T) {
	for platform, name := range map[string]string{"": "AWS-RunShellScript", runbook.Windows: "AWS-RunPowerShellScript"} {
		stack := newStack(t)
		script := helloScript()
		script.Platform = platform
		r := runbook.NewScript(stack, "Hello", &script)
		role := roleID(stack, r.Role())
		s := synthesize(t, stack)

		const instances = "arn:aws:ec2:us-east-1:123456789012:instance/*"
		want := []string{
			"ec2:DescribeInstanceStatus,ec2:DescribeInstances,ssm:DescribeInstanceInformation,ssm:ListCommandInvocations,ssm:ListCommands on *",
			"ec2:StartInstances on " + instances + ` if {"StringEquals":{"aws:ResourceTag/Recovery":"hello"}}`,
			"ssm:SendCommand on " + instances + ` if {"StringEquals":{"ssm:resourceTag/Recovery":"hello"}}`,
			"ssm:SendCommand on arn:aws:ssm:us-east-1::document/" + name,
		}
		if diff := cmp.Diff(want, s.rights(t, role)); diff != "" {
			t.Errorf("the role's rights (-want +got):\n%s", diff)
		}
		properties := s.only(t, "AWS::IAM::Role").properties
		trust := statements(t, properties["AssumeRolePolicyDocument"])
		if diff := cmp.Diff([]string{
			`ssm.amazonaws.com: sts:AssumeRole on <nil> if {"ArnLike":{"aws:SourceArn":"arn:aws:ssm:us-east-1:123456789012:automation-execution/*"},` +
				`"StringEquals":{"aws:SourceAccount":"123456789012"}}`,
		}, trust); diff != "" {
			t.Errorf("who can take the role (-want +got):\n%s", diff)
		}
		if properties["ManagedPolicyArns"] != nil {
			t.Errorf("the role has managed policies %v", properties["ManagedPolicyArns"])
		}
	}
}

func TestRunbookGrantStart(t *testing.T) {
	stack := newStack(t)
	script := helloScript()
	r := runbook.NewScript(stack, "Hello", &script)
	operator := awsiam.NewRole(stack, jsii.String("Operator"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
	r.GrantStart(operator)
	id := roleID(stack, operator)
	s := synthesize(t, stack)
	name := "${" + s.only(t, "AWS::SSM::Document").id + "}"
	want := []string{
		"iam:PassRole on ${" + roleID(stack, r.Role()) + `.Arn} if {"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}`,
		"ssm:StartAutomationExecution on arn:aws:ssm:us-east-1:123456789012:automation-execution/*," +
			"arn:aws:ssm:us-east-1:123456789012:automation-definition/" + name + ":$DEFAULT,arn:aws:ssm:us-east-1:123456789012:document/" + name,
	}
	if diff := cmp.Diff(want, s.rights(t, id)); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
}

func TestRunbookOutput(t *testing.T) {
	stack := newStack(t)
	script := helloScript()
	script.OutputBucket = awss3.NewBucket(stack, jsii.String("Bucket"), nil)
	script.OutputPrefix = "runs/"
	script.OutputLogGroup = awslogs.NewLogGroup(stack, jsii.String("Log"), nil)
	r := runbook.NewScript(stack, "Hello", &script)
	profile := awsiam.NewRole(stack, jsii.String("Profile"), &awsiam.RoleProps{AssumedBy: awsiam.NewServicePrincipal(jsii.String("ec2.amazonaws.com"), nil)})
	r.GrantWriteOutput(profile)
	id := roleID(stack, profile)
	s := synthesize(t, stack)

	bucket, log := s.only(t, "AWS::S3::Bucket").id, s.only(t, "AWS::Logs::LogGroup").id
	inputs := contentOf(t, s).Steps[2].Inputs
	if inputs["OutputS3BucketName"] != "${"+bucket+"}" || inputs["OutputS3KeyPrefix"] != "runs/" {
		t.Errorf("output goes to %v/%v", inputs["OutputS3BucketName"], inputs["OutputS3KeyPrefix"])
	}
	wantLog := map[string]any{"CloudWatchLogGroupName": "${" + log + "}", "CloudWatchOutputEnabled": true}
	if diff := cmp.Diff(wantLog, inputs["CloudWatchOutputConfig"]); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	want := []string{
		"logs:CreateLogStream,logs:DescribeLogStreams,logs:PutLogEvents on ${" + log + ".Arn}",
		"s3:GetEncryptionConfiguration on ${" + bucket + ".Arn}",
		"s3:PutObject on ${" + bucket + ".Arn}/runs/*",
	}
	if diff := cmp.Diff(want, s.rights(t, id)); diff != "" {
		t.Errorf("the instances' rights (-want +got):\n%s", diff)
	}
}

func TestRunbookFails(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { runbook.New(stack, "A", nil) }, "runbook Test/A:", "Steps must be 1 to 100, got 0")
	wantPanic(t, func() { runbook.NewScript(stack, "B", &runbook.ScriptProps{Platform: "BeOS"}) }, "runbook Test/B:", "BeOS")
	script := helloScript()
	script.Commands = []string{"echo {{ InstanceId }}"}
	wantPanic(t, func() { runbook.NewScript(stack, "C", &script) }, "a script must not hold {{")
}

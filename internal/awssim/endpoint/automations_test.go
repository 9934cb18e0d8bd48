package endpoint_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// putRunbook puts a document whose automation runs as the role Runner.
func putRunbook(f *fixture) {
	f.in(primary, func(r *awssim.Region) {
		r.CreateDocument(awssim.Document{Name: "book", Type: "Automation", Default: 1, Versions: []json.RawMessage{json.RawMessage(`{
			"schemaVersion": "0.3", "description": "d", "assumeRole": "{{ Role }}",
			"parameters": {"Role": {"type": "String", "default": "arn:aws:iam::123456789012:role/Runner"},
				"InstanceId": {"type": "String", "allowedPattern": "^i-[0-9a-f]{17}$"}, "Count": {"type": "Integer", "default": 1}},
			"mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1H"}}]}`)}})
	})
}

var instanceParameter = map[string][]string{"InstanceId": {"i-8009bfbb5bee5ad33"}}

func TestAutomations(t *testing.T) {
	f := newFixture(t)
	putRunbook(f)
	client := ssm.NewFromConfig(f.config(primary))
	started := 0
	f.cloud.SetRunners(awssim.Runners{Automate: func(region, id string) {
		started++
		f.in(region, func(r *awssim.Region) {
			r.ChangeAutomation(id, func(a *awssim.Automation) {
				a.Status = "Waiting"
				a.Steps = []awssim.AutomationStep{{Name: "wait", Action: "aws:approve", Status: "Waiting", ID: "1", Inputs: map[string]string{"Approvers": `["operator"]`}}}
			})
		})
	}})
	in := &ssm.StartAutomationExecutionInput{DocumentName: aws.String("book"), Parameters: instanceParameter, ClientToken: aws.String("c3b2ef5e-a4b7-4a6e-9d45-0d3a8f1f0000")}
	id := must(client.StartAutomationExecution(t.Context(), in))(t).AutomationExecutionId
	equal(t, "started again", *must(client.StartAutomationExecution(t.Context(), in))(t).AutomationExecutionId, *id)
	equal(t, "started", started, 1)
	got := must(client.GetAutomationExecution(t.Context(), &ssm.GetAutomationExecutionInput{AutomationExecutionId: id}))(t).AutomationExecution
	equal(t, "status", got.AutomationExecutionStatus, types.AutomationExecutionStatusWaiting)
	equal(t, "parameter", got.Parameters["InstanceId"][0], "i-8009bfbb5bee5ad33")
	equal(t, "step", *got.StepExecutions[0].StepName, "wait")
	list := must(client.DescribeAutomationExecutions(t.Context(), &ssm.DescribeAutomationExecutionsInput{Filters: []types.AutomationExecutionFilter{
		{Key: types.AutomationExecutionFilterKeyExecutionStatus, Values: []string{"Waiting"}}, {Key: types.AutomationExecutionFilterKeyDocumentNamePrefix, Values: []string{"bo"}},
	}}))(t).AutomationExecutionMetadataList
	equal(t, "listed", len(list), 1)
	steps := must(client.DescribeAutomationStepExecutions(t.Context(), &ssm.DescribeAutomationStepExecutionsInput{AutomationExecutionId: id}))(t)
	equal(t, "steps", len(steps.StepExecutions), 1)
	must(client.SendAutomationSignal(t.Context(), &ssm.SendAutomationSignalInput{AutomationExecutionId: id, SignalType: types.SignalTypeApprove}))(t)
	must(client.StopAutomationExecution(t.Context(), &ssm.StopAutomationExecutionInput{AutomationExecutionId: id}))(t)
	_, err := client.GetAutomationExecution(t.Context(), &ssm.GetAutomationExecutionInput{AutomationExecutionId: aws.String("00000000-0000-0000-0000-000000000000")})
	f.wantCode(err, "AutomationExecutionNotFoundException")
	described := must(client.DescribeDocument(t.Context(), &ssm.DescribeDocumentInput{Name: aws.String("book")}))(t).Document
	equal(t, "parameters", len(described.Parameters), 3)
	equal(t, "type", described.DocumentType, types.DocumentTypeAutomation)
	content := must(client.GetDocument(t.Context(), &ssm.GetDocumentInput{Name: aws.String("book"), DocumentVersion: aws.String("$LATEST")}))(t)
	equal(t, "JSON", json.Valid([]byte(*content.Content)), true)
	_, err = client.GetDocument(t.Context(), &ssm.GetDocumentInput{Name: aws.String("book"), DocumentVersion: aws.String("2")})
	f.wantCode(err, "InvalidDocumentVersion")
}

func TestStartAutomationIsRefused(t *testing.T) {
	f := newFixture(t)
	putRunbook(f)
	start := func(c awssim.Credentials, document string, parameters map[string][]string) error {
		_, err := ssm.NewFromConfig(f.configOf(primary, c)).StartAutomationExecution(t.Context(), &ssm.StartAutomationExecutionInput{
			DocumentName: &document, Parameters: parameters,
		})
		return err
	}
	for name, parameters := range map[string]map[string][]string{
		"missing":     {},
		"unknown":     {"InstanceId": instanceParameter["InstanceId"], "Other": {"x"}},
		"hostile":     {"InstanceId": {`i-1"; touch /tmp/x; "`}},
		"not numeric": {"InstanceId": instanceParameter["InstanceId"], "Count": {"many"}},
	} {
		t.Run(name, func(t *testing.T) {
			f.wantCode(start(f.operator, "book", parameters), "InvalidAutomationExecutionParametersException")
		})
	}
	f.wantCode(start(f.operator, "none", nil), "AutomationDefinitionNotFoundException")
	const definition = `{"Effect": "Allow", "Action": "ssm:StartAutomationExecution", "Resource": "arn:aws:ssm:us-east-1:123456789012:automation-definition/book:$DEFAULT"}`
	pass := func(role string) string {
		return `{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/` + role + `", "Condition": {"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"}}}`
	}
	may := f.role("May", `{"Statement": [`+definition+`, `+pass("Runner")+`]}`)
	if err := start(may, "book", instanceParameter); err != nil {
		t.Error(err)
	}
	f.wantCode(start(may, "book", map[string][]string{"InstanceId": instanceParameter["InstanceId"], "Role": {"arn:aws:iam::123456789012:role/Admin"}}), "AccessDeniedException")
	f.wantCode(start(f.role("NoPass", `{"Statement": [`+definition+`, `+pass("Other")+`]}`), "book", instanceParameter), "AccessDeniedException")
	f.wantCode(start(f.role("NoStart", `{"Statement": [`+pass("Runner")+`]}`), "book", instanceParameter), "AccessDeniedException")
}

func TestCommands(t *testing.T) {
	f := newFixture(t)
	f.in(primary, func(r *awssim.Region) {
		r.PutInstance(awssim.Instance{ID: "i-on", State: "running", Launched: time.Now(), Online: time.Now().Add(-time.Minute), Tags: []awssim.Tag{{Key: "Recovery", Value: "yes"}}})
		r.PutInstance(awssim.Instance{ID: "i-windows", Platform: "Windows", State: "running", Online: time.Now().Add(-time.Minute)})
		r.PutInstance(awssim.Instance{ID: "i-off", State: "stopped"})
	})
	client := ssm.NewFromConfig(f.config(primary))
	send := func(in ssm.SendCommandInput) (*ssm.SendCommandOutput, error) {
		in.Parameters = map[string][]string{"commands": {"true"}}
		return client.SendCommand(t.Context(), &in)
	}
	shell := aws.String("AWS-RunShellScript")
	out := must(send(ssm.SendCommandInput{DocumentName: shell, Targets: []types.Target{{Key: aws.String("tag:Recovery"), Values: []string{"yes"}}}}))(t).Command
	equal(t, "instances", len(out.InstanceIds), 1)
	got := must(client.GetCommandInvocation(t.Context(), &ssm.GetCommandInvocationInput{CommandId: out.CommandId, InstanceId: aws.String("i-on")}))(t)
	equal(t, "status", got.Status, types.CommandInvocationStatusPending)
	must(client.CancelCommand(t.Context(), &ssm.CancelCommandInput{CommandId: out.CommandId}))(t)
	list := must(client.ListCommandInvocations(t.Context(), &ssm.ListCommandInvocationsInput{CommandId: out.CommandId, Details: true}))(t)
	equal(t, "cancelled", list.CommandInvocations[0].Status, types.CommandInvocationStatusCancelled)
	_, err := send(ssm.SendCommandInput{DocumentName: shell, InstanceIds: []string{"i-off"}})
	f.wantCode(err, "InvalidInstanceId")
	_, err = send(ssm.SendCommandInput{DocumentName: shell, InstanceIds: []string{"i-windows"}})
	f.wantCode(err, "UnsupportedPlatformType")
	_, err = send(ssm.SendCommandInput{DocumentName: aws.String("AWS-RunRemoteScript"), InstanceIds: []string{"i-on"}})
	f.wantCode(err, "InvalidDocument")
	information := must(client.DescribeInstanceInformation(t.Context(), &ssm.DescribeInstanceInformationInput{
		Filters: []types.InstanceInformationStringFilter{{Key: aws.String("InstanceIds"), Values: []string{"i-on", "i-off"}}},
	}))(t)
	equal(t, "online", len(information.InstanceInformationList), 1)
}

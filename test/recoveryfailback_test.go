package test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/recoveryfailback"
)

func TestRecoveryFailback(t *testing.T) {
	stack := newStack(t)
	f := recoveryfailback.New(stack, "Failback", &recoveryfailback.Props{
		Application: "Shop", PrimaryRegion: "eu-west-1", PublicURL: "https://shop.example.com/health", AccessStack: "ArpioFailback",
		Dns:        awslambda.Function_FromFunctionArn(stack, jsii.String("Dns"), jsii.String("arn:aws:lambda:us-east-1:123456789012:function:Dns")),
		DnsPayload: `{"to": "primary"}`, Emails: []string{"on-call@example.com"},
	})
	operator, role, checkRole := roleID(stack, f.Operator()), roleID(stack, f.Runbook().Role()), roleID(stack, f.Check().Role())
	s := synthesize(t, stack)
	topic, key, document := s.only(t, "AWS::SNS::Topic"), s.only(t, "AWS::KMS::Key").id, s.only(t, "AWS::SSM::Document").id
	alias := s.only(t, "AWS::Lambda::Alias").id
	if name := flat(topic.properties["TopicName"]); !strings.HasPrefix(name, "Automation") {
		t.Errorf("the topic's name is %s, which Systems Manager does not accept", name)
	}

	want := []string{
		"kms:Decrypt,kms:GenerateDataKey on ${" + key + ".Arn}",
		"lambda:InvokeFunction on arn:aws:lambda:us-east-1:123456789012:function:Dns,${" + alias + "}",
		"sns:Publish on ${" + topic.id + "}",
	}
	if diff := cmp.Diff(want, s.rights(t, role)); diff != "" {
		t.Errorf("the runbook's rights (-want +got):\n%s", diff)
	}
	executions := "arn:aws:ssm:us-east-1:123456789012:automation-execution/*"
	want = []string{
		"iam:PassRole on ${" + role + `.Arn} if {"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}`,
		"ssm:DescribeAutomationExecutions,ssm:DescribeAutomationStepExecutions,ssm:GetAutomationExecution,ssm:SendAutomationSignal," +
			"ssm:StopAutomationExecution on " + executions,
		"ssm:StartAutomationExecution on " + executions + ",arn:aws:ssm:us-east-1:123456789012:automation-definition/${" + document + "}:$DEFAULT," +
			"arn:aws:ssm:us-east-1:123456789012:document/${" + document + "}",
	}
	if diff := cmp.Diff(want, s.rights(t, operator)); diff != "" {
		t.Errorf("the operator's rights (-want +got):\n%s", diff)
	}
	for _, want := range []string{
		"cloudformation:DescribeStacks on arn:aws:cloudformation:eu-west-1:123456789012:stack/ArpioFailback/*",
		"ssm:GetAutomationExecution on " + executions,
	} {
		if !slices.Contains(s.rights(t, checkRole), want) {
			t.Errorf("the function's rights are %q, without %s", s.rights(t, checkRole), want)
		}
	}
	s.hasProperties(t, "AWS::Lambda::Function", map[string]any{"Environment": map[string]any{"Variables": map[string]any{
		"PUBLIC_URL": "https://shop.example.com/health", "ACCESS_STACK": "ArpioFailback", "ACCESS_STACK_REGION": "eu-west-1",
	}}})
	content := contentOf(t, s)
	flip, _ := content.Step("flipDns")
	if flip.Inputs["Payload"] != `{"to": "primary"}` || flip.Action != "aws:invokeLambdaFunction" {
		t.Errorf("DNS is flipped by %+v", flip)
	}
	ask, _ := content.Step("failback")
	if diff := cmp.Diff([]any{"${" + operator + ".Arn}"}, ask.Inputs["Approvers"]); diff != "" {
		t.Errorf("approvers (-want +got):\n%s", diff)
	}
	if ask.Inputs["NotificationArn"] != "${"+topic.id+"}" {
		t.Errorf("instructions go to %v", ask.Inputs["NotificationArn"])
	}
}

func TestRecoveryFailbackRecord(t *testing.T) {
	stack := newStack(t)
	f := recoveryfailback.New(stack, "Failback", &recoveryfailback.Props{
		Application: "Shop", PrimaryRegion: "eu-west-1", Approvers: []string{"arn:aws:iam::123456789012:user/someone"},
	})
	if f.Operator() != nil {
		t.Error("there is an operator that nobody asked for")
	}
	record := *awscdk.Stack_Of(stack).GetLogicalId(f.Record().Node().DefaultChild().(awscdk.CfnElement))
	s := synthesize(t, stack)
	var rule, end resource
	for _, r := range s.resources(t, "AWS::Events::Rule") {
		if strings.Contains(r.id, "EndRule") {
			end = r
		} else {
			rule = r
		}
	}
	if got := flat(targetOf(t, rule)["Arn"]); got != "arn:aws:logs:us-east-1:123456789012:log-group:${"+record+"}" {
		t.Errorf("the record goes to %s", got)
	}
	target := targetOf(t, end)
	transformer, _ := target["InputTransformer"].(map[string]any)
	if flat(target["Arn"]) != "${"+s.only(t, "AWS::Lambda::Alias").id+"}" || transformer["InputTemplate"] != `{"check": "record", "execution": <execution>}` {
		t.Errorf("what has ended goes to %v", target)
	}
	s.hasProperties(t, "AWS::Lambda::Permission", map[string]any{
		"Principal": "events.amazonaws.com", "SourceArn": map[string]any{"Fn::GetAtt": []any{end.id, "Arn"}},
	})
	if rule.properties["EventBusName"] != nil {
		t.Errorf("the rule is on bus %v, Systems Manager's events are on the default one", rule.properties["EventBusName"])
	}
	detail := rule.properties["EventPattern"].(map[string]any)["detail"].(map[string]any)
	if got := flat(detail["Definition"]); got != "${"+s.only(t, "AWS::SSM::Document").id+"}" {
		t.Errorf("the record is of %s", got)
	}
	for _, group := range s.resources(t, "AWS::Logs::LogGroup") {
		if group.properties["RetentionInDays"] != 365.0 || group.raw["DeletionPolicy"] != "RetainExceptOnCreate" {
			t.Errorf("%s is kept for %v days, and %v", group.id, group.properties["RetentionInDays"], group.raw["DeletionPolicy"])
		}
	}
	s.only(t, "AWS::Logs::ResourcePolicy")
}

func TestRecoveryFailbackFails(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { recoveryfailback.New(stack, "A", nil) }, "failback Test/A:", "Application must have", "PrimaryRegion must be")
}

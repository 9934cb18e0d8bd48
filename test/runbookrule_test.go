package test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/runbook"
	"github.com/warmstandby/warmstandby/constructs/runbookrule"
)

// The walk-through of Arpio's document, from one call.
func TestRunbookRuleOfTheWalkThrough(t *testing.T) {
	stack := newStack(t)
	r := runbookrule.NewScript(stack, "Hello", &runbookrule.ScriptProps{Bus: arpioBus(stack).EventBus(), Script: helloScript()})
	role := roleID(stack, r.Role())
	s := synthesize(t, stack)

	rule := s.only(t, "AWS::Events::Rule")
	if diff := cmp.Diff(map[string]any{
		"source":      []any{"io.arpio"},
		"detail-type": []any{"ArpioResourceUpsert"},
		"detail": map[string]any{
			"arpio-schema-version":    []any{"0"},
			"resource-type":           []any{"AWS::EC2::Instance"},
			"restore-phase":           []any{"failover"},
			"recovery-resource-state": []any{"done"},
		},
	}, rule.properties["EventPattern"]); diff != "" {
		t.Errorf("pattern (-want +got):\n%s", diff)
	}
	if rule.properties["EventBusName"] != "arpio-lifecycle-events-"+arpioAccount {
		t.Errorf("the rule is on bus %v", rule.properties["EventBusName"])
	}
	document := s.only(t, "AWS::SSM::Document").id
	target := targetOf(t, rule)
	want := map[string]any{
		"Id":               "Runbook",
		"Arn":              "arn:aws:ssm:us-east-1:123456789012:automation-definition/${" + document + "}:$DEFAULT",
		"RoleArn":          "${" + role + ".Arn}",
		"DeadLetterConfig": map[string]any{"Arn": "${" + s.only(t, "AWS::SQS::Queue").id + ".Arn}"},
		"RetryPolicy":      map[string]any{"MaximumEventAgeInSeconds": 86400.0, "MaximumRetryAttempts": 185.0},
		"InputTransformer": map[string]any{
			"InputPathsMap": map[string]any{"InstanceId": "$.detail.recovery-resource-id"},
			"InputTemplate": `{"InstanceId": [<InstanceId>]}`,
		},
	}
	if diff := cmp.Diff(want, flatten(target)); diff != "" {
		t.Errorf("target (-want +got):\n%s", diff)
	}
	s.onlyStarts(t, role, document, roleID(stack, r.Runbook().Role()))
}

// onlyStarts checks that EventBridge's role may start one document and pass one role.
func (s synthesized) onlyStarts(t *testing.T, role, document, passed string) {
	t.Helper()
	want := []string{
		"iam:PassRole on ${" + passed + `.Arn} if {"StringEquals":{"iam:PassedToService":"ssm.amazonaws.com"}}`,
		"ssm:StartAutomationExecution on arn:aws:ssm:us-east-1:123456789012:automation-execution/*," +
			"arn:aws:ssm:us-east-1:123456789012:automation-definition/${" + document + "}:$DEFAULT," +
			"arn:aws:ssm:us-east-1:123456789012:document/${" + document + "}",
	}
	if diff := cmp.Diff(want, s.rights(t, role)); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
	for _, r := range s.resources(t, "AWS::IAM::Role") {
		if r.id != role {
			continue
		}
		trust := statements(t, r.properties["AssumeRolePolicyDocument"])
		if diff := cmp.Diff([]string{`events.amazonaws.com: sts:AssumeRole on <nil> if {"StringEquals":{"aws:SourceAccount":"123456789012"}}`}, trust); diff != "" {
			t.Errorf("who can take the role (-want +got):\n%s", diff)
		}
	}
}

func TestRunbookRuleDeadLetters(t *testing.T) {
	stack := newStack(t)
	r := runbookrule.NewScript(stack, "Hello", &runbookrule.ScriptProps{Bus: arpioBus(stack).EventBus(), Script: helloScript()})
	rule := *stack.GetLogicalId(r.Resource())
	s := synthesize(t, stack)
	queue := s.only(t, "AWS::SQS::Queue")
	if queue.properties["SqsManagedSseEnabled"] != true || queue.properties["MessageRetentionPeriod"] != 1209600.0 {
		t.Errorf("queue is %v", queue.properties)
	}
	want := []string{
		"*: Deny sqs:* on ${" + queue.id + `.Arn} if {"Bool":{"aws:SecureTransport":"false"}}`,
		"events.amazonaws.com: sqs:SendMessage on ${" + queue.id + ".Arn} if " + `{"ArnEquals":{"aws:SourceArn":"${` + rule + `.Arn}"}}`,
	}
	if diff := cmp.Diff(want, statements(t, s.only(t, "AWS::SQS::QueuePolicy").properties["PolicyDocument"])); diff != "" {
		t.Errorf("queue's policy (-want +got):\n%s", diff)
	}
}

func TestRunbookRuleAlarms(t *testing.T) {
	stack := newStack(t)
	topic := awssns.NewTopic(stack, jsii.String("Pager"), nil)
	r := runbookrule.NewScript(stack, "Hello", &runbookrule.ScriptProps{
		Bus: arpioBus(stack).EventBus(), Script: helloScript(),
		AlarmActions: []awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(topic)},
	})
	rule := *stack.GetLogicalId(r.Resource())
	s := synthesize(t, stack)
	actions := []any{map[string]any{"Ref": s.only(t, "AWS::SNS::Topic").id}}
	s.hasProperties(t, "AWS::CloudWatch::Alarm", map[string]any{
		"Namespace": "AWS/Events", "MetricName": "FailedInvocations", "Statistic": "Sum", "Period": 60,
		"Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching", "AlarmActions": actions,
		"Dimensions": []any{
			map[string]any{"Name": "EventBusName", "Value": "arpio-lifecycle-events-" + arpioAccount},
			map[string]any{"Name": "RuleName", "Value": map[string]any{
				"Fn::Select": []any{1, map[string]any{"Fn::Split": []any{"|", map[string]any{"Ref": rule}}}},
			}},
		},
	})
	s.hasProperties(t, "AWS::CloudWatch::Alarm", map[string]any{
		"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible", "Statistic": "Maximum", "Threshold": 1,
		"TreatMissingData": "notBreaching", "AlarmActions": actions,
	})
}

func TestRunbookRuleRetries(t *testing.T) {
	stack := newStack(t)
	script := helloScript()
	runbookrule.New(stack, "Rule", &runbookrule.Props{
		Bus: arpioBus(stack).EventBus(), Pattern: runbookrule.RecoveredServers(), Runbook: runbook.NewScript(stack, "Hello", &script),
		Parameters:      map[string]lifecycle.Path{"InstanceId": lifecycle.PathPrimaryResourceID},
		EventAgeSeconds: 60, Retries: 1, Description: "Say hello",
	})
	rule := synthesize(t, stack).only(t, "AWS::Events::Rule")
	want := map[string]any{"MaximumEventAgeInSeconds": 60.0, "MaximumRetryAttempts": 1.0}
	if diff := cmp.Diff(want, targetOf(t, rule)["RetryPolicy"]); diff != "" {
		t.Errorf("retries (-want +got):\n%s", diff)
	}
	if rule.properties["Description"] != "Say hello" {
		t.Errorf("description is %v", rule.properties["Description"])
	}
}

func TestRunbookRuleFails(t *testing.T) {
	stack := newStack(t)
	bus := arpioBus(stack).EventBus()
	script := helloScript()
	saysHello := runbook.NewScript(stack, "Hello", &script)
	wantPanic(t, func() { runbookrule.New(stack, "A", nil) }, "runbook rule Test/A:", "Bus must be set", "Runbook must be set")
	wantPanic(t, func() {
		runbookrule.New(stack, "B", &runbookrule.Props{Bus: bus, Runbook: saysHello, Pattern: runbookrule.RecoveredServers(), EventAgeSeconds: 59, Retries: 186})
	}, "EventAgeSeconds must be 60 to 86400, got 59", "Retries must be 1 to 185, got 186", "Parameters must have InstanceId")
	wantPanic(t, func() {
		runbookrule.New(stack, "C", &runbookrule.Props{Bus: bus, Runbook: saysHello, Pattern: lifecycle.Pattern{Types: []lifecycle.EventType{"x"}}})
	}, "Pattern:")
	wantPanic(t, func() { runbookrule.NewScript(stack, "D", &runbookrule.ScriptProps{Script: script}) }, "runbook rule Test/D:", "Bus must be set")
}

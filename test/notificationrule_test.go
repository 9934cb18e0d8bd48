package test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/notificationrule"
)

func TestNotificationRule(t *testing.T) {
	stack := newStack(t)
	notificationrule.New(stack, "Failures", &notificationrule.Props{
		Bus:     arpioBus(stack).EventBus(),
		Pattern: lifecycle.Pattern{Types: []lifecycle.EventType{lifecycle.ResourceUpsert}, States: []lifecycle.State{lifecycle.Failed}},
		Message: `"<primary-resource-arn>" could not be restored in <recovery-region>`,
		Emails:  []string{"on-call@example.com"}, PhoneNumbers: []string{"+14155550100"},
	})
	s := synthesize(t, stack)
	topic, key := s.only(t, "AWS::SNS::Topic"), s.only(t, "AWS::KMS::Key")
	target := targetOf(t, s.only(t, "AWS::Events::Rule"))
	if target["RoleArn"] != nil || flat(target["Arn"]) != "${"+topic.id+"}" {
		t.Errorf("target is %v", target)
	}
	want := map[string]any{
		"InputPathsMap": map[string]any{
			"primary-resource-arn": "$.detail.primary-resource-arn", "recovery-region": "$.detail.recovery-region",
		},
		"InputTemplate": `"\"<primary-resource-arn>\" could not be restored in <recovery-region>"`,
	}
	if diff := cmp.Diff(want, target["InputTransformer"]); diff != "" {
		t.Errorf("message (-want +got):\n%s", diff)
	}
	if target["DeadLetterConfig"] == nil || target["RetryPolicy"] == nil {
		t.Error("the target has no dead-letter queue or no retry policy")
	}
	if got := flat(topic.properties["KmsMasterKeyId"]); got != "${"+key.id+".Arn}" {
		t.Errorf("the topic is encrypted with %s", got)
	}
	for protocol, endpoint := range map[string]string{"email": "on-call@example.com", "sms": "+14155550100"} {
		s.hasProperties(t, "AWS::SNS::Subscription", map[string]any{"Protocol": protocol, "Endpoint": endpoint})
	}
	const fromHere = ` if {"StringEquals":{"aws:SourceAccount":"123456789012"}}`
	const senders = "cloudwatch.amazonaws.com,events.amazonaws.com: "
	if diff := cmp.Diff([]string{
		"Deny sns:Publish on ${" + topic.id + `} if {"Bool":{"aws:SecureTransport":"false"}}`,
		senders + "sns:Publish on ${" + topic.id + "}" + fromHere,
	}, statements(t, s.only(t, "AWS::SNS::TopicPolicy").properties["PolicyDocument"])); diff != "" {
		t.Errorf("topic's policy (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"arn:aws:iam::123456789012:root: kms:* on *", senders + "kms:Decrypt,kms:GenerateDataKey on *" + fromHere,
	}, statements(t, key.properties["KeyPolicy"])); diff != "" {
		t.Errorf("key's policy (-want +got):\n%s", diff)
	}
	if key.properties["EnableKeyRotation"] != true {
		t.Error("the key is not rotated")
	}
}

// Topics and queues of other accounts are delivered to as a role, which their owners have to let in.
func TestNotificationRuleOfOtherAccounts(t *testing.T) {
	stack := newStack(t)
	const there, here = "arn:aws:sns:us-east-1:444455556666:Them", "arn:aws:sns:us-east-1:123456789012:Us"
	const queue = "arn:aws:sqs:us-east-1:444455556666:Them"
	r := notificationrule.New(stack, "All", &notificationrule.Props{
		Bus: arpioBus(stack).EventBus(),
		Topics: []awssns.ITopic{
			awssns.Topic_FromTopicArn(stack, jsii.String("Them"), jsii.String(there)),
			awssns.Topic_FromTopicArn(stack, jsii.String("Us"), jsii.String(here)),
		},
		Queues: []awssqs.IQueue{awssqs.Queue_FromQueueArn(stack, jsii.String("TheirQueue"), jsii.String(queue))},
	})
	role := roleID(stack, r.Role())
	var required []string
	for _, statement := range r.Statements() {
		json := stack.Resolve(statement.ToStatementJson()).(map[string]any)
		required = append(required, flat(json["Principal"].(map[string]any)["AWS"])+" "+flat(json["Action"])+" "+flat(json["Resource"]))
	}
	if diff := cmp.Diff([]string{"${" + role + ".Arn} sns:Publish " + there, "${" + role + ".Arn} sqs:SendMessage " + queue}, required); diff != "" {
		t.Errorf("what the owners have to allow (-want +got):\n%s", diff)
	}
	s := synthesize(t, stack)
	if diff := cmp.Diff([]string{"sns:Publish on " + here + "," + there, "sqs:SendMessage on " + queue}, s.rights(t, role)); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
	targets := s.only(t, "AWS::Events::Rule").properties["Targets"].([]any)
	if len(targets) != 4 {
		t.Fatalf("the rule has %d targets, want 4", len(targets))
	}
	for _, target := range targets[1:] {
		if got := flat(target.(map[string]any)["RoleArn"]); got != "${"+role+".Arn}" {
			t.Errorf("target %v is delivered to as %s", target, got)
		}
	}
}

func TestNotificationRuleFails(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { notificationrule.New(stack, "A", &notificationrule.Props{Message: "<x>"}) },
		"notification rule Test/A:", "Bus must be set", `there is no field "x"`)
}

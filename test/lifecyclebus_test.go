package test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/lifecyclebus"
)

func TestLifecycleBusIsImported(t *testing.T) {
	const name = "arpio-lifecycle-events-" + arpioAccount
	for _, props := range []lifecyclebus.Props{
		{ArpioAccountID: arpioAccount}, {Name: name}, {Arn: "arn:aws:events:us-east-1:123456789012:event-bus/" + name},
	} {
		stack := newStack(t)
		b := lifecyclebus.New(stack, "Bus", &props)
		if got := *b.EventBus().EventBusName(); got != name {
			t.Errorf("%+v is the bus %s", props, got)
		}
		if b.Archive() != nil || b.LogGroup() != nil {
			t.Error("there is an archive or a log that nobody asked for")
		}
		s := synthesize(t, stack)
		if resources := s.json["Resources"]; resources != nil {
			t.Errorf("the template has %v", resources)
		}
	}
}

func TestLifecycleBusArchive(t *testing.T) {
	stack := newStack(t)
	lifecyclebus.New(stack, "Bus", &lifecyclebus.Props{ArpioAccountID: arpioAccount, ArchiveDays: 90})
	synthesize(t, stack).hasProperties(t, "AWS::Events::Archive", map[string]any{
		"SourceArn":     "arn:aws:events:us-east-1:123456789012:event-bus/arpio-lifecycle-events-" + arpioAccount,
		"RetentionDays": 90,
		"EventPattern":  map[string]any{"source": []any{"io.arpio"}},
	})
}

func TestLifecycleBusLog(t *testing.T) {
	stack := newStack(t)
	lifecyclebus.New(stack, "Bus", &lifecyclebus.Props{ArpioAccountID: arpioAccount, LogRetention: awslogs.RetentionDays_ONE_WEEK})
	s := synthesize(t, stack)
	group := s.only(t, "AWS::Logs::LogGroup")
	if group.properties["RetentionInDays"] != 7.0 {
		t.Errorf("the log is kept for %v days", group.properties["RetentionInDays"])
	}
	rule := s.only(t, "AWS::Events::Rule")
	if got := flat(targetOf(t, rule)["Arn"]); got != "arn:aws:logs:us-east-1:123456789012:log-group:${"+group.id+"}" {
		t.Errorf("the rule's target is %s", got)
	}
	if got := rule.properties["EventBusName"]; got != "arpio-lifecycle-events-"+arpioAccount {
		t.Errorf("the rule is on bus %v", got)
	}
	if diff := cmp.Diff(map[string]any{"source": []any{"io.arpio"}}, rule.properties["EventPattern"]); diff != "" {
		t.Errorf("pattern (-want +got):\n%s", diff)
	}
	policy := flat(s.only(t, "AWS::Logs::ResourcePolicy").properties["PolicyDocument"])
	want := `{"Statement":[{"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Effect":"Allow",` +
		`"Principal":{"Service":["events.amazonaws.com","delivery.logs.amazonaws.com"]},"Resource":"${` + group.id + `.Arn}"}],"Version":"2012-10-17"}`
	if policy != want {
		t.Errorf("the log's policy is %s", policy)
	}
	check(t, func() { s.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(0)) })
}

func TestLifecycleBusFails(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { lifecyclebus.New(stack, "A", nil) }, "lifecycle bus Test/A:", "got 0 of them")
	wantPanic(t, func() { lifecyclebus.New(stack, "B", &lifecyclebus.Props{ArpioAccountID: "123456789012"}) }, "not an AWS account")
}

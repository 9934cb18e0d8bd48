package test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/recoverydns"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// recoveryDNS is a template with a Switch of two records, whose props change may change.
func recoveryDNS(t *testing.T, change func(awscdk.Stack, *recoverydns.Props)) synthesized {
	t.Helper()
	stack := newStack(t)
	p := &recoverydns.Props{
		Bus: awsevents.EventBus_FromEventBusName(stack, jsii.String("Bus"), jsii.String("arpio-lifecycle-events-abc")),
		HostedZone: awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
			HostedZoneId: jsii.String("Z1"), ZoneName: jsii.String("example.com"),
		}),
		Records: []dnsplan.Record{
			{
				Name: "API.example.com", Type: "CNAME", Application: "abc", Resource: "arn:aws:apigateway:us-east-1::/restapis/a",
				Primary:  dnsplan.Target{Values: []string{"a.execute-api.us-east-1.amazonaws.com"}},
				Recovery: dnsplan.Target{Values: []string{"{recovery-resource-id}.execute-api.us-east-2.amazonaws.com"}},
			},
			{Name: "*.example.com", Type: "A", Application: "abc", Primary: dnsplan.Target{Values: []string{"192.0.2.1"}}, Recovery: dnsplan.Target{Values: []string{"192.0.2.2"}}},
		},
	}
	if change != nil {
		change(stack, p)
	}
	dns := recoverydns.New(stack, "Dns", p)
	rules := 1
	if dns.UpsertRule() != nil {
		rules = 2
	}
	if len(dns.Alarms()) != 2*rules || (dns.UpsertDeadLetters() != nil) != (rules == 2) || dns.DeadLetters() == nil || dns.EndRule() == nil || dns.Table() == nil || dns.Function() == nil {
		t.Errorf("%d alarms for %d rules", len(dns.Alarms()), rules)
	}
	return synthesize(t, stack)
}

func TestRecoveryDNSMayChangeItsRecordsOnly(t *testing.T) {
	s := recoveryDNS(t, nil)
	role := s.only(t, "AWS::IAM::Role")
	policy := s.only(t, "AWS::IAM::Policy")
	if got := asJSON(t, policy.properties["Roles"]); !jsonEqual(t, got, []any{map[string]any{"Ref": role.id}}) {
		t.Errorf("the policy is attached to %v", got)
	}
	s.hasProperties(t, "AWS::Lambda::Function", map[string]any{"Role": map[string]any{"Fn::GetAtt": []string{role.id, "Arn"}}, "Timeout": 60})
	statements := policy.properties["PolicyDocument"].(map[string]any)["Statement"].([]any)
	var actions []string
	for _, statement := range statements {
		st := statement.(map[string]any)
		for _, action := range list(st["Action"]) {
			actions = append(actions, action.(string))
		}
		switch {
		case slices.Contains(list(st["Action"]), any("route53:ChangeResourceRecordSets")):
			want := map[string]any{"ForAllValues:StringEquals": map[string]any{
				"route53:ChangeResourceRecordSetsNormalizedRecordNames": []any{`\052.example.com`, "api.example.com"},
				"route53:ChangeResourceRecordSetsRecordTypes":           []any{"A", "CNAME"},
				"route53:ChangeResourceRecordSetsActions":               []any{"UPSERT"},
			}}
			if !jsonEqual(t, st["Condition"], want) || st["Resource"] != "arn:aws:route53:::hostedzone/Z1" {
				t.Errorf("statement %v", st)
			}
		case slices.Contains(list(st["Action"]), any("dynamodb:PutItem")):
			if !jsonEqual(t, st["Resource"], map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::DynamoDB::Table").id, "Arn"}}) {
				t.Errorf("statement %v", st)
			}
		}
	}
	slices.Sort(actions)
	want := []string{
		"dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "logs:CreateLogStream", "logs:PutLogEvents", "route53:ChangeResourceRecordSets",
		"route53:ListResourceRecordSets", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
	}
	if !slices.Equal(actions, want) {
		t.Errorf("the function may %v, want %v", actions, want)
	}
}

func TestRecoveryDNSRules(t *testing.T) {
	s := recoveryDNS(t, nil)
	alias := s.only(t, "AWS::Lambda::Alias").id
	types := map[string]bool{}
	for _, rule := range s.resources(t, "AWS::Events::Rule") {
		pattern := rule.properties["EventPattern"].(map[string]any)
		types[text(t, pattern["detail-type"])] = true
		target := rule.properties["Targets"].([]any)[0].(map[string]any)
		if !jsonEqual(t, target["Arn"], map[string]any{"Ref": alias}) || target["DeadLetterConfig"] == nil || target["RetryPolicy"] == nil {
			t.Errorf("target %v", target)
		}
		s.hasProperties(t, "AWS::Lambda::Permission", map[string]any{
			"FunctionName": map[string]any{"Ref": alias}, "Principal": "events.amazonaws.com", "SourceArn": map[string]any{"Fn::GetAtt": []string{rule.id, "Arn"}},
		})
		if rule.properties["EventBusName"] != "arpio-lifecycle-events-abc" || text(t, pattern["source"]) != `["io.arpio"]` {
			t.Errorf("rule %v", rule.properties)
		}
	}
	if !types[`["ArpioRecoveryEnd"]`] || !types[`["ArpioResourceUpsert"]`] || len(types) != 2 {
		t.Errorf("rules for %v", types)
	}
	check(t, func() { s.ResourceCountIs(jsii.String("AWS::Lambda::Permission"), jsii.Number(2)) })
}

// What the function could not do, and what could not be delivered, is kept, and an alarm says so.
func TestRecoveryDNSKeepsFailures(t *testing.T) {
	s := recoveryDNS(t, func(stack awscdk.Stack, p *recoverydns.Props) {
		topic := awssns.NewTopic(stack, jsii.String("Alarms"), nil)
		p.AlarmActions = []awscloudwatch.IAlarmAction{awscloudwatchactions.NewSnsAction(topic)}
	})
	config := s.only(t, "AWS::Lambda::EventInvokeConfig")
	destination := config.properties["DestinationConfig"].(map[string]any)["OnFailure"].(map[string]any)["Destination"]
	queue := destination.(map[string]any)["Fn::GetAtt"].([]any)[0].(string)
	if !strings.Contains(text(t, config.properties["Qualifier"]), s.only(t, "AWS::Lambda::Alias").id) || config.properties["MaximumRetryAttempts"] != 2.0 || config.properties["MaximumEventAgeInSeconds"] != 21600.0 {
		t.Errorf("invocations are configured with %v", config.properties)
	}
	alarms := 0
	for _, alarm := range s.resources(t, "AWS::CloudWatch::Alarm") {
		if strings.Contains(text(t, alarm.properties["Dimensions"]), queue) {
			alarms++
		}
		if alarm.properties["Threshold"] != 1.0 || alarm.properties["TreatMissingData"] != "notBreaching" || len(list(alarm.properties["AlarmActions"])) != 1 {
			t.Errorf("alarm %v", alarm.properties)
		}
	}
	if alarms != 1 {
		t.Errorf("%d alarms for the queue", alarms)
	}
	for _, q := range s.resources(t, "AWS::SQS::Queue") {
		if q.properties["SqsManagedSseEnabled"] != true || q.properties["MessageRetentionPeriod"] != 1209600.0 {
			t.Errorf("queue %v", q.properties)
		}
	}
}

func TestRecoveryDNSTableAndPlan(t *testing.T) {
	s := recoveryDNS(t, func(_ awscdk.Stack, p *recoverydns.Props) { p.DryRun = true })
	s.hasProperties(t, "AWS::DynamoDB::Table", map[string]any{
		"BillingMode": "PAY_PER_REQUEST", "SSESpecification": map[string]any{"SSEEnabled": true},
		"KeySchema":                        []any{map[string]any{"AttributeName": dnsplan.TableKey, "KeyType": "HASH"}},
		"PointInTimeRecoverySpecification": map[string]any{"PointInTimeRecoveryEnabled": true},
	})
	variables := s.only(t, "AWS::Lambda::Function").properties["Environment"].(map[string]any)["Variables"].(map[string]any)
	plan, err := dnsplan.Decode(variables[dnsplan.EnvPlan].(string))
	if err != nil || plan.HostedZoneID != "Z1" || len(plan.Records) != 2 || !plan.DryRun {
		t.Errorf("plan %+v, error %v", plan, err)
	}
	if !jsonEqual(t, variables[dnsplan.EnvTable], map[string]any{"Ref": s.only(t, "AWS::DynamoDB::Table").id}) {
		t.Errorf("table %v", variables[dnsplan.EnvTable])
	}
}

func TestRecoveryDNSWithoutResources(t *testing.T) {
	s := recoveryDNS(t, func(_ awscdk.Stack, p *recoverydns.Props) { p.Records = p.Records[1:] })
	if rule := s.only(t, "AWS::Events::Rule"); text(t, rule.properties["EventPattern"].(map[string]any)["detail-type"]) != `["ArpioRecoveryEnd"]` {
		t.Errorf("rule %v", rule.properties)
	}
}

func TestRecoveryDNSFails(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { recoverydns.New(stack, "Dns", nil) }, "recovery DNS Test/Dns: Bus must be set", "HostedZone must be set", "Records must have at least one record")
}

// list is v as a list, which policies leave out around a single value.
func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

func text(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func jsonEqual(t *testing.T, a, b any) bool {
	t.Helper()
	return text(t, a) == text(t, b)
}

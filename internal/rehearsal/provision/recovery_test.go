package provision_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// runbook is what starts an automation for events of Arpio's.
var runbook = resources{
	"Runner": roleFor("ssm.amazonaws.com"),
	"Events": roleFor("events.amazonaws.com"),
	"Dead":   `AWS::SQS::Queue {"MessageRetentionPeriod": 1209600}`,
	"Book": `AWS::SSM::Document {"Name": "Book", "DocumentType": "Automation", "Content": {"schemaVersion": "0.3", "assumeRole": {"Fn::GetAtt": ["Runner", "Arn"]},
		"parameters": {"InstanceId": {"type": "String"}}, "mainSteps": [{"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}]}}`,
	"Rule": `AWS::Events::Rule {"EventBusName": "arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno", "EventPattern": {"source": ["io.arpio"]}, "Targets": [{
		"Id": "Book", "Arn": {"Fn::Sub": "arn:aws:ssm:us-east-1:123456789012:automation-definition/${Book}:$DEFAULT"}, "RoleArn": {"Fn::GetAtt": ["Events", "Arn"]},
		"InputTransformer": {"InputPathsMap": {"instance": "$.detail.recovery-resource-id"}, "InputTemplate": "{\"InstanceId\": [<instance>]}"},
		"RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": "60"}, "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}}}]}`,
}

func TestRecovery(t *testing.T) {
	d := mustDeploy(t, runbook.with(resources{
		"Alarm": `AWS::CloudWatch::Alarm {"ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1, "MetricName": "FailedInvocations", "Namespace": "AWS/Events",
			"Period": 60, "Statistic": "Sum", "Threshold": 1, "Dimensions": [{"Name": "RuleName", "Value": {"Fn::Select": [1, {"Fn::Split": ["|", {"Ref": "Rule"}]}]}}]}`,
		"Policy": `AWS::SQS::QueuePolicy {"Queues": [{"Ref": "Dead"}], "PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
			"Action": "sqs:SendMessage", "Resource": {"Fn::GetAtt": ["Dead", "Arn"]}, "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}}}]}}`,
		"Archive": `AWS::Events::Archive {"SourceArn": "arn:aws:events:us-east-1:123456789012:event-bus/arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno", "RetentionDays": 90}`,
		"Topic":   `AWS::SNS::Topic`,
		"Mail":    `AWS::SNS::Subscription {"TopicArn": {"Ref": "Topic"}, "Protocol": "email", "Endpoint": "a@example.com"}`,
		"Zone":    `AWS::Route53::HostedZone {"Name": "example.com"}`,
		"Record":  `AWS::Route53::RecordSet {"HostedZoneId": {"Ref": "Zone"}, "Name": "api.example.com", "Type": "CNAME", "TTL": "60", "ResourceRecords": ["x.example.net"]}`,
		"Table":   `AWS::DynamoDB::Table {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}], "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}`,
	}))
	d.do(func(s *awssim.State) {
		r := s.Region("us-east-1")
		rules := r.RulesOf("arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno")
		if len(rules) != 1 || len(rules[0].Targets) != 1 || rules[0].Targets[0].MaxRetries != 3 || rules[0].Targets[0].MaxAge.Seconds() != 60 {
			t.Fatalf("got %+v", rules)
		}
		if alarm := r.Alarms.Values()[0]; alarm.Metric.Dimensions[0].Value != rules[0].Name {
			t.Errorf("the alarm is on rule %s, not %s", alarm.Metric.Dimensions[0].Value, rules[0].Name)
		}
		if q := r.Queues.Values()[0]; q.Policy == nil || q.Retention.Hours() != 14*24 {
			t.Errorf("got %+v", q)
		}
		if r.Archives.Len() != 1 || r.Documents.Len() != 1 || r.ItemTables.Len() != 1 || len(r.Topics.Values()[0].Subscriptions) != 1 {
			t.Error("something is missing")
		}
		if zones := s.HostedZones.Values(); len(zones) != 1 || len(zones[0].Records) != 1 || zones[0].Records[0].TTL != 60 {
			t.Errorf("got %+v", zones)
		}
	})
}

func TestRecoveryIsRefused(t *testing.T) {
	tests := []struct{ name, resource, from, to, want string }{
		{"pattern", "Rule", `["io.arpio"]`, `"io.arpio"`, "Event pattern is not valid. Reason: source"},
		{"no pattern", "Rule", `"EventPattern": {"source": ["io.arpio"]}`, `"State": "ENABLED"`, "property EventPattern or property ScheduleExpression must be given"},
		{"schedule on a bus", "Rule", `"EventPattern": {"source": ["io.arpio"]}`, `"ScheduleExpression": "rate(1 minute)"`, "only on the default event bus"},
		{"bus", "Rule", "arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno", "other", "Event bus other does not exist"},
		{"bus of another Region", "Rule", `"arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno"`, `"arn:aws:events:us-west-2:123456789012:event-bus/arpio-lifecycle-events-X"`, "does not exist"},
		{"document ARN", "Rule", ":automation-definition/${Book}:$DEFAULT", ":document/${Book}", "is a document"},
		{"no role", "Rule", `"RoleArn": {"Fn::GetAtt": ["Events", "Arn"]},`, "", "RoleArn is required"},
		{"role of another service", "Rule", `"Events", "Arn"`, `"Runner", "Arn"`, "cannot be assumed by events.amazonaws.com"},
		{"placeholder", "Rule", "<instance>", "<other>", "placeholder <other>"},
		{"path", "Rule", "$.detail.recovery-resource-id", "detail", "JSON path"},
		{"age", "Rule", `"60"`, `"59"`, "RetryPolicy must have an age of 1m0s to 24h0m0s"},
		{"dead-letter queue", "Rule", `{"Fn::GetAtt": ["Dead", "Arn"]}`, `"arn:aws:sqs:us-east-1:123456789012:none"`, "queue arn:aws:sqs:us-east-1:123456789012:none does not exist"},
		{"state", "Rule", `"Targets"`, `"State": "ON", "Targets"`, "State must be ENABLED or DISABLED"},
		{"schema", "Book", `"0.3"`, `"2.2"`, "schemaVersion must be 0.3"},
		{"step", "Book", `"inputs"`, `"input"`, "unknown field"},
		{"kind of document", "Book", `"DocumentType": "Automation"`, `"DocumentType": "Command"`, "only Automation is modelled"},
		{"format", "Book", `"DocumentType"`, `"DocumentFormat": "YAML", "DocumentType"`, "only the format JSON is modelled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(runbook[tt.resource], tt.from, tt.to, 1)
			if changed == runbook[tt.resource] {
				t.Fatalf("%s does not have %s", tt.resource, tt.from)
			}
			_, err := deploy(t, assemble(t, stacks{"app us-east-1": runbook.with(resources{tt.resource: changed})}), options(1))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
}

// TestRecoveryStack deploys the recovery stack of the golden files, which has everything that one can have.
func TestRecoveryStack(t *testing.T) {
	const file = "ToDoMgmt-recovery.golden.json"
	text, err := os.ReadFile(filepath.Join("../../../test/testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	a, err := assembly.New(newStack(t, "ToDoMgmt-recovery", "us-east-2", file, text))
	if err != nil {
		t.Fatal(err)
	}
	a.Dir = "../../../test/testdata"
	d, err := deploy(t, a, options(1))
	if err != nil {
		t.Fatal(err)
	}
	d.do(func(s *awssim.State) {
		r := s.Region("us-east-2")
		if r.EventRules.Len() < 4 || r.Documents.Len() < 2 || r.Archives.Len() != 1 || r.ItemTables.Len() != 1 {
			t.Errorf("got %d rules, %d documents, %d archives, %d tables", r.EventRules.Len(), r.Documents.Len(), r.Archives.Len(), r.ItemTables.Len())
		}
		z, ok := s.HostedZones.Get("Z0123456789ABCDEFGHIJ")
		want := awssim.DNSRecord{Name: "api.example.com.", Type: "CNAME", TTL: 60, Values: []string{"a.us-east-1.elb.amazonaws.com"}}
		if !ok || z.Name != "example.com." || !cmp.Equal(z.Records, []awssim.DNSRecord{want}) {
			t.Errorf("the imported hosted zone is %+v", z)
		}
		for _, f := range r.Functions.Values() {
			if strings.Contains(f.Name, "Dns") && f.Async["live"].OnFailure == "" {
				t.Errorf("%s has no destination for failures: %v", f.Name, f.Async)
			}
		}
	})
}

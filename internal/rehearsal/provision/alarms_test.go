package provision_test

import (
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// stray is an alarm on an expression, and a rule with a schedule.
var stray = resources{
	"Topic": `AWS::SNS::Topic`,
	"Alarm": `AWS::CloudWatch::Alarm {"ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 10, "Threshold": 1, "Metrics": [
		{"Id": "stray", "Expression": "IF(active > 0, 1, 0)", "Label": "Stray", "ReturnData": true},
		{"Id": "active", "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "Active"}, "Period": 60, "Stat": "Maximum"}, "ReturnData": false}]}`,
	"Rule": `AWS::Events::Rule {"ScheduleExpression": "rate(1 minute)", "State": "ENABLED", "Targets": [{"Id": "Target0", "Arn": {"Ref": "Topic"}}]}`,
}

func TestAlarmOnExpression(t *testing.T) {
	d := mustDeploy(t, stray)
	d.do(func(s *awssim.State) {
		r := s.Region("us-east-1")
		a := r.Alarms.Values()[0]
		if len(a.Queries) != 2 || !a.Queries[0].Watched || a.Queries[1].Watched || a.Queries[1].Metric.Name != "Active" || a.Queries[1].Period != time.Minute {
			t.Errorf("got %+v", a)
		}
		if rule := r.RulesOf(awssim.DefaultBus)[0]; rule.Schedule != "rate(1 minute)" || rule.Pattern != "" || len(rule.Targets) != 1 {
			t.Errorf("got %+v", rule)
		}
	})
}

func TestAlarmsAndSchedulesAreRefused(t *testing.T) {
	tests := []struct{ name, resource, from, to, want string }{
		{"no metric", "Alarm", `"Metrics"`, `"Tags"`, "either property MetricName or property Metrics must be given"},
		{"one metric and several", "Alarm", `"Threshold"`, `"MetricName": "M", "Threshold"`, "either property MetricName or property Metrics must be given"},
		{"period of several", "Alarm", `"Threshold"`, `"Period": 60, "Threshold"`, "must not be given together with Metrics"},
		{"nothing watched", "Alarm", `"ReturnData": true`, `"ReturnData": false`, "exactly one of Metrics must have ReturnData true, got 0"},
		{"two watched", "Alarm", `, "ReturnData": false`, ``, "exactly one of Metrics must have ReturnData true, got 2"},
		{"empty metric", "Alarm", `"Expression": "IF(active > 0, 1, 0)", `, ``, "metric stray must have either Expression or MetricStat"},
		{"schedule", "Rule", `rate(1 minute)`, `rate(1 minutes)`, "Parameter ScheduleExpression is not valid"},
		{"cron", "Rule", `rate(1 minute)`, `cron(0 8 * * ? *)`, "schedule cron(0 8 * * ? *) is not simulated: it must be a rate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			changed := strings.Replace(stray[tt.resource], tt.from, tt.to, 1)
			if changed == stray[tt.resource] {
				t.Fatalf("%s does not have %s", tt.resource, tt.from)
			}
			_, err := deploy(t, assemble(t, stacks{"app us-east-1": stray.with(resources{tt.resource: changed})}), options(1))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("want %q, got %v", tt.want, err)
			}
		})
	}
}

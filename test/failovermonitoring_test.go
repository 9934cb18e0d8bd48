package test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/failovermonitoring"
	"github.com/warmstandby/warmstandby/constructs/failoverpipeline"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// monitoring is the template of a customer's monitoring, beside the pipeline.
func monitoring(t testing.TB, change func(*failovermonitoring.Props)) synthesized {
	t.Helper()
	stack := newStack(t)
	p := failoverpipeline.New(stack, "Failover", shopProps())
	props := &failovermonitoring.Props{
		Document: shop(), Role: topology.Secondary, TopologyParameter: p.TopologyParameter(), Reports: p.Reports(), Key: p.Key(),
		Topic: p.Topic(), ApiName: "ShopApi", StageName: "prod", BuildWith: failoverpipeline.ImportPaths(),
	}
	if change != nil {
		change(props)
	}
	failovermonitoring.New(stack, "Monitoring", props)
	return synthesize(t, stack)
}

// monitoringAlarm is an alarm by the end of its construct's id.
func monitoringAlarm(t testing.TB, template synthesized, id string) map[string]any {
	t.Helper()
	for _, alarm := range template.resources(t, "AWS::CloudWatch::Alarm") {
		if strings.HasPrefix(alarm.id, "Monitoring"+id) {
			return alarm.properties
		}
	}
	t.Fatalf("no alarm %s", id)
	return nil
}

func dimension(name, value string) []any { return []any{map[string]any{"Name": name, "Value": value}} }

func TestMonitoringAlarms(t *testing.T) {
	template := monitoring(t, nil)
	cluster, own := dimension("DBClusterIdentifier", "shop-secd"), dimension("Application", "Shop")
	const above, below = "GreaterThanOrEqualToThreshold", "LessThanThreshold"
	for id, want := range map[string]map[string]any{
		"RpoLag": {
			"Namespace": "AWS/RDS", "MetricName": "AuroraGlobalDBRPOLag", "Dimensions": cluster, "ComparisonOperator": above, "Threshold": 60000.0,
			"EvaluationPeriods": 5.0, "Period": 60.0, "Statistic": "Maximum", "TreatMissingData": "notBreaching",
		},
		"ReplicationLag": {"MetricName": "AuroraGlobalDBReplicationLag", "Dimensions": cluster, "Threshold": 60000.0, "TreatMissingData": "notBreaching"},
		"ServerErrors": {
			"Namespace": "AWS/ApiGateway", "MetricName": "5XXError", "Threshold": 10.0, "Period": 300.0, "Statistic": "Sum", "ComparisonOperator": above,
			"Dimensions": []any{map[string]any{"Name": "ApiName", "Value": "ShopApi"}, map[string]any{"Name": "Stage", "Value": "prod"}},
		},
		"Fenced": {
			"Namespace": "Warmstandby", "MetricName": "Fenced", "Dimensions": own, "ComparisonOperator": above, "Threshold": 1.0,
			"EvaluationPeriods": 15.0, "Period": 60.0, "TreatMissingData": "notBreaching",
		},
		"EdgeSilent":  {"MetricName": "EdgeAnswers", "Dimensions": own, "ComparisonOperator": below, "Threshold": 1.0, "EvaluationPeriods": 5.0, "TreatMissingData": "breaching"},
		"DrillFailed": {"MetricName": "DrillSucceeded", "ComparisonOperator": below, "Threshold": 1.0, "TreatMissingData": "notBreaching"},
	} {
		got := monitoringAlarm(t, template, id)
		for name, value := range want {
			if diff := cmp.Diff(value, got[name]); diff != "" {
				t.Errorf("%s of %s (-want +got):\n%s", name, id, diff)
			}
		}
		topic := any([]any{map[string]any{"Ref": template.only(t, "AWS::SNS::Topic").id}})
		if !cmp.Equal(got["AlarmActions"], topic) || !cmp.Equal(got["OKActions"], topic) || got["AlarmDescription"] == nil {
			t.Errorf("%s tells %v, then %v, that %v", id, got["AlarmActions"], got["OKActions"], got["AlarmDescription"])
		}
	}
	stray, _ := json.Marshal(monitoringAlarm(t, template, "ActiveWithoutWriter")["Metrics"])
	for _, want := range []string{`"IF(active > 0 AND writer < 1, 1, 0)"`, `"Active"`, `"Writer"`} {
		if !strings.Contains(strings.NewReplacer(`\u003e`, ">", `\u003c`, "<").Replace(string(stray)), want) {
			t.Errorf("%s lacks %s", stray, want)
		}
	}
}

// TestMonitoringThresholds are the caller's.
func TestMonitoringThresholds(t *testing.T) {
	template := monitoring(t, func(p *failovermonitoring.Props) {
		p.MaxLagSeconds, p.MaxServerErrors, p.MaxFenceMinutes, p.MaxDaysSinceDrill = 5, 3, 45, 30
	})
	for id, want := range map[string]float64{"RpoLag": 5000, "ReplicationLag": 5000, "ServerErrors": 3, "DrillOverdue": 30} {
		if got := monitoringAlarm(t, template, id)["Threshold"]; got != want {
			t.Errorf("%s is at %v, want %v", id, got, want)
		}
	}
	if got := monitoringAlarm(t, template, "Fenced")["EvaluationPeriods"]; got != 45.0 {
		t.Errorf("the fence is alarming after %v minutes", got)
	}
	for _, alarm := range monitoring(t, nil).resources(t, "AWS::CloudWatch::Alarm") {
		if strings.Contains(alarm.id, "DrillOverdue") {
			t.Errorf("%s is there by default", alarm.id)
		}
	}
}

func TestMonitoringFunction(t *testing.T) {
	template := monitoring(t, nil)
	var rates []string
	for _, rule := range template.resources(t, "AWS::Events::Rule") {
		if rate, ok := rule.properties["ScheduleExpression"].(string); ok {
			rates = append(rates, rate)
			if target, _ := json.Marshal(rule.properties["Targets"]); !strings.Contains(string(target), "MonitoringStatus") {
				t.Errorf("got targets %s", target)
			}
		}
	}
	if !slices.Equal(rates, []string{"rate(1 minute)"}) {
		t.Errorf("got rates %q", rates)
	}
	var actions []string
	permissions := template.permissions(t, "MonitoringStatusRole")
	for action := range permissions {
		actions = append(actions, action)
	}
	slices.Sort(actions)
	if diff := cmp.Diff([]string{"kms:Decrypt", "rds:DescribeGlobalClusters", "s3:GetObject", "s3:ListBucket", "ssm:GetParameter"}, actions); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	if permissions["rds:DescribeGlobalClusters"] != shopGlobal || !strings.Contains(permissions["s3:GetObject"], "/drills/last.json") {
		t.Errorf("got %v", permissions)
	}
}

func TestMonitoringDashboard(t *testing.T) {
	template := monitoring(t, func(p *failovermonitoring.Props) { p.DashboardName = "Shop" })
	dashboard := template.only(t, "AWS::CloudWatch::Dashboard")
	body, _ := json.Marshal(dashboard.properties["DashboardBody"])
	for _, want := range []string{
		"AuroraGlobalDBRPOLag", "AuroraGlobalDBReplicationLag", "5XXError", "Active", "Writer", "Fenced", "EdgeAnswers", "DrillSucceeded", "DaysSinceDrill",
	} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the dashboard lacks %s", want)
		}
	}
	if dashboard.properties["DashboardName"] != "Shop" {
		t.Errorf("got name %v", dashboard.properties["DashboardName"])
	}
}

func TestMonitoringFails(t *testing.T) {
	wantPanic(t, func() { failovermonitoring.New(newStack(t), "Monitoring", nil) },
		"failover monitoring Test/Monitoring: ", "TopologyParameter is required", "Reports is required", "Key is required", "Topic is required",
		"ApiName is required", "StageName is required", `Role must be one of [pri secd], got ""`)
	wantPanic(t, func() {
		monitoring(t, func(p *failovermonitoring.Props) { p.MaxFenceMinutes, p.MaxLagSeconds = 1441, -1 })
	}, "MaxFenceMinutes must be 0 (for the default) to 1440, got 1441", "MaxLagSeconds must be 0 (for the default) to 86400, got -1")
}

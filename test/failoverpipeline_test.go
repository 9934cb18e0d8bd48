package test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/failoverpipeline"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

func shopSite(region, role string) topology.Site {
	return topology.Site{
		Region: region, ClusterArn: "arn:aws:rds:" + region + ":123456789012:cluster:shop-" + role, Proxy: "shop-" + role,
		CheckFunction: "shop-" + role + "-check", RequestSeconds: 10, Pipeline: "shop-to-" + role, ReportBucket: "shop-reports-" + role,
	}
}

// shop is a customer's application. Its secondary Region is that of newStack.
func shop() topology.Document {
	return topology.Document{
		Version: 1, Application: "Shop", GlobalCluster: "shop-global",
		Edge: topology.Edge{
			StoreArn: "arn:aws:cloudfront::123456789012:key-value-store/11111111-2222-3333-4444-555555555555",
			URL:      "https://shop.example.com", HealthPath: "/v1/health", SettleSeconds: 30,
		},
		Regions: map[topology.Role]topology.Site{
			topology.Primary: shopSite("eu-west-1", "pri"), topology.Secondary: shopSite("us-east-1", "secd"),
		},
	}
}

func shopProps() *failoverpipeline.Props {
	return &failoverpipeline.Props{Document: shop(), Activates: topology.Secondary, TopologyParameterName: "/shop/secd/topology"}
}

// failoverPipeline is the template of a customer's pipeline.
func failoverPipeline(t testing.TB, props *failoverpipeline.Props) synthesized {
	t.Helper()
	stack := newStack(t)
	failoverpipeline.New(stack, "Failover", props)
	return synthesize(t, stack)
}

// mapsOf is a list of objects.
func mapsOf(v any) []map[string]any {
	var all []map[string]any
	items, _ := v.([]any)
	for _, item := range items {
		all = append(all, item.(map[string]any))
	}
	return all
}

func TestFailoverPipelineStages(t *testing.T) {
	pipeline := failoverPipeline(t, shopProps()).only(t, "AWS::CodePipeline::Pipeline")
	p := pipeline.properties
	if p["PipelineType"] != "V2" || p["ExecutionMode"] != "QUEUED" || p["Name"] != "shop-to-secd" || p["RestartExecutionOnUpdate"] != false {
		t.Errorf("got type %v, mode %v, name %v, restart %v", p["PipelineType"], p["ExecutionMode"], p["Name"], p["RestartExecutionOnUpdate"])
	}
	if p["ArtifactStores"] != nil || p["Triggers"] != nil {
		t.Errorf("works in other Regions (%v) or starts by itself (%v)", p["ArtifactStores"], p["Triggers"])
	}
	var names, drills []string
	for _, stage := range mapsOf(p["Stages"]) {
		name := stage["Name"].(string)
		names = append(names, name)
		for _, on := range []string{"OnFailure", "OnSuccess"} {
			if stage[on] != nil {
				t.Errorf("stage %s has %s: %v", name, on, stage[on])
			}
		}
		if stage["BeforeEntry"] == nil {
			continue
		}
		drills = append(drills, name)
		want := map[string]any{"Conditions": []any{map[string]any{"Result": "SKIP", "Rules": []any{map[string]any{
			"Name":          "OnlyInDrills",
			"RuleTypeId":    map[string]any{"Category": "Rule", "Owner": "AWS", "Provider": "VariableCheck", "Version": "1"},
			"Configuration": map[string]any{"Variable": "#{variables.mode}", "Operator": "EQ", "Value": "drill"},
		}}}}}
		if diff := cmp.Diff(want, stage["BeforeEntry"]); diff != "" {
			t.Errorf("condition of %s (-want +got):\n%s", name, diff)
		}
	}
	want := []string{"Source", "Assess", "Approve", "Move", "Verify", "Report", "Hold", "Return", "VerifyReturn", "ReportReturn"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[6:], drills); diff != "" {
		t.Errorf("stages of drills only (-want +got):\n%s", diff)
	}
}

// TestFailoverPipelineActions holds what each action runs, with which input.
func TestFailoverPipelineActions(t *testing.T) {
	template := failoverPipeline(t, shopProps())
	names := map[string]string{}
	for _, f := range template.resources(t, "AWS::Lambda::Function") {
		names[f.id], _ = f.properties["FunctionName"].(string)
	}
	functions := map[string]string{
		"Assess": "Assess", "Move": "Move", "Verify": "Verify", "Report": "Report", "Return": "Move", "VerifyReturn": "Verify", "ReportReturn": "Report",
	}
	for _, stage := range mapsOf(template.only(t, "AWS::CodePipeline::Pipeline").properties["Stages"]) {
		action := mapsOf(stage["Actions"])[0]
		name, configuration := action["Name"].(string), action["Configuration"].(map[string]any)
		function, invokes := functions[name]
		if !invokes {
			continue
		}
		delete(functions, name)
		phase := map[bool]string{false: "there", true: "back"}[strings.HasSuffix(name, "Return")]
		if got := names[configuration["FunctionName"].(map[string]any)["Ref"].(string)]; got != "shop-to-secd-"+function || action["Namespace"] != name {
			t.Errorf("%s invokes %s, with variables in %v", name, got, action["Namespace"])
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(configuration["UserParameters"].(string)), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{
			"run": "#{codepipeline.PipelineExecutionId}", "target": "secd", "phase": phase, "startedBy": "pipeline shop-to-secd",
			"mode": "#{variables.mode}", "reason": "#{variables.reason}", "maxDataLoss": "#{variables.maxDataLoss}", "overrides": "#{variables.overrides}",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("parameters of %s (-want +got):\n%s", name, diff)
		}
	}
	if len(functions) > 0 {
		t.Errorf("lacks actions %v", functions)
	}
}

// TestFailoverPipelineVariables holds that a pipeline cannot start by itself when it is created: reason has no default.
func TestFailoverPipelineVariables(t *testing.T) {
	for role, mode := range map[topology.Role]string{topology.Primary: "failback", topology.Secondary: "switchover"} {
		props := shopProps()
		props.Activates = role
		if role == topology.Primary { // in the stack's Region
			pri, secd := props.Document.Regions[topology.Primary], props.Document.Regions[topology.Secondary]
			pri.Region, secd.Region = secd.Region, pri.Region
			pri.ClusterArn, secd.ClusterArn = strings.Replace(pri.ClusterArn, "eu-west-1", "us-east-1", 1), strings.Replace(secd.ClusterArn, "us-east-1", "eu-west-1", 1)
			props.Document.Regions = map[topology.Role]topology.Site{topology.Primary: pri, topology.Secondary: secd}
		}
		defaults := map[string]any{}
		for _, v := range mapsOf(failoverPipeline(t, props).only(t, "AWS::CodePipeline::Pipeline").properties["Variables"]) {
			defaults[v["Name"].(string)] = v["DefaultValue"]
			if n := len(v["Description"].(string)); n == 0 || n > 200 {
				t.Errorf("the description of %v has %d characters", v["Name"], n)
			}
		}
		want := map[string]any{"mode": mode, "reason": nil, "maxDataLoss": "60", "overrides": "none"}
		if diff := cmp.Diff(want, defaults); diff != "" {
			t.Errorf("defaults of %s (-want +got):\n%s", role, diff)
		}
	}
}

func TestFailoverPipelineApprovals(t *testing.T) {
	template := failoverPipeline(t, shopProps())
	topic := template.only(t, "AWS::SNS::Topic")
	minutes := map[string]float64{"Approve": 60, "Hold": 1440}
	for _, stage := range mapsOf(template.only(t, "AWS::CodePipeline::Pipeline").properties["Stages"]) {
		action := mapsOf(stage["Actions"])[0]
		want, ok := minutes[action["Name"].(string)]
		if !ok {
			continue
		}
		delete(minutes, action["Name"].(string))
		configuration := action["Configuration"].(map[string]any)
		text := configuration["CustomData"].(string)
		if action["TimeoutInMinutes"] != want || !strings.Contains(text, ".Summary}") || len(text) > 180 {
			t.Errorf("%v waits %v minutes and says %s", action["Name"], action["TimeoutInMinutes"], text)
		}
		if diff := cmp.Diff(map[string]any{"Ref": topic.id}, configuration["NotificationArn"]); diff != "" {
			t.Errorf("%v tells (-want +got):\n%s", action["Name"], diff)
		}
	}
	if len(minutes) > 0 {
		t.Errorf("lacks approvals %v", minutes)
	}
}

func TestFailoverPipelineEncryption(t *testing.T) {
	template := failoverPipeline(t, shopProps())
	key := map[string]any{"Fn::GetAtt": []any{template.only(t, "AWS::KMS::Key").id, "Arn"}}
	for _, bucket := range template.resources(t, "AWS::S3::Bucket") {
		encryption, _ := json.Marshal(bucket.properties["BucketEncryption"])
		if wanted, _ := json.Marshal(key); !strings.Contains(string(encryption), string(wanted)) {
			t.Errorf("bucket %s is encrypted by %s", bucket.id, encryption)
		}
	}
	if policies := template.resources(t, "AWS::S3::BucketPolicy"); len(policies) != 2 {
		t.Errorf("got %d bucket policies, want 2", len(policies))
	}
	for _, policy := range append(template.resources(t, "AWS::S3::BucketPolicy"), template.only(t, "AWS::SNS::TopicPolicy")) {
		if text, _ := json.Marshal(policy.properties); !strings.Contains(string(text), `"aws:SecureTransport":"false"`) {
			t.Errorf("%s lets requests in without TLS: %s", policy.id, text)
		}
	}
	store := template.only(t, "AWS::CodePipeline::Pipeline").properties["ArtifactStore"].(map[string]any)
	if diff := cmp.Diff(map[string]any{"Id": key, "Type": "KMS"}, store["EncryptionKey"]); diff != "" {
		t.Errorf("key of artifacts (-want +got):\n%s", diff)
	}
	template.hasProperties(t, "AWS::S3::Bucket", map[string]any{"BucketName": "shop-reports-secd", "VersioningConfiguration": map[string]any{"Status": "Enabled"}})
}

// TestFailoverPipelineReportsEveryEnd has the report of a run written that fails before its stage for that.
func TestFailoverPipelineReportsEveryEnd(t *testing.T) {
	template := failoverPipeline(t, shopProps())
	rule := template.only(t, "AWS::Events::Rule")
	want := map[string]any{
		"source": []any{"aws.codepipeline"}, "detail-type": []any{"CodePipeline Pipeline Execution State Change"},
		"detail": map[string]any{"pipeline": []any{"shop-to-secd"}, "state": []any{"FAILED", "STOPPED"}},
	}
	if diff := cmp.Diff(want, rule.properties["EventPattern"]); diff != "" {
		t.Errorf("pattern (-want +got):\n%s", diff)
	}
	var targets []string
	for _, target := range mapsOf(rule.properties["Targets"]) {
		arn, _ := json.Marshal(target["Arn"])
		targets = append(targets, string(arn))
	}
	if len(targets) != 2 || !strings.Contains(targets[0], "Topic") || !strings.Contains(targets[1], "Report") {
		t.Errorf("got targets %v", targets)
	}
	permission := template.only(t, "AWS::Lambda::Permission")
	if permission.properties["Principal"] != "events.amazonaws.com" || permission.properties["SourceArn"] == nil {
		t.Errorf("got %v", permission.properties)
	}
}

func TestFailoverPipelineAlarms(t *testing.T) {
	template := failoverPipeline(t, shopProps())
	topic := []any{map[string]any{"Ref": template.only(t, "AWS::SNS::Topic").id}}
	var metrics []string
	for _, alarm := range template.resources(t, "AWS::CloudWatch::Alarm") {
		p := alarm.properties
		if !cmp.Equal(p["AlarmActions"], any(topic)) || !cmp.Equal(p["OKActions"], any(topic)) || p["TreatMissingData"] != "notBreaching" {
			t.Errorf("%s tells %v, then %v; missing data is %v", alarm.id, p["AlarmActions"], p["OKActions"], p["TreatMissingData"])
		}
		metrics = append(metrics, p["MetricName"].(string))
	}
	slices.Sort(metrics)
	if diff := cmp.Diff([]string{"Errors", "Errors", "Errors", "Errors", "Invocations"}, metrics); diff != "" {
		t.Errorf("alarms (-want +got):\n%s", diff)
	}
	template.hasProperties(t, "AWS::CloudWatch::Alarm", map[string]any{
		"MetricName": "Invocations", "Period": 900, "EvaluationPeriods": 4, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold",
	})
}

// TestFailoverPipelineSource copies the source into a bucket of its own, which needs nothing of CDK's when the pipeline runs.
func TestFailoverPipelineSource(t *testing.T) {
	template := failoverPipeline(t, shopProps())
	custom := template.only(t, "Custom::NominalSource")
	pipeline := template.only(t, "AWS::CodePipeline::Pipeline")
	if depends, _ := json.Marshal(pipeline.raw["DependsOn"]); !strings.Contains(string(depends), custom.id) {
		t.Errorf("the pipeline does not wait for its source: %s", depends)
	}
	if create, _ := json.Marshal(custom.properties["Create"]); !strings.Contains(string(create), "CopyObject") || !strings.Contains(string(create), "source/nothing.zip") {
		t.Errorf("got %s", create)
	}
	source := mapsOf(mapsOf(pipeline.properties["Stages"])[0]["Actions"])[0]["Configuration"].(map[string]any)
	if source["PollForSourceChanges"] != false || source["S3ObjectKey"] != "source/nothing.zip" {
		t.Errorf("got %v", source)
	}
}

// TestFailoverPipelineTopology holds the parameter to be what the functions read.
func TestFailoverPipelineTopology(t *testing.T) {
	template := failoverPipeline(t, shopProps())
	parameter := template.only(t, "AWS::SSM::Parameter")
	got, err := topology.ParseDocument(parameter.properties["Value"].(string))
	if err != nil || parameter.properties["Name"] != "/shop/secd/topology" {
		t.Fatalf("%v: %v", parameter.properties["Name"], err)
	}
	if diff := cmp.Diff(shop(), got); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
	seen := 0
	for _, f := range template.resources(t, "AWS::Lambda::Function") {
		if variables, ok := f.properties["Environment"].(map[string]any); ok && f.properties["FunctionName"] != nil {
			seen++
			if diff := cmp.Diff(map[string]any{topology.DocumentVariable: "/shop/secd/topology"}, variables["Variables"]); diff != "" {
				t.Errorf("environment of %s (-want +got):\n%s", f.id, diff)
			}
		}
	}
	if seen != 4 {
		t.Errorf("saw %d functions, want 4", seen)
	}
}

// TestFailoverPipelineWithTokens is what an app has whose edge is another stack's.
func TestFailoverPipelineWithTokens(t *testing.T) {
	stack := newStack(t)
	props := shopProps()
	parameter := awscdk.NewCfnParameter(stack, jsii.String("Store"), nil)
	props.Document.Edge.StoreArn = *parameter.ValueAsString()
	props.Document.Edge.URL = "https://" + *parameter.ValueAsString()
	failoverpipeline.New(stack, "Failover", props)
	if text, _ := json.Marshal(synthesize(t, stack).only(t, "AWS::SSM::Parameter").properties["Value"]); strings.Count(string(text), `{"Ref":"Store"}`) != 2 {
		t.Errorf("got %s", text)
	}
}

func TestFailoverPipelineFails(t *testing.T) {
	props := shopProps()
	props.Activates = topology.Primary
	site := props.Document.Regions[topology.Primary]
	site.Pipeline, site.ReportBucket, site.Proxy = strings.Repeat("p", 51), "Reports", ""
	props.Document.Regions[topology.Primary] = site
	props.TopologyParameterName = "topology"
	wantPanic(t, func() { failoverpipeline.New(newStack(t), "Failover", props) },
		"failover pipeline Test/Failover: ", "regions.pri.proxy is missing", `the stack must be in eu-west-1, which the pipeline activates, got Region "us-east-1"`,
		"Pipeline of pri must be 1 to 50", `ReportBucket of pri must be 3 to 63 lower-case letters, digits and hyphens, got "Reports"`,
		`TopologyParameterName must be levels such as /shop/secd/topology, got "topology"`)
	wantPanic(t, func() { failoverpipeline.New(newStack(t), "Failover", nil) }, "version must be 1, got 0", "Activates must be one of [pri secd]")
}

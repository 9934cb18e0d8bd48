package test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// permissions are the actions that a role may do by its inline policies, each with its resources. Policies are found by the role
// that they attach to; logs and traces are left out.
func (s synthesized) permissions(t testing.TB, role string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, policy := range s.resources(t, "AWS::IAM::Policy") {
		roles, _ := json.Marshal(policy.properties["Roles"])
		if !strings.Contains(string(roles), role) {
			continue
		}
		for _, statement := range mapsOf(policy.properties["PolicyDocument"].(map[string]any)["Statement"]) {
			resources := texts(statement["Resource"])
			for _, action := range texts(statement["Action"]) {
				if service, _, _ := strings.Cut(action, ":"); service != "logs" && service != "xray" {
					found[action] = strings.Join(resources, " ")
				}
			}
			if statement["Effect"] != "Allow" || statement["Condition"] != nil {
				t.Errorf("%s has %v", role, statement)
			}
		}
	}
	return found
}

// texts are the elements of a list, or the one that stands for it, as texts.
func texts(v any) []string {
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	var all []string
	for _, item := range items {
		text, ok := item.(string)
		if !ok {
			data, _ := json.Marshal(item)
			text = string(data)
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

const (
	shopStore    = "arn:aws:cloudfront::123456789012:key-value-store/11111111-2222-3333-4444-555555555555"
	shopGlobal   = "arn:aws:rds::123456789012:global-cluster:shop-global"
	shopClusters = "arn:aws:rds:eu-west-1:123456789012:cluster:shop-pri arn:aws:rds:us-east-1:123456789012:cluster:shop-secd"
	shopChecks   = "arn:aws:lambda:eu-west-1:123456789012:function:shop-pri-check arn:aws:lambda:us-east-1:123456789012:function:shop-secd-check"
	shopProxies  = "arn:aws:rds:eu-west-1:123456789012:db-proxy:* arn:aws:rds:eu-west-1:123456789012:target-group:* " +
		"arn:aws:rds:us-east-1:123456789012:db-proxy:* arn:aws:rds:us-east-1:123456789012:target-group:*"
)

// TestFailoverPipelinePermissions holds each function to exactly what it does.
func TestFailoverPipelinePermissions(t *testing.T) {
	template := failoverPipeline(t, shopProps())
	reports := ""
	for _, bucket := range template.resources(t, "AWS::S3::Bucket") {
		if bucket.properties["BucketName"] != nil {
			reports = `{"Fn::GetAtt":["` + bucket.id + `","Arn"]}`
		}
	}
	objects := func(keys string) string { return `{"Fn::Join":["",[` + reports + `,"/` + keys + `"]]}` }
	key := `{"Fn::GetAtt":["` + template.only(t, "AWS::KMS::Key").id + `","Arn"]}`
	answering := map[string]string{
		"codepipeline:PutJobFailureResult": "*", "codepipeline:PutJobSuccessResult": "*",
		"ssm:GetParameter":    `{"Fn::Join":["",["arn:aws:ssm:us-east-1:123456789012:parameter",{"Ref":"` + template.only(t, "AWS::SSM::Parameter").id + `"}]]}`,
		"kms:GenerateDataKey": key,
		"s3:PutObject":        objects("runs/*"),
	}
	looking := with(answering, map[string]string{
		"cloudfront-keyvaluestore:DescribeKeyValueStore": shopStore, "cloudfront-keyvaluestore:ListKeys": shopStore,
		"lambda:InvokeFunction":  shopChecks,
		"rds:DescribeDBClusters": shopClusters, "rds:DescribeGlobalClusters": shopGlobal,
		"rds:DescribeDBInstances": "arn:aws:rds:eu-west-1:123456789012:db:* arn:aws:rds:us-east-1:123456789012:db:*",
	})
	observing := with(looking, map[string]string{"cloudwatch:GetMetricData": "*", "rds:DescribeDBProxyTargets": shopProxies})
	moving := shopGlobal + " " + shopClusters
	for role, want := range map[string]map[string]string{
		"FailoverAssessRole": observing,
		"FailoverMoveRole": with(observing, map[string]string{
			"cloudfront-keyvaluestore:UpdateKeys": shopStore,
			"rds:FailoverGlobalCluster":           moving, "rds:RemoveFromGlobalCluster": moving, "rds:SwitchoverGlobalCluster": moving,
		}),
		"FailoverVerifyRole": looking,
		"FailoverReportRole": with(answering, map[string]string{
			"codepipeline:GetPipelineExecution": "arn:aws:codepipeline:us-east-1:123456789012:shop-to-secd",
			"codepipeline:ListActionExecutions": "arn:aws:codepipeline:us-east-1:123456789012:shop-to-secd",
			"kms:Decrypt":                       key,
			"s3:GetObject":                      objects("runs/*"),
			"s3:ListBucket":                     reports,
			"s3:PutObject":                      objects("drills/last.json") + " " + objects("runs/*"),
		}),
	} {
		if diff := cmp.Diff(want, template.permissions(t, role)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
}

// with is a map with the members of both.
func with(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// TestFailoverPipelineRole holds the pipeline's own role to starting these functions: nothing else of it can change anything.
func TestFailoverPipelineRole(t *testing.T) {
	got := failoverPipeline(t, shopProps()).permissions(t, "FailoverRole")
	for _, function := range []string{"Assess", "Move", "Verify", "Report"} {
		if !strings.Contains(got["lambda:InvokeFunction"], "Failover"+function) {
			t.Errorf("the pipeline cannot invoke %s: %s", function, got["lambda:InvokeFunction"])
		}
	}
	for action := range got {
		service, _, _ := strings.Cut(action, ":")
		if !slices.Contains([]string{"s3", "kms", "lambda", "sns"}, service) {
			t.Errorf("the pipeline may %s", action)
		}
	}
	if strings.Contains(got["s3:PutObject"], "Reports") {
		t.Errorf("the pipeline may write reports: %s", got["s3:PutObject"])
	}
}

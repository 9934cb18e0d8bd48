package test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/assembly"
)

func TestWaf(t *testing.T) {
	if acl := defaultApplication(t).Stack("ToDoMgmt-edge").Template.OfType("AWS::WAFv2::WebACL"); len(acl) != 0 {
		t.Errorf("the default application has a web ACL, %s", acl[0].LogicalID)
	}
	a := configured(t, func(c *topology.Config) { c.Waf = true })
	acl := resourcesOf(t, a, "ToDoMgmt-edge", "AWS::WAFv2::WebACL")[0]
	if rules := acl.Properties["Rules"].([]any); len(rules) != 3 {
		t.Errorf("the web ACL has %d rules, want 3", len(rules))
	}
	distribution := resourcesOf(t, a, "ToDoMgmt-edge", "AWS::CloudFront::Distribution")[0]
	want := map[string]any{"Fn::GetAtt": []any{acl.LogicalID, "Arn"}}
	if diff := cmp.Diff(want, config(distribution)["WebACLId"]); diff != "" {
		t.Errorf("the distribution's web ACL (-want +got):\n%s", diff)
	}
}

func TestDomainName(t *testing.T) {
	arn := "arn:aws:acm:us-east-1:123456789012:certificate/abc"
	a := configured(t, func(c *topology.Config) { c.DomainName, c.CertificateArn = "api.example.com", arn })
	got := config(resourcesOf(t, a, "ToDoMgmt-edge", "AWS::CloudFront::Distribution")[0])
	if diff := cmp.Diff([]any{"api.example.com"}, got["Aliases"]); diff != "" {
		t.Errorf("aliases (-want +got):\n%s", diff)
	}
	want := map[string]any{"AcmCertificateArn": arn, "MinimumProtocolVersion": "TLSv1.2_2021", "SslSupportMethod": "sni-only"}
	if diff := cmp.Diff(want, got["ViewerCertificate"]); diff != "" {
		t.Errorf("certificate (-want +got):\n%s", diff)
	}
}

func config(distribution *assembly.Resource) map[string]any {
	return distribution.Properties["DistributionConfig"].(map[string]any)
}

// The logs of functions go when the configuration says, also of the one that CDK defines for custom resources.
func TestFunctionLogs(t *testing.T) {
	a := configured(t, func(c *topology.Config) { c.LogRetentionDays = 90 })
	for stack, want := range map[string]int{"PriDeploy-ToDoMgmt-app-pri": 8, "SecdDeploy-ToDoMgmt-app-secd": 8} {
		groups := resourcesOf(t, a, stack, "AWS::Logs::LogGroup")
		if len(groups) != want { // of five functions, the custom resource's, and the API's two
			t.Errorf("%s has %d log groups, want %d", stack, len(groups), want)
		}
		for _, group := range groups {
			if days := group.Properties["RetentionInDays"]; days != 90.0 {
				t.Errorf("%s/%s keeps logs for %v days, want 90", stack, group.LogicalID, days)
			}
		}
	}
}

func TestSources(t *testing.T) {
	tests := []struct {
		name         string
		change       func(*topology.Config)
		provider     string
		repositories int
		setting      string
		value        any
	}{
		{"codecommit", func(c *topology.Config) {}, "CodeCommit", 1, "BranchName", "main"},
		{"connection", func(c *topology.Config) {
			c.Source, c.Repository, c.Branch = topology.Connection, "acme/shop", "release"
			c.ConnectionArn = "arn:aws:codeconnections:us-east-1:123456789012:connection/abc"
		}, "CodeStarSourceConnection", 0, "FullRepositoryId", "acme/shop"},
		{"s3", func(c *topology.Config) { c.Source, c.SourceBucket = topology.S3, "acme-source" }, "S3", 0, "S3ObjectKey", "source.zip"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := configured(t, tt.change)
			pipeline := resourcesOf(t, a, "ToDoMgmt", "AWS::CodePipeline::Pipeline")[0]
			action := stage(pipeline, "Source")[0]
			if got := action["ActionTypeId"].(map[string]any)["Provider"]; got != tt.provider {
				t.Errorf("the source is %v, want %s", got, tt.provider)
			}
			if got := action["Configuration"].(map[string]any)[tt.setting]; got != tt.value {
				t.Errorf("%s is %v, want %v", tt.setting, got, tt.value)
			}
			if got := len(a.Stack("ToDoMgmt").Template.OfType("AWS::CodeCommit::Repository")); got != tt.repositories {
				t.Errorf("the stack has %d repositories, want %d", got, tt.repositories)
			}
		})
	}
}

// stage is a pipeline's actions in one of its stages.
func stage(pipeline *assembly.Resource, name string) []map[string]any {
	var actions []map[string]any
	for _, s := range pipeline.Properties["Stages"].([]any) {
		if s := s.(map[string]any); s["Name"] == name {
			for _, action := range s["Actions"].([]any) {
				actions = append(actions, action.(map[string]any))
			}
		}
	}
	return actions
}

func TestPipelineDeploysPrimaryThenSecondaryThenEdge(t *testing.T) {
	pipeline := resourcesOf(t, defaultApplication(t), "ToDoMgmt", "AWS::CodePipeline::Pipeline")[0]
	var order []string
	for _, s := range pipeline.Properties["Stages"].([]any) {
		order = append(order, s.(map[string]any)["Name"].(string))
	}
	if diff := cmp.Diff([]string{"Source", "Build", "UpdatePipeline", "Assets", "PriDeploy", "SecdDeploy", "EdgeDeploy"}, order); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
	if pipeline.Properties["PipelineType"] != "V2" {
		t.Errorf("the pipeline's type is %v", pipeline.Properties["PipelineType"])
	}
}

// The stacks that stand alone come last: their assets, then the edge, then the ones that read what the edge leaves for them.
func TestPipelineDeploysStacksThatStandAlone(t *testing.T) {
	pipeline := resourcesOf(t, defaultApplication(t), "ToDoMgmt", "AWS::CodePipeline::Pipeline")[0]
	order, templates := map[string]float64{}, map[string]string{}
	for _, action := range stage(pipeline, "EdgeDeploy") {
		name := action["Name"].(string)
		order[name] = action["RunOrder"].(float64)
		if path, ok := action["Configuration"].(map[string]any)["TemplatePath"].(string); ok {
			templates[name] = path
		}
		region := map[bool]string{true: "us-east-2", false: "us-east-1"}[strings.Contains(name, "failover")]
		if role, _ := json.Marshal(action["RoleArn"]); name != "Publish" && !strings.Contains(string(role), "cdk-hnb659fds-deploy-role-123456789012-"+region) {
			t.Errorf("%v works as %s", name, role)
		}
	}
	wantOrder := map[string]float64{"Publish": 1}
	wantTemplates := map[string]string{}
	for stack, first := range map[string]float64{"ToDoMgmt-edge": 2, "ToDoMgmt-failover": 4, "ToDoMgmt-failback": 4} {
		wantOrder[stack+".Prepare"], wantOrder[stack+".Deploy"] = first, first+1
		wantTemplates[stack+".Prepare"] = "Synth_Output::" + stack + ".template.json"
	}
	if diff := cmp.Diff(wantOrder, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantTemplates, templates); diff != "" {
		t.Errorf("templates (-want +got):\n%s", diff)
	}
}

// Nothing else publishes the assets of stacks that stand alone.
func TestPipelinePublishesTheirAssets(t *testing.T) {
	a := defaultApplication(t)
	published := ""
	for _, project := range resourcesOf(t, a, "ToDoMgmt", "AWS::CodeBuild::Project") {
		if strings.Contains(project.LogicalID, "EdgeDeployPublish") {
			published, _ = project.Properties["Source"].(map[string]any)["BuildSpec"].(string)
		}
	}
	for _, s := range a.Stacks {
		if len(s.Assets) > 0 && !strings.Contains(s.DisplayName, "/") && !strings.Contains(published, "--path "+s.Name+".assets.json") {
			t.Errorf("nothing publishes the %d assets of %s: %s", len(s.Assets), s.Name, published)
		}
	}
	for _, region := range []string{"us-east-1", "us-east-2"} {
		role := "cdk-hnb659fds-file-publishing-role-123456789012-" + region
		if text := policiesOf(t, a, "PipelineEdgeDeployPublishRole"); !strings.Contains(text, role) {
			t.Errorf("the step must not assume %s: %s", role, text)
		}
	}
}

// policiesOf are the policies of the delivery stack that attach to a role.
func policiesOf(t *testing.T, a *assembly.Assembly, role string) string {
	t.Helper()
	var all string
	for _, policy := range resourcesOf(t, a, "ToDoMgmt", "AWS::IAM::Policy") {
		if roles, _ := json.Marshal(policy.Properties["Roles"]); strings.Contains(string(roles), role) {
			text, _ := json.Marshal(policy.Properties["PolicyDocument"])
			all += string(text)
		}
	}
	return all
}

// The pipeline installs the CLI that package.json pins.
func TestPipelineCLI(t *testing.T) {
	data, err := os.ReadFile("../package.json")
	if err != nil {
		t.Fatal(err)
	}
	var pinned struct{ DevDependencies map[string]string }
	if err := json.Unmarshal(data, &pinned); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, project := range resourcesOf(t, defaultApplication(t), "ToDoMgmt", "AWS::CodeBuild::Project") {
		spec, _ := project.Properties["Source"].(map[string]any)["BuildSpec"].(string)
		if strings.Contains(spec, "@latest") {
			t.Errorf("%s installs whatever is newest: %s", project.LogicalID, spec)
		}
		seen += strings.Count(spec, "aws-cdk@"+pinned.DevDependencies["aws-cdk"])
	}
	if seen == 0 {
		t.Errorf("no project installs aws-cdk@%s", pinned.DevDependencies["aws-cdk"])
	}
}

// The standby must carry the primary's load the minute after a failover.
func TestSecondaryTakesThePrimarysCapacity(t *testing.T) {
	a := configured(t, func(c *topology.Config) { c.DatabaseMinCapacity, c.DatabaseMaxCapacity = 4, 24.5 })
	want := map[string]any{"MinCapacity": 4.0, "MaxCapacity": 24.5}
	for _, stack := range []string{"PriDeploy-ToDoMgmt-infra-pri", "SecdDeploy-ToDoMgmt-infra-secd"} {
		got := resourcesOf(t, a, stack, "AWS::RDS::DBCluster")[0].Properties["ServerlessV2ScalingConfiguration"]
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
	}
}

// The standby accepts the primary's tokens beside its own, by a parameter of its own Region.
func TestUserPools(t *testing.T) {
	for stack, want := range map[string]int{"PriDeploy-ToDoMgmt-app-pri": 1, "SecdDeploy-ToDoMgmt-app-secd": 2} {
		authorizer := resourcesOf(t, defaultApplication(t), stack, "AWS::ApiGateway::Authorizer")[0]
		if pools := authorizer.Properties["ProviderARNs"].([]any); len(pools) != want {
			t.Errorf("%s accepts the tokens of %d pools, want %d", stack, len(pools), want)
		}
	}
	found := false
	for _, p := range defaultApplication(t).Stack("SecdDeploy-ToDoMgmt-app-secd").Template.Parameters {
		found = found || p.Default == "/ToDoMgmt/pri/user-pool-arn" && p.Type == "AWS::SSM::Parameter::Value<String>"
	}
	if !found {
		t.Error("the secondary's stack has no parameter for the primary's user pool")
	}
}

// Only the function that creates the table, and only in the primary Region, knows of the administrator.
func TestOnlyCreateTableReadsTheSecret(t *testing.T) {
	for _, stack := range []string{"PriDeploy-ToDoMgmt-app-pri", "SecdDeploy-ToDoMgmt-app-secd"} {
		for _, policy := range resourcesOf(t, defaultApplication(t), stack, "AWS::IAM::Policy") {
			text, _ := json.Marshal(policy.Properties["PolicyDocument"])
			may := strings.Contains(string(text), "secretsmanager:")
			want := stack == "PriDeploy-ToDoMgmt-app-pri" && strings.HasPrefix(policy.LogicalID, "CreateTableFunction")
			if may != want {
				t.Errorf("%s/%s mentions Secrets Manager: %v, want %v", stack, policy.LogicalID, may, want)
			}
		}
	}
}

// Through the endpoint the administrator's secret can be read, and nothing else.
func TestSecretsEndpoint(t *testing.T) {
	endpoint := resourcesOf(t, defaultApplication(t), "PriDeploy-ToDoMgmt-infra-pri", "AWS::EC2::VPCEndpoint")[0]
	secret := resourcesOf(t, defaultApplication(t), "PriDeploy-ToDoMgmt-infra-pri", "AWS::SecretsManager::SecretTargetAttachment")[0]
	want := map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Action": "secretsmanager:GetSecretValue", "Effect": "Allow", "Principal": map[string]any{"AWS": "*"},
		"Resource": map[string]any{"Ref": secret.LogicalID},
	}}}
	if diff := cmp.Diff(want, endpoint.Properties["PolicyDocument"]); diff != "" {
		t.Errorf("policy (-want +got):\n%s", diff)
	}
}

// Nothing needs an artifact of the pipeline for long, in either Region.
func TestArtifactsExpire(t *testing.T) {
	want := map[string]any{"Rules": []any{map[string]any{"ExpirationInDays": 30.0, "Status": "Enabled"}}}
	for _, stack := range []string{"ToDoMgmt", "ToDoMgmt-support-us-east-2"} {
		bucket := resourcesOf(t, defaultApplication(t), stack, "AWS::S3::Bucket")[0]
		if diff := cmp.Diff(want, bucket.Properties["LifecycleConfiguration"]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", stack, diff)
		}
	}
}

// Answers come from the functions as they are, so the functions have to know which origins may read them.
func TestCorsOrigins(t *testing.T) {
	a := configured(t, func(c *topology.Config) { c.CorsOrigins = []string{"https://a.example", "https://b.example"} })
	ours := 0
	for _, f := range resourcesOf(t, a, "PriDeploy-ToDoMgmt-app-pri", "AWS::Lambda::Function") {
		if _, named := f.Properties["FunctionName"]; !named {
			continue
		}
		ours++
		variables := f.Properties["Environment"].(map[string]any)["Variables"].(map[string]any)
		if got := variables["ALLOW_ORIGINS"]; got != "https://a.example,https://b.example" {
			t.Errorf("%s may be read by %v", f.LogicalID, got)
		}
	}
	if ours != 5 {
		t.Errorf("%d functions of ours, want 5", ours)
	}
	preflights := 0
	for _, m := range resourcesOf(t, a, "PriDeploy-ToDoMgmt-app-pri", "AWS::ApiGateway::Method") {
		if m.Properties["HttpMethod"] == "OPTIONS" {
			preflights++
		}
	}
	if preflights != 2 { // of the paths /v1 and /health
		t.Errorf("%d methods answer preflight requests, want 2", preflights)
	}
}

// Lambda must not cut short what the functions themselves bound: 6 seconds, 25 for creating the table, 1 for the health check.
func TestFunctionTimeouts(t *testing.T) {
	want := map[string]any{"CreateTableFunction": 30.0, "GetToDos": 10.0, "Health": 6.0, "RemoveToDos": 10.0, "UpsertToDos": 10.0}
	got := map[string]any{}
	for _, f := range resourcesOf(t, defaultApplication(t), "SecdDeploy-ToDoMgmt-app-secd", "AWS::Lambda::Function") {
		if name, ours := strings.CutPrefix(fmt.Sprint(f.Properties["FunctionName"]), "ToDoMgmt-app-secd-"); ours {
			got[name] = f.Properties["Timeout"]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("seconds (-want +got):\n%s", diff)
	}
}

// Where the configuration names zones, the network has a subnet of each kind in each of them and in no other.
func TestNamedZones(t *testing.T) {
	a := configured(t, func(c *topology.Config) { c.PrimaryZones = []string{"us-east-1b", "us-east-1d", "us-east-1f"} })
	got := map[any]int{}
	for _, subnet := range resourcesOf(t, a, "PriDeploy-ToDoMgmt-infra-pri", "AWS::EC2::Subnet") {
		got[subnet.Properties["AvailabilityZone"]]++
	}
	if diff := cmp.Diff(map[any]int{"us-east-1b": 2, "us-east-1d": 2, "us-east-1f": 2}, got); diff != "" {
		t.Errorf("subnets in each zone of the primary Region (-want +got):\n%s", diff)
	}
	if n := len(resourcesOf(t, a, "SecdDeploy-ToDoMgmt-infra-secd", "AWS::EC2::Subnet")); n != 4 {
		t.Errorf("the secondary Region has %d subnets, want 4 in its first two zones", n)
	}
}

package cloudformation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
)

// application is a world for testdata/cdk.out, which has the shape of the reference application: infrastructure and functions
// in two Regions, and an edge that reads what both have left in Systems Manager parameters. Its manifest lists them in the
// worst order.
func application() *world {
	w := newWorld()
	known := func(r cloudformation.Resource, ref string, attributes map[string]any) (cloudformation.Physical, error) {
		w.created = append(w.created, r)
		return cloudformation.Physical{Ref: ref, Attributes: attributes}, nil
	}
	w.secrets["todomgmt-pri AWSCURRENT "] = `{"username": "admin"}`
	w.secrets["todomgmt-secd AWSCURRENT "] = `{"username": "admin"}`
	w.options.Providers = cloudformation.Registry{
		"AWS::ApiGateway::RestApi": func(_ context.Context, r cloudformation.Resource) (cloudformation.Physical, error) {
			return known(r, "api-"+r.Region, nil)
		},
		"AWS::Lambda::Function": func(_ context.Context, r cloudformation.Resource) (cloudformation.Physical, error) {
			return known(r, fmt.Sprint(r.Properties["FunctionName"]), nil)
		},
		"AWS::RDS::DBProxy": func(_ context.Context, r cloudformation.Resource) (cloudformation.Physical, error) {
			return known(r, "proxy", map[string]any{
				"DBProxyArn": "arn:aws:rds:" + r.Region + ":123456789012:db-proxy:prx-" + r.Region, "Endpoint": "proxy." + r.Region,
			})
		},
		"AWS::SecretsManager::Secret": func(_ context.Context, r cloudformation.Resource) (cloudformation.Physical, error) {
			return known(r, fmt.Sprint(r.Properties["Name"]), nil)
		},
		"AWS::SSM::Parameter": func(ctx context.Context, r cloudformation.Resource) (cloudformation.Physical, error) {
			r.Properties["Region"] = r.Region
			return w.putParameter(ctx, r)
		},
		"Custom::RegionalParameter": w.putParameter,
	}
	w.options.NoBearing = make(map[string]string)
	for _, name := range []string{
		"AWS::ApiGateway::Authorizer", "AWS::CloudFront::Distribution", "AWS::Cognito::UserPool", "AWS::EC2::Subnet", "AWS::EC2::VPC",
		"AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::RDS::DBCluster",
	} {
		w.options.NoBearing[name] = "not looked at"
	}
	return w
}

func TestDeployAssembly(t *testing.T) {
	a, err := assembly.Read("testdata/cdk.out")
	if err != nil {
		t.Fatal(err)
	}
	w := application()
	d, err := cloudformation.Deploy(t.Context(), a, w.options)
	if err != nil {
		t.Fatal(err)
	}
	order := []string{
		"SecdDeployToDoMgmtinfrasecd", "PriDeployToDoMgmtinfrapri", "PriDeployToDoMgmtapppri", "SecdDeployToDoMgmtappsecd", "ToDoMgmt-edge",
	}
	if diff := cmp.Diff(order, names(d)); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	primary := d.Stack("ToDoMgmt/PriDeploy/ToDoMgmt-app-pri")
	function := primary.Resource("GetToDos")
	code := function.Properties["Code"].(map[string]any)
	if code["S3Bucket"] != "cdk-hnb659fds-assets-123456789012-us-east-1" {
		t.Errorf("bucket of the code: got %v", code)
	}
	if asset, err := function.Asset(code["S3Key"].(string)); err != nil || asset.ID != "4944f59f" {
		t.Errorf("asset: got %+v, error %v", asset, err)
	}
	checks := map[string]struct{ got, want any }{
		"environment": {function.Properties["Environment"], map[string]any{"Variables": map[string]any{"DATABASE_ENDPOINT": "proxy.us-east-1"}}},
		"policy": {
			primary.Resource("Policy").Properties["PolicyDocument"].(map[string]any)["Statement"].([]any)[0].(map[string]any)["Resource"],
			"arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-us-east-1/todo_app",
		},
		"user pools": {
			d.OfType("AWS::ApiGateway::Authorizer")[0].Properties["ProviderARNs"],
			[]any{d.Stack("SecdDeployToDoMgmtappsecd").Resource("UserPool").Attributes["Arn"], primary.Resource("UserPool").Attributes["Arn"]},
		},
		"origins": {
			d.OfType("AWS::CloudFront::Distribution")[0].Properties["DistributionConfig"],
			map[string]any{"Origins": []any{
				map[string]any{"DomainName": "api-us-east-1.execute-api.us-east-1.amazonaws.com", "OriginPath": "/prod"},
				map[string]any{"DomainName": "api-us-east-2.execute-api.us-east-2.amazonaws.com", "OriginPath": "/prod"},
			}},
		},
		"user name": {d.OfType("AWS::RDS::DBCluster")[0].Properties["MasterUsername"], "admin"},
		"zone":      {d.OfType("AWS::EC2::Subnet")[0].Properties["AvailabilityZone"], "us-east-2a"},
		"output":    {primary.Outputs, []cloudformation.Output{{Name: "ApiEndpoint", Value: "https://api-us-east-1.execute-api.us-east-1.amazonaws.com/prod"}}},
	}
	for name, check := range checks {
		if diff := cmp.Diff(check.want, check.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDeployIsDeterministic(t *testing.T) {
	deploy := func() string {
		a, err := assembly.Read("testdata/cdk.out")
		if err != nil {
			t.Fatal(err)
		}
		d, err := cloudformation.Deploy(t.Context(), a, application().options)
		if err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	first := deploy()
	for range 5 {
		if diff := cmp.Diff(first, deploy()); diff != "" {
			t.Fatalf("deployments differ:\n%s", diff)
		}
	}
}

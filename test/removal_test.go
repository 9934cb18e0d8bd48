package test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// What holds data is kept unless the configuration says otherwise, and then nothing stands in the way of deleting it.
func TestRemovalPolicy(t *testing.T) {
	tests := []struct {
		policy    string
		deletion  string
		protected bool
	}{
		{topology.Retain, "Retain", true},
		{topology.Destroy, "Delete", false},
	}
	for _, tt := range tests {
		t.Run(tt.policy, func(t *testing.T) {
			a := configured(t, func(c *topology.Config) { c.RemovalPolicy = tt.policy })
			for _, stack := range []string{"PriDeploy-ToDoMgmt-infra-pri", "SecdDeploy-ToDoMgmt-infra-secd"} {
				cluster := resourcesOf(t, a, stack, "AWS::RDS::DBCluster")[0]
				if cluster.DeletionPolicy != tt.deletion || cluster.Properties["DeletionProtection"] != tt.protected {
					t.Errorf("%s: the cluster has deletion policy %s and protection %v", stack, cluster.DeletionPolicy, cluster.Properties["DeletionProtection"])
				}
				if got := a.Stack(stack).TerminationProtection; got != tt.protected {
					t.Errorf("%s: termination protection is %v", stack, got)
				}
			}
			for _, stack := range []string{"PriDeploy-ToDoMgmt-app-pri", "SecdDeploy-ToDoMgmt-app-secd"} {
				if pool := resourcesOf(t, a, stack, "AWS::Cognito::UserPool")[0]; pool.DeletionPolicy != tt.deletion {
					t.Errorf("%s: the user pool has deletion policy %s", stack, pool.DeletionPolicy)
				}
			}
		})
	}
}

// With destroy nothing is left of the application. What lets API Gateway write logs belongs to the account, whose other APIs
// need it too.
func TestDestroyKeepsNothing(t *testing.T) {
	a := configured(t, func(c *topology.Config) { c.RemovalPolicy = topology.Destroy })
	var kept []string
	for _, s := range a.Stacks {
		for _, r := range s.Template.Resources {
			if strings.HasPrefix(r.DeletionPolicy, "Retain") {
				kept = append(kept, r.Type)
			}
		}
	}
	want := []string{"AWS::ApiGateway::Account", "AWS::IAM::Role", "AWS::ApiGateway::Account", "AWS::IAM::Role"}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

// What has a fixed name must not survive a first deployment that fails, because the name would be taken at the second. Only a
// cluster does, which its deletion protection keeps in any case.
func TestFirstDeploymentCanBeRepeated(t *testing.T) {
	names := map[string]string{
		"AWS::CodeCommit::Repository": "RepositoryName", "AWS::Logs::LogGroup": "LogGroupName", "AWS::S3::Bucket": "BucketName",
		"AWS::RDS::GlobalCluster": "GlobalClusterIdentifier", "AWS::SecretsManager::Secret": "Name",
	}
	fixed := 0
	for _, s := range defaultApplication(t).Stacks {
		for _, r := range s.Template.Resources {
			if name, ok := r.Properties[names[r.Type]].(string); ok {
				fixed++
				if r.DeletionPolicy == "Retain" {
					t.Errorf("%s/%s stays behind as %s", s.Name, r.LogicalID, name)
				}
			}
		}
	}
	if fixed < 11 { // four logs in each Region, the secret, the global cluster, the repository
		t.Errorf("only %d resources with fixed names", fixed)
	}
}

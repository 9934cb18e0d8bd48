package test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/rules"
)

// synthesizeDatabase synthesizes a stage of two stacks, a database with its proxy and a function that is given the proxy's
// address, and reads the assembly. References between the stacks are "weak" or "strong". If connected, the function's security
// group and the proxy's allow the connection.
func synthesizeDatabase(t *testing.T, references string, connected bool) *assembly.Assembly {
	t.Helper()
	app := newApp(t)
	app.Node().SetContext(jsii.String("@aws-cdk/core:defaultCrossStackReferences"), references)
	// The zones that a lookup would find; without them CDK records missing context.
	app.Node().SetContext(jsii.String("availability-zones:account=123456789012:region=us-east-1"), []string{"us-east-1a", "us-east-1b"})
	stage := awscdk.NewStage(app, jsii.String("Primary"), &awscdk.StageProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("us-east-1")},
	})
	infra := awscdk.NewStack(stage, jsii.String("Infra"), &awscdk.StackProps{TerminationProtection: jsii.Bool(true)})
	vpc := awsec2.NewVpc(infra, jsii.String("Vpc"), &awsec2.VpcProps{
		NatGateways: jsii.Number(0), RestrictDefaultSecurityGroup: jsii.Bool(false),
	})
	isolated := &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED}
	cluster := awsrds.NewDatabaseCluster(infra, jsii.String("Database"), &awsrds.DatabaseClusterProps{
		Engine: awsrds.DatabaseClusterEngine_AuroraMysql(&awsrds.AuroraMysqlClusterEngineProps{
			Version: awsrds.AuroraMysqlEngineVersion_VER_3_08_0(),
		}),
		Vpc: vpc, VpcSubnets: isolated, Writer: awsrds.ClusterInstance_ServerlessV2(jsii.String("Writer"), nil),
	})
	proxy := cluster.AddProxy(jsii.String("Proxy"), &awsrds.DatabaseProxyOptions{Vpc: vpc, DefaultAuthScheme: awsrds.DefaultAuthScheme_IAM_AUTH})

	stack := awscdk.NewStack(stage, jsii.String("App"), nil)
	group := awsec2.NewSecurityGroup(stack, jsii.String("Group"), &awsec2.SecurityGroupProps{Vpc: vpc, AllowAllOutbound: jsii.Bool(false)})
	awslambda.NewFunction(stack, jsii.String("Function"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_PROVIDED_AL2023(), Handler: jsii.String("bootstrap"),
		Code: awslambda.Code_FromAsset(jsii.String("."), nil),
		Vpc:  vpc, VpcSubnets: isolated, SecurityGroups: &[]awsec2.ISecurityGroup{group},
		Environment: &map[string]*string{"DB_HOST": proxy.Endpoint()},
	})
	if connected {
		group.Connections().AllowTo(proxy, awsec2.Port_Tcp(jsii.Number(3306)), nil)
	}
	a, err := assembly.Read(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAssemblyReadsWhatCDKWrites(t *testing.T) {
	a := synthesizeDatabase(t, "weak", true)
	if len(a.Stacks) != 2 || len(a.Missing) != 0 {
		t.Fatalf("got %d stacks and missing context %v, want 2 and none", len(a.Stacks), a.Missing)
	}
	infra, app := a.Stacks[0], a.Stacks[1]
	if infra.DisplayName != "Primary/Infra" || infra.Name != "Primary-Infra" || infra.Region != "us-east-1" ||
		infra.Account != "123456789012" || !infra.TerminationProtection {
		t.Errorf("infra: got %+v", infra)
	}
	if app.DisplayName != "Primary/App" || !slices.Equal(app.Dependencies, []string{infra.ID}) {
		t.Errorf("app: got %+v", app)
	}
	if len(app.Assets) != 1 || app.Assets[0].Packaging != "zip" || !strings.Contains(app.Assets[0].Path, app.Assets[0].ID) {
		t.Errorf("assets of app: got %+v", app.Assets)
	}
	functions := app.Template.OfType("AWS::Lambda::Function")
	if len(functions) != 1 || functions[0].Path != "Primary/App/Function/Resource" {
		t.Errorf("functions of app: got %+v", functions)
	}
}

func TestAssemblyFollowsReferencesBetweenStacks(t *testing.T) {
	for _, references := range []string{"weak", "strong"} {
		t.Run(references, func(t *testing.T) {
			a := synthesizeDatabase(t, references, true)
			app := a.Stack("Primary/App")
			function := app.Template.OfType("AWS::Lambda::Function")[0]
			variables := function.Properties["Environment"].(map[string]any)["Variables"].(map[string]any)
			target, ok := a.Follow(app, variables["DB_HOST"])
			if !ok || target.Stack != a.Stack("Primary/Infra") || target.Resource.Type != "AWS::RDS::DBProxy" || target.Attribute != "Endpoint" {
				t.Errorf("DB_HOST %v: got %+v, %v", variables["DB_HOST"], target, ok)
			}
		})
	}
}

func TestRulesFindUnreachableDatabase(t *testing.T) {
	for _, references := range []string{"weak", "strong"} {
		t.Run(references, func(t *testing.T) {
			for connected, want := range map[bool]int{true: 0, false: 2} {
				findings := rules.Check(synthesizeDatabase(t, references, connected), nil).Findings
				unreachable := slices.DeleteFunc(findings, func(f rules.Finding) bool { return !strings.HasSuffix(f.Rule, "-cannot-reach-database") })
				if len(unreachable) != want {
					t.Errorf("connected %v: got %d findings, want %d: %v", connected, len(unreachable), want, unreachable)
				}
			}
		})
	}
}

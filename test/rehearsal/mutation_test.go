package rehearsal

import (
	"strings"
	"testing"
)

const (
	primaryApp     = "ToDoMgmt-app-pri"
	primaryInfra   = "ToDoMgmt-infra-pri"
	secondaryApp   = "ToDoMgmt-app-secd"
	secondaryInfra = "ToDoMgmt-infra-secd"
)

// mutations are what can be wrong with a template though CloudFormation would deploy it, and what the rehearsal must say of it.
var mutations = []struct {
	name  string
	stack string
	edit  func(template)
	want  []string // in the output, or in the log that it names
}{
	{
		name: "a function may not connect to the database", stack: primaryApp,
		edit: func(t template) { t.deny("GetToDosRole", "rds-db:connect") },
		want: []string{"GetToDosRole", "lacked rds-db:connect on arn:aws:rds-db:us-east-1:123456789012:dbuser:prx-"},
	},
	{
		name: "a function of the secondary Region may not connect to the database", stack: secondaryApp,
		edit: func(t template) { t.deny("RemoveToDosRole", "rds-db:connect") },
		want: []string{"RemoveToDosRole", "lacked rds-db:connect on arn:aws:rds-db:us-east-2:123456789012:dbuser:prx-"},
	},
	{
		name: "CreateTableFunction may not read the secret", stack: primaryApp,
		edit: func(t template) { t.deny("CreateTableFunctionRole", "secretsmanager:GetSecretValue") },
		want: []string{"CreateTableFunctionRole", "lacked secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:123456789012:secret:"},
	},
	{
		name: "CreateTableFunction may not decrypt the secret", stack: primaryApp,
		edit: func(t template) { t.deny("CreateTableFunctionRole", "kms:Decrypt") },
		want: []string{"CreateTableFunctionRole", "lacked kms:Decrypt on arn:aws:kms:us-east-1:123456789012:key/"},
	},
	{
		name: "the proxy may not connect to the database", stack: primaryInfra,
		edit: func(t template) { t.deny("ProxyRole", "rds-db:connect") },
		want: []string{"ProxyRole", "lacked rds-db:connect on arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-"},
	},
	{
		name: "a function's environment variable has another name", stack: primaryApp,
		edit: func(t template) {
			environment := t.properties("AWS::Lambda::Function", "GetToDos")["Environment"].(map[string]any)
			t.rename(environment["Variables"], "DATABASE_NAME", "X")
		},
		want: []string{"ToDoMgmt-app-pri-GetToDos", "DATABASE_NAME"},
	},
	{
		name: "a route has another path in one Region", stack: primaryApp,
		edit: func(t template) {
			for _, resource := range t.resources {
				r := resource.(map[string]any)
				if p, _ := r["Properties"].(map[string]any); r["Type"] == "AWS::ApiGateway::Resource" && p["PathPart"] == "v1" {
					p["PathPart"] = "v2"
				}
			}
		},
		want: []string{"/v1", "This API has no such path"},
	},
	{
		name: "a method wants a scope that the resource server has not", stack: primaryApp,
		edit: func(t template) {
			t.properties("AWS::ApiGateway::Method", "Apiv1POST")["AuthorizationScopes"] = []any{"api/write"}
		},
		want: []string{"POST", "/v1", "Unauthorized"},
	},
	{
		name: "a security group keeps a function from the proxy", stack: primaryApp,
		edit: func(t template) {
			t.remove("AWS::EC2::SecurityGroupIngress", "HealthSecurityGroup")
		},
		want: []string{"ToDoMgmt-app-pri-Health", "503"},
	},
	{
		name: "API Gateway may not invoke a function", stack: primaryApp,
		edit: func(t template) { t.remove("AWS::Lambda::Permission", "Apiv1GETApiPermission") },
		want: []string{"GET", "/v1", "500"},
	},
}

func TestMutations(t *testing.T) {
	t.Parallel()
	for _, tt := range mutations {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMutant(t)
			m.edit(tt.stack, tt.edit)
			p, code, output := run(t, "--assembly", m.dir, "--scenario", "steady", "--rate", "0", "--quiet")
			wantFailure(t, code, 1, output+p.log(), tt.want)
		})
	}
}

// refusals are what CloudFormation, or the service behind it, would not deploy.
var refusals = []struct {
	name  string
	stack string
	edit  func(template)
	want  []string // in the output
}{
	{
		name: "a resource type that the rehearsal does not know", stack: primaryInfra,
		edit: func(t template) {
			t.resources["Orders"] = map[string]any{"Type": "AWS::DynamoDB::Table", "Properties": map[string]any{}}
		},
		want: []string{"ToDoMgmt/PriDeploy/ToDoMgmt-infra-pri", "Orders", "AWS::DynamoDB::Table"},
	},
	{
		name: "an intrinsic that CloudFormation does not have", stack: secondaryApp,
		edit: func(t template) {
			t.properties("AWS::ApiGateway::RestApi", "Api")["Name"] = map[string]any{"Fn::Teleport": "name"}
		},
		want: []string{"ToDoMgmt/SecdDeploy/ToDoMgmt-app-secd", "Api", "AWS::ApiGateway::RestApi", "Fn::Teleport"},
	},
	{
		name: "a reference to nothing", stack: primaryApp,
		edit: func(t template) {
			t.properties("AWS::Lambda::Function", "GetToDos")["Role"] = map[string]any{"Fn::GetAtt": []any{"Nobody", "Arn"}}
		},
		want: []string{"ToDoMgmt/PriDeploy/ToDoMgmt-app-pri", "GetToDos", "Nobody"},
	},
	{
		name: "a secondary cluster with an administrator of its own", stack: secondaryInfra,
		edit: func(t template) { t.properties("AWS::RDS::DBCluster", "Database")["MasterUsername"] = "admin" },
		want: []string{"ToDoMgmt/SecdDeploy/ToDoMgmt-infra-secd", "Database", "AWS::RDS::DBCluster", "Cannot specify user name"},
	},
	{
		name: "a resource server's scope has another name", stack: secondaryApp,
		edit: func(t template) {
			scopes := t.properties("AWS::Cognito::UserPoolResourceServer", "")["Scopes"].([]any)
			scopes[0].(map[string]any)["ScopeName"] = "write"
		},
		want: []string{"ToDoMgmt/SecdDeploy/ToDoMgmt-app-secd", "IdentityClient", "api/upsert-delete, which no resource server defines"},
	},
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range refusals {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := newMutant(t)
			m.edit(tt.stack, tt.edit)
			p, code, output := run(t, "--assembly", m.dir, "--scenario", "steady", "--rate", "0", "--quiet")
			wantFailure(t, code, 2, output, tt.want)
			if left := p.left(); len(left) > 0 {
				t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
			}
		})
	}
}

// wantFailure checks that the command failed with an exit code, and said why.
func wantFailure(t *testing.T, code, wantCode int, output string, want []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(output, w) {
			t.Errorf("the output does not have %q", w)
		}
	}
	if code != wantCode {
		t.Errorf("exit code %d, want %d", code, wantCode)
	}
	if t.Failed() {
		t.Logf("it printed:\n%s", output)
	}
}

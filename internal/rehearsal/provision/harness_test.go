package provision_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

const account = "123456789012"

var epoch = time.Date(2026, time.November, 21, 3, 0, 0, 0, time.UTC)

// deployment is a world with the Cloud that it was deployed into.
type deployment struct {
	*provision.World

	cloud *awssim.Cloud
}

// do runs f with the Cloud's state.
func (d deployment) do(f func(*awssim.State)) { d.cloud.Do(f) }

// options are those of every deployment, with a Cloud of its own.
func options(seed uint64) provision.Options {
	now := func() time.Time { return epoch }
	return provision.Options{Cloud: awssim.New(awssim.Options{Account: account, Clock: now, Seed: seed}), Now: now, Seed: seed}
}

// deploy deploys the assembly as it is with every seed.
func deploy(t testing.TB, a *assembly.Assembly, o provision.Options) (deployment, error) {
	t.Helper()
	w, err := provision.Deploy(t.Context(), a, o)
	return deployment{w, o.Cloud}, err
}

// application is the reference application, from the golden templates. change may change the text of a template.
func application(t testing.TB, change func(stack, template string) string) *assembly.Assembly {
	t.Helper()
	const golden = "../../../test/testdata"
	dir := golden
	if change != nil {
		dir = t.TempDir()
	}
	stack := func(id, region string) *assembly.Stack {
		file := id + ".golden.json"
		text, err := os.ReadFile(filepath.Join(golden, file))
		if err != nil {
			t.Fatal(err)
		}
		if change != nil {
			text = []byte(change(id, string(text)))
			if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return newStack(t, id, region, file, text)
	}
	a, err := assembly.New(
		stack("PriDeploy-ToDoMgmt-infra-pri", "us-east-1"), stack("PriDeploy-ToDoMgmt-app-pri", "us-east-1"),
		stack("SecdDeploy-ToDoMgmt-infra-secd", "us-east-2"), stack("SecdDeploy-ToDoMgmt-app-secd", "us-east-2"),
		stack("ToDoMgmt-edge", "us-east-1"), stack("ToDoMgmt-failover", "us-east-2"), stack("ToDoMgmt-failback", "us-east-1"),
		stack("ToDoMgmt-support-us-east-2", "us-east-2"), stack("ToDoMgmt", "us-east-1"),
	)
	if err != nil {
		t.Fatal(err)
	}
	a.Dir = dir
	return a
}

// newStack is a stack of that template, with an asset that all functions may have.
func newStack(t testing.TB, id, region, file string, text []byte) *assembly.Stack {
	t.Helper()
	parsed, err := assembly.ParseTemplate(text)
	if err != nil {
		t.Fatalf("template %s: %v", id, err)
	}
	return &assembly.Stack{
		ID: id, DisplayName: id, Name: id, Account: account, Region: region, Template: parsed, TemplateFile: file,
		Assets: []assembly.Asset{{ID: "code", Path: "asset.code", ObjectKeys: []string{"ASSET.zip"}}},
		Tags:   map[string]string{"application": "ToDoMgmt"},
	}
}

// resources is the text of resources in a template, by logical ID. A resource is its type and, after a space, its properties.
type resources map[string]string

// with is r with more resources; one without text is left out.
func (r resources) with(more resources) resources {
	all := resources{}
	maps.Copy(all, r)
	maps.Copy(all, more)
	maps.DeleteFunc(all, func(_, text string) bool { return text == "" })
	return all
}

// stacks are the resources of stacks, by stack and Region such as "infra us-east-1". Stacks keep the order of their keys.
type stacks map[string]resources

// assemble makes an assembly of the stacks.
func assemble(t testing.TB, all stacks) *assembly.Assembly {
	t.Helper()
	dir := t.TempDir()
	var list []*assembly.Stack
	for _, key := range slices.Sorted(maps.Keys(all)) {
		template := map[string]any{}
		for id, text := range all[key] {
			name, properties, _ := strings.Cut(text, " ")
			resource := map[string]any{"Type": name, "Metadata": map[string]any{"warmstandby:importPath": "example.com/" + id}}
			if properties != "" {
				resource["Properties"] = json.RawMessage(properties)
			}
			template[id] = resource
		}
		text, err := json.Marshal(map[string]any{"Resources": template})
		if err != nil {
			t.Fatalf("stack %s: %v", key, err)
		}
		name, region, _ := strings.Cut(key, " ")
		file := name + ".template.json"
		if err := os.WriteFile(filepath.Join(dir, file), text, 0o600); err != nil {
			t.Fatal(err)
		}
		list = append(list, newStack(t, name, region, file, text))
	}
	a, err := assembly.New(list...)
	if err != nil {
		t.Fatal(err)
	}
	a.Dir = dir
	return a
}

// mustDeploy deploys the resources as a stack of us-east-1.
func mustDeploy(t testing.TB, r resources) deployment {
	t.Helper()
	d, err := deploy(t, assemble(t, stacks{"app us-east-1": r}), options(1))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// network is a VPC with two subnets.
var network = resources{
	"Vpc": `AWS::EC2::VPC {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": true}`,
	"A":   `AWS::EC2::Subnet {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/20", "AvailabilityZone": "us-east-1a"}`,
	"B":   `AWS::EC2::Subnet {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.16.0/20", "AvailabilityZone": "us-east-1b"}`,
	"G":   `AWS::EC2::SecurityGroup {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "G"}`,
}

// roleFor is a role that the service may assume, without permissions.
func roleFor(service string) string {
	return `AWS::IAM::Role {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "` + service + `"}}]}}`
}

// database is a network with a cluster, its instance, and a proxy.
var database = network.with(resources{
	"Global":  `AWS::RDS::GlobalCluster {"GlobalClusterIdentifier": "Global", "Engine": "aurora-mysql", "StorageEncrypted": true}`,
	"Subnets": `AWS::RDS::DBSubnetGroup {"DBSubnetGroupDescription": "S", "SubnetIds": [{"Ref": "A"}, {"Ref": "B"}]}`,
	"Cluster": `AWS::RDS::DBCluster {"DBClusterIdentifier": "Cluster", "Engine": "aurora-mysql", "StorageEncrypted": "true", "DatabaseName": "todo",
		"MasterUsername": "admin", "MasterUserPassword": "secret", "DBSubnetGroupName": {"Ref": "Subnets"},
		"GlobalClusterIdentifier": {"Ref": "Global"}, "VpcSecurityGroupIds": [{"Ref": "G"}]}`,
	"Instance": `AWS::RDS::DBInstance {"DBClusterIdentifier": {"Ref": "Cluster"}, "Engine": "aurora-mysql", "DBInstanceClass": "db.serverless"}`,
	"Role":     roleFor("rds.amazonaws.com"),
	"Proxy": `AWS::RDS::DBProxy {"DBProxyName": "Proxy", "EngineFamily": "MYSQL", "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
		"VpcSubnetIds": [{"Ref": "A"}], "VpcSecurityGroupIds": [{"Ref": "G"}]}`,
	"Targets": `AWS::RDS::DBProxyTargetGroup {"DBProxyName": {"Ref": "Proxy"}, "TargetGroupName": "default", "DBClusterIdentifiers": [{"Ref": "Cluster"}]}`,
})

// function is a function outside of all VPCs.
var function = resources{
	"Role":     roleFor("lambda.amazonaws.com"),
	"Function": `AWS::Lambda::Function {"FunctionName": "Function", "Code": {"S3Key": "ASSET.zip"}, "Role": {"Fn::GetAtt": ["Role", "Arn"]}}`,
}

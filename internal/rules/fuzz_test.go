package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/rules"
)

// No template makes a rule panic or hang, whatever its resources hold. The types in the seeds are those that rules look at.
func FuzzCheck(f *testing.F) {
	f.Add(`{"Resources": {`+wide+`}}`, `{}`)
	templates := reach(`{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}`, `{"CidrIp": 1}`,
		`"X": {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": {"GroupId": []}}`, `OUTPUT(Endpoint)`)
	f.Add(templates["app us-east-1"], templates["infra us-east-1"])
	for _, typ := range []string{
		"CloudFront::Distribution", "CloudFront::Function", "EC2::SecurityGroup", "EC2::SecurityGroupIngress", "EC2::Subnet", "EC2::VPC",
		"Events::Rule", "IAM::ManagedPolicy", "IAM::Policy", "IAM::Role", "KMS::Key", "Lambda::Function", "RDS::DBCluster",
		"RDS::DBInstance", "RDS::DBProxy", "RDS::DBProxyEndpoint", "RDS::DBProxyTargetGroup", "RDS::GlobalCluster",
	} {
		for _, properties := range []string{
			`{"DistributionConfig": {"CacheBehaviors": [1, {"TargetOriginId": []}], "OriginGroups": []}, "PolicyDocument": "{\"Statement\": 1}"}`,
			`{"Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": [1]}, "Action": [{"Ref": "R"}]}]}}]}`,
			`{"CidrBlock": "0.0.0.0/99", "VpcId": {"Ref": "R"}, "SecurityGroupIngress": {"Ref": "R"}, "Targets": [[]]}`,
			`{"GlobalClusterIdentifier": {"Ref": "R"}, "DBClusterIdentifier": {"Ref": "R"}, "ServerlessV2ScalingConfiguration": {"MinCapacity": "NaN", "MaxCapacity": "Inf"}}`,
			`{"DBProxyName": {"Ref": "R"}, "DBClusterIdentifiers": {"Ref": "R"}, "VpcSecurityGroupIds": [{"Ref": "R"}], "VpcSubnetIds": null}`,
			`{"Environment": {"Variables": {"A": {"Fn::GetAtt": ["R", "Endpoint"]}}}, "VpcConfig": {"SecurityGroupIds": [{"Fn::Sub": "${"}]}}`,
		} {
			f.Add(`{"Resources": {"R": {"Type": "AWS::`+typ+`", "Properties": `+properties+`}}}`, `{}`)
		}
	}
	f.Fuzz(func(t *testing.T, app, infra string) {
		var all []*assembly.Stack
		for _, s := range []assembly.Stack{{ID: "app"}, {ID: "infra"}} {
			template, err := assembly.ParseTemplate([]byte(map[string]string{"app": app, "infra": infra}[s.ID]))
			if err != nil {
				return // no template, so there is nothing to check
			}
			s.DisplayName, s.Name, s.Region, s.Template = s.ID, s.ID, "us-east-1", template
			all = append(all, &s)
		}
		a, err := assembly.New(all...)
		if err != nil {
			return // no assembly
		}
		for _, finding := range rules.Check(a, nil).Findings {
			if finding.Rule == "" || finding.Message == "" || strings.Contains(finding.Message, "%!") {
				t.Errorf("incomplete finding: %+v", finding)
			}
		}
	})
}

// One rule, one file, one test.
func TestFiles(t *testing.T) {
	for _, r := range rules.All() {
		name := strings.ReplaceAll(r.ID, "-", "_")
		for _, file := range []string{name + ".go", name + "_test.go"} {
			if _, err := os.Stat(filepath.Clean(file)); err != nil {
				t.Errorf("rule %s must be in %s: %v", r.ID, file, err)
			}
		}
	}
}

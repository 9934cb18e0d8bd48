package rules_test

import "testing"

func TestProxyCannotReachDatabase(t *testing.T) {
	proxy := func(proxyName, target, ingress string) stacks {
		return one(`"PG": {"Type": "AWS::EC2::SecurityGroup"},
			"Proxy": {"Type": "AWS::RDS::DBProxy", "Properties": {"DBProxyName": "todo-proxy", "VpcSecurityGroupIds": [{"Ref": "PG"}]}},
			"CG": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": [` + ingress + `], "VpcId": {"Ref": "Vpc"}}},
			"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
			"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"CidrBlock": "10.0.7.0/24", "VpcId": {"Ref": "Vpc"}}},
			"Subnets": {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": [{"Ref": "Subnet"}]}},
			"Cluster": {"Type": "AWS::RDS::DBCluster", "Properties": {"DBClusterIdentifier": "todo-cluster", "Engine": "aurora-mysql",
				"VpcSecurityGroupIds": [{"Ref": "CG"}], "DBSubnetGroupName": {"Ref": "Subnets"}}},
			"Instance": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBInstanceIdentifier": "todo-instance", "Engine": "mysql",
				"VPCSecurityGroups": [{"Ref": "CG"}]}},
			"Targets": {"Type": "AWS::RDS::DBProxyTargetGroup", "Properties": {"DBProxyName": ` + proxyName + `, ` + target + `}}`)
	}
	const (
		byReference = `{"Ref": "Proxy"}`
		cluster     = `"DBClusterIdentifiers": [{"Ref": "Cluster"}]`
		admit       = `{"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "SourceSecurityGroupId": {"Ref": "PG"}}`
		other       = `{"IpProtocol": "tcp", "FromPort": 3307, "ToPort": 3399, "SourceSecurityGroupId": {"Ref": "PG"}}`
	)
	testRule(t, "proxy-cannot-reach-database", map[string]ruleTest{
		"noncompliant 1: cluster": {
			stacks: proxy(byReference, cluster, ""), want: []string{"Test Proxy Test/Cluster"},
			says: "no security group of Test/Cluster allows ingress from Test/Proxy",
		},
		"noncompliant 2: by name, of any case": {
			stacks: proxy(`"todo-proxy"`, `"DBClusterIdentifiers": ["Todo-Cluster"]`, other), want: []string{"Test Proxy Test/Cluster"},
		},
		"noncompliant 3: instance": {
			stacks: proxy(byReference, `"DBInstanceIdentifiers": ["todo-instance"]`, other), want: []string{"Test Proxy Test/Instance"},
		},
		"compliant 1: group to group": {stacks: proxy(byReference, cluster, admit)},
		"compliant 2: by name":        {stacks: proxy(`"todo-proxy"`, `"DBClusterIdentifiers": ["todo-cluster"]`, admit)},
		"not applicable 1: cluster outside the assembly": {
			stacks: proxy(byReference, `"DBClusterIdentifiers": ["other"]`, ""),
		},
		"not applicable 2: proxy outside the assembly": {stacks: proxy(`"other"`, cluster, "")},
		"not applicable 3: no target":                  {stacks: proxy(byReference, `"TargetGroupName": "default"`, "")},
	})
}

package rules_test

import (
	"strings"
	"testing"
)

// The parts of an application whose function connects to a proxy in another stack. Tests replace the rules between them.
const (
	proxyStack = `{"Resources": {
		"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
		"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}},
		"ProxyGroup": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"} INGRESS}},
		"Proxy": {"Type": "AWS::RDS::DBProxy", "Properties": {"EngineFamily": "MYSQL",
			"VpcSecurityGroupIds": [{"Fn::GetAtt": ["ProxyGroup", "GroupId"]}], "VpcSubnetIds": [{"Ref": "Subnet"}]}}},
		"Outputs": {
			"Endpoint": {"Value": {"Fn::GetAtt": ["Proxy", "Endpoint"]}, "Export": {"Name": "endpoint"}},
			"ProxyArn": {"Value": {"Fn::GetAtt": ["Proxy", "DBProxyArn"]}},
			"Group": {"Value": {"Fn::GetAtt": ["ProxyGroup", "GroupId"]}},
			"Vpc": {"Value": {"Ref": "Vpc"}}, "VpcCidr": {"Value": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}}, "Subnet": {"Value": {"Ref": "Subnet"}}}}`

	functionStack = `{"Resources": {
		"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": OUTPUT(Vpc) EGRESS}} RESOURCES,
		"Function": {"Type": "AWS::Lambda::Function", "Properties": {
			"VpcConfig": {"SecurityGroupIds": [{"Fn::GetAtt": ["Group", "GroupId"]}], "SubnetIds": [OUTPUT(Subnet)]},
			"Environment": {"Variables": {"HOST": ENDPOINT}}}}}}`
)

// reach is the application with these rules: ingress of the proxy's security group, egress of the function's, and resources beside
// the function. OUTPUT(Name) stands for an output of the proxy's stack.
func reach(ingress, egress, resources, endpoint string) stacks {
	outputs := strings.NewReplacer(
		"OUTPUT(", `{"Fn::GetStackOutput": {"StackName": "infra", "Region": "us-east-1", "OutputName": "`, ")", `"}}`)
	section := func(name, rules string) string {
		if rules == "" {
			return ""
		}
		return `, "` + name + `": [` + rules + `]`
	}
	if resources != "" {
		resources = ", " + resources
	}
	function := strings.NewReplacer("EGRESS", section("SecurityGroupEgress", egress), "RESOURCES", resources, "ENDPOINT", endpoint).Replace(functionStack)
	return stacks{
		"infra us-east-1": strings.Replace(proxyStack, "INGRESS", section("SecurityGroupIngress", ingress), 1),
		"app us-east-1":   outputs.Replace(function),
	}
}

func TestFunctionCannotReachDatabase(t *testing.T) {
	const (
		endpoint  = `OUTPUT(Endpoint)`
		out       = `{"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "DestinationSecurityGroupId": OUTPUT(Group)}`
		in        = `"In": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": OUTPUT(Group), ` + inRule + `}}`
		nothing   = `{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}`
		everybody = `{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}`
		blocked   = "app Function infra/Proxy"
	)
	from := func(cidr string) string {
		return `{"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "CidrIp": ` + cidr + `}`
	}
	testRule(t, "function-cannot-reach-database", map[string]ruleTest{
		"noncompliant 1: no way in": {
			stacks: reach("", out, "", endpoint), want: []string{blocked},
			says: "cannot connect to infra/Proxy on port 3306: no security group of infra/Proxy allows ingress from app/Function",
		},
		"noncompliant 2: no way out": {
			stacks: reach("", nothing, in, endpoint), want: []string{blocked}, says: "no security group of app/Function allows egress to infra/Proxy",
		},
		"noncompliant 3: neither": {stacks: reach("", nothing, "", endpoint), want: []string{blocked, blocked}},
		"noncompliant 4: another port": {
			stacks: reach("", strings.ReplaceAll(out, "3306", "5432"), in, endpoint), want: []string{blocked},
		},
		"noncompliant 5: another protocol": {
			stacks: reach("", strings.ReplaceAll(out, "tcp", "udp"), in, endpoint), want: []string{blocked},
		},
		"noncompliant 6: another group": {
			stacks: reach("", "", `"Other": {"Type": "AWS::EC2::SecurityGroup"}, `+strings.Replace(in, `"Group", "GroupId"`, `"Other", "GroupId"`, 1), endpoint),
			want:   []string{blocked},
		},
		"noncompliant 7: group outside": {
			stacks: reach(`{"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "SourceSecurityGroupId": "sg-1"}`, "", "", endpoint),
			want:   []string{blocked},
		},
		"noncompliant 8: part of the network": {stacks: reach(from(`"10.0.1.0/25"`), "", "", endpoint), want: []string{blocked}},
		"noncompliant 9: no peer":             {stacks: reach(`{"IpProtocol": "-1", "CidrIpv6": "::/0"}`, "", "", endpoint), want: []string{blocked}},
		"compliant 1: group to group":         {stacks: reach("", out, in, endpoint)},
		"compliant 2: egress by default":      {stacks: reach("", "", in, endpoint)},
		"compliant 3: by strong reference":    {stacks: reach("", out, in, `{"Fn::ImportValue": "endpoint"}`)},
		"compliant 4: anybody":                {stacks: reach(everybody, everybody, "", endpoint)},
		"compliant 5: network of the VPC":     {stacks: reach(from(`"10.0.0.0/16"`), from(`OUTPUT(VpcCidr)`), "", endpoint)},
		"compliant 6: network of the subnet":  {stacks: reach(from(`"10.0.1.0/24"`), from(`"10.0.1.0/24"`), "", endpoint)},
		"compliant 7: egress as a resource": {
			stacks: reach("", nothing, in+`, "Out": {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": {
				"GroupId": {"Ref": "Group"}, "IpProtocol": "6", "FromPort": 0, "ToPort": 65535, "DestinationSecurityGroupId": OUTPUT(Group)}}`, endpoint),
		},
		"compliant 8: known later": {
			stacks: reach(`{"IpProtocol": "tcp", "FromPort": {"Ref": "P"}, "ToPort": {"Ref": "P"}, "SourceSecurityGroupId": {"Ref": "G"}}`,
				from(`{"Ref": "C"}`), "", endpoint),
		},
		"not applicable 1: no endpoint in the environment": {stacks: reach("", nothing, "", `OUTPUT(ProxyArn)`)},
		"not applicable 2: proxy outside the assembly":     {stacks: reach("", nothing, "", `"proxy.example.com"`)},
		"not applicable 3: security group outside": {
			stacks: one(`"P": {"Type": "AWS::RDS::DBProxy", "Properties": {"VpcSecurityGroupIds": ["sg-1"]}},
				"G": {"Type": "AWS::EC2::SecurityGroup"},
				"F": {"Type": "AWS::Lambda::Function", "Properties": {"VpcConfig": {"SecurityGroupIds": [{"Ref": "G"}]},
					"Environment": {"Variables": {"HOST": {"Fn::GetAtt": ["P", "Endpoint"]}}}}}`),
		},
		"not applicable 4: function outside a VPC": {
			stacks: one(`"G": {"Type": "AWS::EC2::SecurityGroup"}, "P": {"Type": "AWS::RDS::DBProxy", "Properties": {"VpcSecurityGroupIds": [{"Ref": "G"}]}},
				"F": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"HOST": {"Fn::GetAtt": ["P", "Endpoint"]}}}}}`),
		},
	})
}

// inRule admits the function's security group on the port of MySQL.
const inRule = `"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "SourceSecurityGroupId": {"Fn::GetAtt": ["Group", "GroupId"]}`

// Each kind of database is reached on its own port and through its own security groups.
func TestFunctionCannotReachDatabasePorts(t *testing.T) {
	database := func(port, resources, endpoint string) stacks {
		return one(`"F": {"Type": "AWS::Lambda::Function", "Properties": {"VpcConfig": {"SecurityGroupIds": [{"Ref": "Group"}]},
				"Environment": {"Variables": {"HOST": {"Fn::GetAtt": ["Db", "` + endpoint + `"]}, "AGAIN": {"Fn::GetAtt": ["Db", "` + endpoint + `"]}}}}},
			"Group": {"Type": "AWS::EC2::SecurityGroup"},
			"DbGroup": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": [
				{"IpProtocol": "tcp", "FromPort": ` + port + `, "ToPort": ` + port + `, "SourceSecurityGroupId": {"Ref": "Group"}}]}}, ` + resources)
	}
	const (
		cluster  = `"Db": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-postgresql", "VpcSecurityGroupIds": [{"Ref": "DbGroup"}]}}`
		port     = `"Db": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql", "Port": 3307, "VpcSecurityGroupIds": [{"Ref": "DbGroup"}]}}`
		instance = `"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "sqlserver-ex", "VPCSecurityGroups": [{"Ref": "DbGroup"}]}}`
		member   = `"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"DBClusterIdentifier": {"Ref": "C"}}},
			"C": {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-postgresql", "VpcSecurityGroupIds": [{"Ref": "DbGroup"}]}}`
		endpoint = `"Db": {"Type": "AWS::RDS::DBProxyEndpoint", "Properties": {"DBProxyName": "Todo", "VpcSecurityGroupIds": [{"Ref": "DbGroup"}]}},
			"P": {"Type": "AWS::RDS::DBProxy", "Properties": {"DBProxyName": "todo", "EngineFamily": "POSTGRESQL"}}`
	)
	const blocked = "Test F Test/Db"
	testRule(t, "function-cannot-reach-database", map[string]ruleTest{
		"compliant 1: cluster":           {stacks: database("5432", cluster, "Endpoint.Address")},
		"compliant 2: reader of cluster": {stacks: database("5432", cluster, "ReadEndpoint.Address")},
		"compliant 3: port of cluster":   {stacks: database("3307", port, "Endpoint.Address")},
		"compliant 4: instance":          {stacks: database("1433", instance, "Endpoint.Address")},
		"compliant 5: cluster's member":  {stacks: database("5432", member, "Endpoint.Address")},
		"compliant 6: proxy endpoint":    {stacks: database("5432", endpoint, "Endpoint")},
		"compliant 7: port by reference": {stacks: database(`{"Fn::GetAtt": ["Db", "Endpoint.Port"]}`, port, "Endpoint.Address")},
		"noncompliant 1: cluster":        {stacks: database("3306", cluster, "Endpoint.Address"), want: []string{blocked}, says: "port 5432"},
		"noncompliant 2: port":           {stacks: database("3306", port, "Endpoint.Address"), want: []string{blocked}, says: "port 3307"},
		"noncompliant 3: instance":       {stacks: database("3306", instance, "Endpoint.Address"), want: []string{blocked}, says: "port 1433"},
		"noncompliant 4: member":         {stacks: database("3306", member, "Endpoint.Address"), want: []string{blocked}, says: "port 5432"},
		"noncompliant 5: proxy endpoint": {stacks: database("3306", endpoint, "Endpoint"), want: []string{blocked}, says: "port 5432"},
	})
}

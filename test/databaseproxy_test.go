package test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/databaseproxy"
	"github.com/warmstandby/warmstandby/constructs/globaldatabase"
)

// databaseProxyProps is the props of a proxy before database, with nothing but what is required.
func databaseProxyProps(database *globaldatabase.Primary, vpc awsec2.IVpc) *databaseproxy.Props {
	return &databaseproxy.Props{Cluster: database.Cluster(), Vpc: vpc, Users: []string{"app", "reports"}}
}

// databaseProxyDatabase is a database for a proxy to stand before, and its network.
func databaseProxyDatabase(stack awscdk.Stack) (*globaldatabase.Primary, awsec2.IVpc) {
	props := databasePrimary(stack)
	return globaldatabase.NewPrimary(stack, "Database", props), props.Vpc
}

// groupReference is how a template refers to the security group of a construct.
func groupReference(stack awscdk.Stack, group awsec2.ISecurityGroup) map[string]any {
	id := *stack.GetLogicalId(group.Node().DefaultChild().(awscdk.CfnElement))
	return map[string]any{"Fn::GetAtt": []any{id, "GroupId"}}
}

func TestDatabaseProxyDefaults(t *testing.T) {
	stack := newStack(t)
	database, vpc := databaseProxyDatabase(stack)
	proxy := databaseproxy.New(stack, "Proxy", databaseProxyProps(database, vpc))
	name := proxy.Name()
	if !strings.HasPrefix(name, "testproxy") || strings.ToLower(name) != name {
		t.Errorf("Name() = %q, want the construct's path in lower case", name)
	}
	group := groupReference(stack, proxy.SecurityGroup())
	role := *stack.GetLogicalId(proxy.Role().Node().DefaultChild().(awscdk.CfnElement))
	s := synthesize(t, stack)

	subnets := []any{"subnet-1000000a", "subnet-1000000b"}
	s.hasProperties(t, "AWS::RDS::DBProxy", map[string]any{
		"DBProxyName":         name,
		"EngineFamily":        "MYSQL",
		"DefaultAuthScheme":   "IAM_AUTH",
		"RequireTLS":          true,
		"IdleClientTimeout":   1800,
		"RoleArn":             map[string]any{"Fn::GetAtt": []any{role, "Arn"}},
		"VpcSubnetIds":        subnets,
		"VpcSecurityGroupIds": []any{group},
		"Auth":                assertions.Match_Absent(),
		"DebugLogging":        assertions.Match_Absent(),
	})
	ref := map[string]any{"Ref": s.only(t, "AWS::RDS::DBProxy").id}
	s.hasProperties(t, "AWS::RDS::DBProxyTargetGroup", map[string]any{
		"DBProxyName":           ref,
		"TargetGroupName":       "default",
		"DBClusterIdentifiers":  []any{map[string]any{"Ref": s.only(t, "AWS::RDS::DBCluster").id}},
		"DBInstanceIdentifiers": assertions.Match_Absent(),
		"ConnectionPoolConfigurationInfo": map[string]any{
			"ConnectionBorrowTimeout": 120,
			"MaxConnectionsPercent":   100,
		},
	})
	s.hasProperties(t, "AWS::RDS::DBProxyEndpoint", map[string]any{
		"DBProxyName":         ref,
		"DBProxyEndpointName": name + "-ro",
		"TargetRole":          "READ_ONLY",
		"VpcSubnetIds":        subnets,
		"VpcSecurityGroupIds": []any{group},
	})
	s.hasProperties(t, "AWS::Logs::LogGroup", map[string]any{"LogGroupName": "/aws/rds/proxy/" + name, "RetentionInDays": 90})
}

func TestDatabaseProxyProps(t *testing.T) {
	tests := []struct {
		name   string
		change func(*databaseproxy.Props)
		typ    string
		want   map[string]any
	}{
		{
			"VpcSubnets of the proxy",
			func(p *databaseproxy.Props) {
				p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
			},
			"AWS::RDS::DBProxy",
			map[string]any{"VpcSubnetIds": []any{"subnet-0000000a", "subnet-0000000b"}},
		},
		{
			"VpcSubnets of the read-only endpoint",
			func(p *databaseproxy.Props) {
				p.VpcSubnets = &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}
			},
			"AWS::RDS::DBProxyEndpoint",
			map[string]any{"VpcSubnetIds": []any{"subnet-0000000a", "subnet-0000000b"}},
		},
		{
			"ProxyName",
			func(p *databaseproxy.Props) { p.ProxyName = "orders-proxy" },
			"AWS::RDS::DBProxy",
			map[string]any{"DBProxyName": "orders-proxy"},
		},
		{
			"ProxyName of the read-only endpoint",
			func(p *databaseproxy.Props) { p.ProxyName = "orders-proxy" },
			"AWS::RDS::DBProxyEndpoint",
			map[string]any{"DBProxyEndpointName": "orders-proxy-ro"},
		},
		{
			"IdleClientTimeout",
			func(p *databaseproxy.Props) { p.IdleClientTimeout = time.Hour },
			"AWS::RDS::DBProxy",
			map[string]any{"IdleClientTimeout": 3600},
		},
		{
			"BorrowTimeout",
			func(p *databaseproxy.Props) { p.BorrowTimeout = 20 * time.Second },
			"AWS::RDS::DBProxyTargetGroup",
			map[string]any{"ConnectionPoolConfigurationInfo": map[string]any{"ConnectionBorrowTimeout": 20}},
		},
		{
			"MaxConnectionsPercent",
			func(p *databaseproxy.Props) { p.MaxConnectionsPercent = 80 },
			"AWS::RDS::DBProxyTargetGroup",
			map[string]any{"ConnectionPoolConfigurationInfo": map[string]any{"MaxConnectionsPercent": 80}},
		},
		{
			"LogRetention",
			func(p *databaseproxy.Props) { p.LogRetention = awslogs.RetentionDays_ONE_WEEK },
			"AWS::Logs::LogGroup",
			map[string]any{"RetentionInDays": 7},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stack := newStack(t)
			props := databaseProxyProps(databaseProxyDatabase(stack))
			test.change(props)
			databaseproxy.New(stack, "Proxy", props)
			synthesize(t, stack).hasProperties(t, test.typ, test.want)
		})
	}
}

// The proxy's own role may log in to this cluster, as the users that were given and nobody else.
func TestDatabaseProxyRole(t *testing.T) {
	stack := newStack(t)
	proxy := databaseproxy.New(stack, "Proxy", databaseProxyProps(databaseProxyDatabase(stack)))
	role := *stack.GetLogicalId(proxy.Role().Node().DefaultChild().(awscdk.CfnElement))
	s := synthesize(t, stack)

	user := func(name string) any {
		return map[string]any{"Fn::Join": []any{"", []any{
			"arn:aws:rds-db:us-east-1:123456789012:dbuser:",
			map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::RDS::DBCluster").id, "DBClusterResourceId"}},
			"/" + name,
		}}}
	}
	policy := s.only(t, "AWS::IAM::Policy")
	s.hasProperties(t, policy.typ, map[string]any{
		"Roles": []any{map[string]any{"Ref": role}},
		"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action": "rds-db:connect", "Effect": "Allow", "Resource": []any{user("app"), user("reports")},
		}}},
	})
	s.hasProperties(t, "AWS::IAM::Role", map[string]any{"AssumeRolePolicyDocument": map[string]any{"Statement": []any{map[string]any{
		"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": map[string]any{"Service": "rds.amazonaws.com"},
		"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": "123456789012"}},
	}}}})
}

func TestDatabaseProxyTargetGroupWaits(t *testing.T) {
	stack := newStack(t)
	databaseproxy.New(stack, "Proxy", databaseProxyProps(databaseProxyDatabase(stack)))
	s := synthesize(t, stack)

	waits, _ := json.Marshal(s.only(t, "AWS::RDS::DBProxyTargetGroup").raw["DependsOn"])
	for _, typ := range []string{"AWS::RDS::DBInstance", "AWS::IAM::Policy"} {
		if id := s.only(t, typ).id; !strings.Contains(string(waits), `"`+id+`"`) {
			t.Errorf("the target group waits for %s, want %s too", waits, id)
		}
	}
	for _, group := range s.resources(t, "AWS::Logs::LogGroup") {
		if strings.Contains(group.properties["LogGroupName"].(string), "/proxy/") {
			if got := s.only(t, "AWS::RDS::DBProxy").raw["DependsOn"]; !reflect.DeepEqual(got, []any{group.id}) {
				t.Errorf("the proxy waits for %v, want %s", got, group.id)
			}
		}
	}
}

// The proxy reaches the cluster and nothing else, and nobody reaches the proxy.
func TestDatabaseProxySecurityGroup(t *testing.T) {
	stack := newStack(t)
	database, vpc := databaseProxyDatabase(stack)
	proxy := databaseproxy.New(stack, "Proxy", databaseProxyProps(database, vpc))
	proxyGroup, databaseGroup := groupReference(stack, proxy.SecurityGroup()), groupReference(stack, database.SecurityGroup())
	s := synthesize(t, stack)

	s.only(t, "AWS::EC2::SecurityGroupEgress")
	s.hasProperties(t, "AWS::EC2::SecurityGroupEgress", map[string]any{
		"GroupId": proxyGroup, "DestinationSecurityGroupId": databaseGroup, "IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306,
	})
	s.only(t, "AWS::EC2::SecurityGroupIngress")
	s.hasProperties(t, "AWS::EC2::SecurityGroupIngress", map[string]any{
		"GroupId": databaseGroup, "SourceSecurityGroupId": proxyGroup, "IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306,
	})
	for _, group := range s.resources(t, "AWS::EC2::SecurityGroup") {
		egress, _ := json.Marshal(group.properties["SecurityGroupEgress"])
		if strings.Contains(string(egress), "0.0.0.0/0") {
			t.Errorf("%s lets traffic out to anywhere", group.id)
		}
	}
}

func TestDatabaseProxyBeforeAClusterOfCDKs(t *testing.T) {
	stack := newStack(t)
	vpc := databaseVpc(stack)
	cluster := awsrds.NewDatabaseCluster(stack, jsii.String("Cluster"), &awsrds.DatabaseClusterProps{
		Engine: awsrds.DatabaseClusterEngine_AuroraMysql(&awsrds.AuroraMysqlClusterEngineProps{
			Version: awsrds.AuroraMysqlEngineVersion_VER_3_12_0(),
		}),
		IamAuthentication: jsii.Bool(true),
		Port:              jsii.Number(3307),
		Vpc:               vpc,
		VpcSubnets:        &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		Writer:            awsrds.ClusterInstance_ServerlessV2(jsii.String("Writer"), nil),
	})
	databaseproxy.New(stack, "Proxy", &databaseproxy.Props{Cluster: cluster, Vpc: vpc, Users: []string{"app"}})
	s := synthesize(t, stack)

	waits, _ := json.Marshal(s.only(t, "AWS::RDS::DBProxyTargetGroup").raw["DependsOn"])
	if id := s.only(t, "AWS::RDS::DBInstance").id; !strings.Contains(string(waits), id) {
		t.Errorf("the target group waits for %s, want %s too", waits, id)
	}
	s.hasProperties(t, "AWS::EC2::SecurityGroupEgress", map[string]any{
		"IpProtocol": "tcp", "FromPort": map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::RDS::DBCluster").id, "Endpoint.Port"}},
	})
}

func TestDatabaseProxyNames(t *testing.T) {
	stack := newStack(t)
	props := databaseProxyProps(databaseProxyDatabase(stack))
	props.ProxyName = "orders-proxy"
	proxy := databaseproxy.New(stack, "Proxy", props)
	for id, value := range map[string]string{
		"Endpoint": proxy.Endpoint(), "Reader": proxy.ReaderEndpoint(), "ResourceId": proxy.ResourceId(),
	} {
		awscdk.NewCfnOutput(stack, jsii.String(id), &awscdk.CfnOutputProps{Value: jsii.String(value)})
	}
	s := synthesize(t, stack)

	proxyId, readOnlyId := s.only(t, "AWS::RDS::DBProxy").id, s.only(t, "AWS::RDS::DBProxyEndpoint").id
	want := map[string]any{
		"Endpoint": map[string]any{"Value": map[string]any{"Fn::GetAtt": []any{proxyId, "Endpoint"}}},
		"Reader":   map[string]any{"Value": map[string]any{"Fn::GetAtt": []any{readOnlyId, "Endpoint"}}},
		"ResourceId": map[string]any{"Value": map[string]any{"Fn::Select": []any{6.0, map[string]any{
			"Fn::Split": []any{":", map[string]any{"Fn::GetAtt": []any{proxyId, "DBProxyArn"}}},
		}}}},
	}
	if got := s.json["Outputs"]; !reflect.DeepEqual(got, want) {
		t.Errorf("outputs %v, want %v", got, want)
	}
	if proxy.Name() != "orders-proxy" {
		t.Errorf("Name() = %s, want orders-proxy", proxy.Name())
	}
}

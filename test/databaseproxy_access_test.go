package test

import (
	"reflect"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/databaseproxy"
)

// databaseProxyClient is a Lambda function in vpc that may not send anything anywhere.
func databaseProxyClient(scope constructs.Construct, vpc awsec2.IVpc) awslambda.Function {
	return awslambda.NewFunction(scope, jsii.String("Function"), &awslambda.FunctionProps{
		Runtime:          awslambda.Runtime_NODEJS_24_X(),
		Handler:          jsii.String("index.handler"),
		Code:             awslambda.Code_FromInline(jsii.String("exports.handler = async () => {}")),
		Vpc:              vpc,
		VpcSubnets:       &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		AllowAllOutbound: jsii.Bool(false),
	})
}

func TestDatabaseProxyGrantConnect(t *testing.T) {
	stack := newStack(t)
	database, vpc := databaseProxyDatabase(stack)
	proxy := databaseproxy.New(stack, "Proxy", databaseProxyProps(database, vpc))
	client := databaseProxyClient(stack, vpc)
	if !*proxy.GrantConnect(client, "app").Success() {
		t.Error("GrantConnect() did not succeed")
	}
	clientGroup := groupReference(stack, (*client.Connections().SecurityGroups())[0])
	proxyGroup := groupReference(stack, proxy.SecurityGroup())
	role := *stack.GetLogicalId(client.Role().Node().DefaultChild().(awscdk.CfnElement))
	s := synthesize(t, stack)

	arn := map[string]any{"Fn::GetAtt": []any{s.only(t, "AWS::RDS::DBProxy").id, "DBProxyArn"}}
	s.hasProperties(t, "AWS::IAM::Policy", map[string]any{
		"Roles": []any{map[string]any{"Ref": role}},
		"PolicyDocument": map[string]any{"Statement": []any{map[string]any{
			"Action": "rds-db:connect",
			"Effect": "Allow",
			"Resource": map[string]any{"Fn::Join": []any{"", []any{
				"arn:aws:rds-db:us-east-1:123456789012:dbuser:",
				map[string]any{"Fn::Select": []any{6, map[string]any{"Fn::Split": []any{":", arn}}}},
				"/app",
			}}},
		}}},
	})
	s.hasProperties(t, "AWS::EC2::SecurityGroupEgress", map[string]any{
		"GroupId": clientGroup, "DestinationSecurityGroupId": proxyGroup, "IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306,
	})
	s.hasProperties(t, "AWS::EC2::SecurityGroupIngress", map[string]any{
		"GroupId": proxyGroup, "SourceSecurityGroupId": clientGroup, "IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306,
	})
}

// Network and database, proxy, and client may live in three stacks, which then depend on each other in one direction only.
func TestDatabaseProxyAcrossStacks(t *testing.T) {
	app := newApp(t)
	stackOf := func(name string) awscdk.Stack {
		return awscdk.NewStack(app, jsii.String(name), &awscdk.StackProps{
			Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("us-east-1")},
		})
	}
	data, middle, front := stackOf("Data"), stackOf("Middle"), stackOf("Front")
	database, vpc := databaseProxyDatabase(data)
	proxy := databaseproxy.New(middle, "Proxy", databaseProxyProps(database, vpc))
	client := databaseProxyClient(front, vpc)
	proxy.GrantConnect(client, "app")
	role := *front.GetLogicalId(client.Role().Node().DefaultChild().(awscdk.CfnElement))
	proxyGroup := groupReference(middle, proxy.SecurityGroup())
	clientGroup := groupReference(front, (*client.Connections().SecurityGroups())[0])

	below := synthesize(t, data)
	for _, typ := range []string{"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"} {
		check(t, func() { below.ResourceCountIs(jsii.String(typ), jsii.Number(0)) })
	}
	if n := len(*data.Dependencies()); n != 0 {
		t.Errorf("the database's stack depends on %d others, want none", n)
	}

	between := synthesize(t, middle)
	between.only(t, "AWS::EC2::SecurityGroupEgress")
	between.hasProperties(t, "AWS::EC2::SecurityGroupEgress", map[string]any{"GroupId": proxyGroup, "FromPort": 3306})
	between.only(t, "AWS::EC2::SecurityGroupIngress")
	between.hasProperties(t, "AWS::EC2::SecurityGroupIngress", map[string]any{"SourceSecurityGroupId": proxyGroup, "FromPort": 3306})
	if got := *middle.Dependencies(); len(got) != 1 || got[0] != data {
		t.Errorf("the proxy's stack depends on %v, want the database's", got)
	}

	above := synthesize(t, front)
	above.only(t, "AWS::EC2::SecurityGroupEgress")
	above.hasProperties(t, "AWS::EC2::SecurityGroupEgress", map[string]any{"GroupId": clientGroup, "FromPort": 3306})
	above.only(t, "AWS::EC2::SecurityGroupIngress")
	above.hasProperties(t, "AWS::EC2::SecurityGroupIngress", map[string]any{"SourceSecurityGroupId": clientGroup, "FromPort": 3306})
	above.hasProperties(t, "AWS::IAM::Policy", map[string]any{
		"Roles":          []any{map[string]any{"Ref": role}},
		"PolicyDocument": map[string]any{"Statement": []any{map[string]any{"Action": "rds-db:connect", "Effect": "Allow"}}},
	})
}

// A changed construct ID replaces what it names, so the IDs are as public as the accessors.
func TestDatabaseProxyConstructIDs(t *testing.T) {
	stack := newStack(t)
	proxy := databaseproxy.New(stack, "Proxy", databaseProxyProps(databaseProxyDatabase(stack)))
	for id, node := range map[string]constructs.Node{
		"Resource":         proxy.Proxy().Node(),
		"TargetGroup":      proxy.TargetGroup().Node(),
		"ReadOnlyEndpoint": proxy.ReadOnlyEndpoint().Node(),
		"SecurityGroup":    proxy.SecurityGroup().Node(),
		"Role":             proxy.Role().Node(),
		"LogGroup":         proxy.LogGroup().Node(),
	} {
		if got := *node.Path(); got != "Test/Proxy/"+id {
			t.Errorf("construct %s, want Test/Proxy/%s", got, id)
		}
	}
}

func TestDatabaseProxyMetrics(t *testing.T) {
	stack := newStack(t)
	props := databaseProxyProps(databaseProxyDatabase(stack))
	props.ProxyName = "orders-proxy"
	proxy := databaseproxy.New(stack, "Proxy", props)
	tests := []struct {
		metric    awscloudwatch.Metric
		name      string
		statistic string
	}{
		{proxy.MetricClientConnections(nil), "ClientConnections", "Sum"},
		{proxy.MetricBorrowLatency(nil), "DatabaseConnectionsBorrowLatency", "Average"},
		{proxy.MetricBorrowLatency(&awscloudwatch.MetricOptions{Statistic: jsii.String("p99")}), "DatabaseConnectionsBorrowLatency", "p99"},
	}
	for _, test := range tests {
		m := test.metric
		if *m.Namespace() != "AWS/RDS" || *m.MetricName() != test.name || *m.Statistic() != test.statistic {
			t.Errorf("metric %s %s of %s, want AWS/RDS %s of %s", *m.Namespace(), *m.MetricName(), *m.Statistic(), test.name, test.statistic)
		}
		if got := *m.Dimensions(); !reflect.DeepEqual(got, map[string]any{"ProxyName": "orders-proxy"}) {
			t.Errorf("%s has dimensions %v, want the proxy's name", test.name, got)
		}
	}
}

func TestDatabaseProxyFailures(t *testing.T) {
	stack := newStack(t)
	database, vpc := databaseProxyDatabase(stack)
	t.Run("fails without props", func(t *testing.T) {
		wantPanic(t, func() { databaseproxy.New(stack, "A", nil) },
			"database proxy Test/A: ", "Cluster is required", "Vpc is required", "Users must name")
	})
	t.Run("fails on a cluster that knows nothing of itself", func(t *testing.T) {
		stranger := awsrds.DatabaseCluster_FromDatabaseClusterAttributes(stack, jsii.String("Stranger"), &awsrds.DatabaseClusterAttributes{
			ClusterIdentifier: jsii.String("stranger"),
		})
		wantPanic(t, func() {
			databaseproxy.New(stack, "B", &databaseproxy.Props{Cluster: stranger, Vpc: vpc, Users: []string{"app"}})
		}, "Cluster must know its engine", "Cluster must know its port", "Cluster must know its security groups")
	})
	t.Run("fails to let in an unknown user", func(t *testing.T) {
		proxy := databaseproxy.New(stack, "Proxy", databaseProxyProps(database, vpc))
		client := databaseProxyClient(stack, vpc)
		wantPanic(t, func() { proxy.GrantConnect(client, "admin") },
			`database proxy Test/Proxy: user must be one of Users (app, reports), got "admin"`)
	})
}

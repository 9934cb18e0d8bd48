package databaseproxy_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/databaseproxy"
)

// A proxy before a cluster of CDK's own, and a Lambda function that logs in through it as the user app.
func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Orders"), nil)
	vpc := importVpc(stack)
	proxy := databaseproxy.New(stack, "Proxy", &databaseproxy.Props{
		Cluster:   newCluster(stack, vpc),
		Vpc:       vpc,
		Users:     []string{"app"},
		ProxyName: "orders-proxy",
	})

	function := newFunction(stack, vpc)
	function.AddEnvironment(jsii.String("DB_HOST"), jsii.String(proxy.Endpoint()), nil)
	proxy.GrantConnect(function, "app")

	fmt.Println(proxy.Name(), *proxy.ReadOnlyEndpoint().DbProxyEndpointName())
	// Output: orders-proxy orders-proxy-ro
}

// Only users that the proxy may log in as can be granted.
func ExampleProxy_GrantConnect() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Orders"), nil)
	vpc := importVpc(stack)
	proxy := databaseproxy.New(stack, "Proxy", &databaseproxy.Props{
		Cluster: newCluster(stack, vpc), Vpc: vpc, Users: []string{"app", "reports"},
	})

	defer func() { fmt.Println(recover()) }()
	proxy.GrantConnect(newFunction(stack, vpc), "admin")
	// Output: database proxy Orders/Proxy: user must be one of Users (app, reports), got "admin": add it to Users
}

func newCluster(stack awscdk.Stack, vpc awsec2.IVpc) awsrds.IDatabaseCluster {
	return awsrds.NewDatabaseCluster(stack, jsii.String("Cluster"), &awsrds.DatabaseClusterProps{
		Engine: awsrds.DatabaseClusterEngine_AuroraMysql(&awsrds.AuroraMysqlClusterEngineProps{
			Version: awsrds.AuroraMysqlEngineVersion_VER_3_12_0(),
		}),
		IamAuthentication: jsii.Bool(true),
		Vpc:               vpc,
		VpcSubnets:        &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		Writer:            awsrds.ClusterInstance_ServerlessV2(jsii.String("Writer"), nil),
	})
}

func newFunction(stack awscdk.Stack, vpc awsec2.IVpc) awslambda.Function {
	return awslambda.NewFunction(stack, jsii.String("Function"), &awslambda.FunctionProps{
		Runtime:          awslambda.Runtime_NODEJS_24_X(),
		Handler:          jsii.String("index.handler"),
		Code:             awslambda.Code_FromInline(jsii.String("exports.handler = async () => {}")),
		Vpc:              vpc,
		VpcSubnets:       &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_ISOLATED},
		AllowAllOutbound: jsii.Bool(false),
	})
}

func importVpc(stack awscdk.Stack) awsec2.IVpc {
	return awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:             jsii.String("vpc-01234567"),
		AvailabilityZones: jsii.Strings("a", "b"),
		IsolatedSubnetIds: jsii.Strings("subnet-0000000a", "subnet-0000000b"),
	})
}

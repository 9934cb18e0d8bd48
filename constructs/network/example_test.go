package network_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/network"
)

func ExampleNew() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)

	n := network.New(stack, "Network", &network.Props{Cidr: "10.1.0.0/16", Zones: 3})

	for _, subnet := range *n.ApplicationSubnets().Subnets {
		fmt.Println(*subnet.Ipv4CidrBlock())
	}
	for _, subnet := range *n.DatabaseSubnets().Subnets {
		fmt.Println(*subnet.Ipv4CidrBlock())
	}
	// Output:
	// 10.1.0.0/20
	// 10.1.16.0/20
	// 10.1.32.0/20
	// 10.1.128.0/20
	// 10.1.144.0/20
	// 10.1.160.0/20
}

func ExampleNetwork_AddInterfaceEndpoint() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	n := network.New(stack, "Network", nil)
	caller := awsec2.NewSecurityGroup(stack, jsii.String("Caller"), &awsec2.SecurityGroupProps{Vpc: n.Vpc()})

	secrets := n.AddInterfaceEndpoint("Secrets", awsec2.InterfaceVpcEndpointAwsService_SECRETS_MANAGER())
	secrets.Connections().AllowDefaultPortFrom(caller, jsii.String("Read secrets"))

	fmt.Println(*secrets.Node().Path())
	// Output: Shop/Network/Secrets/Resource
}

package globaldatabase_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/globaldatabase"
)

// A global database in two Regions, whose secondary is as strong as its primary.
func Example() {
	app := awscdk.NewApp(nil)
	east := newStack(app, "East", "us-east-1")
	west := newStack(app, "West", "us-west-2")

	primary := globaldatabase.NewPrimary(east, "Database", &globaldatabase.PrimaryProps{
		RegionalProps: globaldatabase.RegionalProps{
			GlobalClusterIdentifier: "orders-global",
			ClusterIdentifier:       "orders-east",
			Vpc:                     importVpc(east),
			Capacity:                globaldatabase.Capacity{Min: 8, Max: 64},
			Instances:               2,
		},
		DatabaseName: "orders",
	})
	secondary := globaldatabase.NewSecondary(west, "Database", &globaldatabase.SecondaryProps{
		RegionalProps: globaldatabase.RegionalProps{
			GlobalClusterIdentifier: "orders-global",
			ClusterIdentifier:       "orders-west",
			Vpc:                     importVpc(west),
			Capacity:                primary.Capacity(),
		},
		SourceRegion: "us-east-1",
	})

	fmt.Println(primary.ClusterIdentifier(), len(primary.Instances()), "instances of", primary.Capacity())
	fmt.Println(secondary.ClusterIdentifier(), len(secondary.Instances()), "instance of", secondary.Capacity())
	// Output:
	// orders-east 2 instances of {8 64}
	// orders-west 1 instance of {8 64}
}

// A primary with all defaults. Its secret is for administration; applications log in with IAM authentication.
func ExampleNewPrimary() {
	stack := newStack(awscdk.NewApp(nil), "East", "us-east-1")
	primary := globaldatabase.NewPrimary(stack, "Database", &globaldatabase.PrimaryProps{
		RegionalProps: globaldatabase.RegionalProps{
			GlobalClusterIdentifier: "orders-global",
			ClusterIdentifier:       "orders-east",
			Vpc:                     importVpc(stack),
		},
	})
	fmt.Println(*primary.Secret().Node().Path())
	// Output: East/Database/Secret/Attachment
}

// A secondary for a global database whose primary was created in us-east-1.
func ExampleNewSecondary() {
	stack := newStack(awscdk.NewApp(nil), "West", "us-west-2")
	secondary := globaldatabase.NewSecondary(stack, "Database", &globaldatabase.SecondaryProps{
		RegionalProps: globaldatabase.RegionalProps{
			GlobalClusterIdentifier: "orders-global",
			ClusterIdentifier:       "orders-west",
			Vpc:                     importVpc(stack),
		},
		SourceRegion: "us-east-1",
	})
	fmt.Println(*secondary.MetricRPOLag(nil).MetricName(), "of", secondary.ClusterIdentifier())
	// Output: AuroraGlobalDBRPOLag of orders-west
}

func newStack(app awscdk.App, name, region string) awscdk.Stack {
	return awscdk.NewStack(app, jsii.String(name), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String(region)},
	})
}

func importVpc(stack awscdk.Stack) awsec2.IVpc {
	return awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:             jsii.String("vpc-1"),
		AvailabilityZones: jsii.Strings("a", "b"),
		IsolatedSubnetIds: jsii.Strings("subnet-1", "subnet-2"),
	})
}

package failovermonitoring_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/failovermonitoring"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Alarms and a dashboard for the secondary Region. The document, the bucket and the topic are usually those of a failoverpipeline.
func ExampleNew() {
	document := topology.Document{Application: "Shop", GlobalCluster: "shop", Regions: map[topology.Role]topology.Site{
		topology.Primary:   {Region: "eu-west-1", ClusterArn: "arn:aws:rds:eu-west-1:123456789012:cluster:shop-1"},
		topology.Secondary: {Region: "eu-central-1", ClusterArn: "arn:aws:rds:eu-central-1:123456789012:cluster:shop-2"},
	}}
	// Functions of an app whose stack is not synthesized need not be built.
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"aws:cdk:bundling-stacks": []string{}}})
	stack := awscdk.NewStack(app, jsii.String("ShopFailover"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("eu-central-1")},
	})
	m := failovermonitoring.New(stack, "Monitoring", &failovermonitoring.Props{
		Document:          document,
		Role:              topology.Secondary,
		TopologyParameter: awsssm.StringParameter_FromStringParameterName(stack, jsii.String("Topology"), jsii.String("/shop/secd/topology")),
		Reports:           awss3.Bucket_FromBucketName(stack, jsii.String("Reports"), jsii.String("shop-reports")),
		Key:               awskms.NewKey(stack, jsii.String("Key"), nil),
		Topic:             awssns.NewTopic(stack, jsii.String("Topic"), nil),
		ApiName:           "Shop",
		StageName:         "prod",
		MaxDaysSinceDrill: 90,
	})

	fmt.Println(len(m.Alarms()), "alarms")
	// Output: 8 alarms
}

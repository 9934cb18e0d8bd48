package failoverpipeline_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/failoverpipeline"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// site is an application in one Region, by the names that it has there.
func site(region, pipeline string) topology.Site {
	return topology.Site{
		Region:         region,
		ClusterArn:     "arn:aws:rds:" + region + ":123456789012:cluster:shop-" + region,
		Proxy:          "shop",
		CheckFunction:  "shop-check",
		RequestSeconds: 30,
		Pipeline:       pipeline,
		ReportBucket:   "shop-reports-123456789012-" + region,
	}
}

// The pipeline that activates the secondary Region of an application, and lives there.
func ExampleNew() {
	document := topology.Document{
		Version:       topology.DocumentVersion,
		Application:   "Shop",
		GlobalCluster: "shop",
		Edge: topology.Edge{
			StoreArn:      "arn:aws:cloudfront::123456789012:key-value-store/11111111-2222-3333-4444-555555555555",
			URL:           "https://shop.example.com",
			HealthPath:    "/health",
			SettleSeconds: 30,
		},
		Regions: map[topology.Role]topology.Site{
			topology.Primary:   site("eu-west-1", "shop-failback"),
			topology.Secondary: site("eu-central-1", "shop-failover"),
		},
	}
	// Functions of an app whose stack is not synthesized need not be built.
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"aws:cdk:bundling-stacks": []string{}}})
	stack := awscdk.NewStack(app, jsii.String("ShopFailover"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("eu-central-1")},
	})
	failoverpipeline.New(stack, "Failover", &failoverpipeline.Props{
		Document:              document,
		Activates:             topology.Secondary,
		TopologyParameterName: "/shop/secd/topology",
	})

	for _, v := range failoverpipeline.Variables(topology.Secondary) {
		fmt.Printf("%s=%s\n", v.Name, v.Default)
	}
	// Output:
	// mode=switchover
	// reason=
	// maxDataLoss=60
	// overrides=none
}

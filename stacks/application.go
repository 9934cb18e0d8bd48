package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

func environment(c topology.Config, region string) *awscdk.Environment {
	return &awscdk.Environment{Account: jsii.String(c.Account), Region: jsii.String(region)}
}

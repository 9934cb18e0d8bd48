// Command plain is a CDK app that uses nothing of this module: what it downloads is CDK's own.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	awscdk.NewApp(nil).Synth(nil)
}

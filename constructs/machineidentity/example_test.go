package machineidentity_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/machineidentity"
)

func ExampleNew() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("App"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("us-east-1")},
	})
	callers := machineidentity.New(stack, "Callers", &machineidentity.Props{
		DomainPrefix: "todo-123456789012",
	})
	awscdk.NewCfnOutput(stack, jsii.String("TokenEndpoint"), &awscdk.CfnOutputProps{
		Value: jsii.String(callers.TokenEndpoint()),
	})
	fmt.Println(callers.Scopes())
	// Output: [api/upsert-delete]
}

package regionalparameter_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/regionalparameter"
)

// A stack in us-east-1 leaves a fact in us-east-2, where another stack reads it without asking us-east-1.
func ExampleNew() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Api"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("us-east-1")},
	})

	parameter := regionalparameter.New(stack, "ApiIdForStandby", &regionalparameter.Props{
		Name:   "/shop/pri/api-id",
		Value:  "a1b2c3d4e5",
		Region: "us-east-2",
	})

	fmt.Println(parameter.Name(), parameter.Local() == nil)
	// Output: /shop/pri/api-id true
}

// Command shop is a customer's CDK app: it composes a few constructs around a Lambda function of its own.
package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/network"
	"github.com/warmstandby/warmstandby/constructs/restapi"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Shop"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("123456789012"), Region: jsii.String("eu-west-1")},
	})

	net := network.New(stack, "Network", nil)
	hello := gofunction.New(stack, "Hello", &gofunction.Props{
		ImportPath: "example.com/shop/functions/hello",
		Vpc:        net.Vpc(),
		VpcSubnets: net.ApplicationSubnets(),
	})
	api := restapi.New(stack, "Api", &restapi.Props{
		Routes: []restapi.Route{{Path: "/hello", Method: "GET", Handler: hello.Alias(), Public: true}},
	})

	app.Synth(nil)
	fmt.Println("defined", *api.Node().Path())
}

package restapi_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/restapi"
)

func ExampleNew() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Orders"), nil)
	handler := awslambda.NewFunction(stack, jsii.String("Handler"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_24_X(),
		Handler: jsii.String("index.handler"),
		Code:    awslambda.Code_FromInline(jsii.String("exports.handler = async () => ({ statusCode: 204 })")),
	})
	callers := awscognito.NewUserPool(stack, jsii.String("Callers"), nil)

	order := &awsapigateway.JsonSchema{
		Type:     awsapigateway.JsonSchemaType_OBJECT,
		Required: jsii.Strings("article"),
		Properties: &map[string]*awsapigateway.JsonSchema{
			"article": {Type: awsapigateway.JsonSchemaType_STRING, MinLength: jsii.Number(1)},
		},
		AdditionalProperties: jsii.Bool(false),
	}
	api := restapi.New(stack, "Api", &restapi.Props{
		UserPools: []awscognito.IUserPool{callers},
		Routes: []restapi.Route{
			{Path: "/orders", Method: "POST", Handler: handler, Scopes: []string{"orders/write"}, Body: order},
			{Path: "/orders/{id}", Method: "GET", Handler: handler, Scopes: []string{"orders/read"}},
			{Path: "/health", Method: "GET", Handler: handler, Public: true},
		},
	})
	fmt.Println(*api.RestApi().Node().Path())
	// Output: Orders/Api/Resource
}

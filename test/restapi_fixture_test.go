package test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/restapi"
)

// publicAPI is an API with one route, which is open to everyone.
func publicAPI(stack awscdk.Stack) *restapi.Props {
	return &restapi.Props{
		Routes: []restapi.Route{{Path: "/v1/health", Method: "GET", Handler: liveFunction(stack, "Health"), Public: true}},
	}
}

// todoAPI is the API of the reference application.
func todoAPI(stack awscdk.Stack) *restapi.Props {
	scopes := []string{"api/upsert-delete"}
	return &restapi.Props{
		UserPools: []awscognito.IUserPool{awscognito.NewUserPool(stack, jsii.String("Pool"), nil)},
		Routes: []restapi.Route{
			{Path: "/v1", Method: "GET", Handler: liveFunction(stack, "Get"), Scopes: scopes, RequiredQuery: []string{"id"}},
			{Path: "/v1", Method: "POST", Handler: liveFunction(stack, "Upsert"), Scopes: scopes, Body: todoSchema()},
			{Path: "/v1/health", Method: "GET", Handler: liveFunction(stack, "Health"), Public: true},
		},
	}
}

// todoSchema is the body of the reference application's POST: an id as a number or a string, and two short texts.
func todoSchema() *awsapigateway.JsonSchema {
	text := func() *awsapigateway.JsonSchema {
		return &awsapigateway.JsonSchema{
			Type: awsapigateway.JsonSchemaType_STRING, MinLength: jsii.Number(1), MaxLength: jsii.Number(50),
		}
	}
	return &awsapigateway.JsonSchema{
		Type:     awsapigateway.JsonSchemaType_OBJECT,
		Required: jsii.Strings("task", "status"),
		Properties: &map[string]*awsapigateway.JsonSchema{
			"id": {OneOf: &[]*awsapigateway.JsonSchema{
				{Type: awsapigateway.JsonSchemaType_INTEGER, Minimum: jsii.Number(1)},
				{Type: awsapigateway.JsonSchemaType_STRING, Pattern: jsii.String("^[1-9][0-9]{0,18}$")},
			}},
			"task":   text(),
			"status": text(),
		},
		AdditionalProperties: jsii.Bool(false),
	}
}

// liveFunction is the live alias of a function.
func liveFunction(stack awscdk.Stack, id string) awslambda.Alias {
	function := awslambda.NewFunction(stack, &id, &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_24_X(),
		Handler: jsii.String("index.handler"),
		Code:    awslambda.Code_FromInline(jsii.String("exports.handler = async () => ({ statusCode: 204 })")),
	})
	return function.AddAlias(jsii.String("live"), nil)
}

// logicalID is the ID in stack's template of the resource that r is for.
func logicalID(stack awscdk.Stack, r awscdk.IResource) string {
	return *stack.GetLogicalId(r.Node().DefaultChild().(awscdk.CfnElement))
}

// methodOf is the template's method whose name starts with the verb and whose path is the one given, as "GET /v1".
func methodOf(t *testing.T, s synthesized, route string) resource {
	t.Helper()
	verb, path, _ := strings.Cut(route, " ")
	for _, method := range s.resources(t, "AWS::ApiGateway::Method") {
		if method.properties["HttpMethod"] == verb && pathOf(s, method.properties["ResourceId"]) == path {
			return method
		}
	}
	t.Fatalf("the template has no method %s", route)
	return resource{}
}

// pathOf is the path of the API resource that ref refers to.
func pathOf(s synthesized, ref any) string {
	id, ok := ref.(map[string]any)["Ref"].(string)
	if !ok {
		return "/" // Fn::GetAtt RootResourceId
	}
	properties := s.json["Resources"].(map[string]any)[id].(map[string]any)["Properties"].(map[string]any)
	return strings.TrimSuffix(pathOf(s, properties["ParentId"]), "/") + "/" + properties["PathPart"].(string)
}

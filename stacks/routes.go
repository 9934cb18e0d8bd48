package stacks

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/restapi"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// functionPackages are the import paths of the application's functions, by their names.
var functionPackages = map[string]string{
	topology.CreateTableFunction: functionsModule + "createtable",
	topology.UpsertToDosFunction: functionsModule + "upserttodos",
	topology.GetToDosFunction:    functionsModule + "gettodos",
	topology.RemoveToDosFunction: functionsModule + "removetodos",
	topology.HealthFunction:      functionsModule + "health",
}

const functionsModule = "github.com/warmstandby/warmstandby/functions/"

// functionImportPaths are all of them, so that the first one that is needed builds them all at once.
func functionImportPaths() []string {
	return slices.Sorted(maps.Values(functionPackages))
}

// routes are the routes of the reference application, each with a function of its own.
func (a *App) routes() []restapi.Route {
	handler := func(name string) awslambda.IFunction { return a.defineFunction(name).Alias() }
	scopes := a.identity.Scopes()
	return []restapi.Route{
		{Path: "/v1", Method: "GET", Handler: handler(topology.GetToDosFunction), Scopes: scopes, RequiredQuery: []string{"id"}},
		{Path: "/v1", Method: "POST", Handler: handler(topology.UpsertToDosFunction), Scopes: scopes, Body: toDoSchema()},
		{Path: "/v1", Method: "DELETE", Handler: handler(topology.RemoveToDosFunction), Scopes: scopes, Body: idSchema()},
		{Path: "/v1/health", Method: "GET", Handler: handler(topology.HealthFunction), Public: true},
	}
}

// toDoSchema is a to-do to create, or with an id to update.
func toDoSchema() *awsapigateway.JsonSchema {
	return objectSchema(map[string]*awsapigateway.JsonSchema{
		"id":     idProperty(),
		"task":   textProperty(),
		"status": textProperty(),
	}, "task", "status")
}

// idSchema names a to-do.
func idSchema() *awsapigateway.JsonSchema {
	return objectSchema(map[string]*awsapigateway.JsonSchema{"id": idProperty()}, "id")
}

func objectSchema(properties map[string]*awsapigateway.JsonSchema, required ...string) *awsapigateway.JsonSchema {
	return &awsapigateway.JsonSchema{
		Schema:               awsapigateway.JsonSchemaVersion_DRAFT4,
		Type:                 awsapigateway.JsonSchemaType_OBJECT,
		Properties:           &properties,
		Required:             jsii.PtrSlice(required...),
		AdditionalProperties: false,
	}
}

// idProperty is a positive integer, as a number or as a text. The functions check what a schema cannot say: its upper bound.
func idProperty() *awsapigateway.JsonSchema {
	return &awsapigateway.JsonSchema{OneOf: &[]*awsapigateway.JsonSchema{
		{Type: awsapigateway.JsonSchemaType_INTEGER, Minimum: jsii.Number(1)},
		{Type: awsapigateway.JsonSchemaType_STRING, Pattern: jsii.String("^[0-9]{1,20}$")},
	}}
}

func textProperty() *awsapigateway.JsonSchema {
	return &awsapigateway.JsonSchema{
		Type:      awsapigateway.JsonSchemaType_STRING,
		MinLength: jsii.Number(1),
		MaxLength: jsii.Number(50),
	}
}

package provision

import (
	"errors"
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/apigateway"
)

// API is a stage of a REST API.
type API struct {
	// Region is the API's Region.
	Region string

	// Definition is what package apigateway serves.
	Definition *apigateway.Definition
}

// apiGatewayPrefix is what the types of API Gateway's resources begin with.
const apiGatewayPrefix = "AWS::ApiGateway::"

// apiGatewayTypes are the types that package apigateway reads.
var apiGatewayTypes = []string{
	"Account", "Authorizer", "Deployment", "GatewayResponse", "Method", "Model", "RequestValidator", "Resource", "RestApi", "Stage",
}

// apiGateway gives a resource of API Gateway an ID. What it does is read when all are there.
func (c *call) apiGateway() (cloudformation.Physical, error) {
	const apiLength, length = 10, 6
	switch strings.TrimPrefix(c.Type, apiGatewayPrefix) {
	case "RestApi":
		id := draw(c.random, apiLength, lower)
		return physical(id, attributes{"RestApiId": id, "RootResourceId": draw(c.random, apiLength, lower)})
	case "Stage":
		return c.named("StageName")
	case "Model":
		return c.named("Name")
	}
	id := draw(c.random, length, lower)
	return physical(id, attributes{
		"ResourceId": id, "DeploymentId": id, "AuthorizerId": id, "RequestValidatorId": id, "Id": id,
	})
}

// named is a resource whose physical ID is its name, which CloudFormation makes up if the template gives none.
func (c *call) named(property string) (cloudformation.Physical, error) {
	name, ok := c.Properties[property].(string)
	if !ok {
		name = alphanumeric.ReplaceAllString(c.GeneratedName(100), "")
	}
	return physical(name, nil)
}

// collectAPIs reads the REST APIs of each stack.
func (b *builder) collectAPIs() error {
	var errs []error
	for _, stack := range b.Deployment.Stacks {
		definitions, err := apigateway.FromTemplate(stack.Account, stack.Region, apiResources(stack))
		if err != nil {
			errs = append(errs, fmt.Errorf("stack %s: %w", stack.Artifact.DisplayName, err))
		}
		for _, d := range definitions {
			b.APIs = append(b.APIs, API{Region: stack.Region, Definition: d})
		}
	}
	return errors.Join(errs...)
}

// apiResources are a stack's resources of API Gateway.
func apiResources(stack *cloudformation.Stack) []apigateway.Resource {
	var all []apigateway.Resource
	for _, r := range stack.Resources {
		if !strings.HasPrefix(r.Type, apiGatewayPrefix) {
			continue
		}
		texts := make(map[string]string)
		for name, value := range r.Attributes {
			texts[name] = fmt.Sprint(value)
		}
		all = append(all, apigateway.Resource{
			LogicalID: r.LogicalID, Type: r.Type, PhysicalID: r.Ref, Properties: r.Properties, Attributes: texts,
		})
	}
	return all
}

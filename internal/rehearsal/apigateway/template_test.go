package apigateway

import (
	"strings"
	"testing"
)

// TestFromTemplateFails changes one thing of a good template and expects to be told which.
func TestFromTemplateFails(t *testing.T) {
	set := func(id, name string, value any) func(*testing.T, *template) {
		return func(t *testing.T, tm *template) {
			p := tm.properties(t, id)
			names := strings.Split(name, ".")
			for _, inner := range names[:len(names)-1] {
				p = p[inner].(map[string]any)
			}
			p[names[len(names)-1]] = value
		}
	}
	add := func(kind string, properties map[string]any) func(*testing.T, *template) {
		return func(_ *testing.T, tm *template) { *tm = append(*tm, resource(kind, "Added", properties)) }
	}
	list := func(items ...any) []any { return items }
	object := func(name string, value any) map[string]any { return map[string]any{name: value} }
	for name, test := range map[string]struct {
		change func(*testing.T, *template)
		want   string
	}{
		"another type":           {add("UsagePlan", map[string]any{}), "AWS::ApiGateway::UsagePlan Added: the type is not rehearsed"},
		"another API":            {set("Apiv1", "RestApiId", "x"), `AWS::ApiGateway::Resource Apiv1: RestApiId is "x", which is no API of the template`},
		"an unknown property":    {set("Api", "Policy", object("a", 1.0)), "AWS::ApiGateway::RestApi Api: Policy is not rehearsed"},
		"an account's property":  {set("ApiAccount", "X", 1.0), "AWS::ApiGateway::Account ApiAccount: X is not rehearsed"},
		"an endpoint":            {set("Api", "EndpointConfiguration.Types", list("EDGE")), `EndpointConfiguration.Types is ["EDGE"]: only REGIONAL`},
		"an endpoint's property": {set("Api", "EndpointConfiguration.VpcEndpointIds", list("a")), "EndpointConfiguration.VpcEndpointIds is not rehearsed"},
		"a closed endpoint":      {set("Api", "DisableExecuteApiEndpoint", true), `DisableExecuteApiEndpoint is "true": only false is`},
		"a root":                 {func(_ *testing.T, tm *template) { (*tm)[0].Attributes = nil }, "RootResourceId is missing among the attributes"},
		"a number for a list":    {set("Api", "BinaryMediaTypes", 1.0), "BinaryMediaTypes must be a list, got float64"},
		"an object in a list":    {set("Api", "BinaryMediaTypes", list(object("a", 1.0))), "BinaryMediaTypes must be a list of strings"},
		"a segment":              {set("Apiv1", "PathPart", "a/b"), `PathPart must be one segment of a path, got "a/b"`},
		"a parent":               {set("Apiv1", "ParentId", "x"), `AWS::ApiGateway::Resource Apiv1: ParentId is "x", which is not in the template`},
		"a circle":               {set("Apiv1", "ParentId", "health"), "AWS::ApiGateway::Resource Apiv1health: ParentId does not lead to the root"},
		"two segments":           {add("Resource", map[string]any{"ParentId": "root00", "PathPart": "v1"}), "AWS::ApiGateway::Resource Added: /v1 is at the place of /v1"},
		"a resource twice": {func(_ *testing.T, tm *template) {
			twice := resource("Resource", "Added", map[string]any{"ParentId": "root00", "PathPart": "x"})
			twice.PhysicalID = "health"
			*tm = append(*tm, twice)
		}, `AWS::ApiGateway::Resource Added: ID is "health", which another resource has already`},
		"a schema":                    {set("ApiBodyPOSTv1", "Schema", object("type", "nothing")), "AWS::ApiGateway::Method Apiv1POST: RequestModels have the model ApiBodyPOSTv1"},
		"a schema as text":            {set("ApiBodyPOSTv1", "Schema", "{}"), "Schema must be an object, got string"},
		"a pattern":                   {set("ApiBodyPOSTv1", "Schema", object("pattern", "(?=a)")), "RequestModels have the model ApiBodyPOSTv1"},
		"a schema of elsewhere":       {set("ApiBodyPOSTv1", "Schema", object("$ref", "file:///etc/passwd")), "RequestModels have the model ApiBodyPOSTv1"},
		"a schema of another draft":   {set("ApiBodyPOSTv1", "Schema", object("$schema", "https://x.example/")), "the model ApiBodyPOSTv1"},
		"a model":                     {set("Apiv1POST", "RequestModels", object("a/b", "x")), `RequestModels have the model "x", which is not in the template`},
		"a validator's flag":          {set("ApiValidator", "ValidateRequestBody", "maybe"), `ValidateRequestBody must be true or false, got "maybe"`},
		"a validator":                 {set("Apiv1POST", "RequestValidatorId", "x"), `RequestValidatorId is "x", which is not in the template`},
		"an authorizer's type":        {set("ApiAuthorizer", "Type", "TOKEN"), `Type is "TOKEN": only COGNITO_USER_POOLS`},
		"an authorizer's source":      {set("ApiAuthorizer", "IdentitySource", "method.request.querystring.a"), "IdentitySource must be like method.request.header"},
		"an authorizer's expression":  {set("ApiAuthorizer", "IdentityValidationExpression", "a"), "IdentityValidationExpression is not rehearsed"},
		"an authorizer without pools": {set("ApiAuthorizer", "ProviderARNs", list()), "ProviderARNs must have at least one"},
		"an authorizer":               {set("Apiv1POST", "AuthorizerId", "x"), `Method Apiv1POST: AuthorizerId is "x", which is not`},
		"scopes without one":          {set("Apiv1POST", "AuthorizationType", "NONE"), "AuthorizationType is NONE, but there are"},
		"authorization":               {set("Apiv1POST", "AuthorizationType", "AWS_IAM"), `AuthorizationType is "AWS_IAM"`},
		"an API key":                  {set("Apiv1POST", "ApiKeyRequired", true), "ApiKeyRequired"},
		"a verb":                      {set("Apiv1POST", "HttpMethod", "TRACE"), `HttpMethod must be one of ANY, DELETE`},
		"a verb twice":                {set("Apiv1POST", "HttpMethod", "GET"), "HttpMethod is GET, which /v1 has already"},
		"a resource":                  {set("Apiv1POST", "ResourceId", "x"), `Method Apiv1POST: ResourceId is "x"`},
		"a parameter":                 {set("Apiv1GET", "RequestParameters", object("method.request.body.a", true)), `"method.request.body.a" is no parameter`},
		"parameters":                  {set("Apiv1GET", "RequestParameters", list()), "RequestParameters must be an object"},
		"an integration":              {set("Apiv1GET", "Integration.Type", "HTTP_PROXY"), `Integration.Type is "HTTP_PROXY": only AWS_PROXY or MOCK`},
		"no integration":              {set("Apiv1GET", "Integration", nil), `Integration.Type is ""`},
		"a function's address":        {set("Apiv1GET", "Integration.Uri", "arn:aws:lambda:x"), "Integration.Uri must be that of a function's invocations"},
		"a function's verb":           {set("Apiv1GET", "Integration.IntegrationHttpMethod", "GET"), "IntegrationHttpMethod must be POST"},
		"a function's time":           {set("Apiv1GET", "Integration.TimeoutInMillis", 49.0), "TimeoutInMillis must be at least 50"},
		"a time":                      {set("Apiv1GET", "Integration.TimeoutInMillis", "NaN"), "TimeoutInMillis must be a number"},
		"a role":                      {set("Apiv1GET", "Integration.Credentials", "arn"), "Integration.Credentials is not rehearsed"},
		"a link":                      {set("Apiv1GET", "Integration.ConnectionType", "VPC_LINK"), "Integration.ConnectionType is"},
		"a stream":                    {set("Apiv1GET", "Integration.ResponseTransferMode", "STREAM"), "ResponseTransferMode is"},
		"a passthrough":               {set("Apiv1OPTIONS", "Integration.PassthroughBehavior", "X"), "PassthroughBehavior must be WHEN_NO_MATCH"},
		"a request template":          {set("Apiv1OPTIONS", "Integration.RequestTemplates", object("a/b", "#foreach")), "Integration.RequestTemplates.a/b cannot be rehearsed: line 1: the directive #foreach"},
		"a template of objects":       {set("Apiv1OPTIONS", "Integration.RequestTemplates", object("a/b", list())), "RequestTemplates.a/b must be a string"},
		"a response's status":         {set("Apiv1OPTIONS", "MethodResponses", list(object("StatusCode", "x"))), `StatusCode must be from 200 to 599, got "x"`},
		"a response":                  {set("Apiv1OPTIONS", "Integration.IntegrationResponses", list(object("StatusCode", "404"))), "IntegrationResponses[0].StatusCode is 404, for which there is no method response"},
		"responses":                   {set("Apiv1OPTIONS", "Integration.IntegrationResponses", list("x")), "IntegrationResponses must be a list of objects"},
		"a response's header":         {set("Apiv1OPTIONS", "MethodResponses", list(object("StatusCode", "204"))), "method.response.header.Vary is not among the method response's"},
		"a response's source":         {set("Apiv1OPTIONS", "Integration.IntegrationResponses", list(map[string]any{"StatusCode": "204", "ResponseParameters": object("method.response.header.Vary", "integration.response.body")})), `is "integration.response.body": only headers`},
		"a response's pattern":        {set("Apiv1OPTIONS", "Integration.IntegrationResponses", list(map[string]any{"StatusCode": "204", "SelectionPattern": "("})), "SelectionPattern must be a regular expression"},
		"a response's handling":       {set("Apiv1OPTIONS", "Integration.IntegrationResponses", list(map[string]any{"StatusCode": "204", "ContentHandling": "X"})), "IntegrationResponses[0].ContentHandling is not rehearsed"},
		"a refusal's type":            {set("ApiTHROTTLED", "ResponseType", "TIRED"), `ResponseType is "TIRED", which API Gateway does not have`},
		"a refusal twice":             {set("ApiTHROTTLED", "ResponseType", "UNAUTHORIZED"), "ResponseType is UNAUTHORIZED, which another resource"},
		"a refusal's header":          {set("ApiTHROTTLED", "ResponseParameters", object("gatewayresponse.header.A", "a")), `ResponseParameters.gatewayresponse.header.A is "a"`},
		"a refusal's parameter":       {set("ApiTHROTTLED", "ResponseParameters", object("gatewayresponse.path.a", "'a'")), "ResponseParameters.gatewayresponse.path.a"},
		"a refusal's template":        {set("ApiTHROTTLED", "ResponseTemplates", object("a/b", "$input.body")), "ResponseTemplates.a/b has what only mapping"},
		"a refusal's status":          {set("ApiTHROTTLED", "StatusCode", "99"), `StatusCode must be from 200 to 599, got "99"`},
		"a deployment's stage":        {set("ApiDeployment", "StageName", "prod"), "AWS::ApiGateway::Deployment ApiDeployment: StageName is not rehearsed"},
		"a stage's deployment":        {set("ApiDeploymentStageprod", "DeploymentId", "x"), `DeploymentId is "x", which is no deployment`},
		"a stage's name":              {set("ApiDeploymentStageprod", "StageName", nil), "StageName is required"},
		"a stage's name as an object": {set("ApiDeploymentStageprod", "StageName", object("Ref", "X")), "StageName must be a string, got map[string]interface {}"},
		"a cache":                     {set("ApiDeploymentStageprod", "CacheClusterEnabled", true), "CacheClusterEnabled"},
		"a canary":                    {set("ApiDeploymentStageprod", "CanarySetting", object("a", 1.0)), "CanarySetting is not rehearsed"},
		"a setting":                   {set("ApiDeploymentStageprod", "MethodSettings", list(map[string]any{"HttpMethod": "GET", "ResourcePath": "/~1v2"})), "MethodSettings[0].ResourcePath and HttpMethod are GET /v2, which the API does not have"},
		"a setting for a verb":        {set("ApiDeploymentStageprod", "MethodSettings", list(map[string]any{"HttpMethod": "GET", "ResourcePath": "/*"})), "are GET *, which"},
		"a setting's cache":           {set("ApiDeploymentStageprod", "MethodSettings", list(map[string]any{"HttpMethod": "*", "ResourcePath": "/*", "CachingEnabled": true})), "MethodSettings[0].CachingEnabled"},
		"a setting's rate":            {set("ApiDeploymentStageprod", "MethodSettings", list(map[string]any{"HttpMethod": "*", "ResourcePath": "/*", "ThrottlingRateLimit": -1.0})), "ThrottlingRateLimit must be a number"},
	} {
		t.Run("fails on "+name, func(t *testing.T) {
			resources := todo(t)
			test.change(t, &resources)
			_, err := FromTemplate("123456789012", "us-east-1", resources)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestFromTemplateReportsAllAtOnce breaks two resources.
func TestFromTemplateReportsAllAtOnce(t *testing.T) {
	resources := todo(t)
	resources.properties(t, "Api")["X"] = 1.0
	resources.properties(t, "Apiv1GET")["Y"] = 1.0
	_, err := FromTemplate("123456789012", "us-east-1", resources)
	want := "AWS::ApiGateway::RestApi Api: X is not rehearsed\nAWS::ApiGateway::Method Apiv1GET: Y is not rehearsed"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// TestFromTemplateReadsStages has two of one API, and resources that are none of its business.
func TestFromTemplateReadsStages(t *testing.T) {
	resources := append(todo(t),
		resource("Stage", "Test", map[string]any{"StageName": "test", "DeploymentId": "dep123"}),
		Resource{Type: "AWS::Lambda::Permission", LogicalID: "Permission", Properties: map[string]any{"a": 1.0}},
		Resource{Type: "AWS::ApiGatewayV2::Api", LogicalID: "Other"},
	)
	definitions, err := FromTemplate("123456789012", "us-east-1", resources)
	if err != nil || len(definitions) != 2 || definitions[0].Stage() != "prod" || definitions[1].Stage() != "test" {
		t.Errorf("got %v, %v", definitions, err)
	}
}

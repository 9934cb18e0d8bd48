package restapi

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// RegionHeader is the response header that names the Region which served a request.
const RegionHeader = topology.ServedRegionHeader

// API is a REST API with one stage.
type API struct {
	constructs.Construct

	api          awsapigateway.RestApi
	accessLog    awslogs.LogGroup
	executionLog awslogs.LogGroup
	authorizer   awsapigateway.CognitoUserPoolsAuthorizer
	validator    awsapigateway.RequestValidator
}

// New defines an API under scope. It panics with everything that is wrong with props.
func New(scope constructs.Construct, id string, props *Props) *API {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("REST API", scope, id, p.validate())
	p = p.withDefaults(id)

	a := &API{}
	constructs.NewConstruct_Override(a, scope, &id)
	a.accessLog = a.defineAccessLog(p)
	a.api = a.defineAPI(p)
	a.executionLog = a.defineExecutionLog(p)
	a.authorizer = a.defineAuthorizer(p)
	a.validator = a.defineValidator()
	for _, r := range p.Routes {
		a.defineRoute(r)
	}
	a.definePreflights(p)
	a.defineRefusals(p)
	a.defineWebACLAssociation(p)
	return a
}

// RestApi is the underlying REST API. Its metrics count requests, errors and latency.
func (a *API) RestApi() awsapigateway.RestApi { return a.api }

// Stage is the one stage of the API.
func (a *API) Stage() awsapigateway.Stage { return a.api.DeploymentStage() }

// AccessLogGroup gets one line of JSON for each request.
func (a *API) AccessLogGroup() awslogs.LogGroup { return a.accessLog }

// ExecutionLogGroup gets what went wrong inside API Gateway.
func (a *API) ExecutionLogGroup() awslogs.LogGroup { return a.executionLog }

// Authorizer checks the tokens of routes that are not public. It is nil if all are.
func (a *API) Authorizer() awsapigateway.CognitoUserPoolsAuthorizer { return a.authorizer }

// URL is the stage's address, https://<id>.execute-api.<region>.amazonaws.com/<stage>/.
func (a *API) URL() string { return *a.api.Url() }

// ID is the API's identifier, which is also the first label of its host name.
func (a *API) ID() string { return *a.api.RestApiId() }

func (a *API) defineAPI(p Props) awsapigateway.RestApi {
	props := &awsapigateway.RestApiProps{
		RestApiName:    &p.Name,
		EndpointTypes:  &[]awsapigateway.EndpointType{awsapigateway.EndpointType_REGIONAL},
		DeployOptions:  a.stageOptions(p),
		CloudWatchRole: jsii.Bool(!p.DisableCloudWatchRole),
	}
	if p.Description != "" {
		props.Description = &p.Description
	}
	api := awsapigateway.NewRestApi(a, jsii.String("Resource"), props)
	api.Node().TryRemoveChild(jsii.String("Endpoint")) // an output of CDK's; which ones a stack has is for the stack to say

	// The default of a Regional API is TLS 1.0. See
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html.
	resource := api.Node().DefaultChild().(awsapigateway.CfnRestApi)
	resource.SetSecurityPolicy(jsii.String("SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"))
	resource.SetEndpointAccessMode(jsii.String(string(awsapigateway.EndpointAccessMode_STRICT)))
	return api
}

func (a *API) defineAuthorizer(p Props) awsapigateway.CognitoUserPoolsAuthorizer {
	if p.allPublic() {
		return nil
	}
	return awsapigateway.NewCognitoUserPoolsAuthorizer(a, jsii.String("Authorizer"), &awsapigateway.CognitoUserPoolsAuthorizerProps{
		CognitoUserPools: &p.UserPools,
	})
}

// defineValidator defines the one validator of all routes. It checks what a route asks for, and of a route that asks for nothing
// it checks nothing.
func (a *API) defineValidator() awsapigateway.RequestValidator {
	return a.api.AddRequestValidator(jsii.String("Validator"), &awsapigateway.RequestValidatorOptions{
		ValidateRequestBody:       jsii.Bool(true),
		ValidateRequestParameters: jsii.Bool(true),
	})
}

func (a *API) defineRoute(r Route) {
	integration := awsapigateway.NewLambdaIntegration(r.Handler, &awsapigateway.LambdaIntegrationOptions{
		AllowTestInvoke: jsii.Bool(false),
	})
	options := &awsapigateway.MethodOptions{
		AuthorizationType: awsapigateway.AuthorizationType_NONE,
		RequestValidator:  a.validator,
	}
	if !r.Public {
		options.AuthorizationType = awsapigateway.AuthorizationType_COGNITO
		options.Authorizer = a.authorizer
		options.AuthorizationScopes = jsii.Strings(r.Scopes...)
	}
	if len(r.RequiredQuery) > 0 {
		options.RequestParameters = requiredQuery(r.RequiredQuery)
	}
	if r.Body != nil {
		options.RequestModels = a.defineModel(r)
	}
	a.resource(r.Path).AddMethod(&r.Method, integration, options)
}

func requiredQuery(names []string) *map[string]*bool {
	parameters := make(map[string]*bool)
	for _, name := range names {
		parameters["method.request.querystring."+name] = jsii.Bool(true)
	}
	return &parameters
}

// defineModel defines the model of a route's body. The key $default applies it to every Content-Type: under application/json
// only, a request of another type, or of none, would pass unchecked. See
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html.
func (a *API) defineModel(r Route) *map[string]awsapigateway.IModel {
	id := "Body " + r.Method + strings.ReplaceAll(r.Path, "/", " ") // no segment has a space, so no two routes share an ID
	return &map[string]awsapigateway.IModel{
		"$default": a.api.AddModel(&id, &awsapigateway.ModelOptions{Schema: r.Body}),
	}
}

// resource is the API's resource at path. It and those above it are defined on first use.
func (a *API) resource(path string) awsapigateway.IResource {
	if path == "/" {
		return a.api.Root()
	}
	return a.api.Root().ResourceForPath(&path)
}

func (a *API) definePreflights(p Props) {
	if len(p.AllowOrigins) == 0 {
		return
	}
	var paths []string
	allowed := make(map[string][]string)
	for _, r := range p.Routes {
		if allowed[r.Path] == nil {
			paths = append(paths, r.Path)
		}
		allowed[r.Path] = append(allowed[r.Path], r.Method)
	}
	for _, path := range paths {
		a.resource(path).AddCorsPreflight(&awsapigateway.CorsOptions{
			AllowOrigins: jsii.Strings(p.AllowOrigins...),
			AllowMethods: jsii.Strings(allowed[path]...),
			AllowHeaders: jsii.Strings("Authorization", "Content-Type"),
			MaxAge:       awscdk.Duration_Hours(jsii.Number(1)),
		})
	}
}

func (a *API) defineWebACLAssociation(p Props) {
	if p.WebACLArn == "" {
		return
	}
	awswafv2.NewCfnWebACLAssociation(a, jsii.String("WebACLAssociation"), &awswafv2.CfnWebACLAssociationProps{
		ResourceArn: a.Stage().StageArn(),
		WebAclArn:   &p.WebACLArn,
	})
}

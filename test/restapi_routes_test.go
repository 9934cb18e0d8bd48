package test

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/restapi"
)

func TestRestAPIRoutes(t *testing.T) {
	stack := newStack(t)
	restapi.New(stack, "Api", todoAPI(stack))
	s := synthesize(t, stack)
	authorizer, validator := s.only(t, "AWS::ApiGateway::Authorizer"), s.only(t, "AWS::ApiGateway::RequestValidator")
	propertyIs(t, validator, "ValidateRequestBody", `true`)
	propertyIs(t, validator, "ValidateRequestParameters", `true`)

	get, post, health := methodOf(t, s, "GET /v1"), methodOf(t, s, "POST /v1"), methodOf(t, s, "GET /v1/health")
	for _, method := range []resource{get, post} {
		propertyIs(t, method, "AuthorizationType", `"COGNITO_USER_POOLS"`)
		propertyIs(t, method, "AuthorizerId", `{"Ref":"`+authorizer.id+`"}`)
		propertyIs(t, method, "AuthorizationScopes", `["api/upsert-delete"]`)
	}
	propertyIs(t, health, "AuthorizationType", `"NONE"`)
	propertyIs(t, health, "AuthorizerId", `null`)
	propertyIs(t, health, "AuthorizationScopes", `null`)

	propertyIs(t, get, "RequestParameters", `{"method.request.querystring.id":true}`)
	propertyIs(t, post, "RequestParameters", `null`)
	propertyIs(t, get, "RequestModels", `null`)
	propertyIs(t, post, "RequestModels", `{"$default":{"Ref":"`+s.only(t, "AWS::ApiGateway::Model").id+`"}}`)

	for _, method := range s.resources(t, "AWS::ApiGateway::Method") {
		propertyIs(t, method, "RequestValidatorId", `{"Ref":"`+validator.id+`"}`)
		integration := method.properties["Integration"].(map[string]any)
		if integration["Type"] != "AWS_PROXY" || integration["IntegrationHttpMethod"] != "POST" {
			t.Errorf("%s is integrated by %v", method.id, integration)
		}
	}
}

func TestRestAPIModel(t *testing.T) {
	stack := newStack(t)
	restapi.New(stack, "Api", todoAPI(stack))
	s := synthesize(t, stack)
	propertyIs(t, s.only(t, "AWS::ApiGateway::Model"), "ContentType", `"application/json"`)
	propertyIs(t, s.only(t, "AWS::ApiGateway::Model"), "Schema", `{"$schema":"http://json-schema.org/draft-04/schema#",`+
		`"additionalProperties":false,"properties":{`+
		`"id":{"oneOf":[{"minimum":1,"type":"integer"},{"pattern":"^[1-9][0-9]{0,18}$","type":"string"}]},`+
		`"status":{"maxLength":50,"minLength":1,"type":"string"},`+
		`"task":{"maxLength":50,"minLength":1,"type":"string"}},`+
		`"required":["task","status"],"type":"object"}`)
}

func TestRestAPIModelMayHaveSeveralTypes(t *testing.T) {
	stack := newStack(t)
	props := publicAPI(stack)
	props.Routes[0].Method = "DELETE"
	props.Routes[0].Body = &awsapigateway.JsonSchema{Type: []awsapigateway.JsonSchemaType{
		awsapigateway.JsonSchemaType_INTEGER, awsapigateway.JsonSchemaType_STRING,
	}}
	restapi.New(stack, "Api", props)
	s := synthesize(t, stack)
	propertyIs(t, s.only(t, "AWS::ApiGateway::Model"), "Schema",
		`{"$schema":"http://json-schema.org/draft-04/schema#","type":["integer","string"]}`)
}

func TestRestAPIModelsOfSimilarPathsAreApart(t *testing.T) {
	stack := newStack(t)
	props := todoAPI(stack)
	props.Routes[0] = props.Routes[1]
	props.Routes[0].Path, props.Routes[1].Path = "/v1.orders", "/v1/orders"
	restapi.New(stack, "Api", props)
	s := synthesize(t, stack)
	if got := len(s.resources(t, "AWS::ApiGateway::Model")); got != 2 {
		t.Errorf("there are %d models, want one for each of two routes", got)
	}
}

// A function may be invoked through its own route and through nothing else, not even the console's test page.
func TestRestAPIPermissionsAreForOneRoute(t *testing.T) {
	stack := newStack(t)
	props := todoAPI(stack)
	restapi.New(stack, "Api", props)
	want := make(map[string]string)
	for _, route := range props.Routes {
		want["/"+route.Method+route.Path] = logicalID(stack, route.Handler)
	}
	s := synthesize(t, stack)
	rest, stage := s.only(t, "AWS::ApiGateway::RestApi").id, s.only(t, "AWS::ApiGateway::Stage").id

	permissions := s.resources(t, "AWS::Lambda::Permission")
	if len(permissions) != len(want) {
		t.Errorf("there are %d permissions for %d routes", len(permissions), len(want))
	}
	for _, permission := range permissions {
		propertyIs(t, permission, "Action", `"lambda:InvokeFunction"`)
		propertyIs(t, permission, "Principal", `"apigateway.amazonaws.com"`)
		source := permission.properties["SourceArn"].(map[string]any)["Fn::Join"].([]any)[1].([]any)
		route := source[len(source)-1].(string)
		propertyIs(t, permission, "SourceArn", `{"Fn::Join":["",["arn:aws:execute-api:us-east-1:123456789012:",{"Ref":"`+rest+
			`"},"/",{"Ref":"`+stage+`"},"`+route+`"]]}`)
		propertyIs(t, permission, "FunctionName", `{"Ref":"`+want[route]+`"}`)
	}
}

func TestRestAPIAcceptsTokensOfBothRegions(t *testing.T) {
	stack := newStack(t)
	props := todoAPI(stack)
	arn := "arn:aws:cognito-idp:us-west-2:123456789012:userpool/us-west-2_abcdefghi"
	props.UserPools = append(props.UserPools, awscognito.UserPool_FromUserPoolArn(stack, jsii.String("Primary"), &arn))
	restapi.New(stack, "Api", props)
	s := synthesize(t, stack)

	authorizer := s.only(t, "AWS::ApiGateway::Authorizer")
	pool := s.only(t, "AWS::Cognito::UserPool")
	propertyIs(t, authorizer, "Type", `"COGNITO_USER_POOLS"`)
	propertyIs(t, authorizer, "IdentitySource", `"method.request.header.Authorization"`)
	propertyIs(t, authorizer, "ProviderARNs", `[{"Fn::GetAtt":["`+pool.id+`","Arn"]},"`+arn+`"]`)
}

func TestRestAPICrossOrigin(t *testing.T) {
	for name, tt := range map[string]struct {
		origins   []string
		preflight string
		refusal   string
	}{
		"one origin":      {[]string{"https://a.example"}, "'https://a.example'", "'https://a.example'"},
		"several origins": {[]string{"https://a.example", "https://b.example"}, "'https://a.example'", "'*'"},
		"all origins":     {[]string{"*"}, "'*'", "'*'"},
	} {
		t.Run(name, func(t *testing.T) {
			stack := newStack(t)
			props := todoAPI(stack)
			props.Routes[2].Path = "/"
			props.AllowOrigins = tt.origins
			restapi.New(stack, "Api", props)
			s := synthesize(t, stack)

			for path, methods := range map[string]string{"/v1": "'GET,POST'", "/": "'GET'"} {
				method := methodOf(t, s, "OPTIONS "+path)
				propertyIs(t, method, "AuthorizationType", `"NONE"`)
				response := method.properties["Integration"].(map[string]any)["IntegrationResponses"].([]any)[0].(map[string]any)
				headers := response["ResponseParameters"].(map[string]any)
				for header, want := range map[string]string{
					"Allow-Origin": tt.preflight, "Allow-Methods": methods, "Allow-Headers": "'Authorization,Content-Type'", "Max-Age": "'3600'",
				} {
					if got := headers["method.response.header.Access-Control-"+header]; got != want {
						t.Errorf("preflight of %s answers %s %v, want %s", path, header, got, want)
					}
				}
				template, _ := json.Marshal(response["ResponseTemplates"])
				for _, other := range tt.origins[1:] {
					if !strings.Contains(string(template), other) {
						t.Errorf("preflight of %s does not know %s", path, other)
					}
				}
			}
			for _, refusal := range s.resources(t, "AWS::ApiGateway::GatewayResponse") {
				headers := refusal.properties["ResponseParameters"].(map[string]any)
				if got := headers["gatewayresponse.header.Access-Control-Allow-Origin"]; got != tt.refusal {
					t.Errorf("%s allows %v, want %s", refusal.id, got, tt.refusal)
				}
				if got := headers["gatewayresponse.header.Access-Control-Expose-Headers"]; got != "'X-Served-Region'" {
					t.Errorf("%s exposes %v, want the Region", refusal.id, got)
				}
			}
		})
	}
}

func TestRestAPIRefusalsAreProblemDocuments(t *testing.T) {
	stack := newStack(t)
	restapi.New(stack, "Api", publicAPI(stack))
	s := synthesize(t, stack)

	var got []string
	for _, refusal := range s.resources(t, "AWS::ApiGateway::GatewayResponse") {
		propertyIs(t, refusal, "ResponseParameters",
			`{"gatewayresponse.header.Content-Type":"'application/problem+json'","gatewayresponse.header.X-Served-Region":"'us-east-1'"}`)
		kind, status := refusal.properties["ResponseType"].(string), refusal.properties["StatusCode"]
		problem := problemOf(t, refusal)
		if status != nil && status != fmt.Sprint(problem["status"]) {
			t.Errorf("%s is answered with %v, but its document says %v", kind, status, problem["status"])
		}
		if problem["type"] != "about:blank" {
			t.Errorf("%s has type %v", kind, problem["type"])
		}
		got = append(got, fmt.Sprintf("%s %v %v: %v", kind, status, problem["title"], problem["detail"]))
	}
	sort.Strings(got)
	want := []string{
		"ACCESS_DENIED 403 Forbidden: <message>",
		"API_CONFIGURATION_ERROR 500 Internal Server Error: <message>",
		"AUTHORIZER_CONFIGURATION_ERROR 500 Internal Server Error: <message>",
		"AUTHORIZER_FAILURE 500 Internal Server Error: <message>",
		"BAD_REQUEST_BODY 400 Bad Request: <validation>",
		"BAD_REQUEST_PARAMETERS 400 Bad Request: <message>",
		"DEFAULT_4XX <nil> <nil>: <message>",
		"DEFAULT_5XX <nil> <nil>: <message>",
		"EXPIRED_TOKEN 401 Unauthorized: <message>",
		"INTEGRATION_TIMEOUT 504 Gateway Timeout: <message>",
		"INVALID_SIGNATURE 404 Not Found: This API has no such path and method.",
		"MISSING_AUTHENTICATION_TOKEN 404 Not Found: This API has no such path and method.",
		"REQUEST_TOO_LARGE 413 Request Entity Too Large: <message>",
		"RESOURCE_NOT_FOUND 404 Not Found: This API has no such path and method.",
		"THROTTLED 429 Too Many Requests: <message>",
		"UNAUTHORIZED 401 Unauthorized: <message>",
		"UNSUPPORTED_MEDIA_TYPE 415 Unsupported Media Type: <message>",
		"WAF_FILTERED 403 Forbidden: <message>",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("refusals are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// problemOf is the document of a refusal, with variables replaced as API Gateway does: one that ends in String holds a quoted
// string, except for the validation's.
func problemOf(t *testing.T, refusal resource) map[string]any {
	t.Helper()
	template := refusal.properties["ResponseTemplates"].(map[string]any)["application/json"].(string)
	document := strings.NewReplacer(
		"$context.error.messageString", `"<message>"`,
		"$context.error.validationErrorString", `<validation>`,
	).Replace(template)
	var problem map[string]any
	if err := json.Unmarshal([]byte(document), &problem); err != nil {
		t.Fatalf("%s is not JSON: %s", refusal.id, document)
	}
	return problem
}

func TestRestAPIInAStackOfAnyRegion(t *testing.T) {
	stack := awscdk.NewStack(newApp(t), jsii.String("Test"), nil)
	restapi.New(stack, "Api", publicAPI(stack))
	s := synthesize(t, stack)
	for _, refusal := range s.resources(t, "AWS::ApiGateway::GatewayResponse") {
		headers := refusal.properties["ResponseParameters"].(map[string]any)
		got, _ := json.Marshal(headers["gatewayresponse.header."+restapi.RegionHeader])
		if want := `{"Fn::Join":["",["'",{"Ref":"AWS::Region"},"'"]]}`; string(got) != want {
			t.Errorf("%s names the Region %s, want %s", refusal.id, got, want)
		}
	}
	format, _ := json.Marshal(s.only(t, "AWS::ApiGateway::Stage").properties["AccessLogSetting"])
	if !strings.Contains(string(format), `\"region\":\"",{"Ref":"AWS::Region"},"\"`) {
		t.Errorf("the access log does not name the Region: %s", format)
	}
}

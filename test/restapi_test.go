package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/restapi"
)

func TestRestAPIDefaults(t *testing.T) {
	stack := newStack(t)
	api := restapi.New(stack, "Api", publicAPI(stack))
	if api.Authorizer() != nil {
		t.Error("an API with only public routes has an authorizer")
	}
	s := synthesize(t, stack)

	rest := s.only(t, "AWS::ApiGateway::RestApi")
	propertyIs(t, rest, "Name", `"Api"`)
	propertyIs(t, rest, "Description", `null`)
	propertyIs(t, rest, "EndpointConfiguration", `{"Types":["REGIONAL"]}`)
	propertyIs(t, rest, "DisableExecuteApiEndpoint", `null`)
	propertyIs(t, rest, "SecurityPolicy", `"SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"`)
	propertyIs(t, rest, "EndpointAccessMode", `"STRICT"`)

	stage := s.only(t, "AWS::ApiGateway::Stage")
	propertyIs(t, stage, "StageName", `"prod"`)
	propertyIs(t, stage, "TracingEnabled", `true`)
	propertyIs(t, stage, "CacheClusterEnabled", `null`)
	propertyIs(t, stage, "MethodSettings", `[{"DataTraceEnabled":false,"HttpMethod":"*","LoggingLevel":"ERROR",`+
		`"MetricsEnabled":true,"ResourcePath":"/*","ThrottlingBurstLimit":500,"ThrottlingRateLimit":1000}]`)

	for _, typ := range []string{"AWS::ApiGateway::Authorizer", "AWS::WAFv2::WebACLAssociation", "AWS::ApiGateway::Model"} {
		check(t, func() { s.ResourceCountIs(jsii.String(typ), jsii.Number(0)) })
	}
	if outputs := s.FindOutputs(jsii.String("*"), nil); len(*outputs) != 0 {
		t.Errorf("the construct has outputs %v; which ones there are is the stack's affair", *outputs)
	}
	method := s.only(t, "AWS::ApiGateway::Method") // so there is no OPTIONS
	propertyIs(t, method, "HttpMethod", `"GET"`)
	propertyIs(t, method, "AuthorizationType", `"NONE"`)
}

func TestRestAPILogs(t *testing.T) {
	stack := newStack(t)
	api := restapi.New(stack, "Api", publicAPI(stack))
	access, execution := logicalID(stack, api.AccessLogGroup()), logicalID(stack, api.ExecutionLogGroup())
	s := synthesize(t, stack)
	rest, stage := s.only(t, "AWS::ApiGateway::RestApi"), s.only(t, "AWS::ApiGateway::Stage")

	for _, group := range s.resources(t, "AWS::Logs::LogGroup") {
		if group.id != access && group.id != execution {
			continue // the handler's
		}
		propertyIs(t, group, "RetentionInDays", `30`)
		removalIs(t, group, "Retain", "Retain")
		if group.id == execution {
			propertyIs(t, group, "LogGroupName", `{"Fn::Join":["",["API-Gateway-Execution-Logs_",{"Ref":"`+rest.id+`"},"/prod"]]}`)
		}
	}

	setting := stage.properties["AccessLogSetting"].(map[string]any)
	if got := fmt.Sprint(setting["DestinationArn"]); got != "map[Fn::GetAtt:["+access+" Arn]]" {
		t.Errorf("the access log goes to %s, want %s", got, access)
	}
	var line map[string]string
	if err := json.Unmarshal([]byte(setting["Format"].(string)), &line); err != nil {
		t.Fatalf("the access log is not JSON: %v", err)
	}
	for field, want := range map[string]string{
		"requestId":         "$context.requestId",
		"region":            "us-east-1",
		"status":            "$context.status",
		"latency":           "$context.responseLatency",
		"integrationStatus": "$context.integration.status",
		"errorType":         "$context.error.responseType",
		"errorMessage":      "$context.error.message",
		"clientId":          "$context.authorizer.claims.client_id",
	} {
		if line[field] != want {
			t.Errorf("access log has %s %q, want %q", field, line[field], want)
		}
	}

	// The stage is refused before the role is set, and API Gateway defines the execution log group if the stage is first.
	account := s.only(t, "AWS::ApiGateway::Account")
	for _, id := range []string{account.id, execution} {
		if !slices.Contains(stage.raw["DependsOn"].([]any), any(id)) {
			t.Errorf("the stage does not wait for %s", id)
		}
	}
}

func TestRestAPIDefinesTheRoleThatWritesLogs(t *testing.T) {
	stack := newStack(t)
	restapi.New(stack, "Api", publicAPI(stack))
	s := synthesize(t, stack)

	account := s.only(t, "AWS::ApiGateway::Account")
	removalIs(t, account, "Retain", "Retain")
	var found bool
	for _, role := range s.resources(t, "AWS::IAM::Role") {
		if fmt.Sprint(account.properties["CloudWatchRoleArn"]) != "map[Fn::GetAtt:["+role.id+" Arn]]" {
			continue
		}
		found = true
		removalIs(t, role, "Retain", "Retain")
		propertyIs(t, role, "AssumeRolePolicyDocument", `{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow",`+
			`"Principal":{"Service":"apigateway.amazonaws.com"}}],"Version":"2012-10-17"}`)
		propertyIs(t, role, "ManagedPolicyArns", `[{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},`+
			`":iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"]]}]`)
		propertyIs(t, role, "Policies", `null`)
	}
	if !found {
		t.Error("the account's role is not in the template")
	}
}

func TestRestAPIProps(t *testing.T) {
	stack := newStack(t)
	props := publicAPI(stack)
	props.Name = "ToDoMgmt"
	props.Description = "To-dos"
	props.StageName = "live"
	props.ThrottleRate, props.ThrottleBurst = 20, 10
	props.AccessLogRetention = awslogs.RetentionDays_ONE_WEEK
	props.WebACLArn = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/guard/6d1f"
	props.DisableCloudWatchRole = true
	props.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	api := restapi.New(stack, "Api", props)
	access, execution := logicalID(stack, api.AccessLogGroup()), logicalID(stack, api.ExecutionLogGroup())
	s := synthesize(t, stack)

	rest, stage := s.only(t, "AWS::ApiGateway::RestApi"), s.only(t, "AWS::ApiGateway::Stage")
	propertyIs(t, rest, "Name", `"ToDoMgmt"`)
	propertyIs(t, rest, "Description", `"To-dos"`)
	propertyIs(t, stage, "StageName", `"live"`)
	s.hasProperties(t, "AWS::ApiGateway::Stage", map[string]any{
		"MethodSettings": []any{assertions.Match_ObjectLike(&map[string]any{"ThrottlingRateLimit": 20, "ThrottlingBurstLimit": 10})},
	})
	for _, group := range s.resources(t, "AWS::Logs::LogGroup") {
		if group.id == access || group.id == execution {
			propertyIs(t, group, "RetentionInDays", `7`)
			removalIs(t, group, "Delete", "Delete")
		}
	}
	check(t, func() { s.ResourceCountIs(jsii.String("AWS::ApiGateway::Account"), jsii.Number(0)) })

	association := s.only(t, "AWS::WAFv2::WebACLAssociation")
	propertyIs(t, association, "WebACLArn", `"`+props.WebACLArn+`"`)
	propertyIs(t, association, "ResourceArn", `{"Fn::Join":["",["arn:aws:apigateway:us-east-1::/restapis/",{"Ref":"`+
		rest.id+`"},"/stages/",{"Ref":"`+stage.id+`"}]]}`)
}

func TestRestAPIAccessorsNameWhatIsDefined(t *testing.T) {
	stack := newStack(t)
	api := restapi.New(stack, "Api", todoAPI(stack))
	for want, got := range map[string]awscdk.IResource{
		"Test/Api/Resource":                      api.RestApi(),
		"Test/Api/Resource/DeploymentStage.prod": api.Stage(),
		"Test/Api/AccessLog":                     api.AccessLogGroup(),
		"Test/Api/ExecutionLog":                  api.ExecutionLogGroup(),
		"Test/Api/Authorizer":                    api.Authorizer(),
	} {
		if path := *got.Node().Path(); path != want {
			t.Errorf("accessor returns %s, want %s", path, want)
		}
	}
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: jsii.String(api.URL())})
	awscdk.NewCfnOutput(stack, jsii.String("Id"), &awscdk.CfnOutputProps{Value: jsii.String(api.ID())})
	s := synthesize(t, stack)

	rest, stage := s.only(t, "AWS::ApiGateway::RestApi").id, s.only(t, "AWS::ApiGateway::Stage").id
	for output, want := range map[string]string{
		"Id": `{"Value":{"Ref":"` + rest + `"}}`,
		"Url": `{"Value":{"Fn::Join":["",["https://",{"Ref":"` + rest + `"},".execute-api.us-east-1.",` +
			`{"Ref":"AWS::URLSuffix"},"/",{"Ref":"` + stage + `"},"/"]]}}`,
	} {
		if got, _ := json.Marshal(s.json["Outputs"].(map[string]any)[output]); string(got) != want {
			t.Errorf("output %s is %s, want %s", output, got, want)
		}
	}
}

// A new deployment is how a changed model reaches the stage. One without a change would be for nothing.
func TestRestAPIDeploysOnlyChanges(t *testing.T) {
	deployment := func(change func(*restapi.Props)) (deployment, stage string) {
		stack := newStack(t)
		props := todoAPI(stack)
		change(props)
		restapi.New(stack, "Api", props)
		s := synthesize(t, stack)
		return s.only(t, "AWS::ApiGateway::Deployment").id, s.only(t, "AWS::ApiGateway::Stage").id
	}
	before, stage := deployment(func(*restapi.Props) {})
	for name, tt := range map[string]struct {
		change  func(*restapi.Props)
		deploys bool
	}{
		"nothing":       {func(*restapi.Props) {}, false},
		"the throttle":  {func(p *restapi.Props) { p.ThrottleRate = 1 }, false},
		"a scope":       {func(p *restapi.Props) { p.Routes[0].Scopes = []string{"api/read"} }, true},
		"a schema":      {func(p *restapi.Props) { p.Routes[1].Body.Title = jsii.String("A to-do") }, true},
		"a refusal":     {func(p *restapi.Props) { p.AllowOrigins = []string{"*"} }, true},
		"another route": {func(p *restapi.Props) { p.Routes = p.Routes[1:] }, true},
	} {
		t.Run(name, func(t *testing.T) {
			after, sameStage := deployment(tt.change)
			if (after != before) != tt.deploys {
				t.Errorf("deployment %s became %s", before, after)
			}
			if sameStage != stage {
				t.Errorf("stage %s became %s", stage, sameStage)
			}
		})
	}
}

func TestRestAPIFailsOnBadProps(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { restapi.New(stack, "Api", nil) }, "REST API Test/Api: ", "Routes must have at least one route")
}

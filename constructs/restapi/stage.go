package restapi

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
)

func (a *API) stageOptions(p Props) *awsapigateway.StageOptions {
	return &awsapigateway.StageOptions{
		StageName:            &p.StageName,
		AccessLogDestination: awsapigateway.NewLogGroupLogDestination(a.accessLog),
		AccessLogFormat:      awsapigateway.AccessLogFormat_Custom(jsii.String(a.accessLogFormat())),
		// Requests are in the access log. What it cannot say is why API Gateway itself failed.
		LoggingLevel:         awsapigateway.MethodLoggingLevel_ERROR,
		DataTraceEnabled:     jsii.Bool(false),
		MetricsEnabled:       jsii.Bool(true),
		TracingEnabled:       jsii.Bool(true),
		ThrottlingRateLimit:  jsii.Number(p.ThrottleRate),
		ThrottlingBurstLimit: jsii.Number(p.ThrottleBurst),
	}
}

// accessLogFormat is one line of JSON. All values are quoted, because API Gateway writes a hyphen for what a request has not.
// Nothing that callers or functions choose freely is in it, such as the path, the user agent or a function's error, since a
// quotation mark would forge fields; a function's error is in its own log. The variables are those of
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html.
func (a *API) accessLogFormat() string {
	line, err := json.Marshal(map[string]string{
		"requestId":          "$context.requestId",
		"extendedRequestId":  "$context.extendedRequestId",
		"traceId":            "$context.xrayTraceId",
		"time":               "$context.requestTimeEpoch",
		"region":             a.region(),
		"method":             "$context.httpMethod",
		"resource":           "$context.resourcePath",
		"status":             "$context.status",
		"responseLength":     "$context.responseLength",
		"latency":            "$context.responseLatency",
		"integrationStatus":  "$context.integration.status",
		"integrationLatency": "$context.integration.latency",
		"errorType":          "$context.error.responseType",
		"errorMessage":       "$context.error.message",
		"clientId":           "$context.authorizer.claims.client_id",
		"sourceIp":           "$context.identity.sourceIp",
	})
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(line)
}

// region is the Region of the API's stack, a token if the stack is for any Region.
func (a *API) region() string { return *awscdk.Stack_Of(a).Region() }

func (a *API) defineAccessLog(p Props) awslogs.LogGroup {
	return awslogs.NewLogGroup(a, jsii.String("AccessLog"), &awslogs.LogGroupProps{
		Retention:     p.AccessLogRetention,
		RemovalPolicy: p.RemovalPolicy,
	})
}

// defineExecutionLog defines the log group that API Gateway would otherwise create itself, and keep forever.
func (a *API) defineExecutionLog(p Props) awslogs.LogGroup {
	group := awslogs.NewLogGroup(a, jsii.String("ExecutionLog"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String("API-Gateway-Execution-Logs_" + a.ID() + "/" + p.StageName),
		Retention:     p.AccessLogRetention,
		RemovalPolicy: p.RemovalPolicy,
	})
	a.Stage().Node().AddDependency(group)
	return group
}

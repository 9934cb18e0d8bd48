package apigateway

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestAccessLog has the lines of the reference application.
func TestAccessLog(t *testing.T) {
	for name, test := range map[string]struct {
		send func(*bench)
		want map[string]string
	}{
		"a success": {
			func(b *bench) { b.get() },
			map[string]string{
				"status": "200", "clientId": "1example", "errorMessage": "-", "errorType": "-", "integrationStatus": "200",
				"integrationLatency": "7", "integrationError": "-", "responseLength": "17", "latency": "7", "resource": "/v1", "method": "GET",
			},
		},
		"a refusal": {
			func(b *bench) { b.send("POST /prod/v1", "") },
			map[string]string{
				"status": "401", "clientId": "-", "errorMessage": "Unauthorized", "errorType": "UNAUTHORIZED", "integrationStatus": "-",
				"integrationLatency": "-", "responseLength": "82", "latency": "0", "resource": "/v1", "method": "POST",
			},
		},
		"no route": {
			func(b *bench) { b.send("GET /prod/x", "") },
			map[string]string{"status": "404", "resource": "-", "errorType": "MISSING_AUTHENTICATION_TOKEN"},
		},
		"a preflight": {
			func(b *bench) { b.send("OPTIONS /prod/v1", "") },
			map[string]string{"status": "204", "responseLength": "0", "integrationStatus": "200"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, todo(t))
			b.invoke = delayed(b, 7*time.Millisecond)
			test.send(b)
			var got map[string]string
			if err := json.Unmarshal(b.log.Bytes(), &got); err != nil || strings.Count(b.log.String(), "\n") != 1 {
				t.Fatalf("logged %s, %v", &b.log, err)
			}
			for field, want := range map[string]string{
				"requestId": "00000000-0000-4000-8000-000000000000", "extendedRequestId": "AAAAAAAAAAAAAAA=", "time": "1795262400000",
				"traceId": "1-6b0187c0-000000000000000000000000", "sourceIp": "192.0.2.1", "region": "us-east-1",
			} {
				test.want[field] = want
			}
			for field, want := range test.want {
				if got[field] != want {
					t.Errorf("%s is %q, want %q", field, got[field], want)
				}
			}
		})
	}
}

func TestAccessLogFormat(t *testing.T) {
	for name, test := range map[string]struct{ format, want string }{
		"the common log format": {
			`$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.path $context.protocol" $context.status $context.responseLength`,
			`192.0.2.1 - - [21/Nov/2026:12:00:00 +0000] "GET /prod/v1 HTTP/1.1" 502 55`,
		},
		"the API":          {"$context.accountId $context.apiId $context.stage $context.deploymentId $context.domainName $context.domainPrefix $context.endpointType", "123456789012 abcde12345 prod dep123 abcde12345.execute-api.us-east-1.amazonaws.com abcde12345 REGIONAL"},
		"the resource":     {"$context.resourceId $context.resourcePath", "v1id00 /v1"},
		"an integration":   {"$context.integrationStatus $context.integration.integrationStatus $context.integrationLatency $context.integrationErrorMessage", `200 200 0 The Lambda function returned the following error: {\n}`},
		"unknown ones":     {"$context.nothing $context.identity.caller $stageVariables.none", "- - -"},
		"the claims":       {"$context.authorizer.claims $context.authorizer.claims.scope $context.authorizer.principalId $context.authorizer.claims.none", "- api/other api/upsert-delete 1example -"},
		"what was refused": {"$context.error.message $context.error.messageString $context.error.validationErrorString", `Internal server error "Internal server error" -`},
		"no variable":      {"hello", "hello"},
	} {
		t.Run(name, func(t *testing.T) {
			resources := todo(t)
			resources.properties(t, "ApiDeploymentStageprod")["AccessLogSetting"] = map[string]any{"Format": test.format}
			b := newBench(t, resources)
			b.invoke = answering("", &FunctionError{Payload: []byte("{\n}")})
			b.get()
			if got := b.log.String(); got != test.want+"\n" {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestAccessLogIsOptional has a stage without, and one whose tracing is off.
func TestAccessLogIsOptional(t *testing.T) {
	resources := todo(t)
	stage := resources.properties(t, "ApiDeploymentStageprod")
	delete(stage, "AccessLogSetting")
	b := newBench(t, resources)
	b.get()
	if b.log.Len() > 0 {
		t.Errorf("logged %s", &b.log)
	}
	stage["AccessLogSetting"] = map[string]any{"Format": "$context.error.messageString"}
	b = newBench(t, resources)
	b.get()
	if b.log.String() != "-\n" {
		t.Errorf("logged %s", &b.log)
	}
	stage["AccessLogSetting"] = map[string]any{"Format": "$context.xrayTraceId $context.authorizer.error"}
	stage["TracingEnabled"] = false
	b = newBench(t, resources)
	b.send("GET /prod/v1", "", "Authorization: down")
	if got := b.log.String(); got != "- no keys of arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool\n" {
		t.Errorf("logged %s", got)
	}
}

package apigateway

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

type recorder = httptest.ResponseRecorder

// refusing makes a request that is refused for each kind that a rehearsal can bring about.
var refusing = map[string]struct {
	status int // without gateway responses
	send   func(*testing.T, *bench) *recorder
}{
	"MISSING_AUTHENTICATION_TOKEN": {403, func(_ *testing.T, b *bench) *recorder { return b.send("GET /prod/x", "") }},
	"UNAUTHORIZED":                 {401, func(_ *testing.T, b *bench) *recorder { return b.send("GET /prod/v1", "") }},
	"EXPIRED_TOKEN":                {401, func(_ *testing.T, b *bench) *recorder { return b.send("GET /prod/v1", "", "Authorization: expired") }},
	"ACCESS_DENIED":                {403, func(_ *testing.T, b *bench) *recorder { return b.send("GET /prod/v1", "", "Authorization: reader") }},
	"AUTHORIZER_CONFIGURATION_ERROR": {500, func(_ *testing.T, b *bench) *recorder {
		return b.send("GET /prod/v1", "", "Authorization: down")
	}},
	"BAD_REQUEST_PARAMETERS": {400, func(_ *testing.T, b *bench) *recorder {
		return b.send("GET /prod/v1", "", "Authorization: good")
	}},
	"BAD_REQUEST_BODY": {400, func(_ *testing.T, b *bench) *recorder {
		return b.send("POST /prod/v1", "", "Authorization: good")
	}},
	"REQUEST_TOO_LARGE": {413, func(_ *testing.T, b *bench) *recorder {
		return b.send("GET /prod/v1/health", strings.Repeat("x", maxBody+1))
	}},
	"UNSUPPORTED_MEDIA_TYPE": {415, func(_ *testing.T, b *bench) *recorder {
		return b.send("OPTIONS /prod/v1", "", "Content-Type: text/plain")
	}},
	"THROTTLED": {429, func(_ *testing.T, b *bench) *recorder {
		for range 500 {
			b.get()
		}
		return b.get()
	}},
	"API_CONFIGURATION_ERROR": {500, func(_ *testing.T, b *bench) *recorder {
		b.refuses = errors.New("no")
		return b.get()
	}},
	"INTEGRATION_FAILURE": {502, func(_ *testing.T, b *bench) *recorder {
		b.invoke = answering("", &FunctionError{})
		return b.get()
	}},
	"INTEGRATION_TIMEOUT": {504, func(t *testing.T, b *bench) *recorder { return timeOut(t, b) }},
}

// refusable is the API of the reference application without gateway responses, whose preflights take JSON only.
func refusable(t *testing.T) template {
	resources := todo(t).without("GatewayResponse")
	resources.properties(t, "Apiv1OPTIONS")["Integration"].(map[string]any)["PassthroughBehavior"] = "NEVER"
	return resources
}

// TestGatewayResponses refuses a request of each kind: as API Gateway does, as the default of 4XX and 5XX has it with a status and
// without, and as a response of its own has it.
func TestGatewayResponses(t *testing.T) {
	for kind, test := range refusing {
		t.Run(kind, func(t *testing.T) {
			b := newBench(t, refusable(t))
			w := test.send(t, b)
			if w.Code != test.status || !strings.HasPrefix(w.Body.String(), `{"message":`) {
				t.Errorf("plain: got %d %s", w.Code, w.Body)
			}
			wantHeader(t, w, "Content-Type", "application/json")

			fallback := (&refusal{status: test.status}).fallback()
			template := map[string]any{"application/json": "$context.error.responseType $context.status"}
			defaults := map[string]any{"ResponseType": fallback, "ResponseTemplates": template}
			resources := append(refusable(t), resource("GatewayResponse", "Default", defaults))
			wantAnswer(t, test.send(t, newBench(t, resources)), test.status, kind+" "+positive(test.status))

			defaults["StatusCode"] = "418"
			wantAnswer(t, test.send(t, newBench(t, resources)), 418, kind+" 418")

			own := map[string]any{"ResponseType": kind, "StatusCode": 599.0}
			resources = append(resources, resource("GatewayResponse", "Own", own))
			if w := test.send(t, newBench(t, resources)); w.Code != 599 || w.Body.String() == kind+" 418" {
				t.Errorf("own: got %d %s", w.Code, w.Body)
			}
		})
	}
}

// TestGatewayResponsesAreAllKnown covers the table above: what it lacks is of features that no definition can have.
func TestGatewayResponsesAreAllKnown(t *testing.T) {
	never := []string{
		default4xx, default5xx, "AUTHORIZER_FAILURE", "INVALID_API_KEY", "INVALID_SIGNATURE", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND",
		"WAF_FILTERED",
	}
	for _, kind := range responseTypes {
		if _, tested := refusing[kind]; tested == slices.Contains(never, kind) {
			t.Errorf("%s: tested %v", kind, tested)
		}
	}
	if len(refusing)+len(never) != len(responseTypes) {
		t.Error("a kind is refused that the developer guide does not have")
	}
}

// TestGatewayResponsesOfTheReferenceApplication are problem documents with the Region.
func TestGatewayResponsesOfTheReferenceApplication(t *testing.T) {
	b := newBench(t, todo(t))
	w := b.send("GET /prod/nothing", "")
	wantAnswer(t, w, 404, problem(404, `"This API has no such path and method."`))
	wantHeader(t, w, "Content-Type", "application/problem+json")
	wantHeader(t, w, "X-Served-Region", "us-east-1")
	wantHeader(t, w, "Access-Control-Allow-Origin", "*")
	wantHeader(t, w, "x-amzn-ErrorType", "MissingAuthenticationTokenException")
	wantHeader(t, w, "X-Amzn-Trace-Id", "")

	b.invoke = answering("", &FunctionError{})
	w = b.get()
	wantAnswer(t, w, 502, `{"type":"about:blank","detail":"Internal server error"}`)
	wantHeader(t, w, "X-Amzn-Trace-Id", "Root=1-6b0187c0-000000000000000000000000")
}

func TestGatewayResponseTemplates(t *testing.T) {
	for name, test := range map[string]struct{ template, want string }{
		"text":              {"plain $5 $x $context", "plain $5 $x $context"},
		"a sentence":        {"On $context.stage.", "On prod."},
		"a message":         {`$context.error.messageString "$context.error.message"`, `"Missing required request parameters: [id]" "Missing required request parameters: [id]"`},
		"a type":            {"$context.error.responseType", "BAD_REQUEST_PARAMETERS"},
		"a request":         {"$context.requestId $context.httpMethod $context.path $context.resourcePath", "00000000-0000-4000-8000-000000000000 GET /prod/v1 /v1"},
		"a claim":           {"$context.authorizer.claims.client_id", "1example"},
		"a stage variable":  {"$stageVariables.color,$stageVariables.none", "red,"},
		"escaped":           {`"$context.identity.userAgent"`, `"a\"<b>\\"`},
		"nothing":           {"<$context.error.validationErrorString$context.wafResponseCode>", "<>"},
		"an unknown prefix": {"$contextual.x $stageVariables", "$contextual.x $stageVariables"},
	} {
		t.Run(name, func(t *testing.T) {
			resources := append(refusable(t), resource("GatewayResponse", "Own", map[string]any{
				"ResponseType": "BAD_REQUEST_PARAMETERS", "ResponseTemplates": map[string]any{"application/json": test.template},
			}))
			resources.properties(t, "ApiDeploymentStageprod")["Variables"] = map[string]any{"color": "red"}
			w := newBench(t, resources).send("GET /prod/v1", "", "Authorization: good", `User-Agent: a"<b>\`)
			wantAnswer(t, w, 400, test.want)
		})
	}
}

func TestGatewayResponseHeaders(t *testing.T) {
	sources := map[string]string{
		"Constant": "'a b'", "Empty": "''", "Context": "context.error.responseType", "Stage": "stageVariables.color",
		"Header": "method.request.header.x-a", "Query": "method.request.querystring.q", "Multi": "method.request.multivaluequerystring.q",
		"Path": "method.request.path.none",
	}
	parameters := map[string]any{}
	for name, source := range sources {
		parameters["gatewayresponse.header.X-"+name] = source
	}
	resources := append(refusable(t), resource("GatewayResponse", "Own", map[string]any{
		"ResponseType": default4xx, "ResponseParameters": parameters,
	}))
	resources.properties(t, "ApiDeploymentStageprod")["Variables"] = map[string]any{"color": "red"}
	w := newBench(t, resources).send("GET /prod/v1?q=1&q=2", "", "X-A: b")
	for name, want := range map[string]string{
		"Constant": "a b", "Empty": "", "Context": "UNAUTHORIZED", "Stage": "red", "Header": "b", "Query": "2", "Multi": "2", "Path": "",
	} {
		wantHeader(t, w, "X-"+name, want)
	}
	wantAnswer(t, w, 401, `{"message":"Unauthorized"}`)
}

func TestGatewayResponseByAccept(t *testing.T) {
	for name, test := range map[string]struct {
		offered []string
		accept  string
		want    string
	}{
		"asked for":     {[]string{"application/json", "text/html"}, "Text/HTML;q=0.9, application/json", "text/html"},
		"not asked for": {[]string{"application/json", "text/html"}, "", "application/json"},
		"another":       {[]string{"application/json", "text/html"}, "image/png", "application/json"},
		"no JSON":       {[]string{"text/html", "text/plain"}, "image/png", "text/html"},
	} {
		t.Run(name, func(t *testing.T) {
			templates := map[string]any{}
			for _, mediaType := range test.offered {
				templates[mediaType] = mediaType
			}
			resources := append(refusable(t), resource("GatewayResponse", "Own", map[string]any{
				"ResponseType": default4xx, "ResponseTemplates": templates,
			}))
			w := newBench(t, resources).send("GET /prod/v1", "", "Accept: "+test.accept)
			wantAnswer(t, w, 401, test.want)
			wantHeader(t, w, "Content-Type", test.want)
		})
	}
}

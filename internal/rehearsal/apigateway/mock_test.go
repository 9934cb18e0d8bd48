package apigateway

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestPreflight asks for what browsers ask for, from the origins that the template has and from another.
func TestPreflight(t *testing.T) {
	for origin, want := range map[string]string{
		"https://a.example": "https://a.example",
		"https://b.example": "https://b.example",
		"https://c.example": "https://a.example",
		"":                  "https://a.example",
	} {
		b := newBench(t, todo(t))
		w := b.send("OPTIONS /prod/v1", "", "Origin: "+origin, "Access-Control-Request-Method: POST")
		wantAnswer(t, w, 204, "")
		wantHeader(t, w, "Access-Control-Allow-Origin", want)
		wantHeader(t, w, "Access-Control-Allow-Methods", "GET,POST")
		wantHeader(t, w, "Access-Control-Allow-Headers", "Authorization,Content-Type")
		wantHeader(t, w, "Access-Control-Max-Age", "3600")
		wantHeader(t, w, "Vary", "Origin")
		if len(b.called) > 0 || !strings.Contains(b.log.String(), `"integrationStatus":"200"`) {
			t.Errorf("called %v, logged %s", b.called, &b.log)
		}
	}
}

// mocked is the API of the reference application with another OPTIONS method.
func mocked(t *testing.T, integration, methodResponses string) template {
	t.Helper()
	resources := todo(t).without("GatewayResponse")
	method := resources.properties(t, "Apiv1OPTIONS")
	for name, source := range map[string]string{"Integration": integration, "MethodResponses": methodResponses} {
		var value any
		if err := json.Unmarshal([]byte(source), &value); err != nil {
			t.Fatal(err)
		}
		method[name] = value
	}
	resources.properties(t, "ApiDeploymentStageprod")["Variables"] = map[string]any{"color": "red"}
	return resources
}

const (
	okResponse  = `{"StatusCode":200,"ResponseParameters":{"method.response.header.X-A":true}}`
	okTemplates = `"RequestTemplates":{"application/json":"{\"statusCode\": 200}"}`
)

func TestMock(t *testing.T) {
	for name, test := range map[string]struct {
		integration string
		headers     string
		body        string
		status      int
		want        string
	}{
		"a body":              {`{"Type":"MOCK",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200","ResponseTemplates":{"application/json":"$context.httpMethod $stageVariables.color $input.params('q') $input.params(\"none\")|$input.params().querystring.q $input.body"}}]}`, "", "x", 200, "OPTIONS red 1 |1 x"},
		"a header":            {`{"Type":"MOCK",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200","ResponseParameters":{"method.response.header.X-A":"context.requestId"}}]}`, "", "", 200, ""},
		"by its status":       {`{"Type":"MOCK","RequestTemplates":{"application/json":"{statusCode: 404}"},"IntegrationResponses":[{"StatusCode":"200"},{"StatusCode":"404","SelectionPattern":"4\\d{2}"}]}`, "", "", 404, ""},
		"by default":          {`{"Type":"MOCK","RequestTemplates":{"application/json":"{'statusCode': '500'}"},"IntegrationResponses":[{"StatusCode":"404","SelectionPattern":"4\\d{2}"},{"StatusCode":"200"}]}`, "", "", 200, ""},
		"an override":         {`{"Type":"MOCK",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200","ResponseTemplates":{"application/json":"#set($context.responseOverride.status = 404)#set($context.responseOverride.header.X-A = 5)"}}]}`, "", "", 404, ""},
		"by what is accepted": {`{"Type":"MOCK",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200","ResponseTemplates":{"text/plain":"t","application/json":"j"}}]}`, "Accept: text/plain", "", 200, "t"},
		"passed through":      {`{"Type":"MOCK","IntegrationResponses":[{"StatusCode":"200"}]}`, "", `{"statusCode":200}`, 200, ""},
		"another type":        {`{"Type":"MOCK","PassthroughBehavior":"WHEN_NO_MATCH",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200"}]}`, "Content-Type: text/plain", `{"statusCode":200}`, 200, ""},

		"fails on another type": {`{"Type":"MOCK","PassthroughBehavior":"WHEN_NO_TEMPLATES",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200"}]}`, "Content-Type: text/plain", "", 415, `{"message":"Unsupported Media Type"}`},
		"fails on no template":  {`{"Type":"MOCK","PassthroughBehavior":"NEVER","IntegrationResponses":[{"StatusCode":"200"}]}`, "", "", 415, `{"message":"Unsupported Media Type"}`},
		"fails without status":  {`{"Type":"MOCK","IntegrationResponses":[{"StatusCode":"200"}]}`, "", "x", 500, `{"message":"Internal server error"}`},
		"fails without default": {`{"Type":"MOCK",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"404","SelectionPattern":"404"}]}`, "", "", 500, `{"message":"Internal server error"}`},
		"fails in its template": {`{"Type":"MOCK","RequestTemplates":{"application/json":"$input.params('a','b')"}}`, "", "", 500, `{"message":"Internal server error"}`},
		"fails in the response": {`{"Type":"MOCK",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200","ResponseTemplates":{"application/json":"$input.body()"}}]}`, "", "", 500, `{"message":"Internal server error"}`},
		"fails on a status":     {`{"Type":"MOCK",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200","ResponseTemplates":{"application/json":"#set($context.responseOverride.status = 4)"}}]}`, "", "", 500, `{"message":"Internal server error"}`},
		"fails on a header":     {`{"Type":"MOCK",` + okTemplates + `,"IntegrationResponses":[{"StatusCode":"200","ResponseTemplates":{"application/json":"#set($context.responseOverride.header.X = $input.params('bad'))"}}]}`, "", "", 500, `{"message":"Internal server error"}`},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, mocked(t, test.integration, `[`+okResponse+`,{"StatusCode":404}]`))
			w := b.send("OPTIONS /prod/v1?q=1&bad=%0a", test.body, test.headers)
			wantAnswer(t, w, test.status, test.want)
			switch name {
			case "a header":
				wantHeader(t, w, "X-A", "00000000-0000-4000-8000-000000000000")
			case "an override":
				wantHeader(t, w, "X-A", "5")
			}
		})
	}
}

// TestMockSeesClaims renders a claim.
func TestMockSeesClaims(t *testing.T) {
	resources := mocked(t, `{"Type":"MOCK",`+okTemplates+`,"IntegrationResponses":[{"StatusCode":"200","ResponseTemplates":{"application/json":"$context.authorizer.claims.client_id"}}]}`, `[`+okResponse+`]`)
	method := resources.properties(t, "Apiv1OPTIONS")
	method["AuthorizationType"], method["AuthorizerId"] = "COGNITO_USER_POOLS", "auth00"
	method["AuthorizationScopes"] = []any{"api/upsert-delete"}
	wantAnswer(t, newBench(t, resources).send("OPTIONS /prod/v1", "", "Authorization: good"), 200, "1example")
}

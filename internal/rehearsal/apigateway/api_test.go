package apigateway

import (
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAPIServes(t *testing.T) {
	const arn = "arn:aws:lambda:us-east-1:123456789012:function:"
	for name, test := range map[string]struct {
		request, body string
		function      string
	}{
		"a parameter":        {"GET /prod/v1?id=1", "", "Get:live"},
		"a body":             {"POST /prod/v1", `{"task":"a","status":"b"}`, "Upsert:live"},
		"a public route":     {"GET /prod/v1/health", "", "Health:live"},
		"a slash at the end": {"GET /prod/v1/health/", "", "Health:live"},
		"an encoded path":    {"GET /prod/v1/he%61lth", "", "Health:live"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, todo(t))
			w := b.send(test.request, test.body, "Authorization: Bearer good")
			wantAnswer(t, w, 200, `{"hello":"world"}`)
			wantHeader(t, w, "Content-Type", "application/json")
			wantHeader(t, w, "Content-Length", "17")
			wantHeader(t, w, "X-Served-Region", "us-east-1")
			wantHeader(t, w, "x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
			wantHeader(t, w, "x-amz-apigw-id", "AAAAAAAAAAAAAAA=")
			wantHeader(t, w, "X-Amzn-Trace-Id", "Root=1-6b0187c0-000000000000000000000000")
			if len(b.called) != 1 || b.called[0].function != arn+test.function {
				t.Errorf("called %v, want %s", b.called, test.function)
			}
		})
	}
}

// TestAPIRoutes has an API with each kind of resource and method.
func TestAPIRoutes(t *testing.T) {
	resources := todo(t).without("Method").without("Resource")
	resources.properties(t, "ApiDeploymentStageprod")["MethodSettings"] = []any{}
	add := func(id, parent, part string, methods ...string) {
		if part != "" {
			resources = append(resources, resource("Resource", id, map[string]any{"ParentId": parent, "PathPart": part}))
		}
		for _, method := range methods {
			resources = append(resources, resource("Method", id+method, map[string]any{
				"ResourceId": id, "HttpMethod": method, "AuthorizationType": "NONE",
				"Integration": map[string]any{"Type": "AWS_PROXY", "IntegrationHttpMethod": "POST", "Uri": "arn:aws:apigateway:us-east-1:" +
					"lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:" + id + method + "/invocations"},
			}))
		}
	}
	add("grandchild", "child", "c", "GET") // before its parents, as templates may have it
	add("child", "variable", "b")
	add("variable", "top", "{id}", "GET", "ANY")
	add("literal", "top", "x", "GET")
	add("top", "root00", "a")
	add("greedy", "root00", "{rest+}", "ANY")
	add("root00", "", "", "GET")

	b := newBench(t, resources)
	for request, want := range map[string]string{
		"GET /prod":           "root00GET / map[]",
		"GET /prod/":          "root00GET / map[]",
		"GET /prod/a/x":       "literalGET /a/x map[]",
		"GET /prod/a/y":       "variableGET /a/{id} map[id:y]",
		"PUT /prod/a/y":       "variableANY /a/{id} map[id:y]",
		"GET /prod/a/y%2Fz":   "variableGET /a/{id} map[id:y/z]",
		"GET /prod/a/%C3%A4":  "variableGET /a/{id} map[id:ä]",
		"GET /prod/a/x/b/c":   "grandchildGET /a/{id}/b/c map[id:x]",
		"GET /prod/a/x/b":     "greedyANY /{rest+} map[rest:a/x/b]",
		"DELETE /prod/q/r%20": "greedyANY /{rest+} map[rest:q/r ]",
		"GET /prod/a":         "greedyANY /{rest+} map[rest:a]",
		"GET /prod//b":        "greedyANY /{rest+} map[rest:/b]",
		"PUT /prod/a/x":       "", // the resource is found, and has no such method
		"PUT /prod":           "",
	} {
		b.called = nil
		w := b.send(request, "")
		got := ""
		if len(b.called) > 0 {
			e := b.lastEvent(t)
			parameters, _ := e["pathParameters"].(map[string]any)
			_, function, _ := strings.Cut(b.called[0].function, "function:")
			got = fmt.Sprint(function, " ", e["resource"], " ", parameters)
		}
		if got != want || (want == "") != (w.Code == 404) {
			t.Errorf("%s: got %q, %d, want %q", request, got, w.Code, want)
		}
	}
}

func TestAPIRefusesOtherStages(t *testing.T) {
	b := newBench(t, todo(t))
	for _, path := range []string{"/", "/test/v1", "/production/v1", "/v1"} {
		w := b.send("GET "+path, "")
		wantAnswer(t, w, 403, `{"message":"Forbidden"}`)
		wantHeader(t, w, "x-amzn-ErrorType", "ForbiddenException")
		wantHeader(t, w, "x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
	}
	if b.log.Len() > 0 {
		t.Errorf("logged %s", &b.log)
	}
}

func TestAPIRefusesLargeBodies(t *testing.T) {
	b := newBench(t, todo(t))
	refused := problem(413, `"Request Too Long"`)
	large := strings.Repeat("x", maxBody+1)
	wantAnswer(t, b.send("POST /prod/v1", large, "Authorization: good"), 413, refused)

	// A body whose length is not said beforehand.
	r := httptest.NewRequest("POST", "/prod/v1", io.MultiReader(strings.NewReader(large)))
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	wantAnswer(t, w, 413, refused)

	// A body that API Gateway takes, and Lambda does not.
	w = b.send("GET /prod/v1/health", strings.Repeat("x", maxEvent))
	wantAnswer(t, w, 413, refused)
	if len(b.called) > 0 {
		t.Error("called a function")
	}
}

// brokenBody fails in the middle.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("cut off") }

func TestAPIRefusesBrokenBodies(t *testing.T) {
	b := newBench(t, todo(t))
	w := httptest.NewRecorder()
	b.ServeHTTP(w, httptest.NewRequest("POST", "/prod/v1", brokenBody{}))
	wantAnswer(t, w, 400, problem(400, `"[the body could not be read: cut off]"`))
}

func TestNewFails(t *testing.T) {
	definitions, err := FromTemplate("123456789012", "us-east-1", todo(t))
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(definitions[0], Options{})
	for _, want := range []string{"Invoke is required: GET /v1/health calls", "Verify is required: POST /v1 needs"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestAPIWithoutRandomness has nothing to make identifiers of.
func TestAPIWithoutRandomness(t *testing.T) {
	definitions, err := FromTemplate("123456789012", "us-east-1", todo(t))
	if err != nil {
		t.Fatal(err)
	}
	api, err := New(definitions[0], Options{Invoke: answering(hello, nil), Verify: verify, Random: strings.NewReader("")})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	api.ServeHTTP(w, httptest.NewRequest("GET", "/prod/v1/health", nil))
	wantAnswer(t, w, 500, "read random bytes: EOF\n")
}

func TestDefinition(t *testing.T) {
	definitions, err := FromTemplate("123456789012", "us-east-1", todo(t))
	if err != nil {
		t.Fatal(err)
	}
	d := definitions[0]
	if d.ID() != "abcde12345" || d.Stage() != "prod" || d.DomainName() != "abcde12345.execute-api.us-east-1.amazonaws.com" {
		t.Errorf("got %s, %s, %s", d.ID(), d.Stage(), d.DomainName())
	}
}

func BenchmarkAPI(b *testing.B) {
	api := newBench(b, todo(b))
	for b.Loop() {
		api.now = api.now.Add(time.Second) // so that nothing is throttled
		api.called = nil
		api.log.Reset()
		w := api.send("POST /prod/v1", `{"task":"a","status":"b"}`, "Authorization: good")
		if w.Code != 200 {
			b.Fatal(w.Body)
		}
	}
}

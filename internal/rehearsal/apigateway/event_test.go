package apigateway

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// TestEvent compares with an event in testdata, which reads as AWS documents it.
func TestEvent(t *testing.T) {
	resources := todo(t)
	resources.properties(t, "ApiDeploymentStageprod")["Variables"] = map[string]any{"color": "red"}
	b := newBench(t, resources)
	w := b.send("POST /prod/v1?a=1&a=2&b=%C3%A4+%2B", `{"task":"<ä>","status":"b"}`,
		"Authorization: good", "Content-Type: application/json", "X-Multi: 1", "X-Multi: 2", "User-Agent: Amazon CloudFront",
		"X-Forwarded-For: 198.51.100.7", "Connection: keep-alive", "X-Amzn-Trace-Id: Self=x; Root=1-00000001-0123456789abcdef01234567;Root=1-x")
	if w.Code != 200 {
		t.Fatal(w.Body)
	}
	want, err := os.ReadFile("testdata/event.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(b.lastEvent(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if string(got)+"\n" != string(want) {
		t.Errorf("got %s", got)
	}
}

// TestEventDecodes reads the event as functions written in Go do.
func TestEventDecodes(t *testing.T) {
	b := newBench(t, todo(t))
	b.get()
	var e events.APIGatewayProxyRequest
	if err := json.Unmarshal(b.called[0].event, &e); err != nil {
		t.Fatal(err)
	}
	if e.RequestContext.RequestTimeEpoch != noon.UnixMilli() || e.RequestContext.RequestTime != "21/Nov/2026:12:00:00 +0000" {
		t.Errorf("got the time %d, %s", e.RequestContext.RequestTimeEpoch, e.RequestContext.RequestTime)
	}
}

// TestEventOfABareRequest has null for what is not there.
func TestEventOfABareRequest(t *testing.T) {
	b := newBench(t, todo(t))
	b.send("GET /prod/v1/health", "")
	e := b.lastEvent(t)
	for _, name := range []string{
		"queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables", "body",
	} {
		if value, ok := e[name]; !ok || value != nil {
			t.Errorf("%s is %v, %v", name, value, ok)
		}
	}
	c := e["requestContext"].(map[string]any)
	if _, ok := c["authorizer"]; ok {
		t.Error("there is an authorizer")
	}
	if agent := c["identity"].(map[string]any)["userAgent"]; agent != nil {
		t.Errorf("the user agent is %v", agent)
	}
}

func TestBinaryBodies(t *testing.T) {
	for name, test := range map[string]struct {
		types                []any
		contentType, accept  string
		wantBody, wantAnswer string
		wantEncoded          bool
	}{
		"text":         {nil, "image/png", "image/png", "hi", "aGk=", false},
		"binary":       {[]any{"image/png"}, "image/png; q=1", "image/png,*/*", "aGk=", "hi", true},
		"a group":      {[]any{"Image/*"}, "image/png", "image/gif", "aGk=", "hi", true},
		"everything":   {[]any{"*/*"}, "", "", "aGk=", "hi", true},
		"another":      {[]any{"image/png"}, "text/plain", "text/plain", "hi", "aGk=", false},
		"nothing said": {[]any{"image/png"}, "", "", "hi", "aGk=", false},
	} {
		t.Run(name, func(t *testing.T) {
			resources := todo(t)
			resources.properties(t, "Api")["BinaryMediaTypes"] = test.types
			b := newBench(t, resources)
			b.invoke = answering(`{"isBase64Encoded":true,"body":"aGk="}`, nil)
			w := b.send("GET /prod/v1/health", "hi", "Content-Type: "+test.contentType, "Accept: "+test.accept)
			wantAnswer(t, w, 200, test.wantAnswer)
			e := b.lastEvent(t)
			if e["body"] != test.wantBody || e["isBase64Encoded"] != test.wantEncoded {
				t.Errorf("the function got %v, %v", e["body"], e["isBase64Encoded"])
			}
		})
	}
	resources := todo(t)
	resources.properties(t, "Api")["BinaryMediaTypes"] = []any{"*/*"}
	b := newBench(t, resources)
	b.invoke = answering(`{"isBase64Encoded":true,"body":"hi!"}`, nil)
	wantAnswer(t, b.get(), 500, problem(500, `"Internal server error"`))
}

package apigateway

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzAPI sends what no client should. Every answer is a response of HTTP, and nothing reaches a function that API Gateway would keep
// from it.
func FuzzAPI(f *testing.F) {
	for _, request := range [][4]string{
		{"GET", "/prod/v1?id=1", "", "good"},
		{"POST", "/prod/v1", `{"task":"a","status":"b"}`, "Bearer good"},
		{"POST", "/prod/v1", `{"id":1e400,"task":["a"],"x":{}}`, "good"},
		{"OPTIONS", "/prod/v1/health/", "{statusCode: 200}", ""},
		{"PUT", "//prod/%zz/..;/v1?a;b&%", "\xff", "\x00"},
	} {
		f.Add(request[0], request[1], request[2], request[3])
	}
	resources := todo(f)
	f.Fuzz(func(t *testing.T, verb, target, body, token string) {
		address, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		b := newBench(t, resources)
		r := httptest.NewRequest("GET", "/", strings.NewReader(body))
		r.Method, r.URL = verb, address
		for _, name := range []string{"Authorization", "Content-Type", "Accept", "Origin", "X-Amzn-Trace-Id"} {
			r.Header.Set(name, token)
		}
		w := httptest.NewRecorder()
		b.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 599 || exactly(w, "x-amzn-RequestId") == nil {
			t.Errorf("got %d, %v", w.Code, w.Header())
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "application/problem") && !json.Valid(w.Body.Bytes()) {
			t.Errorf("the refusal is not JSON: %s", w.Body)
		}
		for _, c := range b.called {
			open := strings.HasSuffix(c.function, ":Health:live")
			if !json.Valid(c.event) || !open && bearer(token) != "good" {
				t.Errorf("called %s with %s", c.function, c.event)
			}
		}
		if lines := strings.Count(b.log.String(), "\n"); lines > 1 {
			t.Errorf("logged %d lines", lines)
		}
	})
}

// FuzzOutput reads what functions return.
func FuzzOutput(f *testing.F) {
	f.Add([]byte(hello))
	f.Add([]byte(`{"statusCode":"404","multiValueHeaders":{"a":["b",true]},"isBase64Encoded":true}`))
	f.Fuzz(func(t *testing.T, output []byte) {
		a, err := parseOutput(output)
		if err != nil {
			return
		}
		response := a.response()
		if response.status < 200 || response.status > 599 || response.header.Get("Content-Type") == "" {
			t.Errorf("got %d %v", response.status, response.header)
		}
		for name, values := range response.header {
			for _, value := range values {
				if !validHeader(name, value) {
					t.Errorf("got the header %q: %q", name, value)
				}
			}
		}
	})
}

// FuzzModel checks bodies against schemas.
func FuzzModel(f *testing.F) {
	f.Add(`{"type":"object","oneOf":[{"required":["a"]},{}],"properties":{"a":{"enum":[1,"b"]}}}`, `{"a":2}`)
	f.Add(`{"allOf":[{"pattern":"^a"},{"maxLength":1}],"$ref":"#"}`, `"bb"`)
	f.Fuzz(func(t *testing.T, schema, body string) {
		var source map[string]any
		if json.Unmarshal([]byte(schema), &source) != nil {
			return
		}
		c, err := newBodyCheck("x", map[string]string{"$default": "M"}, map[string]any{"M": source})
		if err != nil {
			return
		}
		if r := c.check("", []byte(body)); r != nil && (r.status != http.StatusBadRequest || len(r.validation) < 3) {
			t.Errorf("got %+v", r)
		}
	})
}

// FuzzFromTemplate reads templates that nobody has synthesized.
func FuzzFromTemplate(f *testing.F) {
	// A seed for each resource keeps them small.
	for _, r := range todo(f) {
		seed := template{todo(f)[0], r}
		if r.Type == prefix+"Method" {
			seed = append(todo(f).of("Resource", "Authorizer", "Model", "RequestValidator"), seed...)
		}
		if r.Type == prefix+"Stage" {
			seed = append(seed, todo(f).of("Deployment", "Resource")...)
		}
		data, err := json.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var resources template
		if json.Unmarshal(data, &resources) != nil {
			return
		}
		definitions, err := FromTemplate("123456789012", "us-east-1", resources)
		if err != nil {
			return
		}
		for _, d := range definitions {
			api, err := New(d, Options{Invoke: answering(hello, nil), Verify: verify})
			if err != nil {
				t.Fatal(err)
			}
			api.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/"+url.PathEscape(d.Stage())+"/v1", nil))
		}
	})
}

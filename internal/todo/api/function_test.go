package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/warmstandby/warmstandby/internal/todo"
)

// valid is an input that each function accepts.
var valid = map[string]string{
	"upsert": `{"id":1,"task":"t","status":"s"}`,
	"get":    `{"id":1}`,
	"remove": `{"id":1}`,
	"health": `{}`,
	"create": `{"action":"CREATE_TABLE"}`,
}

func TestMethods(t *testing.T) {
	for name, f := range functions(newMemory(), discard()) {
		for _, method := range []string{"GET", "POST", "DELETE", "PUT", "HEAD", "get", strings.Repeat("X", 999)} {
			if method == methods[name] {
				continue
			}
			r := invoke(t, f, proxyEvent(method, valid[name], nil))
			if r.StatusCode != 405 || r.Headers["Allow"] != methods[name] {
				t.Errorf("%s %.9s: got %d, Allow %q, want 405, Allow %q", name, method, r.StatusCode, r.Headers["Allow"], methods[name])
			}
		}
	}
}

// TestFailures holds every function to what it says about each kind of failure, and to keeping the rest to its log.
func TestFailures(t *testing.T) {
	secret := errors.New("dial tcp 10.0.0.7:3306: token=hunter2")
	for _, test := range []struct {
		err    error
		status int
		want   string
	}{
		{todo.ErrReadOnly, 503, "us-east-1 stands by and cannot write; nothing was changed, send the request to the active Region"},
		{todo.ErrUnavailable, 503, "the database cannot be reached from us-east-1 at the moment"},
		{todo.ErrNotSetUp, 503, "the database is not set up; invoke CreateTableFunction in the primary Region first"},
		{errors.Join(todo.ErrReadOnly, todo.ErrNotSetUp), 503, "us-east-1 stands by and cannot write; nothing was changed, send the request to the active Region"},
		{errors.New("syntax"), 500, "something went wrong that should not have; the function's log says what"},
	} {
		for name := range methods {
			var log strings.Builder
			m := newMemory()
			m.err = fmt.Errorf("%w: %w", test.err, secret)
			r := invoke(t, functions(m, logTo(&log))[name], valid[name])
			if got := detail(t, r); r.StatusCode != test.status || got != test.want {
				t.Errorf("%s, %v: got %d %s\nwant %d %s", name, test.err, r.StatusCode, got, test.status, test.want)
			}
			if retry := r.Headers["Retry-After"]; (retry == "5") != (test.status == 503) {
				t.Errorf("%s: %d with Retry-After %q", name, r.StatusCode, retry)
			}
			if !strings.Contains(log.String(), "hunter2") || strings.Count(log.String(), "\n") != 1 {
				t.Errorf("%s: the log has not one line with the cause: %s", name, log.String())
			}
		}
	}
}

func TestCreateFails(t *testing.T) {
	m := newMemory()
	m.err = todo.ErrReadOnly
	r := invoke(t, functions(m, discard())["upsert"], `{"task":"t","status":"s"}`)
	if r.StatusCode != 503 || len(m.items) != 1 {
		t.Errorf("got %d %s, %d items, want 503, 1 item", r.StatusCode, r.Body, len(m.items))
	}
}

func TestLogNamesTheRequest(t *testing.T) {
	var log strings.Builder
	m := newMemory()
	m.err = todo.ErrUnavailable
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request-7"})
	if _, err := functions(m, logTo(&log))["get"].Invoke(ctx, []byte(`{"id":1}`)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), `"requestId":"request-7"`) {
		t.Errorf("got %s", log.String())
	}
}

func TestCallersMistakesAreNotLogged(t *testing.T) {
	var log strings.Builder
	f := functions(newMemory(), logTo(&log))
	invoke(t, f["get"], `{"id":0}`)
	invoke(t, f["get"], `{"id":9}`)
	if log.Len() > 0 {
		t.Errorf("got %s", log.String())
	}
}

// TestEvents decodes events as API Gateway sends them.
func TestEvents(t *testing.T) {
	for _, test := range []struct{ file, function, want string }{
		{"post.json", "upsert", `{"id":2,"task":"Sample Task new","status":"wip"}`},
		{"get.json", "get", `{"id":1,"task":"buy milk","status":"wip"}`},
		{"delete.json", "remove", `{"id":1}`},
		{"health.json", "health", `{"region":"us-east-1","status":"ok","database":{"role":"writer"}}`},
	} {
		data, err := os.ReadFile("testdata/" + test.file)
		if err != nil {
			t.Fatal(err)
		}
		if r := invoke(t, functions(newMemory(), discard())[test.function], string(data)); r.Body != test.want {
			t.Errorf("%s: got %d %s, want %s", test.file, r.StatusCode, r.Body, test.want)
		}
	}
}

func TestBrokenEvents(t *testing.T) {
	for _, payload := range []string{
		`{"httpMethod":5}`,
		`{"httpMethod":null}`,
		`{"httpMethod":""}`,
		`{"requestContext":{}}`,
		`{"requestContext":{"http":{"method":"GET"}},"version":"2.0"}`,
		`{"httpMethod":"GET","queryStringParameters":{"id":1}}`,
		`{"httpMethod":"GET","multiValueQueryStringParameters":{"id":"1"}}`,
		`{"httpMethod":"POST","body":{"task":"t","status":"s"}}`,
		`{"httpMethod":"POST","body":"e30=","isBase64Encoded":"yes"}`,
	} {
		for _, name := range []string{"upsert", "get", "remove", "create"} {
			r := invoke(t, functions(newMemory(), discard())[name], payload)
			if r.StatusCode != 400 && r.StatusCode != 405 || detail(t, r) == "" {
				t.Errorf("%s %s: got %d %s", name, payload, r.StatusCode, r.Body)
			}
		}
	}
}

func TestOrigins(t *testing.T) {
	const page, other = "https://app.example", "https://other.example"
	tests := []struct {
		name         string
		allow        []string
		origin, want string
	}{
		{"none is allowed", nil, page, ""},
		{"the page is allowed", []string{other, page}, page, page},
		{"another is allowed", []string{other}, page, ""},
		{"all are allowed", []string{"*"}, page, "*"},
		{"no browser", []string{page}, "", ""},
	}
	for _, test := range tests {
		for name, f := range functions(newMemory(), discard()) {
			f.AllowOrigins = test.allow
			headers, _ := json.Marshal(map[string]string{"origin": test.origin})
			for _, body := range []string{valid[name], "{"} { // a script may read refusals too
				event := strings.Replace(proxyEvent(methods[name], body, nil), `"headers":null`, `"headers":`+string(headers), 1)
				if got := invoke(t, f, event).Headers["Access-Control-Allow-Origin"]; got != test.want {
					t.Errorf("%s, %s: got %q, want %q", test.name, name, got, test.want)
				}
			}
		}
	}
}

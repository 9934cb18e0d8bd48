package apigateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// template is a template's resources by logical ID.
type template []Resource

// todo is the API of the reference application, for browsers of two origins, as its stack deploys it.
func todo(t testing.TB) template {
	t.Helper()
	data, err := os.ReadFile("testdata/todo.json")
	if err != nil {
		t.Fatal(err)
	}
	var resources template
	if err := json.Unmarshal(data, &resources); err != nil {
		t.Fatal(err)
	}
	return resources
}

// properties are those of the resource with this logical ID.
func (tm template) properties(t testing.TB, id string) map[string]any {
	t.Helper()
	for _, r := range tm {
		if r.LogicalID == id {
			return r.Properties
		}
	}
	t.Fatalf("the template has no %s", id)
	return nil
}

// of are the template's resources of these types.
func (tm template) of(kinds ...string) template {
	var some template
	for _, r := range tm {
		if slices.Contains(kinds, strings.TrimPrefix(r.Type, prefix)) {
			some = append(some, r)
		}
	}
	return some
}

// without is the template without resources of a type.
func (tm template) without(kind string) template {
	var rest template
	for _, r := range tm {
		if r.Type != prefix+kind {
			rest = append(rest, r)
		}
	}
	return rest
}

// resource is a resource of the API, whose physical ID is its logical one.
func resource(kind, id string, properties map[string]any) Resource {
	properties["RestApiId"] = "abcde12345"
	return Resource{LogicalID: id, Type: prefix + kind, PhysicalID: id, Properties: properties}
}

// noon is when requests come, unless a test moves the clock.
var noon = time.Date(2026, time.November, 21, 12, 0, 0, 0, time.UTC)

// bench is an API with what is around it.
type bench struct {
	*API

	now     time.Time
	log     bytes.Buffer
	called  []call
	refuses error // of AuthorizeInvoke
	invoke  Invoker
}

// call is an invocation.
type call struct {
	function string
	event    []byte
}

// hello is what functions answer unless a test says otherwise.
const hello = `{"statusCode":200,"headers":{"X-Served-Region":"us-east-1"},"body":"{\"hello\":\"world\"}"}`

func newBench(t testing.TB, resources template) *bench {
	t.Helper()
	definitions, err := FromTemplate("123456789012", "us-east-1", resources)
	if err != nil {
		t.Fatal(err)
	}
	if len(definitions) != 1 {
		t.Fatalf("the template has %d stages", len(definitions))
	}
	b := &bench{now: noon}
	b.invoke = answering(hello, nil)
	b.API, err = New(definitions[0], Options{
		Invoke: func(ctx context.Context, function string, event []byte) ([]byte, error) {
			b.called = append(b.called, call{function, event})
			return b.invoke(ctx, function, event)
		},
		AuthorizeInvoke: func(_ context.Context, function, source string) error {
			if b.refuses != nil {
				return errors.Join(b.refuses, errors.New(source+" may not invoke "+function))
			}
			return nil
		},
		Verify:    verify,
		AccessLog: &b.log,
		Now:       func() time.Time { return b.now },
		Random:    zeros{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// answering is an invoker that always does the same.
func answering(output string, err error) Invoker {
	return func(context.Context, string, []byte) ([]byte, error) { return []byte(output), err }
}

// zeros is not random.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// verify knows the tokens of the tests.
func verify(_ context.Context, pools []string, token string) (Claims, error) {
	claims := Claims{
		"token_use": "access", "scope": "api/other api/upsert-delete", "client_id": "1example", "sub": "1example",
		"exp": json.Number("1795262400"), "iat": float64(1795258800), "cognito:groups": []any{"a", "b"}, "verified": true,
	}
	switch token {
	case "good":
	case "reader":
		claims["scope"] = "api/read"
	case "identity":
		claims["token_use"] = "id"
	case "expired":
		return nil, ErrTokenExpired
	case "down":
		return nil, errors.New("no keys of " + strings.Join(pools, " "))
	default:
		return nil, ErrTokenInvalid
	}
	return claims, nil
}

// send makes a request, "POST /prod/v1", with headers such as "Accept: */*".
func (b *bench) send(request, body string, headers ...string) *httptest.ResponseRecorder {
	verb, target, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(verb, target, strings.NewReader(body))
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w
}

// get is a request that the API of the reference application serves.
func (b *bench) get(headers ...string) *httptest.ResponseRecorder {
	return b.send("GET /prod/v1?id=1", "", append([]string{"Authorization: good"}, headers...)...)
}

// lastEvent is what the last function to be called got.
func (b *bench) lastEvent(t *testing.T) (event map[string]any) {
	t.Helper()
	if len(b.called) == 0 {
		t.Fatal("no function was called")
	}
	if err := json.Unmarshal(b.called[len(b.called)-1].event, &event); err != nil {
		t.Fatal(err)
	}
	return event
}

// wantAnswer compares an answer's status and body.
func wantAnswer(t *testing.T, w *httptest.ResponseRecorder, status int, body string) {
	t.Helper()
	if w.Code != status || w.Body.String() != body {
		t.Errorf("got  %d %s\nwant %d %s", w.Code, w.Body, status, body)
	}
}

// exactly is a header whose name is in this form.
func exactly(w *httptest.ResponseRecorder, name string) []string { return w.Header()[name] }

// wantHeader compares a header, whose name may be in any form.
func wantHeader(t *testing.T, w *httptest.ResponseRecorder, name, want string) {
	t.Helper()
	got := w.Header().Get(name)
	if values := w.Header()[name]; len(values) > 0 {
		got = strings.Join(values, "|")
	}
	if got != want {
		t.Errorf("%s is %q, want %q", name, got, want)
	}
}

// problem is the refusal that the reference application's template makes.
func problem(status int, detail string) string {
	return `{"type":"about:blank","title":"` + http.StatusText(status) + `","status":` + positive(status) + `,"detail":` + detail + `}`
}

func timeOf(seconds float64) time.Duration { return time.Duration(seconds * float64(time.Second)) }

// delayed is an invoker that moves the clock.
func delayed(b *bench, d time.Duration) Invoker {
	return func(context.Context, string, []byte) ([]byte, error) {
		b.now = b.now.Add(d)
		return []byte(hello), nil
	}
}

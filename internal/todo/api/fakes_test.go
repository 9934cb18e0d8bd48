package api_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/api"
)

// memory is a store without a database. A non-nil err is what every operation fails with.
type memory struct {
	items map[uint64]todo.Item
	last  uint64
	err   error
}

// newMemory returns a store with one item, which has the ID 1.
func newMemory() *memory {
	return &memory{items: map[uint64]todo.Item{1: {ID: 1, Task: "buy milk", Status: "wip"}}, last: 1}
}

func (m *memory) Create(_ context.Context, task, status string) (uint64, error) {
	if m.err != nil {
		return 0, m.err
	}
	m.last++
	m.items[m.last] = todo.Item{ID: m.last, Task: task, Status: status}
	return m.last, nil
}

func (m *memory) Update(ctx context.Context, item todo.Item) error {
	if _, err := m.Get(ctx, item.ID); err != nil {
		return err
	}
	m.items[item.ID] = item
	return nil
}

func (m *memory) Get(_ context.Context, id uint64) (todo.Item, error) {
	item, ok := m.items[id]
	if m.err != nil || !ok {
		return todo.Item{}, orNotFound(m.err)
	}
	return item, nil
}

func (m *memory) Remove(ctx context.Context, id uint64) error {
	if _, err := m.Get(ctx, id); err != nil {
		return err
	}
	delete(m.items, id)
	return nil
}

// orNotFound is err, if there is one.
func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return todo.ErrNotFound
}

// prober answers health checks.
type prober func(ctx context.Context) (todo.Role, error)

func (p prober) Role(ctx context.Context) (todo.Role, error) { return p(ctx) }

// schema counts how often it was made sure of.
type schema struct {
	times int
	err   error
}

func (s *schema) Ensure(context.Context) (string, error) {
	s.times++
	return "todos", s.err
}

// functions are all functions over one store, by the HTTP method and path that a client uses.
func functions(m *memory, log *slog.Logger) map[string]*api.Function {
	writer := prober(func(context.Context) (todo.Role, error) { return todo.Writer, m.err })
	return map[string]*api.Function{
		"upsert": api.New("us-east-1", &api.Upsert{Items: m}, log),
		"get":    api.New("us-east-1", &api.Get{Items: m}, log),
		"remove": api.New("us-east-1", &api.Remove{Items: m}, log),
		"health": api.New("us-east-1", &api.Health{Region: "us-east-1", Database: writer}, log),
		"create": api.New("us-east-1", &api.CreateTable{Schema: &schema{err: m.err}}, log),
	}
}

// methods are the methods that the functions serve.
var methods = map[string]string{"upsert": "POST", "get": "GET", "remove": "DELETE", "health": "GET", "create": "POST"}

// invoke calls a function and holds its response to what all responses have.
func invoke(t *testing.T, f *api.Function, payload string) events.APIGatewayProxyResponse {
	t.Helper()
	data, err := f.Invoke(t.Context(), []byte(payload))
	if err != nil {
		t.Fatalf("invoke with %.80q: %v", payload, err)
	}
	var r events.APIGatewayProxyResponse
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatalf("response %s: %v", data, err)
	}
	if r.Headers["X-Served-Region"] != "us-east-1" || r.Headers["Cache-Control"] != "no-store" {
		t.Errorf("headers %v lack the Region or allow caching", r.Headers)
	}
	if !json.Valid([]byte(r.Body)) {
		t.Errorf("body %q is no JSON", r.Body)
	}
	isProblem := r.Headers["Content-Type"] == "application/problem+json"
	if isProblem != (r.StatusCode >= 400) || !isProblem && r.Headers["Content-Type"] != "application/json" {
		t.Errorf("status %d with content type %q", r.StatusCode, r.Headers["Content-Type"])
	}
	return r
}

// proxyEvent is the event that API Gateway makes of a request.
func proxyEvent(method, body string, query map[string][]string) string {
	last := map[string]string{}
	for name, values := range query {
		last[name] = values[len(values)-1]
	}
	data, _ := json.Marshal(events.APIGatewayProxyRequest{
		Resource: "/v1", Path: "/v1", HTTPMethod: method, Body: body,
		QueryStringParameters: last, MultiValueQueryStringParameters: query,
	})
	return string(data)
}

// detail is what a problem says, after checking its other members.
func detail(t *testing.T, r events.APIGatewayProxyResponse) string {
	t.Helper()
	var p struct {
		Title, Detail, Region string
		Status                int
	}
	if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
		t.Fatal(err)
	}
	if p.Status != r.StatusCode || p.Title == "" || p.Region != "us-east-1" {
		t.Errorf("problem %s does not fit status %d", r.Body, r.StatusCode)
	}
	return p.Detail
}

// discard is a log that nobody reads.
func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// logTo is a log that a test reads.
func logTo(b *strings.Builder) *slog.Logger { return slog.New(slog.NewJSONHandler(b, nil)) }

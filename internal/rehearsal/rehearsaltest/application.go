// Package rehearsaltest is a stand-in for a rehearsal that is up, for tests of what only sees it from outside.
//
// The functions are the reference application's own handlers over a map. The token endpoints, the authorizers, the edge and
// Lambda's API are as small as they can be. Replication to the Region that stands by lags by a number of requests, not by time.
package rehearsaltest

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/api"
)

// table is the to-dos, as the writer has them and as the reader shows them.
type table struct {
	mu      sync.Mutex
	last    uint64
	items   map[uint64]todo.Item // nil until the table is created
	shown   map[uint64]todo.Item
	lag     int // how many reads behind the reader is
	pending int // how many reads until it has caught up
}

// Ensure creates the table.
func (t *table) Ensure(context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.items == nil {
		t.items = make(map[uint64]todo.Item)
		t.pending = t.lag
	}
	return "todos", nil
}

// write changes the items.
func (t *table) write(change func() error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.items == nil {
		return todo.ErrNotSetUp
	}
	t.pending = t.lag
	return change()
}

func (t *table) Create(_ context.Context, task, status string) (id uint64, err error) {
	err = t.write(func() error {
		t.last++
		id = t.last
		t.items[id] = todo.Item{ID: id, Task: task, Status: status}
		return nil
	})
	return id, err
}

func (t *table) Update(_ context.Context, item todo.Item) error {
	return t.write(func() error {
		if _, ok := t.items[item.ID]; !ok {
			return todo.ErrNotFound
		}
		t.items[item.ID] = item
		return nil
	})
}

func (t *table) Remove(_ context.Context, id uint64) error {
	return t.write(func() error {
		if _, ok := t.items[id]; !ok {
			return todo.ErrNotFound
		}
		delete(t.items, id)
		return nil
	})
}

func (t *table) Get(_ context.Context, id uint64) (todo.Item, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return find(t.items, id)
}

func (t *table) Role(context.Context) (todo.Role, error) { return todo.Writer, nil }

// find finds an item in what may be no table yet.
func find(items map[uint64]todo.Item, id uint64) (todo.Item, error) {
	if items == nil {
		return todo.Item{}, todo.ErrNotSetUp
	}
	item, ok := items[id]
	if !ok {
		return todo.Item{}, todo.ErrNotFound
	}
	return item, nil
}

// replica is the table as the Region that stands by has it.
type replica struct{ *table }

func (r replica) Ensure(context.Context) (string, error) {
	_, err := r.Get(context.Background(), 1)
	if err == todo.ErrNotFound {
		err = nil
	}
	return "todos", err
}

func (r replica) Get(_ context.Context, id uint64) (todo.Item, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending--; r.pending < 0 && r.items != nil {
		r.shown = make(map[uint64]todo.Item)
		for id, item := range r.items {
			r.shown[id] = item
		}
	}
	return find(r.shown, id)
}

func (replica) Create(context.Context, string, string) (uint64, error) { return 0, todo.ErrReadOnly }
func (replica) Update(context.Context, todo.Item) error                { return todo.ErrReadOnly }
func (replica) Remove(context.Context, uint64) error                   { return todo.ErrReadOnly }
func (replica) Role(context.Context) (todo.Role, error)                { return todo.Reader, nil }

// database is what the functions need.
type database interface {
	api.Schema
	api.Upserter
	api.Getter
	api.Remover
	api.Prober
}

// functions are a Region's functions by their own names.
func functions(region string, db database) map[string]*api.Function {
	handlers := map[string]api.Handler{
		topology.CreateTableFunction: &api.CreateTable{Schema: db},
		topology.UpsertToDosFunction: &api.Upsert{Items: db},
		topology.GetToDosFunction:    &api.Get{Items: db},
		topology.RemoveToDosFunction: &api.Remove{Items: db},
		topology.HealthFunction:      &api.Health{Region: region, Database: db},
	}
	functions := make(map[string]*api.Function)
	for name, h := range handlers {
		functions[name] = api.New(region, h, slog.New(slog.DiscardHandler))
	}
	return functions
}

// routes are the functions that serve the API's routes.
var routes = map[string]string{
	"GET /v1":        topology.GetToDosFunction,
	"POST /v1":       topology.UpsertToDosFunction,
	"DELETE /v1":     topology.RemoveToDosFunction,
	"GET /v1/health": topology.HealthFunction,
}

// event is a request as API Gateway puts it.
func event(r *http.Request, body []byte) []byte {
	text, _ := json.Marshal(map[string]any{ // strings only: it cannot fail
		"httpMethod":                      r.Method,
		"multiValueQueryStringParameters": map[string][]string(r.URL.Query()),
		"body":                            string(body),
	})
	return text
}

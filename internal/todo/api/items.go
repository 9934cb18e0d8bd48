package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/todo"
	"github.com/warmstandby/warmstandby/internal/todo/decode"
)

// Upserter creates and updates items.
type Upserter interface {
	// Create stores a new item and returns its ID.
	Create(ctx context.Context, task, status string) (uint64, error)

	// Update replaces the item with the same ID, or returns [todo.ErrNotFound].
	Update(ctx context.Context, item todo.Item) error
}

// Getter reads items.
type Getter interface {
	// Get returns the item with the ID, or [todo.ErrNotFound].
	Get(ctx context.Context, id uint64) (todo.Item, error)
}

// Remover removes items.
type Remover interface {
	// Remove removes the item with the ID, or returns [todo.ErrNotFound].
	Remove(ctx context.Context, id uint64) error
}

// Upsert is what UpsertToDos does: it creates an item from a body without an id, and replaces the one with the id
// from a body with it.
type Upsert struct{ Items Upserter }

// Method is POST.
func (*Upsert) Method() string { return http.MethodPost }

// Serve creates or replaces an item.
func (u *Upsert) Serve(ctx context.Context, r Request) (Reply, error) {
	var item todo.Item
	err := r.object(
		decode.Field{Name: "id", Optional: true, Set: decode.ID(&item.ID)},
		decode.Field{Name: "task", Set: decode.Text(&item.Task, todo.MaxTextLength)},
		decode.Field{Name: "status", Set: decode.Text(&item.Status, todo.MaxTextLength)},
	)
	if err != nil {
		return Reply{}, err
	}
	if item.ID == 0 { // decode.ID gives none that is not positive
		return u.create(ctx, item)
	}
	if err := u.Items.Update(ctx, item); err != nil {
		return Reply{}, fmt.Errorf("update to-do %d: %w", item.ID, err)
	}
	return Reply{Status: http.StatusOK, Body: item}, nil
}

// create stores a new item.
func (u *Upsert) create(ctx context.Context, item todo.Item) (Reply, error) {
	id, err := u.Items.Create(ctx, item.Task, item.Status)
	if err != nil {
		return Reply{}, fmt.Errorf("create to-do: %w", err)
	}
	item.ID = id
	// Relative, because only the caller knows under which host and path the API is seen.
	return Reply{Status: http.StatusCreated, Location: fmt.Sprintf("?id=%d", id), Body: item}, nil
}

// Get is what GetToDos does.
type Get struct{ Items Getter }

// Method is GET.
func (*Get) Method() string { return http.MethodGet }

// Serve reads the item that the query of an HTTP request, or the payload of a direct invocation, names.
func (g *Get) Serve(ctx context.Context, r Request) (Reply, error) {
	id, err := requestedID(r)
	if err != nil {
		return Reply{}, err
	}
	item, err := g.Items.Get(ctx, id)
	if err != nil {
		return Reply{}, fmt.Errorf("get to-do %d: %w", id, err)
	}
	return Reply{Status: http.StatusOK, Body: item}, nil
}

// requestedID is the one thing that a request to read may say.
func requestedID(r Request) (uint64, error) {
	if r.Query == nil {
		return bodyID(r)
	}
	for name := range r.Query {
		if name != "id" {
			return 0, invalid{fmt.Errorf("unknown query parameter %.40q, allowed: id", name)}
		}
	}
	values := r.Query["id"]
	if len(values) != 1 {
		return 0, invalid{fmt.Errorf("the query must have one id, as in ?id=1, got %d", len(values))}
	}
	id, err := decode.ParseID(values[0])
	if err != nil {
		return 0, invalid{fmt.Errorf("id %w", err)}
	}
	return id, nil
}

// Remove is what RemoveToDos does.
type Remove struct{ Items Remover }

// Method is DELETE.
func (*Remove) Method() string { return http.MethodDelete }

// Serve removes the item that the body names. It answers with the ID rather than nothing, so that a direct invocation
// shows what was done.
func (h *Remove) Serve(ctx context.Context, r Request) (Reply, error) {
	id, err := bodyID(r)
	if err != nil {
		return Reply{}, err
	}
	if err := h.Items.Remove(ctx, id); err != nil {
		return Reply{}, fmt.Errorf("remove to-do %d: %w", id, err)
	}
	return Reply{Status: http.StatusOK, Body: removed{ID: id}}, nil
}

// removed is the body that tells of an item that is gone.
type removed struct {
	ID uint64 `json:"id"`
}

// bodyID reads a body that has an id and nothing else.
func bodyID(r Request) (id uint64, err error) {
	err = r.object(decode.Field{Name: "id", Set: decode.ID(&id)})
	return id, err
}

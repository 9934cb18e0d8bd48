package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/warmstandby/warmstandby/internal/todo"
)

// healthTimeout bounds a health check, so that its answer, whatever it is, arrives within a second.
const healthTimeout = 900 * time.Millisecond

// Prober asks the database what it may do.
type Prober interface {
	// Role returns the role of this Region's database, or [todo.ErrUnavailable].
	Role(ctx context.Context) (todo.Role, error)
}

// Health is what the Health function does: it says which Region serves and whether its database writes or only reads.
// Anything but a role is a 503. It ignores its input.
type Health struct {
	Region   string
	Database Prober
}

// Method is GET.
func (*Health) Method() string { return http.MethodGet }

// Serve asks for the role and waits no longer than healthTimeout, even for a Prober that does not heed its context.
func (h *Health) Serve(ctx context.Context, _ Request) (Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()

	type outcome struct {
		role todo.Role
		err  error
	}
	answered := make(chan outcome, 1)
	go func() {
		role, err := h.Database.Role(ctx)
		answered <- outcome{role, err}
	}()
	select {
	case o := <-answered:
		if o.err != nil {
			return Reply{}, fmt.Errorf("ask for the database's role: %w", o.err)
		}
		return Reply{Status: http.StatusOK, Body: health{h.Region, "ok", databaseHealth{o.role}}}, nil
	case <-ctx.Done():
		return Reply{}, fmt.Errorf("ask for the database's role: %w: %w", todo.ErrUnavailable, ctx.Err())
	}
}

// health is the body of a Region that serves.
type health struct {
	Region   string         `json:"region"`
	Status   string         `json:"status"`
	Database databaseHealth `json:"database"`
}

// databaseHealth is the database's part of it.
type databaseHealth struct {
	Role todo.Role `json:"role"`
}

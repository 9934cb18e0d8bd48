package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/todo"
)

// patience is how long the endpoint that writes is waited for, when the other one has said that it reads: a health check, which has a
// second, can still answer. Where that one took longer than half of it, everything is slow, and it is waited for twice as long as that took.
const patience = 700 * time.Millisecond

// Role asks both endpoints at once what they may do, until ctx ends. One that writes settles it; otherwise one that reads does, after
// the other has answered too or had its time. It returns [todo.ErrUnavailable] if neither answers.
func (e *Endpoints) Role(ctx context.Context) (todo.Role, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	type answer struct {
		role todo.Role
		err  error
	}
	ways := []*sql.DB{e.readWrite, e.readOnly}
	answers := make(chan answer, len(ways))
	start := time.Now()
	for _, db := range ways {
		go func() {
			role, err := roleOf(ctx, db)
			answers <- answer{role, err}
		}()
	}
	var found todo.Role
	var errs []error
	var enough <-chan time.Time
	for range ways {
		select {
		case a := <-answers: // both heed the context, so there is one
			if a.role == todo.Writer {
				return todo.Writer, nil
			}
			if a.role != "" {
				took := time.Since(start)
				found, enough = a.role, time.After(max(patience-took, took))
			}
			errs = append(errs, a.err)
		case <-enough:
			return found, nil
		}
	}
	if found != "" {
		return found, nil
	}
	return "", fmt.Errorf("%w: %w", todo.ErrUnavailable, errors.Join(errs...))
}

// roleOf asks one endpoint. On Aurora innodb_read_only tells a writer from a reader.
func roleOf(ctx context.Context, db *sql.DB) (todo.Role, error) {
	var readOnly bool
	if err := db.QueryRowContext(ctx, "SELECT @@innodb_read_only").Scan(&readOnly); err != nil {
		return "", err
	}
	if readOnly {
		return todo.Reader, nil
	}
	return todo.Writer, nil
}

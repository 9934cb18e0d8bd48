package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/todo"
)

// roleTimeout bounds the question for the role. It leaves a health check, which has a second, time to answer.
const roleTimeout = 700 * time.Millisecond

// Role asks both endpoints at once what they may do. One that writes settles it; otherwise one that reads does, after
// the other has answered too or had its time. It returns [todo.ErrUnavailable] if neither answers.
func (e *Endpoints) Role(ctx context.Context) (todo.Role, error) {
	ctx, cancel := context.WithTimeout(ctx, roleTimeout)
	defer cancel()

	type answer struct {
		role todo.Role
		err  error
	}
	ways := []*sql.DB{e.readWrite, e.readOnly}
	answers := make(chan answer, len(ways))
	for _, db := range ways {
		go func() {
			role, err := roleOf(ctx, db)
			answers <- answer{role, err}
		}()
	}
	var found todo.Role
	var errs []error
	for range ways {
		a := <-answers // both heed the context, so this ends with it
		if a.role == todo.Writer {
			return todo.Writer, nil
		}
		if a.role != "" {
			found = a.role
		}
		errs = append(errs, a.err)
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

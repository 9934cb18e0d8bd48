package database

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"time"
)

// Bounds of what an invocation asks of the database.
const (
	// writeTimeout bounds a write. During a promotion the proxy holds writes back rather than refusing them.
	writeTimeout = 5 * time.Second

	// readTimeout bounds a read on one endpoint; with both it takes twice as long.
	readTimeout = 2 * time.Second

	// avoidance is how long reads try the read-only endpoint first, after the other one has failed.
	avoidance = 5 * time.Second
)

// Endpoints are the two ways to one Region's database. It is safe for concurrent use.
type Endpoints struct {
	readWrite, readOnly *sql.DB

	// failed is when the read/write endpoint last failed a read; nil when it served the last one.
	failed atomic.Pointer[time.Time]
}

// NewEndpoints returns Endpoints that use the connections given.
func NewEndpoints(readWrite, readOnly *sql.DB) *Endpoints {
	return &Endpoints{readWrite: readWrite, readOnly: readOnly}
}

// Close closes all connections.
func (e *Endpoints) Close() error {
	return errors.Join(e.readWrite.Close(), e.readOnly.Close())
}

// Exec runs a statement that writes. On a database that only reads it fails with [todo.ErrReadOnly].
func (e *Endpoints) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return Exec(ctx, e.readWrite, query, args...)
}

// Exec runs a statement that writes through db, bounded in time, and returns errors as those of package todo.
func Exec(ctx context.Context, db *sql.DB, query string, args ...any) (sql.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	result, err := db.ExecContext(ctx, query, args...)
	return result, classifyWrite(err)
}

// QueryRow runs a statement that reads one row into dest. Without a row it fails with [sql.ErrNoRows].
func (e *Endpoints) QueryRow(ctx context.Context, query string, args []any, dest ...any) error {
	first, second := e.order()
	err := e.queryRow(ctx, first, query, args, dest)
	if unreachable(err) {
		next := e.queryRow(ctx, second, query, args, dest)
		if err = errors.Join(err, next); !unreachable(next) {
			err = next
		}
	}
	return classifyRead(err)
}

// queryRow runs a statement on one endpoint and remembers how the read/write endpoint did.
func (e *Endpoints) queryRow(ctx context.Context, db *sql.DB, query string, args, dest []any) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	err := db.QueryRowContext(ctx, query, args...).Scan(dest...)
	if db == e.readWrite {
		e.remember(err)
	}
	return err
}

// remember notes whether the read/write endpoint could serve.
func (e *Endpoints) remember(err error) {
	if unreachable(err) {
		now := time.Now()
		e.failed.Store(&now)
	} else {
		e.failed.Store(nil)
	}
}

// order is the order in which a read tries the endpoints. A read/write endpoint that has failed is left alone for a
// while; then one read finds out whether the cluster has been promoted.
func (e *Endpoints) order() (first, second *sql.DB) {
	if failed := e.failed.Load(); failed != nil && time.Since(*failed) < avoidance {
		return e.readOnly, e.readWrite
	}
	return e.readWrite, e.readOnly
}

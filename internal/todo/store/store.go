// Package store keeps to-dos in a MySQL table.
//
// Every operation is one statement that commits itself: one round trip, and nothing that could be left half done.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/todo"
)

// Table is the name of the table.
const Table = "todos"

// CreateTable is the statement that creates the table if it is not there. A VARCHAR's length is in code points, as
// [todo.MaxTextLength] is.
const CreateTable = "CREATE TABLE IF NOT EXISTS `todos` (" +
	"`id` BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, " +
	"`task` VARCHAR(50) NOT NULL, " +
	"`status` VARCHAR(50) NOT NULL" +
	") CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"

// Database runs statements, and returns the errors of package todo that are about the database. It is implemented by
// *database.Endpoints.
type Database interface {
	// Exec runs a statement that writes.
	Exec(ctx context.Context, query string, args ...any) (sql.Result, error)

	// QueryRow reads one row into dest, or returns [sql.ErrNoRows].
	QueryRow(ctx context.Context, query string, args []any, dest ...any) error
}

// Store is a table of to-dos.
type Store struct{ db Database }

// New returns the Store in db.
func New(db Database) *Store { return &Store{db: db} }

// Create stores a new item and returns its ID.
func (s *Store) Create(ctx context.Context, task, status string) (uint64, error) {
	result, err := s.db.Exec(ctx, "INSERT INTO todos (task, status) VALUES (?, ?)", task, status)
	if err != nil {
		return 0, err
	}
	id, err := result.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("read the new ID: %w", err)
	}
	return uint64(id), nil
}

// Update replaces the item with the same ID, or returns [todo.ErrNotFound].
func (s *Store) Update(ctx context.Context, item todo.Item) error {
	const query = "UPDATE todos SET task = ?, status = ? WHERE id = ?"
	return s.execOne(ctx, query, item.Task, item.Status, item.ID)
}

// Get returns the item with the ID, or [todo.ErrNotFound].
func (s *Store) Get(ctx context.Context, id uint64) (todo.Item, error) {
	item := todo.Item{ID: id}
	err := s.db.QueryRow(ctx, "SELECT task, status FROM todos WHERE id = ?", []any{id}, &item.Task, &item.Status)
	if errors.Is(err, sql.ErrNoRows) {
		return todo.Item{}, todo.ErrNotFound
	}
	return item, err
}

// Remove removes the item with the ID, or returns [todo.ErrNotFound].
func (s *Store) Remove(ctx context.Context, id uint64) error {
	return s.execOne(ctx, "DELETE FROM todos WHERE id = ?", id)
}

// execOne runs a statement that must find one row.
func (s *Store) execOne(ctx context.Context, query string, args ...any) error {
	result, err := s.db.Exec(ctx, query, args...)
	if err != nil {
		return err
	}
	found, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("read the number of rows: %w", err)
	}
	if found == 0 {
		return todo.ErrNotFound
	}
	return nil
}

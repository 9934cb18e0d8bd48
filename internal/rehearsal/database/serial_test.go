package database_test

import (
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// Nobody's row is lost, or has another's number, when several write and read at once.
func TestServerConcurrentStatements(t *testing.T) {
	const writers, rows = 8, 25
	eachKind(t, func(t *testing.T, s *database.Server) {
		name := newName()
		execute(t, open(t, s.Config("")), "CREATE DATABASE "+name)
		db := open(t, s.Config(name))
		execute(t, db, "CREATE TABLE todo (id BIGINT AUTO_INCREMENT PRIMARY KEY, writer INT NOT NULL)")
		var group errgroup.Group
		for writer := range writers {
			group.Go(func() error {
				for range rows {
					result, err := db.ExecContext(t.Context(), "INSERT INTO todo (writer) VALUES (?)", writer)
					if err != nil {
						return err
					}
					id, err := result.LastInsertId()
					if err != nil {
						return err
					}
					var got int
					if err := db.QueryRowContext(t.Context(), "SELECT writer FROM todo WHERE id = ?", id).Scan(&got); err != nil {
						return err
					}
					if got != writer {
						t.Errorf("row %d is of writer %d, want %d", id, got, writer)
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			t.Error(err)
		}
		if got := query[int](t, db, "SELECT COUNT(*) FROM todo"); got != writers*rows {
			t.Errorf("%d rows, want %d", got, writers*rows)
		}
	})
}

func TestUsesTables(t *testing.T) {
	for query, want := range map[string]bool{
		"SELECT SLEEP(1)":                     false,
		"SELECT @@version":                    false,
		"SELECT * FROM todos":                 true,
		"SELECT 1 FROM dual, todos":           true,
		"SELECT SLEEP(1) UNION SELECT 1":      true,
		"SELECT (SELECT MAX(id) FROM todos)":  true,
		"SELECT 1 WHERE EXISTS (TABLE todos)": true,
		"INSERT INTO todos VALUES (1)":        true,
		"SHOW TABLES":                         true,
		"SELECT 1; DELETE FROM todos":         true,
		"what no parser understands":          true,
	} {
		if got := database.UsesTables(query); got != want {
			t.Errorf("%s: got %v", query, got)
		}
	}
}

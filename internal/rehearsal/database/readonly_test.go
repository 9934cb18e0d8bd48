package database_test

import (
	"errors"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

const readOnlyText = "The MySQL server is running with the --read-only option so it cannot execute this statement"

func TestReadOnly(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		db := w.open(t, w.iamConfig(t, w.endpoint))
		db.SetMaxOpenConns(1)
		execute(t, db, "INSERT INTO todo (task) VALUES ('before')")
		if got := query[int](t, db, "SELECT @@innodb_read_only"); got != 0 || w.ReadOnly() {
			t.Errorf("the writer says %d, the cluster %t", got, w.ReadOnly())
		}
		w.SetReadOnly(true)
		if got := query[int](t, db, "SELECT @@global.innodb_read_only"); got != 1 || !w.ReadOnly() {
			t.Errorf("the reader says %d, the cluster %t", got, w.ReadOnly())
		}
		var name, value string
		if err := db.QueryRow("SHOW VARIABLES LIKE 'innodb_read_only'").Scan(&name, &value); err != nil || value != "ON" {
			t.Errorf("%s is %s, %v", name, value, err)
		}
		for _, s := range []string{
			"INSERT INTO todo (task) VALUES ('x')", "UPDATE todo SET task = 'x'", "DELETE FROM todo",
			"CREATE TABLE x (id INT)", "ALTER TABLE todo ADD x INT", "DROP TABLE todo", "TRUNCATE todo",
			"SELECT * FROM todo FOR UPDATE",
		} {
			_, err := db.Exec(s)
			wantError(t, err, 1290, readOnlyText)
		}
		if got := query[int](t, db, "SELECT COUNT(*) FROM todo WHERE task = ?", "before"); got != 1 {
			t.Errorf("counted %d rows, want 1", got)
		}
		w.SetReadOnly(false)
		execute(t, db, "INSERT INTO todo (task) VALUES ('after')")
	})
}

func TestReadOnlyPrepared(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		cfg := w.iamConfig(t, w.endpoint)
		cfg.InterpolateParams = false
		db := w.open(t, cfg)
		db.SetMaxOpenConns(1)
		insert, err := db.Prepare("INSERT INTO todo (task) VALUES (?)")
		if err != nil {
			t.Fatal(err)
		}
		read, err := db.Prepare("SELECT COUNT(*) FROM todo WHERE task = ?")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := insert.Exec("a"); err != nil {
			t.Error(err)
		}
		w.SetReadOnly(true)
		_, err = insert.Exec("b")
		wantError(t, err, 1290, readOnlyText)
		var count int
		if err := read.QueryRow("a").Scan(&count); err != nil || count != 1 {
			t.Errorf("counted %d, %v", count, err)
		}
		w.SetReadOnly(false)
		if _, err := insert.Exec("c"); err != nil {
			t.Error(err)
		}
		_, err = db.Prepare("SELECT @@innodb_read_only")
		wantError(t, err, 1295, "prepared statement protocol")
		if err := errors.Join(insert.Close(), read.Close()); err != nil {
			t.Error(err)
		}
	})
}

func TestReadOnlyPreparedByText(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		db := w.open(t, w.iamConfig(t, w.endpoint))
		db.SetMaxOpenConns(1)
		execute(t, db, "PREPARE r FROM 'SELECT 1'", "EXECUTE r")
		w.SetReadOnly(true)
		execute(t, db, "EXECUTE r", "PREPARE w FROM 'DELETE FROM todo'")
		_, err := db.Exec("EXECUTE w")
		wantError(t, err, 1290, readOnlyText)
		w.SetReadOnly(false)
		execute(t, db, "EXECUTE w")
	})
}

// TestReadOnlyReconnects has the driver do what it was built for: leave a connection that leads to a reader.
func TestReadOnlyReconnects(t *testing.T) {
	w := newWorld(t, database.Embedded, nil)
	cfg := w.iamConfig(t, w.endpoint)
	cfg.RejectReadOnly = true
	db := w.open(t, cfg)
	db.SetMaxOpenConns(1)
	first := query[int](t, db, "SELECT CONNECTION_ID()")
	w.SetReadOnly(true)
	if _, err := db.Exec("DELETE FROM todo"); err == nil {
		t.Error("a reader has deleted")
	}
	w.SetReadOnly(false)
	execute(t, db, "DELETE FROM todo")
	if again := query[int](t, db, "SELECT CONNECTION_ID()"); again == first {
		t.Error("the connection is still the same")
	}
}

package database_test

import (
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
)

// Where MariaDB is not installed, it is said what to do.
func TestFindProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := database.FindProgram("mariadbd", "/nowhere/sbin", "/nowhere/libexec")
	want := "the database mariadb needs mariadbd, which is neither on PATH nor in /nowhere/sbin, /nowhere/libexec: " +
		"install MariaDB (on Debian, apt-get install mariadb-server), or take the database embedded"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

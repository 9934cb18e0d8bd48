package local

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

func TestNewest(t *testing.T) {
	dir := t.TempDir()
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, age := range map[string]int{"go.mod": 1, "code/a.go": 2, "code/deep/b.go": 3, "code/a_test.go": 8, "code/notes.txt": 9} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, base, base.AddDate(0, 0, age)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := newest([]string{filepath.Join(dir, "go.mod"), filepath.Join(dir, "code"), filepath.Join(dir, "absent")})
	if want := base.AddDate(0, 0, 3); err != nil || !got.Equal(want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	if got, err := newest([]string{filepath.Join(dir, "absent")}); err != nil || !got.IsZero() {
		t.Errorf("got %v, %v of nothing", got, err)
	}
}

// Somewhere else than in the repository there is nothing to synthesize from, which is said.
func TestNoAssembly(t *testing.T) {
	t.Chdir(t.TempDir())
	system, err := Start(t.Context(), rehearsal.Options{Assembly: "cdk.out", Database: rehearsal.Embedded, Listen: "127.0.0.1:0"}, func(string) {})
	if want := "there is no assembly in cdk.out, nor are there sources to synthesize it from: go to the repository's root, or name one with --assembly"; err == nil || err.Error() != want {
		t.Errorf("got %v, %v", system, err)
	}
}

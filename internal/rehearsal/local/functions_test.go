package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// What another system has built is taken as it is, and what it has not is built beside it.
func TestBuildsWhatIsMissing(t *testing.T) {
	const small = "github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi/testdata/bootstrap"
	dir := t.TempDir()
	built := filepath.Join(dir, "built")
	if err := os.WriteFile(built, []byte("as it is"), 0o700); err != nil {
		t.Fatal(err)
	}
	var told []string
	s := &system{
		options:  rehearsal.Options{Functions: dir},
		progress: func(line string) { told = append(told, line) },
		world: &provision.World{Functions: []*provision.Function{
			{ImportPath: "example.com/shop/built"}, {ImportPath: small}, {ImportPath: small}, {ImportPath: "example.com/shop/custom", NotRun: "CDK's own"},
		}},
	}
	want := map[string]string{"example.com/shop/built": built, small: filepath.Join(dir, "bootstrap")}
	for _, built := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		if built {
			cancel() // there is nothing left to do
		}
		got, err := s.build(ctx)
		cancel()
		if err != nil || len(got) != len(want) || got["example.com/shop/built"] != want["example.com/shop/built"] || got[small] != want[small] {
			t.Fatalf("got %v, %v", got, err)
		}
	}
	if info, err := os.Stat(want[small]); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("%s: %v, %v", small, info, err)
	}
	if text, err := os.ReadFile(built); err != nil || string(text) != "as it is" {
		t.Errorf("got %q, %v", text, err)
	}
	if !slices.Equal(told, []string{"building 1 functions"}) {
		t.Errorf("told %v", told)
	}
}

// What one rehearsal has built is there for the next one, which neither links it again nor is disturbed by others that build
// something else.
func TestKeepsWhatIsBuilt(t *testing.T) {
	const small = "github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi/testdata/bootstrap"
	goCache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GOCACHE", strings.TrimSpace(string(goCache))) // the go command's own stays where it is
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", os.Getenv("XDG_CACHE_HOME")) // where there is no such variable
	build := func() (string, os.FileInfo) {
		t.Helper()
		s := &system{dir: t.TempDir(), progress: func(string) {}, world: &provision.World{Functions: []*provision.Function{{ImportPath: small}}}}
		binaries, err := s.build(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(binaries[small])
		if err != nil {
			t.Fatal(err)
		}
		return binaries[small], info
	}
	path, first := build()
	_, second := build()
	if !os.SameFile(first, second) {
		t.Error("it was built again")
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*"))
	if len(left) > 0 || err != nil {
		t.Errorf("left are %v, %v", left, err)
	}

	// Another program by that name, as after a change of the sources, and what is none.
	kept := kept{cache: cacheOf(os.Getwd())}.kept(path)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	another, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{another, []byte("no program")} {
		if err := errors.Join(os.Remove(kept), os.WriteFile(kept, text, 0o700)); err != nil {
			t.Fatal(err)
		}
		_, third := build()
		if third.Size() != first.Size() {
			t.Errorf("%d bytes, want %d as before", third.Size(), first.Size())
		}
		if _, fourth := build(); !os.SameFile(third, fourth) {
			t.Error("what replaced it was not kept")
		}
	}
}

// Without a place for caches, functions are built all the same.
func TestBuildsWithoutCache(t *testing.T) {
	if got := cacheOf("", errors.New("no directory")); got != "" {
		t.Errorf("got %s", got)
	}
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	k := fromEarlier([]string{filepath.Join(t.TempDir(), "small")})
	if err := k.keep(); k.cache != "" || err != nil {
		t.Errorf("got %+v, %v", k, err)
	}
}

// Where files cannot be linked they are copied, to be run as well.
func TestCopyFile(t *testing.T) {
	from, to := filepath.Join(t.TempDir(), "from"), filepath.Join(t.TempDir(), "to")
	if err := errors.Join(os.WriteFile(from, []byte("program"), 0o700), copyFile(from, to)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(to)
	info, statErr := os.Stat(to)
	if err := errors.Join(err, statErr); err != nil || string(text) != "program" || info.Mode()&0o100 == 0 {
		t.Errorf("got %q, %v, %v", text, info.Mode(), err)
	}
	if err := copyFile(from, to); !errors.Is(err, os.ErrExist) {
		t.Errorf("over another file: %v", err)
	}
}

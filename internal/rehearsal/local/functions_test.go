package local

import (
	"context"
	"os"
	"path/filepath"
	"slices"
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

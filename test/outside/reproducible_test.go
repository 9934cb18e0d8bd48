package outside

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The same source gives the same templates and the same assets in any directory, so that a colleague's deployment, or the
// pipeline's, changes nothing.
func TestSameAssemblyFromTwoDirectories(t *testing.T) {
	here := filepath.Dir(goEnv(t, "GOMOD"))
	there := checkout(t, here, filepath.Join(t.TempDir(), "elsewhere"))
	first, second := synthesize(t, here), synthesize(t, there)
	if len(first) < 10 {
		t.Fatalf("the assembly has only %v", first)
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("two directories give two assemblies (-here +there):\n%s", diff)
	}
}

// checkout copies the module's files from root to dir.
func checkout(t *testing.T, root, dir string) string {
	t.Helper()
	for _, f := range tracked(t, root) {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		path := filepath.Join(dir, f.Path())
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		out, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(out, in); err != nil {
			t.Fatal(err)
		}
		if err := out.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// synthesize runs the app in dir and returns the hashes of its assembly's templates and assets, by their paths.
func synthesize(t *testing.T, dir string) map[string]string {
	t.Helper()
	app, out := filepath.Join(t.TempDir(), "app"), filepath.Join(t.TempDir(), "cdk.out")
	for _, command := range [][]string{{"go", "build", "-o", app, "./bin/app"}, {app}} {
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CDK_OUTDIR="+out, "CDK_VALIDATION=false", "CDK_CONTEXT_JSON="+context(t, dir),
			"CDK_DEFAULT_ACCOUNT=", "CDK_DEFAULT_REGION=")
		if output, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s in %s: %v\n%s", strings.Join(command, " "), dir, err, output)
		}
	}
	return hashes(t, out)
}

// context is the context of cdk.json, as the CDK CLI passes it.
func context(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "cdk.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Context json.RawMessage }
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return string(file.Context)
}

// hashes are the hashes of an assembly's templates, manifests of assets, and assets.
func hashes(t *testing.T, out string) map[string]string {
	t.Helper()
	found := make(map[string]string)
	err := filepath.WalkDir(out, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		interesting := strings.HasSuffix(name, ".template.json") || strings.HasSuffix(name, ".assets.json") || strings.Contains(path, "asset.")
		if err != nil || entry.IsDir() || !interesting {
			return err
		}
		data, err := os.ReadFile(path)
		sum := sha256.Sum256(data)
		relative, _ := filepath.Rel(out, path)
		found[relative] = hex.EncodeToString(sum[:])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

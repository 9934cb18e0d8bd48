// Package outside proves that the module works for a customer: an app of another module, in another directory, which gets this
// module from a module proxy, into an empty module cache.
package outside

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const (
	modulePath = "github.com/warmstandby/warmstandby"
	version    = "v0.0.1"
)

func TestCustomersApp(t *testing.T) {
	c := newCustomer(t, "shop")
	c.run("go", "mod", "edit", "-dropreplace", modulePath)
	c.run("go", "get", modulePath+"@"+version)
	c.run("go", "get", "./...")
	if out := c.run("go", "run", "-trimpath", "."); !strings.Contains(out, "defined Shop/Api") {
		t.Errorf("the app printed %q", out)
	}
	c.wantTemplate()
	c.wantNoOtherDownloads()
}

// customer is a customer's machine: the app in a directory of its own, and a module cache with nothing in it.
type customer struct {
	t     *testing.T
	dir   string
	cache string
	env   []string
}

func newCustomer(t *testing.T, app string) *customer {
	dir := t.TempDir()
	c := &customer{t: t, dir: filepath.Join(dir, app), cache: filepath.Join(dir, "modules")}
	if err := os.CopyFS(c.dir, os.DirFS(app)); err != nil {
		t.Fatal(err)
	}
	c.env = append(os.Environ(),
		"GOMODCACHE="+c.cache,
		"GOPROXY="+publish(t, filepath.Join(dir, "proxy"))+",file://"+goEnv(t, "GOMODCACHE")+"/cache/download,"+goEnv(t, "GOPROXY"),
		"GONOSUMDB="+modulePath, "GOFLAGS=-modcacherw", "GOWORK=off", "GOTOOLCHAIN=local",
		"CDK_VALIDATION=false", "CDK_OUTDIR="+filepath.Join(c.dir, "cdk.out"),
	)
	return c
}

// run runs a command in the app's directory and returns what it printed.
func (c *customer) run(name string, args ...string) string {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), name, args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// wantTemplate checks that the app's own function is in the template, and its binary in the assembly.
func (c *customer) wantTemplate() {
	c.t.Helper()
	data, err := os.ReadFile(filepath.Join(c.dir, "cdk.out", "Shop.template.json"))
	if err != nil {
		c.t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct{ Type string }
	}
	if err := json.Unmarshal(data, &template); err != nil {
		c.t.Fatal(err)
	}
	types := make(map[string]int)
	for _, r := range template.Resources {
		types[r.Type]++
	}
	for _, want := range []string{"AWS::EC2::VPC", "AWS::Lambda::Function", "AWS::ApiGateway::RestApi"} {
		if types[want] != 1 {
			c.t.Errorf("the template has %d resources of type %s, want 1", types[want], want)
		}
	}
	if binaries, _ := filepath.Glob(filepath.Join(c.dir, "cdk.out", "asset.*", "bootstrap")); len(binaries) != 1 {
		c.t.Errorf("the assembly has binaries %v, want 1", binaries)
	}
}

// wantNoOtherDownloads checks that every module whose source was downloaded has a package in the app or in its function, or is
// downloaded for a plain CDK app too: CDK's modules bring what their own tools need.
func (c *customer) wantNoOtherDownloads() {
	c.t.Helper()
	plain := newCustomer(c.t, "plain")
	plain.run("go", "get", "./...")
	needed := append(
		strings.Fields(c.run("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./...")),
		downloads(c.t, plain.cache)...)
	downloaded := downloads(c.t, c.cache)
	if len(downloaded) == 0 {
		c.t.Fatal("nothing was downloaded, so nothing was proved")
	}
	for _, path := range downloaded {
		if !slices.Contains(needed, path) {
			c.t.Errorf("the customer downloaded %s, which neither the app nor CDK has a use for", path)
		}
	}
}

// downloads are the modules whose source is in a module cache.
func downloads(t *testing.T, cache string) []string {
	t.Helper()
	root := filepath.Join(cache, "cache", "download")
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".zip" {
			return err
		}
		escaped, err := filepath.Rel(root, filepath.Dir(filepath.Dir(path)))
		if err != nil {
			return err
		}
		name, err := module.UnescapePath(filepath.ToSlash(escaped))
		found = append(found, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// publish writes this module, as it is on disk, into a directory that the go command reads as a module proxy.
func publish(t *testing.T, dir string) string {
	t.Helper()
	at := filepath.Join(dir, modulePath, "@v")
	if err := os.MkdirAll(at, 0o755); err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSpace(goEnv(t, "GOMOD"))
	mod, err := os.ReadFile(root)
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := zip.Create(&archive, module.Version{Path: modulePath, Version: version}, tracked(t, filepath.Dir(root))); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"list": []byte(version + "\n"), version + ".mod": mod, version + ".zip": archive.Bytes(),
		version + ".info": []byte(`{"Version":"` + version + `"}`),
	} {
		if err := os.WriteFile(filepath.Join(at, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return "file://" + dir
}

// file is a file of the module's archive.
type file struct{ root, path string }

func (f file) Path() string                 { return f.path }
func (f file) Lstat() (os.FileInfo, error)  { return os.Lstat(filepath.Join(f.root, f.path)) }
func (f file) Open() (io.ReadCloser, error) { return os.Open(filepath.Join(f.root, f.path)) }

// tracked are the files below root that belong to the module: what git tracks or would track, without other modules.
func tracked(t *testing.T, root string) []zip.File {
	t.Helper()
	cmd := exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", ".", ":!test/outside/plain", ":!test/outside/shop", ":!tools")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var files []zip.File
	for path := range strings.Lines(string(out)) {
		f := file{root: root, path: strings.TrimSpace(path)}
		if _, err := f.Lstat(); err == nil { // a file that is deleted but still tracked is not there
			files = append(files, f)
		}
	}
	return files
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

package gofunction

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// module writes the Go module example.com/app into a new directory and returns what to build it for. Files are named by their
// path, and main packages among them print their own path.
func module(t *testing.T, mains ...string) target {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "go.mod", "module example.com/app\n\ngo 1.26\n")
	for _, name := range mains {
		write(t, dir, name+"/main.go", "package main\n\nfunc main() { println(\""+name+"\") }\n")
	}
	return target{dir: dir, goarch: "arm64"}
}

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// newBuilder is a builder with an empty cache.
func newBuilder(t *testing.T) *builder {
	return &builder{cache: cache(t.TempDir())}
}

func mustBuild(t *testing.T, b *builder, tgt target, importPath string, with ...string) binary {
	t.Helper()
	bin, err := b.build(tgt, importPath, with)
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

// countGo puts a go command on PATH that counts its runs, and returns the count.
func countGo(t *testing.T) func() int {
	t.Helper()
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	runs := filepath.Join(dir, "runs")
	script := "#!/bin/sh\necho run >>'" + runs + "'\nexec '" + real + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return func() int {
		data, _ := os.ReadFile(runs)
		return bytes.Count(data, []byte("run"))
	}
}

func TestBuildGivesTheSameBytesInEveryDirectory(t *testing.T) {
	first := mustBuild(t, newBuilder(t), module(t, "hello"), "example.com/app/hello")
	second := mustBuild(t, newBuilder(t), module(t, "hello", "other"), "example.com/app/hello", "example.com/app/other")
	if !bytes.Equal(first, second) {
		t.Error("the same package built in two directories differs")
	}
	if first.digest() != second.digest() || len(first.digest()) != 64 {
		t.Errorf("digests are %s and %s", first.digest(), second.digest())
	}
}

func TestBuildIgnoresInstructionSetsOfTheMachine(t *testing.T) {
	tgt := module(t, "hello")
	first := mustBuild(t, newBuilder(t), tgt, "example.com/app/hello")
	t.Setenv("GOARM64", "v9.0")
	if second := mustBuild(t, newBuilder(t), tgt, "example.com/app/hello"); !bytes.Equal(first, second) {
		t.Error("GOARM64 of the machine changes the binary")
	}
}

func TestBuildIsForTheArchitecture(t *testing.T) {
	b, arm := newBuilder(t), module(t, "hello")
	amd := target{dir: arm.dir, goarch: "amd64"}
	// The machine is the 16-bit number at offset 18 of an ELF file.
	if got := mustBuild(t, b, arm, "example.com/app/hello")[18]; got != 0xb7 {
		t.Errorf("machine is %#x, want that of ARM64", got)
	}
	if got := mustBuild(t, b, amd, "example.com/app/hello")[18]; got != 0x3e {
		t.Errorf("machine is %#x, want that of x86-64", got)
	}
}

func TestBuildRunsTheGoCommandOnceForAll(t *testing.T) {
	runs := countGo(t)
	b, tgt := newBuilder(t), module(t, "a", "b", "c")
	all := []string{"example.com/app/a", "example.com/app/b", "example.com/app/c"}
	got := make(map[string]bool)
	for _, p := range append(all, all...) {
		got[mustBuild(t, b, tgt, p, all...).digest()] = true
	}
	if runs() != 1 {
		t.Errorf("the go command ran %d times, want once", runs())
	}
	if len(got) != 3 {
		t.Errorf("built %d different binaries, want 3", len(got))
	}
}

func TestBuildAddsWhatIsMissing(t *testing.T) {
	runs := countGo(t)
	b, tgt := newBuilder(t), module(t, "a", "b")
	mustBuild(t, b, tgt, "example.com/app/a")
	mustBuild(t, b, tgt, "example.com/app/b", "example.com/app/a", "example.com/app/b")
	if runs() != 2 {
		t.Errorf("the go command ran %d times, want twice", runs())
	}
}

func TestBuildKeepsPackagesOfTheSameNameApart(t *testing.T) {
	mains := []string{"a/health", "b/health", "c/Health", "health/v2"}
	b, tgt := newBuilder(t), module(t, mains...)
	var all []string
	for _, name := range mains {
		all = append(all, "example.com/app/"+name)
	}
	for i, p := range all {
		if bin := mustBuild(t, b, tgt, p, all...); !bytes.Contains(bin, []byte(mains[i])) {
			t.Errorf("the binary of %s is another package's", p)
		}
	}
}

func TestBuildLeavesNoTemporaryFiles(t *testing.T) {
	temp := t.TempDir()
	tgt := module(t, "hello", "lib")
	write(t, tgt.dir, "lib/main.go", "package lib\n")
	b := newBuilder(t)
	t.Setenv("TMPDIR", temp)
	mustBuild(t, b, tgt, "example.com/app/hello")
	if _, err := b.build(tgt, "example.com/app/lib", nil); err == nil {
		t.Error("a library was built")
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestBuildFails(t *testing.T) {
	tgt := module(t, "hello", "broken", "usesbroken", "lib")
	write(t, tgt.dir, "lib/main.go", "package lib\n")
	write(t, tgt.dir, "broken/main.go", "package main\n\nfunc main() {\n\tmissing()\n}\n")
	write(t, tgt.dir, "brokenlib/lib.go", "package brokenlib\n\nvar X int = \"x\"\n")
	write(t, tgt.dir, "usesbroken/main.go", "package main\n\nimport _ \"example.com/app/brokenlib\"\n\nfunc main() {}\n")
	for name, tc := range map[string]struct {
		importPath string
		with       []string
		want       string
	}{
		"fails with the compiler's message": {
			importPath: "example.com/app/broken",
			want:       "build example.com/app/broken: go build:\n# example.com/app/broken\nbroken/main.go:4:2: undefined: missing",
		},
		"fails with the message about a dependency": {
			importPath: "example.com/app/usesbroken",
			want: "build example.com/app/usesbroken: go build:\n# example.com/app/brokenlib\n" +
				"brokenlib/lib.go:3:13: cannot use \"x\" (untyped string constant) as int value in variable declaration",
		},
		"fails with the message about another function": {
			importPath: "example.com/app/hello",
			with:       []string{"example.com/app/broken"},
			want:       "build example.com/app/hello: go build:\n# example.com/app/broken\nbroken/main.go:4:2: undefined: missing",
		},
		"fails on a package that does not exist": {
			importPath: "example.com/app/none",
			want: "build example.com/app/none: go build:\nno required module provides package example.com/app/none; " +
				"to add it:\n\tgo get example.com/app/none",
		},
		"fails on a library": {
			importPath: "example.com/app/lib",
			want:       "build example.com/app/lib: example.com/app/lib is not a main package",
		},
		"fails on a library among functions": {
			importPath: "example.com/app/hello",
			with:       []string{"example.com/app/lib"},
			want:       "build example.com/app/hello: example.com/app/lib is not a main package",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newBuilder(t).build(tgt, tc.importPath, tc.with)
			if err == nil {
				t.Fatal("built")
			}
			if got := err.Error(); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestBuildFailsWithoutTheGoCommand(t *testing.T) {
	tgt := module(t, "hello")
	t.Setenv("PATH", t.TempDir())
	_, err := newBuilder(t).build(tgt, "example.com/app/hello", nil)
	want := "build example.com/app/hello: the go command is not on PATH, install it from https://go.dev/dl"
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestBuildSucceedsOnceTheSourceIsMended(t *testing.T) {
	b, tgt := newBuilder(t), module(t, "hello")
	write(t, tgt.dir, "hello/extra.go", "package main\n\nvar _ = missing\n")
	if _, err := b.build(tgt, "example.com/app/hello", nil); err == nil {
		t.Fatal("built")
	}
	write(t, tgt.dir, "hello/extra.go", "package main\n")
	mustBuild(t, b, tgt, "example.com/app/hello")
}

func TestWithoutProgress(t *testing.T) {
	got := withoutProgress("go: downloading example.com/x v1.0.0\n# example.com/app\nmain.go:1:1: oops\n\n")
	if want := "# example.com/app\nmain.go:1:1: oops"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestExecutable(t *testing.T) {
	for importPath, want := range map[string]string{
		"example.com/app/health":    "health",
		"example.com/app/health/v2": "health",
		"example.com/app/v10":       "app",
		"example.com/app/v1":        "v1",
		"example.com/app/vault":     "vault",
		"app":                       "app",
		"v2":                        "v2",
	} {
		if got := executable(importPath); got != want {
			t.Errorf("the executable of %s is %s, want %s", importPath, got, want)
		}
	}
}

func TestStage(t *testing.T) {
	dir, err := binary("code").stage()
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("staged %v, %v", entries, err)
	}
	info, err := os.Stat(filepath.Join(dir, "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o755 || info.Size() != 4 {
		t.Errorf("bootstrap has mode %v and %d bytes", info.Mode(), info.Size())
	}
}

func TestCacheSparesTheLinker(t *testing.T) {
	tgt := module(t, "hello")
	c := cache(t.TempDir())
	bin := mustBuild(t, &builder{cache: c}, tgt, "example.com/app/hello")
	// The go command tells by the build ID that this one is up to date, so it comes back as it is.
	marked := append(slices.Clone(bin), "marked"...)
	c.save(tgt.goarch, "example.com/app/hello", marked)
	if got := mustBuild(t, &builder{cache: c}, tgt, "example.com/app/hello"); !bytes.Equal(got, marked) {
		t.Error("the cached binary was linked again")
	}
}

func TestCacheIsNotUsedForOtherSource(t *testing.T) {
	c := cache(t.TempDir())
	mustBuild(t, &builder{cache: c}, module(t, "hello"), "example.com/app/hello")
	tgt := module(t, "hello")
	write(t, tgt.dir, "hello/main.go", "package main\n\nfunc main() { println(\"changed\") }\n")
	for range 2 {
		if bin := mustBuild(t, &builder{cache: c}, tgt, "example.com/app/hello"); !bytes.Contains(bin, []byte("changed")) {
			t.Error("the binary is not of the changed source")
		}
	}
}

func TestCacheIgnoresDamagedFiles(t *testing.T) {
	tgt := module(t, "hello")
	c := cache(t.TempDir())
	want := mustBuild(t, &builder{cache: c}, tgt, "example.com/app/hello")
	file := c.file(tgt.goarch, "example.com/app/hello")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{"truncated": whole[:len(whole)-1], "empty": nil, "changed": append(slices.Clone(whole), 0)} {
		if err := os.WriteFile(file, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := mustBuild(t, &builder{cache: c}, tgt, "example.com/app/hello"); !bytes.Equal(got, want) {
			t.Errorf("a cached file that is %s was used", name)
		}
	}
}

func TestCacheCanBeMissing(t *testing.T) {
	tgt := module(t, "hello")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []cache{"", cache(file)} {
		mustBuild(t, &builder{cache: c}, tgt, "example.com/app/hello")
	}
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	if c := userCache(); c != "" {
		t.Errorf("without a home directory the cache is %q", c)
	}
}

func TestBatches(t *testing.T) {
	got := batches([]string{"a/x", "b/x", "a/y", "c/X", "d/z"})
	want := [][]string{{"a/x", "a/y", "d/z"}, {"b/x"}, {"c/X"}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
}

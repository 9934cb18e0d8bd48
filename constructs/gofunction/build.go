package gofunction

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// bootstrap is the file that Lambda starts in a function for an operating-system-only runtime; see
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-provided.html.
const bootstrap = "bootstrap"

// target is what a package is built for, and where from.
type target struct {
	dir    string // the directory whose module resolves import paths
	goarch string // a value of GOARCH
}

// binary is the content of a bootstrap file.
type binary []byte

// digest names the content, so that equal binaries are one asset.
func (b binary) digest() string { return fmt.Sprintf("%x", sha256.Sum256(b)) }

// stage writes b into a new temporary directory that holds nothing else. The caller removes the directory.
func (b binary) stage() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "gofunction-"); err != nil {
		return "", err
	}
	file := filepath.Join(dir, bootstrap)
	// The mode is set a second time, because this process's umask is not Lambda's.
	if err := errors.Join(os.WriteFile(file, b, 0o755), os.Chmod(file, 0o755)); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}

// builder builds packages, each once for a target. Most of a build's time goes into starting the go command, loading
// packages and linking: it starts the go command once for many packages, and skips links by means of its cache.
type builder struct {
	cache cache

	mu    sync.Mutex
	built map[target]map[string]binary // by import path
}

// build returns the binary of importPath for t. In the same run of the go command it builds those of the packages in with that
// it has not yet built for t.
func (b *builder) build(t target, importPath string, with []string) (binary, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if bin, ok := b.built[t][importPath]; ok {
		return bin, nil
	}
	for _, batch := range batches(b.missing(t, append([]string{importPath}, with...))) {
		if err := b.run(t, batch); err != nil {
			return nil, fmt.Errorf("build %s: %w", importPath, err)
		}
	}
	return b.built[t][importPath], nil
}

// missing are the distinct importPaths that are not built for t.
func (b *builder) missing(t target, importPaths []string) []string {
	var missing []string
	for _, p := range importPaths {
		if _, ok := b.built[t][p]; !ok && !slices.Contains(missing, p) {
			missing = append(missing, p)
		}
	}
	return missing
}

// run builds importPaths, whose executables have distinct names, with one go command.
func (b *builder) run(t target, importPaths []string) error {
	out, err := os.MkdirTemp("", "gofunction-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(out)
	cached := b.cache.restore(t.goarch, importPaths, out)
	if err := goBuild(t, out, importPaths); err != nil {
		return err
	}
	for _, p := range importPaths {
		bin, err := os.ReadFile(filepath.Join(out, executable(p)))
		if errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("%s is not a main package", p)
		} else if err != nil {
			return err
		}
		b.keep(t, p, bin)
		if !bytes.Equal(bin, cached[p]) {
			b.cache.save(t.goarch, p, bin)
		}
	}
	return nil
}

// keep remembers the binary of importPath for as long as the process runs.
func (b *builder) keep(t target, importPath string, bin binary) {
	if b.built == nil {
		b.built = make(map[target]map[string]binary)
	}
	if b.built[t] == nil {
		b.built[t] = make(map[string]binary)
	}
	b.built[t][importPath] = bin
}

// goBuild builds importPaths into the directory out.
//
// The flags make the same source give the same bytes in every directory: no path of this machine and no state of version
// control gets in. The build ID stays in, although it has no use on Lambda: by it the go command sees that an
// executable in out is up to date. The tag lambda.norpc leaves out what only the retired runtime go1.x needs.
func goBuild(t target, out string, importPaths []string) error {
	args := []string{
		"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w",
		"-o", out + string(filepath.Separator), "--",
	}
	cmd := exec.Command("go", append(args, importPaths...)...)
	cmd.Dir = t.dir
	// The instruction set is the one that all of Lambda's processors have, whatever this machine is set to.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+t.goarch, "GOARM64=v8.0", "GOAMD64=v1")
	output, err := cmd.CombinedOutput()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("the go command is not on PATH, install it from https://go.dev/dl")
	case bytes.Contains(output, []byte("no main packages to build")):
		return fmt.Errorf("%s is not a main package", strings.Join(importPaths, ", "))
	case len(output) == 0:
		return fmt.Errorf("go build: %w", err)
	}
	return fmt.Errorf("go build:\n%s", withoutProgress(string(output)))
}

// withoutProgress is the go command's output without its lines about downloads.
func withoutProgress(output string) string {
	lines := strings.Split(strings.TrimSpace(output), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "go: downloading ") })
	return strings.Join(lines, "\n")
}

// batches splits importPaths so that the executables of a batch have distinct names, because the go command writes all
// of them into one directory. Letter case does not distinguish them, as it does not on every file system.
func batches(importPaths []string) [][]string {
	var batches [][]string
	seen := make(map[string]int)
	for _, p := range importPaths {
		name := strings.ToLower(executable(p))
		if seen[name] == len(batches) {
			batches = append(batches, nil)
		}
		batches[seen[name]] = append(batches[seen[name]], p)
		seen[name]++
	}
	return batches
}

// majorVersion matches the last element of an import path that the go command does not name an executable after.
var majorVersion = regexp.MustCompile(`^v([2-9]|[1-9][0-9]+)$`)

// executable is the name that the go command gives the executable of importPath; see `go help build`.
func executable(importPath string) string {
	dir, name := path.Split(importPath)
	if dir != "" && majorVersion.MatchString(name) {
		return path.Base(dir)
	}
	return name
}

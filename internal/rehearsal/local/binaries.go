package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
)

// build builds each function's package for this machine, all in one run of the go command, and returns the binaries by import
// path. What is in [rehearsal.Options.Functions] is not built.
func (s *system) build(ctx context.Context) (map[string]string, error) {
	dir := s.options.Functions
	if dir == "" {
		dir = filepath.Join(s.dir, "functions")
	}
	binaries, missing := make(map[string]string), make(map[string]string)
	for _, f := range s.world.Functions {
		if f.NotRun != "" {
			continue
		}
		binary := filepath.Join(dir, path.Base(f.ImportPath))
		binaries[f.ImportPath] = binary
		if _, err := os.Stat(binary); err != nil {
			missing[f.ImportPath] = binary
		}
	}
	if len(missing) == 0 {
		return binaries, nil
	}
	s.progress(fmt.Sprintf("building %d functions", len(missing)))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	kept := fromEarlier(slices.Collect(maps.Values(missing)))
	packages := slices.Sorted(maps.Keys(missing))
	err := goBuild(ctx, dir, packages)
	if err != nil && ctx.Err() == nil && kept.discard() { // the go command builds over no file that is not a program
		err = goBuild(ctx, dir, packages)
	}
	if err != nil {
		return nil, err
	}
	if err := kept.keep(); err != nil {
		s.logger("functions").Warn("the next rehearsal has to build the functions again", "err", err)
	}
	return binaries, nil
}

// goBuild builds packages into a directory. A binary that is there and up to date is not linked again.
func goBuild(ctx context.Context, dir string, packages []string) error {
	args := append([]string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-o", dir + string(filepath.Separator), "--"}, packages...)
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build the functions: %w\n%s", err, out)
	}
	return nil
}

// kept are binaries, as an earlier rehearsal of the same module has left them where the user's caches are. They save the time of
// linking only: whether one is up to date is decided by the go command.
type kept struct {
	cache string                 // a directory; empty if there is no place for one
	found map[string]os.FileInfo // by the path of the binary; nil for what there was not
}

// fromEarlier puts what is kept of some binaries where they belong. What cannot be had is built as if there were none.
func fromEarlier(binaries []string) kept {
	k := kept{cache: cacheOf(os.Getwd()), found: make(map[string]os.FileInfo)}
	for _, binary := range binaries {
		k.found[binary] = nil
		if k.cache != "" && place(k.kept(binary), binary) == nil {
			k.found[binary], _ = os.Stat(binary) // unknown is like not there
		}
	}
	return k
}

// cacheOf is the directory for the binaries of a module.
func cacheOf(module string, err error) string {
	caches, noCaches := os.UserCacheDir()
	if err != nil || noCaches != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(module))
	return filepath.Join(caches, "warmstandby", "functions", hex.EncodeToString(sum[:8]))
}

func (k kept) kept(binary string) string { return filepath.Join(k.cache, filepath.Base(binary)) }

// discard removes what was put where binaries belong, and says whether there was anything.
func (k kept) discard() (some bool) {
	for binary, found := range k.found {
		if found != nil {
			some = os.Remove(binary) == nil || some
			k.found[binary] = nil
		}
	}
	return some
}

// keep keeps the binaries that have been built since.
func (k kept) keep() error {
	if k.cache == "" {
		return nil
	}
	errs := []error{os.MkdirAll(k.cache, 0o700)}
	for binary, before := range k.found {
		after, err := os.Stat(binary)
		if err == nil && (before == nil || !os.SameFile(before, after)) {
			err = place(binary, k.kept(binary))
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// place makes a file be the same as another one, at once, whoever does the same at the same time: by a link, or by a copy where there
// can be none.
func place(from, to string) error {
	dir, err := os.MkdirTemp(filepath.Dir(to), ".placing-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	placing := filepath.Join(dir, filepath.Base(to))
	if err := os.Link(from, placing); errors.Is(err, fs.ErrNotExist) {
		return err
	} else if err != nil {
		if err := copyFile(from, placing); err != nil {
			return err
		}
	}
	return os.Rename(placing, to)
}

// copyFile copies a program.
func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(target, source)
	return errors.Join(err, target.Close())
}

package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// sources are what an assembly is synthesized from: files, and folders of Go files.
var sources = []string{"cdk.json", "go.mod", "bin/app", "constructs", "functions", "internal/todo", "stacks"}

// synthesize synthesizes the assembly if it is missing, or older than its sources in the working directory. Elsewhere than in
// this repository there are none, and the assembly is taken as it is.
func (s *system) synthesize(ctx context.Context) error {
	assembled, err := modified(filepath.Join(s.options.Assembly, "manifest.json"))
	if err != nil {
		return err
	}
	written, err := newest(sources)
	if err != nil || written.IsZero() || assembled.After(written) {
		return err
	}
	s.progress("synthesizing " + s.options.Assembly)
	return runApp(ctx, s.options.Assembly)
}

// runApp runs the CDK app as the CDK CLI does, without CDK's own validation, which takes most of its time and changes nothing.
func runApp(ctx context.Context, dir string) error {
	data, err := os.ReadFile("cdk.json")
	if err != nil {
		return err
	}
	var settings struct {
		App     string
		Context json.RawMessage
	}
	if err := json.Unmarshal(data, &settings); err != nil {
		return fmt.Errorf("read cdk.json: %w", err)
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", settings.App)
	cmd.Env = append(os.Environ(), "CDK_OUTDIR="+dir, "CDK_CONTEXT_JSON="+string(settings.Context), "CDK_VALIDATION=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("synthesize %s: %w\n%s", dir, err, out)
	}
	return nil
}

// newest is when the newest of the paths, and of the Go files below them, was written; zero if there are none.
func newest(paths []string) (time.Time, error) {
	var latest time.Time
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || entry.IsDir() || file != path && (filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go")) {
				return err
			}
			written, err := modified(file)
			if written.After(latest) {
				latest = written
			}
			return err
		})
		if err != nil {
			return time.Time{}, err
		}
	}
	return latest, nil
}

// modified is when a file was written; zero if it is not there.
func modified(file string) (time.Time, error) {
	info, err := os.Stat(file)
	if errors.Is(err, fs.ErrNotExist) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

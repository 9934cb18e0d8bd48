package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/rehearsal/child"
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
	if err == nil && written.IsZero() && assembled.IsZero() {
		return fmt.Errorf("there is no assembly in %s, nor are there sources to synthesize it from: go to the repository's root, or name one with --assembly", s.options.Assembly)
	}
	if err != nil || written.IsZero() || assembled.After(written) {
		return err
	}
	s.progress("synthesizing " + s.options.Assembly)
	return runApp(ctx, s.options.Assembly, nil)
}

// recoveryContext is what a recovery stack is synthesized with where there is none: an Arpio account and a DNS record, which are made
// up.
var recoveryContext = map[string]any{
	"arpioAccountId": "RehearsedAccount", "arpioApplicationId": "RehearsedApplication",
	"recoveryRecord": "api.example.com", "recoveryHostedZone": "Z0REHEARSAL0000000000",
	"recoveryPrimaryName": "primary.example.com", "recoverySecondaryName": "secondary.example.com",
}

// readAssembly reads the assembly. If the recovery stack is wanted and the assembly has none, it is an assembly that is synthesized for
// the purpose.
func (s *system) readAssembly(ctx context.Context) (*assembly.Assembly, error) {
	a, err := assembly.Read(s.options.Assembly)
	if err != nil || !s.options.Recovery || hasRecovery(a) {
		return a, err
	}
	written, err := newest(sources)
	if err != nil || written.IsZero() {
		return nil, errors.Join(err, fmt.Errorf("the assembly in %s has no recovery stack: synthesize it with -c arpioAccountId=…", s.options.Assembly))
	}
	dir, remove, err := child.TempDir("warmstandby-assembly-")
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, remove)
	s.progress("synthesizing the recovery stack")
	if err := runApp(ctx, dir, recoveryContext); err != nil {
		return nil, err
	}
	return assembly.Read(dir)
}

// hasRecovery says whether a stack of the assembly has rules on Arpio's bus.
func hasRecovery(a *assembly.Assembly) bool {
	for _, stack := range a.Stacks {
		for _, r := range stack.Template.Resources {
			name, _ := r.Properties["EventBusName"].(string)
			if r.Type == "AWS::Events::Rule" && strings.Contains(name, lifecycle.BusPrefix) {
				return true
			}
		}
	}
	return false
}

// runApp runs the CDK app as the CDK CLI does, with more context than cdk.json has, and without CDK's own validation, which takes most of its time and changes nothing.
func runApp(ctx context.Context, dir string, more map[string]any) error {
	data, err := os.ReadFile("cdk.json")
	if err != nil {
		return err
	}
	var settings struct {
		App     string
		Context map[string]any
	}
	if err := json.Unmarshal(data, &settings); err != nil {
		return fmt.Errorf("read cdk.json: %w", err)
	}
	maps.Copy(settings.Context, more)
	values, err := json.Marshal(settings.Context)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", settings.App)
	cmd.Env = append(os.Environ(), "CDK_OUTDIR="+dir, "CDK_CONTEXT_JSON="+string(values), "CDK_VALIDATION=false")
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

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// synthesis measures how long the app takes to synthesize the whole application, with CDK's own validation and without, once its
// functions and the app itself are built.
func (b *bench) synthesis(ctx context.Context) ([]figure, error) {
	dir, err := os.MkdirTemp("", "warmstandby-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	app := filepath.Join(dir, "app")
	if err := command(ctx, nil, "go", "build", "-o", app, "./bin/app"); err != nil {
		return nil, err
	}
	settings, err := contextJSON()
	if err != nil {
		return nil, err
	}
	var figures []figure
	for _, variant := range []struct {
		name, validation string
		aim              float64
	}{{"with validation", "true", 10}, {"without validation", "false", 3}} {
		b.say("synthesis %s", variant.name)
		env := []string{"CDK_OUTDIR=" + filepath.Join(dir, "cdk.out"), "CDK_CONTEXT_JSON=" + settings, "CDK_VALIDATION=" + variant.validation}
		seconds, err := b.repeat(func() error { return command(ctx, env, app) })
		if err != nil {
			return nil, err
		}
		figures = append(figures, summarize("synthesis", variant.name, "s", seconds).below(variant.aim))
	}
	return figures, nil
}

// contextJSON is the context of cdk.json, as the CDK CLI passes it to the app.
func contextJSON() (string, error) {
	data, err := os.ReadFile("cdk.json")
	if err != nil {
		return "", fmt.Errorf("run bench in the repository's root: %w", err)
	}
	var file struct{ Context json.RawMessage }
	if err := json.Unmarshal(data, &file); err != nil {
		return "", fmt.Errorf("read cdk.json: %w", err)
	}
	return string(file.Context), nil
}

// command runs a command with more environment variables, and fails with what it printed.
func command(ctx context.Context, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

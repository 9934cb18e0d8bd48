package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// functionNames are the reference application's functions, by their folders, with what each is sent.
var functionNames = []struct{ name, payload string }{
	{"createtable", `{"action":"CREATE_TABLE"}`},
	{"upserttodos", `{"task":"measure","status":"wip"}`},
	{"gettodos", `{"id":"1"}`},
	{"removetodos", `{"id":"4294967295"}`},
	{"health", `{}`},
}

// How often a function is started and invoked. An invocation takes about a millisecond, a start some more.
const (
	coldStarts  = 20
	invocations = 500
)

// functions measures the built functions under the Lambda Runtime API, against a database behind TLS and IAM authentication.
func (b *bench) functions(ctx context.Context) ([]figure, error) {
	dir, err := os.MkdirTemp("", "warmstandby-bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	sizes, err := b.sizes(ctx, dir)
	if err != nil {
		return nil, err
	}
	r, err := startRegion(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	figures, err := b.latencies(ctx, r)
	return append(sizes, figures...), err
}

// sizes builds the functions as they are deployed and measures the binaries.
func (b *bench) sizes(ctx context.Context, dir string) ([]figure, error) {
	b.say("size of the functions")
	deployed := filepath.Join(dir, "deployed")
	if err := buildFunctions(ctx, deployed, "linux", "arm64"); err != nil {
		return nil, err
	}
	var figures []figure
	for _, f := range functionNames {
		info, err := os.Stat(filepath.Join(deployed, f.name))
		if err != nil {
			return nil, err
		}
		figures = append(figures, single(f.name, "binary", "MB", float64(info.Size())/1e6).below(12))
	}
	return figures, nil
}

// latencies measures each function's starts and invocations, and what of an invocation is the database's.
func (b *bench) latencies(ctx context.Context, r *region) ([]figure, error) {
	var figures []figure
	for _, f := range functionNames {
		b.say("%s on the %s database", f.name, r.Server().Kind())
		cold, err := r.coldStarts(ctx, f.name, f.payload)
		if err != nil {
			return nil, err
		}
		warm, err := r.invocations(ctx, f.name, f.payload)
		if err != nil {
			return nil, err
		}
		figures = append(figures,
			summarize(f.name, "cold start to first answer", "ms", cold).below(100),
			summarize(f.name, "warm invocation", "ms", warm),
			single(f.name, "warm invocation, p99", "ms", quantile(slices.Sorted(slices.Values(warm)), 0.99)),
			single(f.name, "throughput of one instance", "1/s", 1000/mean(warm)))
	}
	own, err := r.databaseTimes(ctx)
	if err != nil {
		return nil, err
	}
	query := summarize("database", "the read of gettodos alone", "ms", own)
	read := figures[slices.IndexFunc(figures, func(f figure) bool { return f.Subject == "gettodos" && f.Name == "warm invocation" })]
	return append(figures, query,
		single("gettodos", "warm invocation beyond the database's time", "ms", read.Median-query.Median).below(2)), nil
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// buildFunctions builds the functions into dir, with the flags that they are deployed with.
func buildFunctions(ctx context.Context, dir, goos, goarch string) error {
	args := []string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", dir + "/"}
	for _, f := range functionNames {
		args = append(args, "./functions/"+f.name)
	}
	return command(ctx, []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + goarch}, "go", args...)
}

// milliseconds is how long f takes.
func milliseconds(f func() error) (float64, error) {
	start := time.Now()
	if err := f(); err != nil {
		return 0, fmt.Errorf("measure: %w", err)
	}
	return float64(time.Since(start)) / float64(time.Millisecond), nil
}

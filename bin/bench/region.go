package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/runtimeapi"
	"github.com/warmstandby/warmstandby/internal/rehearsal/standalone"
)

// region is what the functions are measured in.
type region struct{ *standalone.Region }

// startRegion builds the functions for this machine and starts a database, MariaDB where one is installed.
func startRegion(ctx context.Context, dir string) (*region, error) {
	kind, binaries := database.Embedded, filepath.Join(dir, "local")
	if database.Available(database.MariaDB) {
		kind = database.MariaDB
	}
	if err := buildFunctions(ctx, binaries, runtime.GOOS, runtime.GOARCH); err != nil {
		return nil, err
	}
	r, err := standalone.Start(ctx, standalone.Options{Kind: kind, Binaries: binaries, Dir: dir, Log: os.Stderr})
	return &region{r}, err
}

// coldStarts is how long each of many first invocations takes, from the start of the process, in milliseconds.
func (r *region) coldStarts(ctx context.Context, name, payload string) ([]float64, error) {
	times := make([]float64, coldStarts)
	for i := range times {
		f, err := r.Function(name)
		if err != nil {
			return nil, err
		}
		times[i], err = milliseconds(func() error { return invoke(ctx, f, payload) })
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return times, nil
}

// invocations is how long each of many invocations of a running instance takes, in milliseconds.
func (r *region) invocations(ctx context.Context, name, payload string) ([]float64, error) {
	f, err := r.Function(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := invoke(ctx, f, payload); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	times := make([]float64, invocations)
	for i := range times {
		if times[i], err = milliseconds(func() error { return invoke(ctx, f, payload) }); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return times, nil
}

// invoke invokes a function, which must not fail. That a to-do is not there is an answer.
func invoke(ctx context.Context, f *runtimeapi.Function, payload string) error {
	result, err := f.Invoke(ctx, []byte(payload))
	if err != nil {
		return err
	}
	var answer struct{ StatusCode int }
	if err := json.Unmarshal(result.Payload, &answer); err != nil || answer.StatusCode >= 500 || answer.StatusCode < 200 {
		return fmt.Errorf("answered %s", result.Payload)
	}
	return nil
}

// databaseTimes is how long the statement of a read takes by itself, straight at the server, in milliseconds.
func (r *region) databaseTimes(ctx context.Context) ([]float64, error) {
	db, err := sql.Open("mysql", r.Server().Config(standalone.DatabaseName).FormatDSN()+"&interpolateParams=true")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	times := make([]float64, invocations)
	for i := range times {
		times[i], err = milliseconds(func() error {
			var task, status string
			return db.QueryRowContext(ctx, "SELECT task, status FROM todos WHERE id = ?", 1).Scan(&task, &status)
		})
		if err != nil {
			return nil, err
		}
	}
	return times, nil
}

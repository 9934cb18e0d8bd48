package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

// session is one run of the command rehearse.
type session struct {
	options
	stdout, stderr io.Writer
	progress       *progress
}

func newSession(o options, stdout, stderr io.Writer) *session {
	s := &session{options: o, stdout: stdout, stderr: stderr, progress: newProgress(stderr)}
	if o.quiet {
		s.progress = newProgress(io.Discard)
	}
	return s
}

// rehearse brings the system up, plays the scenario, holds the system if that is wanted, and takes it down. An error means that
// it was never up.
func (s *session) rehearse(ctx context.Context, start rehearsal.Starter) (code int, err error) {
	system, took, err := s.start(ctx, start)
	s.progress.clear()
	if err != nil {
		return exitUnusable, err
	}
	code = s.use(ctx, system, took)
	s.progress.show("stopping")
	err = system.Close()
	s.progress.clear()
	if err != nil {
		fmt.Fprintf(s.stderr, "warmstandby: stop the rehearsal: %v\n", err)
		code = exitFailed
	}
	return code, nil
}

// start brings the system up and tells where it is.
func (s *session) start(ctx context.Context, start rehearsal.Starter) (rehearsal.System, time.Duration, error) {
	if s.endpoints != "" {
		if err := os.Remove(s.endpoints); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, 0, fmt.Errorf("remove the endpoints of an earlier rehearsal: %w", err)
		}
	}
	s.Recovery = findScenario(s.scenario).recovery
	began := time.Now()
	system, err := start(ctx, s.Options, s.progress.show)
	took := time.Since(began)
	if ctx.Err() != nil && err != nil {
		return nil, 0, fmt.Errorf("interrupted before everything was up: %w", err)
	}
	if err != nil {
		return nil, 0, err
	}
	if err := s.announce(system); err != nil {
		return nil, 0, errors.Join(err, system.Close())
	}
	return system, took, nil
}

// announce writes the endpoints, once it is sure that there are all of them.
func (s *session) announce(system rehearsal.System) error {
	endpoints := system.Endpoints()
	if missing := endpoints.Missing(system.Application()); len(missing) > 0 {
		return fmt.Errorf("the rehearsal has no %s", strings.Join(missing, ", "))
	}
	if s.endpoints == "" {
		return nil
	}
	return endpoints.WriteFile(s.endpoints)
}

// use does with the running system what the flags ask for.
func (s *session) use(ctx context.Context, system rehearsal.System, took time.Duration) (code int) {
	if !s.quiet {
		printUp(s.stdout, s.options, system, took)
	}
	if s.scenario != "" {
		code = s.play(ctx, system, took)
	}
	if s.hold && ctx.Err() == nil {
		s.keep(ctx, system)
	}
	return code
}

// play plays the scenario and reports what came of it.
func (s *session) play(ctx context.Context, system rehearsal.System, took time.Duration) (code int) {
	result := findScenario(s.scenario).play(ctx, s, system)
	s.progress.clear()
	r := newReport(s.options, system, took, result)
	err := r.write(s.stdout)
	if err == nil && s.json != "" {
		err = r.writeFile(s.json)
	}
	if err != nil {
		fmt.Fprintf(s.stderr, "warmstandby: %v\n", err)
		return exitFailed
	}
	if !r.OK {
		return exitFailed
	}
	return exitOK
}

// keep keeps the system running until ctx ends. What was refused meanwhile is told, but is up to whoever asked.
func (s *session) keep(ctx context.Context, system rehearsal.System) {
	printPaste(s.stdout, system)
	<-ctx.Done()
	fmt.Fprintln(s.stdout)
	printProblems(s.stdout, system.Problems())
}

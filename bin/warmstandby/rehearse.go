package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
	"github.com/warmstandby/warmstandby/internal/rehearsal/series"
)

// session is one run of the command rehearse.
type session struct {
	options
	host
	progress *progress
	runs     []planned
	series   *series.Series // of the scenarios that move the application
}

// planned is a scenario to be played, or none, on a system of its own.
type planned struct {
	scenario string
	seed     uint64
}

func newSession(o options, h host) *session {
	s := &session{options: o, host: h, progress: newProgress(h.stderr)}
	if o.quiet {
		s.progress = newProgress(io.Discard)
	}
	names := []string{o.scenario}
	if o.scenario == allScenarios {
		names = series.Names()
	}
	for _, name := range names {
		for i := range o.repeat {
			s.runs = append(s.runs, planned{name, o.seed + uint64(i)})
		}
	}
	return s
}

// rehearse does what the flags ask for, one run after the other. An error means that a system was never up.
func (s *session) rehearse(ctx context.Context) (code int, err error) {
	if s.scenario == listOfAll {
		return s.list()
	}
	if s.moves() {
		if s.series, err = s.newSeries(); err != nil {
			return exitUnusable, err
		}
	}
	code, err = s.rehearseAll(ctx)
	if s.series != nil {
		code = max(code, s.failure(s.series.End()))
	}
	return code, err
}

// list explains the scenarios.
func (s *session) list() (int, error) {
	series.WriteList(s.stdout)
	fmt.Fprintf(s.stdout, "%-17s %-6s %s\n", steadyState, "what", "Nothing is moved: every call of the API, right and wrong ones, and load.")
	fmt.Fprintf(s.stdout, "%-17s %-6s %s\n", "", "must", "Everything is answered as specified.")
	fmt.Fprintf(s.stdout, "%-17s %-6s %s\n", arpioFailover, "what", "Arpio announces a recovery of 200 resources, twice, in disorder, after a test.")
	fmt.Fprintf(s.stdout, "%-17s %-6s %s\n", "", "must", "Scripts run once on each server, and DNS moves, for the failover only; nothing is lost unsaid.")
	return exitOK, nil
}

// newSeries prepares what is played.
func (s *session) newSeries() (*series.Series, error) {
	o := series.Options{
		Play: s.play, Runs: len(s.runs), Assembly: s.Assembly, Database: s.Database, Rate: s.rate, TimeScale: s.TimeScale, Targets: s.targets,
		Report: s.report, JSON: s.json, Approve: s.approver(), Move: s.mover(), Means: s.means, Stdout: s.stdout, Stderr: s.stderr,
	}
	if s.quiet {
		o.Stderr = nil
	}
	return series.New(o)
}

// approver is who approves.
func (s *session) approver() scenario.Approver {
	if command, ok := strings.CutPrefix(s.approve, approveCommand); ok {
		return series.Command(command, s.stderr)
	}
	if s.approve == approveAsk {
		return series.Ask(s.stderr, s.stdin)
	}
	return series.Always
}

// mover is what moves the application in place of its pipelines, if anything is to.
func (s *session) mover() scenario.Mover {
	if command, ok := strings.CutPrefix(s.means, moveCommand); ok {
		return series.ByCommand(command)
	}
	if s.means == moveHand {
		return series.ByHand
	}
	return nil
}

// once brings a system up, plays the scenario, holds the system if that is wanted, and takes it down.
func (s *session) once(ctx context.Context) (code int, err error) {
	system, took, err := s.up(ctx)
	s.progress.clear()
	if err != nil {
		return exitUnusable, err
	}
	code = s.use(ctx, system, took)
	s.progress.show("stopping")
	err = system.Close()
	s.progress.clear()
	if err != nil {
		code = s.failure(fmt.Errorf("stop the rehearsal: %w", err))
	}
	return code, nil
}

// up brings the system up and tells where it is.
func (s *session) up(ctx context.Context) (rehearsal.System, time.Duration, error) {
	if s.endpoints != "" {
		if err := os.Remove(s.endpoints); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, 0, fmt.Errorf("remove the endpoints of an earlier rehearsal: %w", err)
		}
	}
	s.Recovery = s.scenario == arpioFailover
	began := time.Now()
	system, err := s.start(ctx, s.Options, s.progress.show)
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
	if err := os.MkdirAll(filepath.Dir(s.endpoints), 0o755); err != nil {
		return err
	}
	return endpoints.WriteFile(s.endpoints)
}

// use does with the running system what the flags ask for.
func (s *session) use(ctx context.Context, system rehearsal.System, took time.Duration) (code int) {
	if !s.quiet && len(s.runs) == 1 {
		printUp(s.stdout, s.options, system, took)
	}
	switch {
	case s.series != nil:
		code = s.move(ctx, system)
	case s.scenario != "":
		code = s.try(ctx, system, took)
	}
	if s.hold && ctx.Err() == nil {
		s.keep(ctx, system)
	}
	return code
}

// move plays a scenario that moves the application.
func (s *session) move(ctx context.Context, system rehearsal.System) int {
	if s.means == moveHand {
		printEnvironment(s.stdout, system)
	}
	held, err := s.series.Play(ctx, s.scenario, s.seed, system)
	if err != nil {
		return s.failure(err)
	}
	problems := system.Problems()
	printProblems(s.stdout, problems)
	held = held && !problems.Any()
	switch {
	case ctx.Err() != nil && !held:
		fmt.Fprintln(s.stdout, "\nINTERRUPTED: nothing follows from this run.")
	case len(s.runs) == 1:
		printVerdict(s.stdout, held, system.LogFile())
	}
	if !held {
		return exitFailed
	}
	return exitOK
}

// try plays a scenario that moves nothing, and reports what came of it.
func (s *session) try(ctx context.Context, system rehearsal.System, took time.Duration) int {
	play := s.trySteady
	if s.scenario == arpioFailover {
		play = s.tryArpio
	}
	result := play(ctx, system)
	s.progress.clear()
	r := newReport(s.options, system, took, result)
	err := r.write(s.stdout)
	if err == nil && s.json != "" {
		err = r.writeFile(s.json)
	}
	if err != nil {
		return s.failure(err)
	}
	if !r.OK {
		return exitFailed
	}
	return exitOK
}

// failure tells an error, if it is one, and is the exit code that follows from it.
func (s *session) failure(err error) int {
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(s.stderr, "warmstandby: %v\n", err)
	return exitFailed
}

// keep keeps the system running until ctx ends. What was refused meanwhile is told, but is up to whoever asked.
func (s *session) keep(ctx context.Context, system rehearsal.System) {
	printPaste(s.stdout, system)
	<-ctx.Done()
	fmt.Fprintln(s.stdout)
	printProblems(s.stdout, system.Problems())
}

package series

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/outcome"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

// Player plays a scenario; [scenario.Play] is one.
type Player func(context.Context, scenario.Scenario, scenario.Options) (report.Report, error)

// Options says how to play. All fields but Targets, Report, JSON and Move are required.
type Options struct {
	// Play plays one scenario.
	Play Player

	// Runs is how many runs there will be. One is reported in full, several as a table.
	Runs int

	// Assembly is the directory of the cloud assembly, Database the name of the database that the systems have, Rate what the
	// clients send in a second, and TimeScale what durations of AWS are multiplied by.
	Assembly  string
	Database  string
	Rate      int
	TimeScale float64

	// Targets are what recovery time and loss are held to.
	//
	// Default: nothing.
	Targets report.Targets

	// Report is the directory for report.html, report.json and report.md; with several runs each has a directory of its own below
	// it, named for its scenario and seed.
	//
	// Default: none are written.
	Report string

	// JSON is the file for the report, or with several runs for an [outcome.Series].
	//
	// Default: none is written.
	JSON string

	// Approve decides about the pipelines' approvals.
	Approve scenario.Approver

	// Move moves the application in place of its pipelines, and Means is how that is asked for on the command line.
	//
	// Default: the pipelines do.
	Move  scenario.Mover
	Means string

	// Stdout is where results go, Stderr where it is shown what happens; nowhere if it is nil.
	Stdout, Stderr io.Writer
}

// Series is runs, played one after the other.
type Series struct {
	Options

	runs []outcome.Run
	last report.Report
}

// New returns a series without runs. Results of an earlier one are removed.
func New(o Options) (*Series, error) {
	s := &Series{Options: o}
	if o.JSON == "" {
		return s, nil
	}
	if err := os.Remove(o.JSON); err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("remove the result of an earlier rehearsal: %w", err)
	}
	return s, nil
}

// Play plays a scenario on a system that is up, and says whether all that must hold did. An error means that something could not be
// written. A run that could not be played to its end did not hold.
func (s *Series) Play(ctx context.Context, name string, seed uint64, system rehearsal.System) (held bool, err error) {
	chosen, ok := scenario.Find(name)
	if !ok {
		return false, fmt.Errorf("there is no scenario %s", name)
	}
	reproduce, err := s.reproduce(name, seed)
	if err != nil {
		return false, err
	}
	v := newView(s.Stderr, name, seed, system.Application().Regions())
	r, failure := s.Options.Play(ctx, chosen, scenario.Options{
		System: system, Rate: s.Rate, Seed: seed, Targets: s.Targets, Reproduce: reproduce,
		Approve: v.aside(s.Approve), Move: s.Move, Progress: v.happened, Live: v.show,
	})
	v.end()
	if failure != nil {
		return false, s.broken(name, seed, reproduce.Command, failure)
	}
	return r.Rehearsal.Verdict.Held, s.played(r)
}

// broken takes note of a run that was not played to its end.
func (s *Series) broken(name string, seed uint64, command string, failure error) error {
	s.runs = append(s.runs, outcome.Broken(name, seed, command, failure))
	return s.print(func(w io.Writer) {
		fmt.Fprintf(w, "%s with seed %d was not played to its end: %v\nThe same again: %s\n", name, seed, failure, command)
	})
}

// played takes note of a run's report, and writes it.
func (s *Series) played(r report.Report) error {
	run := outcome.Of(r)
	s.runs, s.last = append(s.runs, run), r
	if s.Report != "" {
		if err := s.save(r); err != nil {
			return err
		}
	}
	return s.print(func(w io.Writer) {
		if s.Runs == 1 {
			outcome.WriteText(w, r)
			return
		}
		run.WriteLine(w)
	})
}

// save writes a report in all its forms.
func (s *Series) save(r report.Report) error {
	directory := s.Report
	if s.Runs > 1 {
		directory = filepath.Join(directory, r.Rehearsal.Scenario+"-"+strconv.FormatUint(r.Rehearsal.Reproduce.Seed, 10))
	}
	return r.Save(directory)
}

// End writes what came of all runs.
func (s *Series) End() error {
	all := outcome.NewSeries(s.runs)
	if s.JSON != "" && len(s.runs) > 0 {
		if err := s.saveJSON(all); err != nil {
			return err
		}
	}
	if s.Runs == 1 {
		return nil
	}
	return s.print(func(w io.Writer) {
		fmt.Fprintln(w)
		all.WriteTable(w)
		if s.repeated() {
			fmt.Fprintln(w)
			all.WriteDistributions(w)
		}
	})
}

// saveJSON writes the report of a single run, and what is known of several ones.
func (s *Series) saveJSON(all outcome.Series) error {
	switch {
	case s.Runs > 1:
		return write(s.JSON, all.JSON())
	case s.last.Rehearsal != nil:
		return write(s.JSON, s.last.JSON())
	}
	return nil // there is no report
}

// repeated says whether a scenario was played more than once.
func (s *Series) repeated() bool {
	played := make(map[string]bool)
	for _, r := range s.runs {
		if played[r.Scenario] {
			return true
		}
		played[r.Scenario] = true
	}
	return false
}

// print prints at once, so that a reader that has gone is noticed.
func (s *Series) print(what func(io.Writer)) error {
	var b bytes.Buffer
	what(&b)
	if _, err := s.Stdout.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// write writes a file, and makes its directory.
func write(path string, content []byte) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, content, 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/arpio"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

const replayHelp = `Puts recorded lifecycle events of Arpio's on the bus of a rehearsal, and says of each event which
rules matched it and why the others did not, and then what the rules did and which automations ran.

A recording is a file of events as EventBridge shows them, one after the other or in a list, or a
directory of such files, in the order of their names. Without --speed each event follows as soon as
the bus has taken the one before; with it, as they were recorded, so many times faster.

With --endpoints the rehearsal is the one that runs and has written that file. Otherwise one is
started from --assembly and stopped at the end; where the assembly has no recovery stack, one is
synthesized for a made-up Arpio account, if the sources are here.

Exit codes:
  0  the bus took all events, all targets took what they were sent, and no automation failed
  1  something did not
  2  an argument is wrong, the recording cannot be read, or there is no bus`

const replayExamples = `  warmstandby arpio replay constructs/lifecycle/testdata/example.json
  warmstandby arpio replay recording/ --speed 10 --json out.json
  warmstandby arpio replay recording/ --endpoints e.json`

// arpioCommand is the command arpio, which has replay below it. It leaves its exit code in code.
func arpioCommand(start rehearsal.Starter, stdout, stderr io.Writer, code *int) *cobra.Command {
	p := replaying{options: rehearsal.Options{
		Assembly: "cdk.out", Database: rehearsal.Databases()[0], Listen: "127.0.0.1:0", Recovery: true,
	}, stdout: stdout, stderr: stderr}
	replay := &cobra.Command{
		Use: "replay FILE|DIR", Short: "Put recorded events on the bus of a rehearsal, and say what came of them",
		Long: replayHelp, Example: replayExamples, Args: oneArgument("FILE or DIR"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			*code, err = p.run(cmd.Context(), args[0], start)
			return err
		},
	}
	f := replay.Flags()
	f.SortFlags = false
	f.Var(&text{&p.options.Assembly}, "assembly", "the `directory` of the cloud assembly")
	f.StringVar(&p.endpoints, "endpoints", "", "the `file` with the endpoints of a rehearsal that runs")
	f.Var(&factor{&p.speed}, "speed", "how many times faster than recorded (default as fast as can be)")
	f.Var(&outputFile{&p.json}, "json", "a `file` to write the result to, as JSON")
	f.BoolVar(&p.quiet, "quiet", false, "print only the result")
	replay.MarkFlagsMutuallyExclusive("assembly", "endpoints")
	arpio := &cobra.Command{
		Use: "arpio", Short: "Play what Arpio announces",
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	arpio.AddCommand(replay)
	return arpio
}

// factor is a number greater than zero.
type factor struct{ value *float64 }

func (v *factor) String() string {
	if *v.value == 0 {
		return "" // a default that is not there is not shown
	}
	return strconv.FormatFloat(*v.value, 'g', -1, 64)
}
func (*factor) Type() string { return "number" }

func (v *factor) Set(s string) error {
	const most = 1e6
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n > 0) || n > most {
		return fmt.Errorf("must be a number greater than 0, at most %g, such as 10", most)
	}
	*v.value = n
	return nil
}

// replaying is one run of the command replay.
type replaying struct {
	options        rehearsal.Options
	endpoints      string
	json           string
	speed          float64
	quiet          bool
	stdout, stderr io.Writer
}

// run replays a recording on the rehearsal that runs, or on one of its own. An error means that nothing was replayed.
func (p replaying) run(ctx context.Context, recording string, start rehearsal.Starter) (code int, err error) {
	events, err := arpio.Read(recording)
	if err != nil {
		return exitUnusable, err
	}
	shown := newProgress(p.stderr)
	if p.quiet {
		shown = newProgress(io.Discard)
	}
	defer shown.clear()
	where, stop, err := p.system(ctx, start, shown)
	if err != nil {
		return exitUnusable, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	bus, err := arpio.FindBus(ctx, where)
	if err != nil {
		return exitUnusable, err
	}
	result := arpio.Replay(ctx, arpio.ReplayOptions{Bus: bus, Events: events, Speed: p.speed, Progress: shown.show})
	shown.clear()
	if err := p.report(result); err != nil {
		fmt.Fprintf(p.stderr, "warmstandby: %v\n", err)
		return exitFailed, nil
	}
	if !result.OK {
		return exitFailed, nil
	}
	return exitOK, nil
}

// system is where the rehearsal is, and what ends it if it was started for this.
func (p replaying) system(ctx context.Context, start rehearsal.Starter, shown *progress) (endpoints.Endpoints, func() error, error) {
	if p.endpoints != "" {
		var e endpoints.Endpoints
		text, err := os.ReadFile(p.endpoints)
		if err == nil {
			err = json.Unmarshal(text, &e)
		}
		if err != nil {
			return e, nil, fmt.Errorf("read the endpoints: %w", err)
		}
		return e, func() error { return nil }, nil
	}
	system, err := start(ctx, p.options, shown.show)
	if err != nil {
		return endpoints.Endpoints{}, nil, err
	}
	return system.Endpoints(), func() error {
		shown.show("stopping")
		return system.Close()
	}, nil
}

// report writes the result, and the file if one is wanted.
func (p replaying) report(result arpio.Result) error {
	result.WriteText(p.stdout)
	if p.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	if err := os.WriteFile(p.json, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

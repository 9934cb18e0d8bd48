package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/spf13/cobra"

	"github.com/warmstandby/warmstandby/internal/rehearsal"
)

// The command's exit codes.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUnusable = 2
)

// run runs the command with args until it is done or ctx ends, and returns its exit code.
func run(ctx context.Context, args []string, start rehearsal.Starter, stdout, stderr io.Writer) int {
	code := exitOK
	root := &cobra.Command{
		Use:           "warmstandby",
		Short:         "Operate an application that runs in one AWS Region and stands by in another",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(rehearseCommand(start, stdout, stderr, &code), arpioCommand(start, stdout, stderr, &code))
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(stderr, "warmstandby: %v\n", err)
		return exitUnusable
	}
	return code
}

// options are the flags of rehearse.
type options struct {
	rehearsal.Options

	scenario  string
	endpoints string
	json      string
	hold      bool
	quiet     bool
	rate      int
	duration  time.Duration
	seed      uint64
}

// scenarioFlags are the flags that ask for a scenario also where none runs by itself.
var scenarioFlags = []string{"scenario", "rate", "duration", "seed", "json"}

const rehearseHelp = `Runs the synthesized application on this machine, both Regions, from its templates, sends it
requests and says what came back.

The scenario steady asks for tokens, creates the table, creates, reads, updates and deletes to-dos
by Lambda Invoke, through the edge and at each Region's API, and asks for what must be refused. Then
it offers --rate requests per second through the edge for --duration.

The scenario arpio-failover puts the events of a recovery of 200 resources on Arpio's bus: a test, a
failover with repeats, another order and a resource that fails, and a conclusion. Then it looks what
came of them, on the servers too. It takes the recovery stack: where the assembly has none, one is
synthesized for a made-up Arpio account, if the sources are here.

With --hold everything keeps running until Ctrl-C, and what can be pasted into another terminal is
printed. No scenario runs before that, so that the database is empty, unless one of --scenario,
--rate, --duration, --seed and --json is given.

Exit codes:
  0  everything answered as specified
  1  something did not, or the scenario was interrupted
  2  an argument is wrong, or the rehearsal could not start`

const rehearseExamples = `  warmstandby rehearse
  warmstandby rehearse --database mariadb --rate 200 --duration 20s --json out.json
  warmstandby rehearse --hold --endpoints e.json`

// rehearseCommand is the command rehearse. It leaves its exit code in code.
func rehearseCommand(start rehearsal.Starter, stdout, stderr io.Writer, code *int) *cobra.Command {
	o := options{
		Options:  rehearsal.Options{Assembly: "cdk.out", Database: rehearsal.Databases()[0], Listen: "127.0.0.1:0"},
		scenario: scenarios[0].name,
		rate:     100,
		duration: 5 * time.Second,
	}
	cmd := &cobra.Command{
		Use:     "rehearse",
		Short:   "Run the synthesized application on this machine, both Regions, and try it",
		Long:    rehearseHelp,
		Example: rehearseExamples,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			wanted := !o.hold
			for _, name := range scenarioFlags {
				wanted = wanted || cmd.Flags().Changed(name)
			}
			if !wanted {
				o.scenario = ""
			}
			if !cmd.Flags().Changed("seed") {
				o.seed = uint64(rand.Uint32()) // short enough to be typed, and exact in every reader of JSON
			}
			*code, err = newSession(o, stdout, stderr).rehearse(cmd.Context(), start)
			return err
		},
	}
	o.addTo(cmd)
	return cmd
}

// addTo adds the flags to cmd. Each checks its value when it is set.
func (o *options) addTo(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&text{&o.Assembly}, "assembly", "the `directory` of the cloud assembly")
	f.Var(&choice{&o.scenario, scenarioNames()}, "scenario", "what to try: steady, or arpio-failover")
	f.Var(&choice{&o.Database, rehearsal.Databases()}, "database", "embedded, or mariadb, which needs mariadbd")
	f.Var(&loopback{&o.Listen}, "listen", "the edge's loopback `address`; port 0 is a free one")
	f.Var(&outputFile{&o.endpoints}, "endpoints", "a `file` for addresses and credentials, as JSON, when all is up")
	f.BoolVar(&o.hold, "hold", false, "keep everything running until interrupted")
	f.Var(&number{&o.rate, 10_000}, "rate", "requests per second to offer; 0 for none")
	f.Var(&length{&o.duration, 30 * time.Minute}, "duration", "for how long to offer them; 0 for not at all")
	f.Var(&seed{&o.seed}, "seed", "what the requests are drawn from (default a new one, printed)")
	f.Var(&outputFile{&o.json}, "json", "a `file` to write the result to, as JSON")
	f.BoolVar(&o.quiet, "quiet", false, "print only the result")
}

package main

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	failoverreport "github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/series"
)

// Names in place of a scenario's.
const (
	listOfAll    = "list"
	allScenarios = "all"
)

// defaultScenario is what is played if nothing else is asked for.
const defaultScenario = "switchover"

// scenarioNames are all that --scenario takes.
func scenarioNames() []string {
	return slices.Concat(series.Names(), []string{steadyState, arpioFailover, allScenarios, listOfAll})
}

// options are the flags of rehearse.
type options struct {
	rehearsal.Options

	scenario  string
	repeat    int
	endpoints string
	report    string
	json      string
	approve   string
	means     string
	hold      bool
	quiet     bool
	rate      int
	duration  time.Duration
	seed      uint64
	targets   failoverreport.Targets
}

// scenarioFlags are the flags that ask for a scenario also where none runs by itself.
var scenarioFlags = []string{"scenario", "repeat", "rate", "duration", "approve", "move", "report", "json", "rto", "rpo"}

const rehearseText = `Runs the synthesized application on this machine, both Regions, from its templates, and plays a
scenario on it: clients read and write through the edge, something happens, the application is moved
by its own pipeline, and what the clients were promised is compared with what the database holds.
--scenario list explains the scenarios, --scenario all plays each on a system of its own.

The scenario steady moves nothing. It asks for tokens, creates, reads, updates and deletes to-dos
by Lambda Invoke, through the edge and at each Region's API, and asks for what must be refused. Then
it offers --rate requests per second through the edge for --duration.

The scenario arpio-failover puts the events of a recovery of 200 resources on Arpio's bus: a test, a
failover with repeats, another order and a resource that fails, and a conclusion, with a failback
before it. Then it looks what came of them, on the servers and at the DNS records too. It takes the
recovery stack: where the assembly has none, one is synthesized for a made-up Arpio account and DNS
record, if the sources are here.

Everything random is drawn from --seed, which is printed. With --repeat N scenarios are played with
N seeds, from that one on, and the table is followed by how the figures vary.

--approve decides about the pipelines' approvals: auto approves, ask asks on the terminal, and
command:CMD runs CMD in a shell with the approval's text on standard input; exit code 0 approves.

--move says by what means the application is moved: pipeline, by its own pipelines; hand waits until
somebody has done it from another terminal, with what is printed; command:CMD runs CMD in a shell,
with the address of AWS and an operator's credentials in its environment. So other ways of failing
over are measured on the same ground, by what clients see. It goes with %s.

With --hold everything keeps running until Ctrl-C, and what can be pasted into another terminal is
printed. No scenario is played before that, so that the database is empty, unless --scenario or
another flag of a scenario is given.

Exit codes:
  0  everything held
  1  something did not, or a scenario could not be played to its end
  2  an argument is wrong, or the rehearsal could not start`

const rehearseExamples = `  warmstandby rehearse
  warmstandby rehearse --scenario region-loss --database mariadb --report out --json out/run.json
  warmstandby rehearse --scenario all --repeat 5
  warmstandby rehearse --scenario region-loss --move command:./repoint-dns.sh
  warmstandby rehearse --hold --endpoints e.json`

var rehearseHelp = fmt.Sprintf(rehearseText, strings.Join(series.Open(), " and "))

// rehearseCommand is the command rehearse. It leaves its exit code in code.
func rehearseCommand(h host, code *int) *cobra.Command {
	o := options{
		Options:  rehearsal.Options{Assembly: "cdk.out", Database: rehearsal.Databases()[0], Listen: "127.0.0.1:0", TimeScale: 0.02},
		scenario: defaultScenario,
		repeat:   1,
		approve:  approveAuto,
		means:    movePipeline,
		rate:     100,
		duration: 5 * time.Second,
	}
	cmd := &cobra.Command{
		Use:     "rehearse",
		Short:   "Run the synthesized application on this machine, both Regions, and play disasters on it",
		Long:    rehearseHelp,
		Example: rehearseExamples,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if err := o.complete(cmd.Flags(), h.stdin); err != nil {
				return err
			}
			*code, err = newSession(o, h).rehearse(cmd.Context())
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
	f.Var(&choice{&o.scenario, scenarioNames()}, "scenario", "what to play: a `name`, all, or list")
	f.Var(&number{&o.repeat, 1, 1000}, "repeat", "how often to play it, with as many seeds")
	f.Var(&choice{&o.Database, rehearsal.Databases()}, "database", "embedded, or mariadb, which needs mariadbd")
	f.Var(&scale{&o.TimeScale}, "time-scale", "what to multiply AWS's durations by: 1 is its own speed")
	f.Var(&approval{&o.approve}, "approve", "`who` approves: auto, ask, or command:CMD")
	f.Var(&moveMeans{&o.means}, "move", "by what `means`: pipeline, hand, or command:CMD")
	f.Var(&loopback{&o.Listen}, "listen", "the edge's loopback `address`; port 0 is a free one")
	f.Var(&outputFile{&o.endpoints}, "endpoints", "a `file` for addresses and credentials, as JSON, when all is up")
	f.BoolVar(&o.hold, "hold", false, "keep everything running until interrupted")
	f.Var(&number{&o.rate, 0, 10_000}, "rate", "requests per second to send")
	f.Var(&length{&o.duration, 30 * time.Minute}, "duration", "for how long steady sends them; 0 for not at all")
	f.Var(&target{&o.targets.RTOSeconds}, "rto", "the longest recovery `time` that is accepted (default any)")
	f.Var(&target{&o.targets.RPOSeconds}, "rpo", "the greatest `age` of a lost write that is accepted (default any)")
	f.Var(&seed{&o.seed}, "seed", "what everything random is drawn from (default a new one, printed)")
	f.Var(&outputDirectory{&o.report}, "report", "a `directory` for report.html, report.json and report.md")
	f.Var(&outputFile{&o.json}, "json", "a `file` to write the result to, as JSON")
	f.BoolVar(&o.quiet, "quiet", false, "print only the result")
}

// complete fills in what follows from flags that are not there, and refuses those that do not go together.
func (o *options) complete(f *pflag.FlagSet, stdin io.Reader) error {
	if o.hold && !slices.ContainsFunc(scenarioFlags, f.Changed) {
		o.scenario = ""
	}
	if !f.Changed("seed") {
		o.seed = uint64(rand.Uint32()) // short enough to be typed, and exact in every reader of JSON
	}
	var errs []error
	refuse := func(when bool, format string, args ...any) {
		if when {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	refuse(o.hold && o.several(), "--hold keeps one system running: it goes with one scenario, without --repeat")
	for _, name := range []string{"repeat", "approve", "move", "report", "rto", "rpo"} {
		refuse(o.scenario != "" && !o.moves() && f.Changed(name), "--%s is for scenarios that move the application, and %s does not", name, o.scenario)
	}
	for _, name := range []string{"json", "endpoints", "hold"} {
		refuse(o.scenario == listOfAll && f.Changed(name), "--%s is for a rehearsal, and --scenario list only explains the scenarios", name)
	}
	refuse(o.moves() && f.Changed("duration"), "--duration is for the scenario steady: the others last as long as a move does")
	refuse(o.moves() && o.rate == 0, "--rate must be from 1 to 10000 for the scenario %s", o.scenario)
	refuse(o.moves() && o.means != movePipeline && !slices.Contains(series.Open(), o.scenario),
		"--move %s goes with --scenario %s; in the others only the application's pipelines can move it", o.means, strings.Join(series.Open(), " or "))
	refuse(o.means != movePipeline && f.Changed("approve"), "--approve is for pipelines, and --move %s uses none", o.means)
	for _, to := range [][2]string{{"report", o.report}, {"json", parent(o.json)}, {"endpoints", parent(o.endpoints)}} {
		err := tryWriting(to[1])
		refuse(err != nil, "--%s: nothing can be written in %s: %w; name another one", to[0], to[1], err)
	}
	refuse(o.approve == approveAsk && !isTerminal(stdin), "--approve ask needs a terminal: use auto or command:CMD")
	return errors.Join(errs...)
}

// several says whether there is more than one run.
func (o *options) several() bool { return o.scenario == allScenarios || o.repeat > 1 }

// moves says whether there is a scenario that moves the application.
func (o *options) moves() bool {
	return o.scenario == allScenarios || slices.Contains(series.Names(), o.scenario)
}

func isTerminal(r io.Reader) bool {
	file, ok := r.(*os.File)
	return ok && isatty.IsTerminal(file.Fd())
}

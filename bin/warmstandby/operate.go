package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/user"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/operator"
)

// defaultApplication is the reference application's name.
const defaultApplication = "ToDoMgmt"

// accessHelp and exitHelp are part of each help.
const (
	accessHelp = `The application is found by the Systems Manager parameter /<application>/topology of one Region.
Region, profile, credentials and endpoint are taken as by every AWS tool: --region, --profile,
AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL, and the shared configuration files.`

	exitHelp = `Exit codes:
  0  done, or there was nothing to do
  1  something else went wrong
  2  an argument is wrong
  3  refused: the assessment says no-go, and nothing was changed
  4  failed, and put back: everything is as it was
  5  failed, and fenced: writes are refused at the edge
  6  interrupted: the same command goes on
  7  not confirmed
  8  done, but the verification afterwards fails`
)

// operating are the flags of the commands that operate an application, and what they share.
type operating struct {
	host  host
	code  *int
	order operator.Order

	access  operator.Access
	json    bool
	journal string
}

// operateCommands are the commands that operate an application. They leave their exit code in code.
func operateCommands(h host, code *int) []*cobra.Command {
	make := func(build func(*operating) *cobra.Command) *cobra.Command {
		return build(&operating{host: h, code: code, access: operator.Access{Application: defaultApplication}})
	}
	all := []*cobra.Command{make(statusCommand), make(assessCommand)}
	for _, m := range moves {
		all = append(all, make(m.command))
	}
	return append(all, make(reportCommand))
}

// addAccess adds the flags that all commands have.
func (o *operating) addAccess(cmd *cobra.Command) {
	f := cmd.Flags()
	f.SortFlags = false
	f.Var(&text{&o.access.Application}, "application", "the application's `name`")
	f.StringVar(&o.access.Region, "region", "", "the `Region` to ask (default as for every AWS tool)")
	f.StringVar(&o.access.Profile, "profile", "", "the `profile` of the shared configuration (default as for every AWS tool)")
	f.BoolVar(&o.json, "json", false, "write JSON to standard output, and everything else to standard error")
}

// addJournal adds the flag of commands that keep or read a record.
func (o *operating) addJournal(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.journal, "journal", "", "the `directory` for records of runs (default $XDG_STATE_HOME/warmstandby, or ~/.local/state/warmstandby)")
}

// connect finds the application.
func (o *operating) connect(ctx context.Context) (*operator.Operator, error) {
	app, err := operator.Connect(ctx, o.access)
	if err != nil {
		return nil, err
	}
	directory, err := o.directory()
	if err != nil {
		return nil, err
	}
	return &operator.Operator{
		Application: app, Clock: o.host.clock, Seed: rand.Uint64(), Who: who(), In: o.host.stdin, Out: o.host.stdout, Err: o.host.stderr,
		JSON: o.json, Terminal: newProgress(o.host.stdout).inPlace, Directory: directory,
	}, nil
}

// directory keeps the records of runs, where the XDG Base Directory Specification wants state that is to outlive a process.
func (o *operating) directory() (string, error) {
	if o.journal != "" {
		return o.journal, nil
	}
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "warmstandby"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("where to keep records? %w; pass --journal", err)
	}
	return filepath.Join(home, ".local", "state", "warmstandby"), nil
}

// who is who runs the command, as far as the machine knows.
func who() string {
	name := "unknown"
	if u, err := user.Current(); err == nil {
		name = u.Username
	}
	if machine, err := os.Hostname(); err == nil {
		name += "@" + machine
	}
	return name
}

// run connects, and does something whose exit code it leaves.
func (o *operating) run(ctx context.Context, do func(*operator.Operator) operator.Exit) {
	op, err := o.connect(ctx)
	if err != nil {
		o.leave(err)
		return
	}
	*o.code = int(do(op))
}

// leave leaves an error, and its exit code.
func (o *operating) leave(err error) {
	if err != nil {
		operator.Tell(o.host.stderr, err)
	}
	*o.code = int(operator.ExitOf(err))
}

func statusCommand(o *operating) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show roles, lag, edge, fence, lease and health of both Regions",
		Long: `Shows on one screen which Region is active, which one's cluster writes, how far the other one lags,
whether writes are refused, who holds the lease, and how well both Regions are. It changes nothing,
and works with one Region gone: it then says what it could not see, and why.

` + accessHelp + `

Exit codes:
  0  shown, whatever there is to see
  1  the application was not found
  2  an argument is wrong`,
		Example: "  warmstandby status --region us-east-2\n  warmstandby status --json | jq .writer",
		Args:    noArguments,
		Run: func(cmd *cobra.Command, _ []string) {
			o.run(cmd.Context(), func(op *operator.Operator) operator.Exit {
				err := op.Status(cmd.Context())
				if err != nil {
					operator.Tell(o.host.stderr, err)
				}
				return operator.ExitOf(err)
			})
		},
	}
	o.addAccess(cmd)
	return cmd
}

func assessCommand(o *operating) *cobra.Command {
	o.order = operator.Order{Mode: failover.Switchover, MaxDataLoss: defaultDataLoss}
	cmd := &cobra.Command{
		Use:   "assess",
		Short: "Say whether the application could be moved, and what speaks against it",
		Long: `Looks at everything that a move would look at, and says go, or no-go with every reason: what was
seen, what was expected, and what to do. It changes nothing.

` + accessHelp + `

` + exitHelp,
		Example: "  warmstandby assess --region us-east-2\n  warmstandby assess --region us-east-2 --mode failover --max-data-loss 5s --json",
		Args:    noArguments,
		Run: func(cmd *cobra.Command, _ []string) {
			o.run(cmd.Context(), func(op *operator.Operator) operator.Exit { return op.Assess(cmd.Context(), o.order) })
		},
	}
	o.addAccess(cmd)
	cmd.Flags().Var(newMode(&o.order.Mode), "mode", "how to move: drill, switchover, failover, detach or failback")
	o.addTarget(cmd)
	o.addLimits(cmd)
	return cmd
}

func reportCommand(o *operating) *cobra.Command {
	save := ""
	cmd := &cobra.Command{
		Use:   "report RUN|FILE",
		Short: "Show the report of a run",
		Long: `Shows who moved the application, why, what was seen, each step with its times, what was lost at
most, and what remains to be done. RUN is the name of a run: one of this command, whose record is in
the --journal directory, or that of a pipeline's execution, whose record is in the report bucket of
either Region. FILE is a report.json, of a run or of a rehearsal, or a journal that this command has
written; nothing else is needed for it. --report writes page, JSON and text of it anew.

` + accessHelp + `

Exit codes:
  0  shown
  1  the run was not found
  2  an argument is wrong`,
		Example: "  warmstandby report 20260504T030201Z-failover-1a2b\n  warmstandby report out/report.json --report again\n  warmstandby report run.jsonl --json",
		Args:    oneArgument("RUN or FILE"),
		Run: func(cmd *cobra.Command, args []string) {
			directory, err := o.directory()
			if err == nil {
				r := operator.Reports{
					Application: o.access.Application, Directory: directory, Out: o.host.stdout, JSON: o.json,
					Save: save, Connect: o.connect,
				}
				err = r.Show(cmd.Context(), args[0])
			}
			o.leave(err)
		},
	}
	o.addAccess(cmd)
	o.addJournal(cmd)
	cmd.Flags().Var(&outputDirectory{&save}, "report", "a `directory` for report.html, report.json and report.md")
	return cmd
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/operator"
)

// defaultDataLoss is the lag above which a failover is refused unless another one is given.
const defaultDataLoss = time.Minute

// longest is the longest time that a flag can give.
const longest = 24 * time.Hour

// moving is a command that moves the application.
type moving struct {
	mode        failover.Mode
	short, long string
	examples    []string
}

// moves are the commands that move the application, in the order in which they are listed.
var moves = []moving{
	{
		failover.Switchover, "Make the Region active, without losing data",
		`Makes the Region that is asked active: a planned move, which loses nothing and needs both Regions.
Writes are refused for as long as it takes.`,
		[]string{`warmstandby switchover --region us-east-2 --reason "maintenance of us-east-1"`, "warmstandby switchover --region us-east-1 --reason done --yes --json"},
	},
	{
		failover.Failover, "Make the Region active although the other one is gone",
		`Makes the Region that is asked active when the other one is gone. It needs this Region only. What
this Region has not received is lost: how much that can be is shown, and it is refused above
--max-data-loss. It wants the name of the Region typed.`,
		[]string{`warmstandby failover --region us-east-2 --reason "us-east-1 is down"`, "warmstandby failover --region us-east-2 --reason outage --max-data-loss 10s --yes --confirm us-east-2"},
	},
	{
		failover.Detach, "Make the Region active when a managed failover is impossible",
		`Takes the cluster of the Region that is asked out of the global database, and makes the Region
active. It needs this Region only. What this Region has not received is lost, and the global
database has to be rebuilt afterwards: failback does that. Only for when failover cannot work,
because the versions differ or the global database is stuck. It wants the name of the Region typed.`,
		[]string{`warmstandby detach --region us-east-2 --reason "failover is refused, versions differ"`},
	},
	{
		failover.Failback, "Go home to the primary Region; after a detach, rebuild the global database first",
		`Makes the home primary Region active again, without losing data, as soon as it has caught up. It
needs both Regions. After a detach it first rebuilds the global database around the cluster that
writes: step by step, asking before each, because it deletes the other Region's cluster and creates
it anew. Snapshots keep what that cluster had. With --yes a rebuild wants --confirm with the name of
the Region whose cluster is deleted.`,
		[]string{`warmstandby failback --region us-east-1 --reason "us-east-1 is well again"`, "warmstandby failback --reason home --yes --confirm us-east-1"},
	},
	{
		failover.Drill, "Rehearse in production: switch over, stay, and switch back",
		`Switches over to the standby, verifies, stays until you say so or for --hold, switches back, and
verifies. It loses nothing and needs both Regions. A drill that was interrupted goes on with
--target: it stays again, and returns.`,
		[]string{`warmstandby drill --region us-east-2 --reason "quarterly drill"`, "warmstandby drill --reason quarterly --hold 15m --yes"},
	},
}

// command is the command of a mode.
func (m moving) command(o *operating) *cobra.Command {
	o.order = operator.Order{Mode: m.mode, MaxDataLoss: defaultDataLoss}
	cmd := &cobra.Command{
		Use:     string(m.mode),
		Short:   m.short,
		Long:    m.long + "\n\n" + moveHelp + "\n\n" + accessHelp + "\n\n" + exitHelp,
		Example: "  " + strings.Join(m.examples, "\n  "),
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if strings.TrimSpace(o.order.Reason) == "" {
				return fmt.Errorf("--reason must say why, for the record")
			}
			o.run(cmd.Context(), func(op *operator.Operator) operator.Exit { return op.Move(cmd.Context(), o.order) })
			return nil
		},
	}
	o.addAccess(cmd)
	f := cmd.Flags()
	f.StringVar(&o.order.Reason, "reason", "", "`why`, for the record; required")
	if m.mode != failover.Failback {
		o.addTarget(cmd)
	}
	o.addLimits(cmd)
	if m.mode == failover.Drill {
		f.Var(&length{&o.order.Hold, longest}, "hold", "how long to stay (default until you say so)")
	}
	f.BoolVar(&o.order.Consent.Yes, "yes", false, "do not ask; for scripts")
	f.StringVar(&o.order.Consent.Confirm, "confirm", "", "the name of the `Region`, which --yes needs for what loses data")
	f.StringVar(&o.order.Run, "run", "", "go on with this `run`, which has stopped, rather than wait until its lease has ended")
	o.addJournal(cmd)
	return cmd
}

const moveHelp = `It shows what it sees, what it will do and what is lost, asks, and shows each step as it happens. An
interrupt stops it at the next safe point, and a second one at once; run again, it goes on from what
it finds. Every run is recorded in the --journal directory, and in the Region's report bucket.

Reasons against a move have codes. --override accepts these, which are about what is risked:
LagAboveLimit, LagUnknown, TargetUnhealthy, SourceUnhealthy, SourceServing, CapacityBelow.`

// addTarget adds the flag that says which Region is meant.
func (o *operating) addTarget(cmd *cobra.Command) {
	cmd.Flags().Var(newRole(&o.order.Target), "target", targetHelp(o.order.Mode))
}

func targetHelp(m failover.Mode) string {
	if m == failover.Drill {
		return "the Region to go to: pri or secd (default secd)"
	}
	return "the Region to activate: pri or secd (default the one that is asked)"
}

// addLimits adds the flags that say what is risked.
func (o *operating) addLimits(cmd *cobra.Command) {
	if !o.order.Mode.Planned() || cmd.Name() == "assess" {
		cmd.Flags().Var(&length{&o.order.MaxDataLoss, longest}, "max-data-loss", "the replication lag above which a failover or detach is refused")
	}
	cmd.Flags().Var(&codes{&o.order.Overrides}, "override", "the `code` of a reason to accept; can be repeated")
}

// words are texts.
func words[T ~string](all []T) (texts []string) {
	for _, one := range all {
		texts = append(texts, string(one))
	}
	return texts
}

// newMode is a flag's value that is a mode.
func newMode(m *failover.Mode) *choice {
	return &choice{(*string)(m), words(failover.Modes())}
}

// newRole is a flag's value that is a home role.
func newRole(r *topology.Role) *choice {
	return &choice{(*string)(r), words(topology.Roles())}
}

// codes are codes of reasons that can be overridden.
type codes struct{ value *[]failover.Code }

func (v *codes) String() string { return strings.Join(words(*v.value), ",") }
func (*codes) Type() string     { return "code" }

func (v *codes) Set(s string) error {
	if !slices.Contains(failover.Overridable(), failover.Code(s)) {
		return fmt.Errorf("must be one of %s; nothing else can be overridden", strings.Join(words(failover.Overridable()), ", "))
	}
	*v.value = append(*v.value, failover.Code(s))
	return nil
}

package operator

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/awsclients"
)

// Operator does what one command asks for. All fields are required.
type Operator struct {
	*Application

	// Clock is the time.
	Clock failover.Clock

	// Seed makes names of runs different, and delays of retries.
	Seed uint64

	// Who is who runs the command, for the record and for others who find the lease.
	Who string

	// In is where answers are read from.
	In io.Reader

	// Out gets what the command is for: the text, or with JSON the JSON alone, and Err everything else.
	Out, Err io.Writer

	// JSON says that Out is for a program.
	JSON bool

	// Terminal says that Out is a terminal, on which lines can be replaced.
	Terminal bool

	// Directory keeps the journals of runs.
	Directory string

	lines *lines
}

// Engine is what an Operator needs of the engine. [failover.Engine] satisfies it.
type Engine interface {
	Observe(context.Context, failover.Request) failover.Observation
	Assess(context.Context, failover.Request) failover.Assessment
	Move(context.Context, failover.Request) failover.Result
	Verify(context.Context, failover.Request) failover.Result
}

// looking is how long is tried to see a thing that does not answer, where an operator waits for it.
const looking = 6 * time.Second

// engine is the engine that does things.
func (o *Operator) engine(j failover.Journal, progress func(failover.StepTaken)) *failover.Engine {
	return &failover.Engine{
		Document: o.Document, Clients: awsclients.New(o.Config, o.Document), Settings: failover.SettingsFor(o.Document), Clock: o.Clock,
		Seed: o.Seed, Journal: j, Log: slog.New(slog.DiscardHandler), Progress: progress,
	}
}

// looker is an engine that only looks, and does not try long.
func (o *Operator) looker(j failover.Journal) Engine {
	e := o.engine(j, func(failover.StepTaken) {})
	e.Settings.Retry = looking
	return e
}

// text is where text for people goes.
func (o *Operator) text() io.Writer {
	if o.JSON {
		return o.Err
	}
	return o.Out
}

// say writes a line for people.
func (o *Operator) say(format string, args ...any) { fmt.Fprintf(o.text(), format+"\n", args...) }

// newRun names a run.
func (o *Operator) newRun(mode failover.Mode) string {
	now := o.Clock.Now().UTC()
	return fmt.Sprintf("%s-%s-%04x", now.Format("20060102T150405Z"), mode, (o.Seed^uint64(now.UnixNano()))&0xffff)
}

// named is a home role's Region with its role.
func (o *Operator) named(role topology.Role) string {
	words := map[topology.Role]string{topology.Primary: "home primary", topology.Secondary: "home secondary"}
	return fmt.Sprintf("%s (%s)", o.region(role), words[role])
}

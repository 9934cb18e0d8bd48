package failover

import (
	"context"
	"log/slog"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Engine moves one application. All fields are required. It can be used for several runs, one after the other, and holds
// nothing between calls.
type Engine struct {
	// Document says what the application is.
	Document topology.Document

	// Clients are its way to AWS.
	Clients Clients

	// Settings are its time-outs.
	Settings Settings

	// Clock is its time.
	Clock Clock

	// Seed decides by how much retries are delayed. The same seed gives the same delays.
	Seed uint64

	// Journal keeps what happens.
	Journal Journal

	// Log gets what happens as it happens, a line for each step.
	Log *slog.Logger

	// Progress is told when a step begins, and again when it ended, with its End set. It must not block.
	Progress func(StepTaken)
}

// Observe looks at everything that an assessment of r needs.
func (e *Engine) Observe(ctx context.Context, r Request) Observation { panic("see observe.go") }

// Assess observes and decides, and puts both into the journal. It changes nothing.
func (e *Engine) Assess(ctx context.Context, r Request) Assessment { panic("see assess.go") }

// Move moves the application as r says, from wherever it is on the way. It can be called again after any interruption, with the
// same request, and goes on.
func (e *Engine) Move(ctx context.Context, r Request) Result { panic("see move.go") }

// Verify checks that the target serves: reads through the edge, a write through the target's function, the way of writes, and
// that it is the writer. It changes nothing but the row that the check writes.
func (e *Engine) Verify(ctx context.Context, r Request) Result { panic("see verify.go") }

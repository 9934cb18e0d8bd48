package failover

import (
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

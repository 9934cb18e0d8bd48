package simulation

import (
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// Scenario is everything that happens to an application from outside. [Draw] makes one of a seed.
type Scenario struct {
	// Seed decides everything that is drawn while the scenario runs.
	Seed uint64

	// Away says that the home secondary Region is the active one at the start.
	Away bool

	// Start is what the first operator finds.
	Start Start

	// Operators move the application; the first one is there in every scenario.
	Operators []Operator

	// Console are operations that somebody asks RDS for, past the engine.
	Console []Console

	// Plan is what goes wrong.
	Plan fault.Plan

	// Timing is how long RDS takes.
	Timing awssim.Timing

	// Lag is how far the standby lags at the start, and LagLater from LagAt on.
	Lag, LagLater, LagAt time.Duration

	// Load is the capacity that the active cluster uses, of the capacity units that the target has at most.
	Load float64

	// Settle is how long the edge takes to know of a change at most, and Request how long a request takes at most.
	Settle, Request time.Duration

	// Settings are the engine's.
	Settings failover.Settings

	// Journal is how the journal works.
	Journal Journal
}

// Start is a state that the first operator finds, beside a writer and an active Region.
type Start string

// The states at the start.
const (
	Idle         Start = "idle"
	Halfway      Start = "left by a killed run"
	UnderWay     Start = "an operation under way"
	StaleFence   Start = "a stale fence"
	ForeignLease Start = "a foreign lease"
	Detached     Start = "a detached cluster"
	Resyncing    Start = "resynchronizing"
	Versions     Start = "versions differ"
	Headless     Start = "no instance"
)

// Journal is how a journal works.
type Journal int

// Journals.
const (
	Works Journal = iota
	Fails
	Hangs // until its caller gives up
)

// Operator calls the engine for one request until that has ended.
type Operator struct {
	// Name tells operators apart.
	Name string

	// Request is what it wants. A drill is followed by another one back.
	Request failover.Request

	// At is when it begins.
	At time.Duration

	// Kills end its calls of the engine, one after the other. The last of them ends it for good if Abandons is set.
	Kills    []Kill
	Abandons bool

	// Limit is how long a call of the engine may take before its context ends; 0 is for ever. The operator goes on then.
	Limit time.Duration

	// Cancels says that the operator gives up at the limit, instead of running out of time.
	Cancels bool

	// Retries is how often it goes on after having been told that the application is fenced.
	Retries int
}

// Kill is the end of a call of the engine: of its goroutines, wherever they are.
type Kill struct {
	// Change is the number of the changing call in which it happens, and Moment when. If it is 0, After counts.
	Change int
	Moment Moment

	// After is when it happens, since the call began.
	After time.Duration

	// Pause is how long it takes until the operator goes on.
	Pause time.Duration
}

// Moment is a time in a changing call.
type Moment int

// The moments.
const (
	Sent     Moment = iota // it is on its way, and will have its effect
	Done                   // it has had its effect
	Answered               // its caller has the answer, and no time to do anything
)

// Console is an operation that somebody asks RDS for.
type Console struct {
	At       time.Duration
	Target   topology.Role
	DataLoss bool
}

package failover

import (
	"context"
	"time"
)

// Entry is one thing that happened in a run, as its journal keeps it. One of the pointers is set.
type Entry struct {
	// At is when.
	At time.Time `json:"at"`

	// Request is what was asked for, at each call of the engine.
	Request *Request `json:"request,omitempty"`

	// Assessment is what was observed and decided.
	Assessment *Assessment `json:"assessment,omitempty"`

	// Step is a step that ended.
	Step *StepTaken `json:"step,omitempty"`

	// Outcome is how the run, or a part of it, ended.
	Outcome *Result `json:"outcome,omitempty"`
}

// Assessment is an observation with the decision made of it.
type Assessment struct {
	Observation Observation `json:"observation"`
	Decision    Decision    `json:"decision"`
}

// StepTaken is one step of a run.
type StepTaken struct {
	// Name is the step's.
	Name Step `json:"name"`

	// Start and End are when it began and ended.
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`

	// Error says why it failed, or is empty.
	Error string `json:"error,omitempty"`

	// Detail says what was done and seen, in a sentence.
	Detail string `json:"detail,omitempty"`

	// Waited is how much of the time was spent waiting for AWS: in calls, and between looks at what AWS was doing. The rest is
	// the engine's own.
	Waited time.Duration `json:"waited"`
}

// Step names a step.
type Step string

// The steps of a move, in their order, and those of what may follow.
const (
	StepLease   Step = "lease"   // take the lease
	StepAssess  Step = "assess"  // observe and decide
	StepFence   Step = "fence"   // refuse writes at the edge, and see them refused
	StepDrain   Step = "drain"   // let what is in flight end
	StepPromote Step = "promote" // ask for the writer
	StepWriter  Step = "writer"  // wait for the writer
	StepReady   Step = "ready"   // wait for the target's proxy, and write through its function
	StepShift   Step = "shift"   // route to the target, and see it answer
	StepRelease Step = "release" // accept writes, and see them arrive at the target
	StepDrop    Step = "drop"    // drop the lease
	StepPutBack Step = "putback" // undo the fence, because the promotion did not happen
	StepVerify  Step = "verify"  // read and write once more
)

// Journal keeps what happened in runs. A failover never waits for its journal or fails with it.
type Journal interface {
	// Append adds an entry to a run's journal.
	Append(ctx context.Context, run string, e Entry) error
}

// Outcome is how a run ended.
type Outcome string

// The outcomes.
const (
	// Moved means that the target is active and accepts writes.
	Moved Outcome = "moved"

	// AlreadyThere means that the target was active before, and nothing was changed.
	AlreadyThere Outcome = "already-there"

	// Refused means that the assessment said no-go. Nothing was changed.
	Refused Outcome = "refused"

	// PutBackDone means that the promotion failed, and that the application is as it was.
	PutBackDone Outcome = "put-back"

	// Fenced means that the run failed and that writes are refused at the edge. Somebody has to decide what is next.
	Fenced Outcome = "fenced"

	// Interrupted means that time ran out or the caller gave up. The same request goes on where it was.
	Interrupted Outcome = "interrupted"

	// Verified and Unverified are the outcomes of a verification.
	Verified   Outcome = "verified"
	Unverified Outcome = "unverified"
)

// Result is how a run ended, and what remains to be done.
type Result struct {
	// Outcome is how it ended.
	Outcome Outcome `json:"outcome"`

	// Detail says why, in a sentence or two.
	Detail string `json:"detail,omitempty"`

	// Remaining is what remains to be done by people, in order; with commands where there are any.
	Remaining []string `json:"remaining,omitempty"`

	// Decision is the assessment's, if there was one.
	Decision *Decision `json:"decision,omitempty"`

	// Lag is the lag of the target that was seen last before the promotion, if one was.
	Lag *LagSeen `json:"lag,omitempty"`

	// FirstWrite is when the first write was verified in the target, if one was.
	FirstWrite *time.Time `json:"firstWrite,omitempty"`
}

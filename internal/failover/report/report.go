package report

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// Version is the version of the report's schema. A member that is added leaves it as it is; one that is renamed, removed, or
// changes its meaning raises it.
const Version = 1

// Report is the report of a run.
type Report struct {
	// Version is [Version].
	Version int `json:"version"`

	// Application is the application's name.
	Application string `json:"application"`

	// Run names the run.
	Run string `json:"run"`

	// Mode is how the application was to be moved; empty if the run ended before it was known.
	Mode failover.Mode `json:"mode,omitempty"`

	// Reason is why, in the operator's words.
	Reason string `json:"reason,omitempty"`

	// StartedBy is who started the run.
	StartedBy string `json:"startedBy,omitempty"`

	// Approvals are what people decided about the run, in order; none of a run without a pipeline, or if that is not known.
	Approvals []Approval `json:"approvals,omitempty"`

	// MaxDataLossSeconds is the lag above which an unplanned move was to be refused.
	MaxDataLossSeconds float64 `json:"maxDataLossSeconds"`

	// Overrides are the codes of reasons that the operator accepted beforehand.
	Overrides []failover.Code `json:"overrides,omitempty"`

	// Started and Ended are the times of the first and of the last thing that the journal has.
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`

	// Moves are what was moved, in order: one move, or two in a drill that returned.
	Moves []Move `json:"moves"`

	// Remaining is what remains to be done by people, in order.
	Remaining []string `json:"remaining,omitempty"`

	// Rehearsal is what is known beyond the journal because the run was rehearsed; nil of a run in AWS.
	Rehearsal *Rehearsal `json:"rehearsal,omitempty"`
}

// Approval is a decision about an action of the pipeline that waited for one.
type Approval struct {
	// Action is the action's name.
	Action string `json:"action"`

	// Approved says that the decision was yes. Otherwise it was no, or there was none in time.
	Approved bool `json:"approved"`

	// By is the ARN of who decided; empty if nobody did, or if that is not known.
	By string `json:"by,omitempty"`

	// At is when.
	At time.Time `json:"at"`
}

// String is the decision in a few words.
func (a Approval) String() string {
	switch {
	case a.By == "" && !a.Approved:
		return a.Action + " approved by nobody until " + clock(a.At)
	case a.Approved:
		return a.Action + " approved by " + cmp.Or(a.By, "unknown") + " at " + clock(a.At)
	}
	return a.Action + " rejected by " + a.By + " at " + clock(a.At)
}

// Move is the part of a run that activates one Region.
type Move struct {
	// Target and Region are the home role and the name of the Region to be active.
	Target topology.Role `json:"target"`
	Region string        `json:"region"`

	// Started is when the move was first asked for, Ended the time of the last thing about it.
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`

	// Outcome is how it ended, empty if nothing was tried.
	Outcome failover.Outcome `json:"outcome,omitempty"`

	// Detail says why, in a sentence or two.
	Detail string `json:"detail,omitempty"`

	// Verification is the outcome of the verification afterwards, empty if there was none.
	Verification failover.Outcome `json:"verification,omitempty"`

	// Before is what was observed at the first assessment, and Decision what the last one decided.
	Before   *failover.Observation `json:"before,omitempty"`
	Decision *failover.Decision    `json:"decision,omitempty"`

	// Steps are the steps in the order in which they ended. A step that an interruption has cut is there once for each part.
	Steps []Step `json:"steps"`

	// WaitedSeconds and OwnSeconds are the sums over the steps.
	WaitedSeconds float64 `json:"waitedSeconds"`
	OwnSeconds    float64 `json:"ownSeconds"`

	// Lag is the lag of the target that was seen last before the promotion; nil if none was.
	Lag *failover.LagSeen `json:"lag,omitempty"`

	// Recovery is the time until the first verified write; nil as long as there is none.
	Recovery *Span `json:"recovery,omitempty"`

	// Loss bounds what was lost; nil if no promotion was seen.
	Loss *Loss `json:"loss,omitempty"`
}

// Step is a step that was taken.
type Step struct {
	// Name is the step's.
	Name failover.Step `json:"name"`

	// Start and End are when it began and ended.
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`

	// Seconds is how long it took, WaitedSeconds how much of that was spent waiting for AWS, OwnSeconds the rest: the
	// automation's own.
	Seconds       float64 `json:"seconds"`
	WaitedSeconds float64 `json:"waitedSeconds"`
	OwnSeconds    float64 `json:"ownSeconds"`

	// Outcome is [StepDone] or [StepFailed].
	Outcome string `json:"outcome"`

	// Detail says what was done and seen, or why it failed.
	Detail string `json:"detail,omitempty"`
}

// Outcomes of a step.
const (
	StepDone   = "done"
	StepFailed = "failed"
)

// Span is a measured time.
type Span struct {
	// From says what the time is measured from: [FromInterruption] or [FromStart].
	From string `json:"from"`

	// Start and End are its ends, Seconds is their distance.
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Seconds float64   `json:"seconds"`
}

// What a [Span] begins with.
const (
	// FromInterruption is when the run began to refuse writes at the edge; in a rehearsal, when a Region was lost or disturbed, if
	// that was before.
	FromInterruption = "interruption"

	// FromStart is when the run began; the interruption before it is not in the figure.
	FromStart = "run start"
)

// Loss bounds how far back a loss can reach: the age that the oldest lost write can have had at the promotion.
type Loss struct {
	// BoundSeconds is the bound; nil if nothing is known.
	BoundSeconds *float64 `json:"boundSeconds"`

	// Basis says what the bound follows from.
	Basis string `json:"basis"`
}

// JSON is the report as JSON.
func (r Report) JSON() []byte {
	data, _ := json.MarshalIndent(r, "", "  ") // numbers, texts and times: it cannot fail
	return append(data, '\n')
}

// Succeeded says whether everything that was tried is done: the target, or in a drill both, active and verified.
func (r Report) Succeeded() bool {
	for _, m := range r.Moves {
		if (m.Outcome != failover.Moved && m.Outcome != failover.AlreadyThere) || m.Verification != failover.Verified {
			return false
		}
	}
	return len(r.Moves) > 0 && (r.Mode != failover.Drill || len(r.Moves) > 1)
}

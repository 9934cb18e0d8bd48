package failover

import (
	"slices"
	"strings"
)

// Code names a [Reason].
type Code string

// Reasons against a move. Nobody may override the first group, because the move could not succeed or would break the
// application. An operator may override the second one, which is about what is risked.
const (
	GlobalClusterUnreadable Code = "GlobalClusterUnreadable" // RDS in the target's Region does not answer
	GlobalClusterNotFound   Code = "GlobalClusterNotFound"   // there is no such global database
	TargetDetached          Code = "TargetDetached"          // the target's cluster is no member of it
	SourceDetached          Code = "SourceDetached"          // the active Region's cluster is no member of it
	TargetUnavailable       Code = "TargetUnavailable"       // the target's cluster or all its instances are not available
	SourceUnavailable       Code = "SourceUnavailable"       // the writer's cluster is not available; a planned move needs it
	NotSynchronized         Code = "NotSynchronized"         // the target is resynchronizing; a planned move waits for nobody
	VersionMismatch         Code = "VersionMismatch"         // the clusters run different versions
	OperationElsewhere      Code = "OperationElsewhere"      // another operation makes another cluster the writer
	LeaseHeld               Code = "LeaseHeld"               // another run is moving the application
	EdgeUnreadable          Code = "EdgeUnreadable"          // the key-value store cannot be read
	EdgeUnreachable         Code = "EdgeUnreachable"         // no request through the edge is answered

	LagAboveLimit   Code = "LagAboveLimit"   // the target lags more than allowed
	LagUnknown      Code = "LagUnknown"      // there is no recent figure for the lag
	TargetUnhealthy Code = "TargetUnhealthy" // the application's own function or proxy in the target's Region fails
	SourceUnhealthy Code = "SourceUnhealthy" // the same in the active Region; a planned move expects it to work
	SourceServing   Code = "SourceServing"   // the active Region still serves, so that a switchover would lose nothing
	CapacityBelow   Code = "CapacityBelow"   // the target cannot scale to the active Region's load
)

// Overridable are the codes that an operator may override.
func Overridable() []Code {
	return []Code{LagAboveLimit, LagUnknown, TargetUnhealthy, SourceUnhealthy, SourceServing, CapacityBelow}
}

// Reason is something that speaks against a move.
type Reason struct {
	// Code names the reason.
	Code Code `json:"code"`

	// Seen is what was observed.
	Seen string `json:"seen"`

	// Expected is what would have been right.
	Expected string `json:"expected"`

	// Do is what the operator can do about it.
	Do string `json:"do"`

	// Overridable says whether an operator may go on nevertheless.
	Overridable bool `json:"overridable"`

	// Overridden says that the request overrides it.
	Overridden bool `json:"overridden"`
}

// String is the reason in one line.
func (r Reason) String() string {
	text := string(r.Code) + ": " + r.Seen + ", expected " + r.Expected
	if r.Overridden {
		return text + " (overridden)"
	}
	return text + "; " + r.Do
}

// Decision says whether to go.
type Decision struct {
	// Go says that nothing speaks against the move, or only what the operator overrides.
	Go bool `json:"go"`

	// Arrived says that the target is active already and nothing is left to do.
	Arrived bool `json:"arrived"`

	// Reasons are everything that speaks against the move, also what is overridden.
	Reasons []Reason `json:"reasons"`
}

// String is the decision in lines: the verdict, and a line for each reason.
func (d Decision) String() string {
	lines := []string{"no-go"}
	switch {
	case d.Arrived:
		lines[0] = "nothing to do: the target is active"
	case d.Go:
		lines[0] = "go"
	}
	for _, r := range d.Reasons {
		lines = append(lines, "  "+r.String())
	}
	return strings.Join(lines, "\n")
}

// decide makes a Decision of reasons.
func decide(reasons []Reason, overrides []Code) Decision {
	d := Decision{Go: true, Reasons: reasons}
	for i := range d.Reasons {
		r := &d.Reasons[i]
		r.Overridable = slices.Contains(Overridable(), r.Code)
		r.Overridden = r.Overridable && slices.Contains(overrides, r.Code)
		d.Go = d.Go && r.Overridden
	}
	return d
}

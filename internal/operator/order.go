package operator

import (
	"regexp"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// Order is what the operator wants.
type Order struct {
	// Mode is how to move.
	Mode failover.Mode

	// Target is the home role of the Region that is to be active; empty for what the mode says: the home primary for a failback, the
	// home secondary for a drill, and the Region that was asked for all others.
	Target topology.Role

	// Reason says why, for the record, in up to 500 characters.
	Reason string

	// MaxDataLoss is the replication lag above which a failover or a detach is refused.
	MaxDataLoss time.Duration

	// Overrides are codes of reasons that are accepted.
	Overrides []failover.Code

	// Run is the name of a run that has stopped, to go on with; empty for a new one.
	Run string

	// Hold is how long a drill stays; 0 until somebody answers.
	Hold time.Duration

	// Consent is what was agreed to beforehand.
	Consent Consent
}

// maxReason is how long a reason may be, as in the pipelines.
const maxReason = 500

var runName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// request is what the engine is asked for.
func (o *Operator) request(order Order) (failover.Request, error) {
	r := failover.Request{
		Run: order.Run, Mode: order.Mode, Target: order.Target, Reason: strings.TrimSpace(order.Reason), StartedBy: o.Who,
		MaxDataLoss: order.MaxDataLoss, Overrides: order.Overrides,
	}
	if r.Run == "" {
		r.Run = o.newRun(order.Mode)
	}
	if r.Target == "" {
		r.Target = o.target(order.Mode)
	}
	if !runName.MatchString(r.Run) {
		return r, usage("--run must be 1 to 100 letters, digits and ._-, starting with a letter or digit, got %q", r.Run)
	}
	if len([]rune(r.Reason)) > maxReason {
		return r, usage("--reason must have at most %d characters, got %d", maxReason, len([]rune(r.Reason)))
	}
	if err := r.Validate(); err != nil {
		return r, &Error{Usage, err}
	}
	return r, nil
}

// target is the mode's target.
func (o *Operator) target(m failover.Mode) topology.Role {
	switch m {
	case failover.Failback:
		return topology.Primary
	case failover.Drill:
		return topology.Secondary
	}
	return o.Role
}

package failover

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Mode is how the application is moved.
type Mode string

// The modes.
const (
	// Drill is a switchover that is undone by another one after a while: a rehearsal in production. No data is lost.
	Drill Mode = "drill"

	// Switchover is a planned move. No data is lost. It needs both Regions.
	Switchover Mode = "switchover"

	// Failover is a move away from a Region that is gone. What the target has not received by then is lost. It needs the target
	// only.
	Failover Mode = "failover"

	// Detach takes the target's cluster out of the global database, for when a managed failover is impossible. It needs the
	// target only, and the global database has to be rebuilt afterwards.
	Detach Mode = "detach"

	// Failback is a switchover to the home primary Region, after that has caught up.
	Failback Mode = "failback"
)

// Modes are all modes.
func Modes() []Mode { return []Mode{Drill, Switchover, Failover, Detach, Failback} }

// Planned says whether the mode loses no data and needs both Regions.
func (m Mode) Planned() bool { return m == Drill || m == Switchover || m == Failback }

// Request is one run: what an operator wants. It stays the same however often the engine is called for the run.
type Request struct {
	// Run names the run. It owns the lease, and is the same whenever the run goes on after an interruption.
	Run string `json:"run"`

	// Mode is how to move.
	Mode Mode `json:"mode"`

	// Target is the home role of the Region that is to be active.
	Target topology.Role `json:"target"`

	// Reason says why, for the record.
	Reason string `json:"reason"`

	// StartedBy is who started the run, for the record and for others who find its lease.
	StartedBy string `json:"startedBy"`

	// MaxDataLoss is the replication lag above which a failover or a detach is refused.
	MaxDataLoss time.Duration `json:"maxDataLoss"`

	// Overrides are the codes of [Reason]s that the operator accepts.
	Overrides []Code `json:"overrides"`
}

// Validate reports everything that is wrong with the request.
func (r Request) Validate() error {
	var errs []error
	if r.Run == "" {
		errs = append(errs, errors.New("run must not be empty"))
	}
	if !slices.Contains(Modes(), r.Mode) {
		errs = append(errs, fmt.Errorf("mode must be one of %s, got %q", join(Modes()), r.Mode))
	}
	if !slices.Contains(topology.Roles(), r.Target) {
		errs = append(errs, fmt.Errorf("target must be one of %s, got %q", join(topology.Roles()), r.Target))
	}
	if r.Mode == Failback && r.Target != topology.Primary {
		errs = append(errs, fmt.Errorf("failback moves to the home primary Region (%s), got target %q; use switchover", topology.Primary, r.Target))
	}
	if r.MaxDataLoss < 0 {
		errs = append(errs, fmt.Errorf("maximum data loss must not be negative, got %s", r.MaxDataLoss))
	}
	for _, code := range r.Overrides {
		if !slices.Contains(Overridable(), code) {
			errs = append(errs, fmt.Errorf("override must be one of %s, got %q; nothing else can be overridden", join(Overridable()), code))
		}
	}
	return errors.Join(errs...)
}

// join lists texts with commas.
func join[T ~string](texts []T) string {
	var all []string
	for _, text := range texts {
		all = append(all, string(text))
	}
	return strings.Join(all, ", ")
}

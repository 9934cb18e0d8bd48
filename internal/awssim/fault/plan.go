package fault

import (
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Global is the Region of calls to services without one: those that are signed for all Regions. An outage of another Region does not
// concern them; whether AWS's do depend on us-east-1 is not documented.
const Global = "global"

// Kind is what happens to a call.
type Kind int

// Kinds of faults.
const (
	None          Kind = iota
	Throttled          // refused with the service's own code for too many calls
	ServerError        // refused with a status of 500 or 503
	TimeoutBefore      // no answer, and no effect
	TimeoutAfter       // no answer, but the effect
	Stale              // a read is answered with what was true some time ago; nothing happens to other calls
	Slow               // carried out later
	Unreachable        // the connection is closed at once: the Region is lost
)

var kindNames = []string{"none", "throttled", "server error", "timeout before", "timeout after", "stale", "slow", "unreachable"}

// String is the kind's name, such as "timeout after".
func (k Kind) String() string { return kindNames[k] }

// Plane is a part of a Region.
type Plane int

// Planes.
const (
	BothPlanes   Plane = iota
	ControlPlane       // what makes and changes resources
	DataPlane          // what the resources do: databases, replication, invocations, reads of secrets and parameters
)

// Outage is a time in which a Region, or one of its planes, is lost.
type Outage struct {
	Region string
	Plane  Plane
	From   time.Time
	Until  time.Time // for good if it is zero
}

// BrownOut is a time in which some calls of some kind fail.
type BrownOut struct {
	Region  string // any if empty
	Service string // any if empty
	From    time.Time
	Until   time.Time // for good if it is zero

	// Rates are how often each kind happens: between 0 and 1, together at most 1.
	Rates map[Kind]float64

	// Latency is added to every call: up to this, equally likely.
	Latency time.Duration
}

// Rule is something that happens to certain calls.
type Rule struct {
	Service, Operation, Region string // any if empty
	N                          int    // the N-th call of the caller, operation and Region; every one if zero
	Kind                       Kind
	Delay                      time.Duration // of a slow call; a second if zero
}

// Fates are how often a switchover or failover does not complete: between 0 and 1, together at most 1. In which phase is drawn.
type Fates struct {
	Hang, Fail float64
}

// Plan is everything that goes wrong. The zero value lets nothing go wrong.
type Plan struct {
	Seed      uint64
	Outages   []Outage
	Rules     []Rule     // the first that fits counts, before brown-outs
	BrownOuts []BrownOut // the first that fits counts
	Fates     Fates

	// MaxStale is the greatest age of a stale answer. The cloud must keep as much, see [awssim.Options].
	//
	// Default: nothing is stale.
	MaxStale time.Duration

	// Timeout is how long a connection stays open that gets no answer.
	//
	// Default: a minute, which is longer than clients wait.
	Timeout time.Duration
}

// Apply cuts Regions off whose data planes are lost. Outages of control planes are [Plan.Decide]'s.
func (p Plan) Apply(s *awssim.State) {
	for _, o := range p.Outages {
		if o.Plane != ControlPlane && o.Region != Global {
			s.Outage(o.Region, o.From, o.Until)
		}
	}
}

// Fate decides how a switchover or failover ends. It is a pure function, for [awssim.Options].
func (p Plan) Fate(m awssim.Move) awssim.Fate {
	random := source(p.Seed, "fate", m.GlobalCluster, m.From, m.To, m.N)
	draw, phase := random.Float64(), awssim.Phase(random.IntN(int(awssim.Finishing)+1))
	switch {
	case draw < p.Fates.Hang:
		return awssim.Fate{Outcome: awssim.Hang, Phase: phase}
	case draw < p.Fates.Hang+p.Fates.Fail:
		return awssim.Fate{Outcome: awssim.Fail, Phase: phase % awssim.Finishing} // there is no way back from the last
	}
	return awssim.Fate{}
}

// within reports whether a time is in a window, which is open-ended if until is zero.
func within(at, from, until time.Time) bool {
	return !at.Before(from) && (until.IsZero() || at.Before(until))
}

package failover

import (
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Settings are the engine's time-outs and periods. [DefaultSettings] has the defaults.
type Settings struct {
	// Poll is the time between two looks at the same thing.
	Poll time.Duration

	// Call bounds one call of AWS.
	Call time.Duration

	// Request bounds one request through the edge, which gives a Region that does not answer some time before it asks the other one.
	Request time.Duration

	// Retry bounds all attempts of one call. Throttling and errors of the service are tried again, refusals are not.
	Retry time.Duration

	// Lease is how long a lease lasts. It is renewed when less than half of it is left.
	Lease time.Duration

	// Stale is how old an answer of AWS may be. What was asked of AWS and is not seen after that did not happen.
	Stale time.Duration

	// Fence bounds the wait until writes are seen to be refused, Promote that for the writer, Ready that for the target's
	// proxy and function, Shift that for answers from the target.
	Fence, Promote, Ready, Shift time.Duration

	// LagAge is how old a figure for the lag may be.
	LagAge time.Duration

	// PlannedLag is the lag above which a planned move is refused. It takes as long as catching up does.
	PlannedLag time.Duration
}

// DefaultSettings are the settings that the functions and the command use. AWS documents no distribution of the time that a
// promotion takes; half an hour is well beyond all reports.
func DefaultSettings() Settings {
	return Settings{
		Poll:       time.Second,
		Call:       5 * time.Second,
		Request:    30 * time.Second,
		Retry:      10 * time.Second,
		Lease:      2 * time.Minute,
		Stale:      15 * time.Second,
		Fence:      5 * time.Minute,
		Promote:    30 * time.Minute,
		Ready:      10 * time.Minute,
		Shift:      5 * time.Minute,
		LagAge:     5 * time.Minute,
		PlannedLag: 30 * time.Second,
	}
}

// SettingsFor are the settings for an application: the defaults, but for what its topology says.
func SettingsFor(d topology.Document) Settings {
	s := DefaultSettings()
	if d.PromoteSeconds > 0 {
		s.Promote = time.Duration(d.PromoteSeconds) * time.Second
	}
	return s
}

package report

import "time"

// Rehearsal is what a run on one machine can know beyond its journal: what was disturbed, what clients saw, and whether what must
// hold did hold. All of it is measured by clients and by the machine that was disturbed; none is the automation's own word. Every
// figure is finite.
type Rehearsal struct {
	// Scenario names what was played, Description says in a sentence what happens in it.
	Scenario    string `json:"scenario"`
	Description string `json:"description"`

	// Regions are the names of the Regions, the home primary first.
	Regions []string `json:"regions"`

	// Verdict says whether what must hold did hold.
	Verdict Verdict `json:"verdict"`

	// Reproduce is what the same rehearsal needs to be played again.
	Reproduce Reproduce `json:"reproduce"`

	// Clients are what the clients saw.
	Clients Clients `json:"clients"`

	// Timeline is what happened when.
	Timeline Timeline `json:"timeline"`

	// Faults are what was done to the Regions, in order.
	Faults []Fault `json:"faults"`

	// Calls count the calls of AWS, by service, Region and caller.
	Calls []Calls `json:"calls"`

	// Promotions are the times at which a Region's database became the writer, in order.
	Promotions []Promotion `json:"promotions"`

	// Propagations are how long changes took to be seen at the edge, in order, but for those that no request was served by.
	Propagations []Propagation `json:"propagations"`

	// Earlier are the reports of the runs before this one, in order, if the scenario has several. They have no rehearsal of
	// their own.
	Earlier []Report `json:"earlier,omitempty"`
}

// Verdict is the outcome of a rehearsal.
type Verdict struct {
	// Held says that every expectation did.
	Held bool `json:"held"`

	// Targets are what was aimed for.
	Targets Targets `json:"targets"`

	// Expectations are what must hold in the scenario.
	Expectations []Expectation `json:"expectations"`
}

// Targets are what was aimed for; nil where there is no target.
type Targets struct {
	// RTOSeconds and RPOSeconds are the greatest recovery time and the greatest loss that are accepted.
	RTOSeconds *float64 `json:"rtoSeconds,omitempty"`
	RPOSeconds *float64 `json:"rpoSeconds,omitempty"`
}

// Expectation is something that must hold.
type Expectation struct {
	// Must says what, in a sentence.
	Must string `json:"must"`

	// Measured says what was measured instead, or likewise.
	Measured string `json:"measured"`

	// Held says whether it did.
	Held bool `json:"held"`
}

// Reproduce is what the same rehearsal needs to be played again.
type Reproduce struct {
	// Command plays it.
	Command string `json:"command"`

	// Version is the version of warmstandby, with the commit where there is one.
	Version string `json:"version"`

	// Seed is what everything random was drawn from.
	Seed uint64 `json:"seed"`

	// Database names the database that stood in for Aurora.
	Database string `json:"database"`

	// TimeScale is what the durations of AWS's control planes were multiplied by: 1 is AWS's own speed.
	TimeScale float64 `json:"timeScale"`

	// Templates are the SHA-256 hashes of the templates, in hexadecimal, by stack.
	Templates map[string]string `json:"templates"`
}

// Fault is something that was done to a Region or to what runs in it.
type Fault struct {
	// Label says what, in a few words.
	Label string `json:"label"`

	// Region is the Region's name; empty if it was done to none in particular.
	Region string `json:"region,omitempty"`

	// Start is when it began, End when it was undone; nil if it never was.
	Start time.Time  `json:"start"`
	End   *time.Time `json:"end,omitempty"`
}

// Who calls AWS.
const (
	// ByAutomation is one of the application's own roles: its functions and pipelines.
	ByAutomation = "automation"

	// ByOperator is whoever has the operator's credentials. In a rehearsal that is also what looks how things go.
	ByOperator = "operator"
)

// Calls count calls of one service in one Region.
type Calls struct {
	// Service is the service, such as "rds".
	Service string `json:"service"`

	// Region is the Region that was called; "global" for services without one.
	Region string `json:"region"`

	// By is who called: [ByAutomation] or [ByOperator].
	By string `json:"by"`

	// Total counts all calls, WhileLost those that were made while the Region was lost.
	Total     int `json:"total"`
	WhileLost int `json:"whileLost"`
}

// Promotion is a change of the writer.
type Promotion struct {
	// At is when, Region the name of the Region that writes from then on.
	At     time.Time `json:"at"`
	Region string    `json:"region"`

	// LagSeconds is how far the Region lagged behind the former writer at that moment: 0 after a switchover, which waits.
	LagSeconds float64 `json:"lagSeconds"`
}

// Propagation is the time that a change took to be seen at the edge.
type Propagation struct {
	// Change says what was changed, in a few words.
	Change string `json:"change"`

	// At is when CloudFront accepted the change, Seconds how long it was until the first request was served by it. All later ones
	// were, too: a rehearsal has one edge location. An invalidation is over when it is complete.
	At      time.Time `json:"at"`
	Seconds float64   `json:"seconds"`
}

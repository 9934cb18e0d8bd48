package outcome

import (
	"encoding/json"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
)

// Version is the version of the schema of [Series]. A member that is added leaves it as it is; one that is renamed, removed, or
// changes its meaning raises it.
const Version = 1

// Series is several runs.
type Series struct {
	// Version is [Version].
	Version int `json:"version"`

	// Held says that everything held in every run, and that each was played to its end.
	Held bool `json:"held"`

	// Runs are the runs, in order.
	Runs []Run `json:"runs"`

	// Distributions are the figures of each scenario over its runs.
	Distributions []Distribution `json:"distributions"`
}

// NewSeries sums runs up.
func NewSeries(runs []Run) Series {
	s := Series{Version: Version, Held: true, Runs: append([]Run{}, runs...), Distributions: distributions(runs)}
	for _, r := range runs {
		s.Held = s.Held && r.Held
	}
	return s
}

// Run is one run of a scenario. Figures that it does not have are nil.
type Run struct {
	// Scenario and Seed are what was played.
	Scenario string `json:"scenario"`
	Seed     uint64 `json:"seed"`

	// Held says that everything that must hold did.
	Held bool `json:"held"`

	// Failed are what did not hold, and what was measured instead.
	Failed []string `json:"failed"`

	// Error says why the run was not played to its end; empty if it was. There are no figures then.
	Error string `json:"error,omitempty"`

	// RTOSeconds is the time to the first verified write.
	RTOSeconds *float64 `json:"rtoSeconds"`

	// OwnSeconds is how much time the automation took for itself in the move that took most: what it did not wait for AWS.
	OwnSeconds *float64 `json:"ownSeconds"`

	// ReadGapSeconds and WriteGapSeconds are the longest times in which clients could not read and write.
	ReadGapSeconds  *float64 `json:"readGapSeconds"`
	WriteGapSeconds *float64 `json:"writeGapSeconds"`

	// Requests counts the clients' requests, RequestsFailed those that failed.
	Requests       int `json:"requests"`
	RequestsFailed int `json:"requestsFailed"`

	// Lost and Duplicated count acknowledged writes that are gone, and writes that are there more than once. RPOSeconds is how
	// far back the loss reaches.
	Lost       int     `json:"lost"`
	Duplicated int     `json:"duplicated"`
	RPOSeconds float64 `json:"rpoSeconds"`
}

// Of is the run that a report is of, which must be a rehearsal's.
func Of(r report.Report) Run {
	h := r.Rehearsal
	c := h.Clients
	run := Run{
		Scenario: h.Scenario, Seed: h.Reproduce.Seed, Held: h.Verdict.Held, Failed: []string{},
		ReadGapSeconds: gap(c.Reads.LongestGap), WriteGapSeconds: gap(c.Writes.LongestGap),
		Requests: c.Reads.Total + c.Writes.Total, RequestsFailed: c.Reads.Failed() + c.Writes.Failed(),
		Lost: c.Lost.Total, RPOSeconds: c.Lost.RPOSeconds, Duplicated: c.Duplicated.Total,
	}
	if c.RTO != nil {
		run.RTOSeconds = &c.RTO.Seconds
	}
	for _, m := range r.Moves {
		if len(m.Steps) > 0 && (run.OwnSeconds == nil || m.OwnSeconds > *run.OwnSeconds) {
			run.OwnSeconds = &m.OwnSeconds
		}
	}
	for _, e := range h.Verdict.Expectations {
		if !e.Held {
			run.Failed = append(run.Failed, e.Must+": "+e.Measured)
		}
	}
	return run
}

// Broken is a run that was not played to its end.
func Broken(scenario string, seed uint64, err error) Run {
	return Run{Scenario: scenario, Seed: seed, Failed: []string{}, Error: err.Error()}
}

func gap(g *report.Gap) *float64 {
	if g == nil {
		return nil
	}
	return &g.Seconds
}

// took is a figure for a reader.
func took(seconds *float64) string {
	if seconds == nil {
		return "-"
	}
	return length(*seconds)
}

// length is a time for a reader, to a hundredth of a second.
func length(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(10 * time.Millisecond).String()
}

// JSON is the series as JSON.
func (s Series) JSON() []byte {
	data, _ := json.MarshalIndent(s, "", "  ") // numbers and texts: it cannot fail
	return append(data, '\n')
}

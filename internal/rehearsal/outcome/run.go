package outcome

import (
	"encoding/json"
	"slices"
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

	// Command plays the same again.
	Command string `json:"command"`

	// Held says that everything that must hold did.
	Held bool `json:"held"`

	// Failed are what did not hold, and what was measured instead.
	Failed []string `json:"failed"`

	// Error says why the run was not played to its end; empty if it was. There are no figures then.
	Error string `json:"error,omitempty"`

	// RTOSeconds is the time to the first verified write.
	RTOSeconds *float64 `json:"rtoSeconds"`

	// OwnSeconds is how much time the automation took for itself in the move that took most: what it did not wait for AWS.
	// WaitedSeconds is how long it waited for AWS in the move that waited longest.
	OwnSeconds    *float64 `json:"ownSeconds"`
	WaitedSeconds *float64 `json:"waitedSeconds"`

	// Steps are the times of each step in the move in which it took longest, by the step's name.
	Steps map[string]Step `json:"steps,omitempty"`

	// ReadGapSeconds and WriteGapSeconds are the longest times in which clients could not read and write.
	ReadGapSeconds  *float64 `json:"readGapSeconds"`
	WriteGapSeconds *float64 `json:"writeGapSeconds"`

	// Requests counts the clients' requests, RequestsFailed those that failed, Failures by kind.
	Requests       int            `json:"requests"`
	RequestsFailed int            `json:"requestsFailed"`
	Failures       map[string]int `json:"failures,omitempty"`

	// Lost and Duplicated count acknowledged writes that are gone, and writes that are there more than once. RPOSeconds is how
	// far back the loss reaches, the age of the oldest of them at the interruption; NewestLostSeconds is that of the newest.
	Lost              int     `json:"lost"`
	Duplicated        int     `json:"duplicated"`
	RPOSeconds        float64 `json:"rpoSeconds"`
	NewestLostSeconds float64 `json:"newestLostSeconds"`

	// PropagationSeconds is the longest time that a change took to be seen at the edge, LagSeconds the greatest lag of a Region when
	// it became the writer.
	PropagationSeconds *float64 `json:"propagationSeconds"`
	LagSeconds         *float64 `json:"lagSeconds"`

	// CallsWhileLost counts the calls of AWS to a Region that was lost.
	CallsWhileLost int `json:"callsWhileLost"`
}

// Step is how long a step took.
type Step struct {
	// WaitedSeconds is what it waited for AWS, OwnSeconds the automation's own.
	WaitedSeconds float64 `json:"waitedSeconds"`
	OwnSeconds    float64 `json:"ownSeconds"`
}

// Of is the run that a report is of, which must be a rehearsal's.
func Of(r report.Report) Run {
	h := r.Rehearsal
	c := h.Clients
	run := Run{
		Scenario: h.Scenario, Seed: h.Reproduce.Seed, Command: h.Reproduce.Command, Held: h.Verdict.Held, Failed: []string{},
		ReadGapSeconds: gap(c.Reads.LongestGap), WriteGapSeconds: gap(c.Writes.LongestGap),
		Requests: c.Reads.Total + c.Writes.Total, RequestsFailed: c.Reads.Failed() + c.Writes.Failed(),
		Failures: failuresOf(c),
		Lost:     c.Lost.Total, RPOSeconds: c.Lost.RPOSeconds, NewestLostSeconds: c.Lost.NewestSeconds, Duplicated: c.Duplicated.Total,
	}
	if c.RTO != nil {
		run.RTOSeconds = &c.RTO.Seconds
	}
	for _, each := range append(slices.Clone(h.Earlier), r) {
		for _, m := range each.Moves {
			if len(m.Steps) > 0 {
				run.OwnSeconds, run.WaitedSeconds = greater(run.OwnSeconds, m.OwnSeconds), greater(run.WaitedSeconds, m.WaitedSeconds)
				run.steps(m)
			}
		}
	}
	for _, p := range h.Propagations {
		run.PropagationSeconds = greater(run.PropagationSeconds, p.Seconds)
	}
	for _, p := range h.Promotions {
		run.LagSeconds = greater(run.LagSeconds, p.LagSeconds)
	}
	for _, calls := range h.Calls {
		run.CallsWhileLost += calls.WhileLost
	}
	for _, e := range h.Verdict.Expectations {
		if !e.Held {
			run.Failed = append(run.Failed, e.Must+": "+e.Measured)
		}
	}
	return run
}

// steps adds the steps of a move. What an interruption has cut is one step.
func (r *Run) steps(m report.Move) {
	taken := make(map[string]Step)
	for _, s := range m.Steps {
		all := taken[string(s.Name)]
		taken[string(s.Name)] = Step{all.WaitedSeconds + s.WaitedSeconds, all.OwnSeconds + s.OwnSeconds}
	}
	if r.Steps == nil && len(taken) > 0 {
		r.Steps = make(map[string]Step)
	}
	for name, s := range taken {
		if before, ok := r.Steps[name]; !ok || s.WaitedSeconds+s.OwnSeconds > before.WaitedSeconds+before.OwnSeconds {
			r.Steps[name] = s
		}
	}
}

// greater is the greater one of two figures, of which one may be missing.
func greater(known *float64, v float64) *float64 {
	if known != nil && *known >= v {
		return known
	}
	return &v
}

// failuresOf are the requests that failed, reads and writes, by kind.
func failuresOf(c report.Clients) map[string]int {
	var all map[string]int
	for _, failures := range []map[string]int{c.Reads.Failures, c.Writes.Failures} {
		for kind, n := range failures {
			if all == nil {
				all = make(map[string]int)
			}
			all[kind] += n
		}
	}
	return all
}

// Broken is a run that was not played to its end, which a command plays again.
func Broken(scenario string, seed uint64, command string, err error) Run {
	return Run{Scenario: scenario, Seed: seed, Command: command, Failed: []string{}, Error: err.Error()}
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

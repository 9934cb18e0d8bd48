package arpio

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// ReplayOptions say what to replay. Bus and Events are required.
type ReplayOptions struct {
	Bus    *Bus
	Events []Event

	// Speed is how many times faster than recorded the events follow each other.
	//
	// Default: each follows as soon as the bus has taken the one before.
	Speed float64

	// Settle is how long what was started may take to end.
	//
	// Default: 2 minutes.
	Settle time.Duration

	// Progress is told, in a line, what is going on. Default: nobody is.
	Progress func(string)
}

// Result is what came of a replay.
type Result struct {
	// OK is true only if the bus took all events, all targets took what they were sent, and no automation failed.
	OK bool `json:"ok"`

	// Bus and Region are where the events were put.
	Bus    string `json:"bus"`
	Region string `json:"region"`

	// Events are what was put, in order.
	Events []EventResult `json:"events"`

	// Rules are what the rules did.
	Rules []RuleResult `json:"rules"`

	// Executions are the automations that were started.
	Executions []Execution `json:"executions"`

	// Error is why the replay ended early; empty if it did not.
	Error string `json:"error,omitempty"`
}

// EventResult is what became of an event.
type EventResult struct {
	Type    string      `json:"type"`
	Subject string      `json:"subject"` // the first of its resources
	ID      string      `json:"id"`      // which the bus gave it
	Refused string      `json:"refused,omitempty"`
	Rules   []RuleMatch `json:"rules"`
}

// RuleMatch says whether a rule matched an event, and why not.
type RuleMatch struct {
	Rule    string `json:"rule"`
	Matched bool   `json:"matched"`
	Why     string `json:"why,omitempty"`
}

// RuleResult is what a rule did.
type RuleResult struct {
	Rule        string   `json:"rule"`
	Targets     []string `json:"targets"`
	Matched     int      `json:"matched"`
	Invocations int      `json:"invocations"`
	Failed      int      `json:"failed"`
	DeadLetters int      `json:"deadLetters"`
}

// Replay puts events on the bus and looks at what comes of it.
func Replay(ctx context.Context, o ReplayOptions) Result {
	if o.Settle == 0 {
		o.Settle = 2 * time.Minute
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	r := &replay{ReplayOptions: o, matched: map[int]int{}}
	r.result = Result{Bus: o.Bus.Name, Region: o.Bus.Region, Events: []EventResult{}, Rules: []RuleResult{}, Executions: []Execution{}}
	if err := r.run(ctx); err != nil {
		r.result.Error = err.Error()
	}
	r.result.OK = r.result.good()
	return r.result
}

// replay is a replay that goes on.
type replay struct {
	ReplayOptions

	result  Result
	matched map[int]int // how many events each rule matched
}

func (r *replay) run(ctx context.Context) error {
	before, err := r.counts(ctx)
	if err != nil {
		return err
	}
	earlier, err := r.Bus.executions(ctx, nil)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, e := range earlier {
		known[e.ID] = true
	}
	if err := r.putAll(ctx); err != nil {
		return err
	}
	r.Progress("waiting for what was started")
	settling, cancel := context.WithTimeout(ctx, r.Settle)
	defer cancel()
	unsettled := r.Bus.settle(settling, before["Invocations"], r.matched)
	if err := r.collect(ctx, before, known); err != nil {
		return err
	}
	return unsettled
}

// putAll puts the events on the bus, at the pace of the recording or as fast as the bus takes them.
func (r *replay) putAll(ctx context.Context) error {
	for i, e := range r.Events {
		if i > 0 && r.Speed > 0 {
			gap := e.Time.Sub(r.Events[i-1].Time)
			if err := pause(ctx, time.Duration(float64(max(gap, 0))/r.Speed)); err != nil {
				return err
			}
		}
		r.Progress(fmt.Sprintf("event %d of %d", i+1, len(r.Events)))
		if err := r.putOne(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (r *replay) putOne(ctx context.Context, e Event) error {
	matched, why, err := r.Bus.matches(e)
	if err != nil {
		return err
	}
	put, err := r.Bus.put(ctx, e)
	if err != nil {
		return err
	}
	out := EventResult{Type: e.DetailType, ID: aws.ToString(put[0].EventId), Rules: []RuleMatch{}}
	if len(e.Resources) > 0 {
		out.Subject = e.Resources[0]
	}
	if put[0].ErrorCode != nil {
		out.Refused = *put[0].ErrorCode + ": " + aws.ToString(put[0].ErrorMessage)
	}
	for i, known := range r.Bus.rules {
		match := RuleMatch{Rule: known.name, Matched: slices.Contains(matched, i) && out.Refused == "", Why: why[i]}
		if match.Matched {
			r.matched[i]++
		}
		out.Rules = append(out.Rules, match)
	}
	r.result.Events = append(r.result.Events, out)
	return nil
}

// counted are the metrics of rules that a replay looks at.
var counted = []string{"Invocations", "FailedInvocations", "InvocationsSentToDlq"}

// counts are the metrics of all rules, by name and the rules' places.
func (r *replay) counts(ctx context.Context) (map[string]map[int]int, error) {
	counts := map[string]map[int]int{}
	for _, name := range counted {
		counts[name] = map[int]int{}
		for i, known := range r.Bus.rules {
			n, err := r.Bus.metric(ctx, name, known.name)
			if err != nil {
				return nil, err
			}
			counts[name][i] = n
		}
	}
	return counts, nil
}

// collect reads what rules did and what ran.
func (r *replay) collect(ctx context.Context, before map[string]map[int]int, known map[string]bool) error {
	after, err := r.counts(ctx)
	if err != nil {
		return err
	}
	for i, rule := range r.Bus.rules {
		more := func(name string) int { return after[name][i] - before[name][i] }
		r.result.Rules = append(r.result.Rules, RuleResult{
			Rule: rule.name, Targets: rule.targets, Matched: r.matched[i], Invocations: more("Invocations"),
			Failed: more("FailedInvocations"), DeadLetters: more("InvocationsSentToDlq"),
		})
	}
	r.result.Executions, err = r.Bus.executions(ctx, known)
	if err != nil {
		return err
	}
	for i := range r.result.Executions {
		if err := r.Bus.describe(ctx, &r.result.Executions[i]); err != nil {
			return err
		}
	}
	return nil
}

// good says whether everything went well.
func (r Result) good() bool {
	return r.Error == "" &&
		!slices.ContainsFunc(r.Events, func(e EventResult) bool { return e.Refused != "" }) &&
		!slices.ContainsFunc(r.Rules, func(rule RuleResult) bool { return rule.Failed > 0 }) &&
		!slices.ContainsFunc(r.Executions, func(e Execution) bool { return e.Status != "Success" && e.Status != "Waiting" })
}

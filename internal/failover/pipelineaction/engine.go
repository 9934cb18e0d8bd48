package pipelineaction

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// Engine moves an application. [failover.Engine] satisfies it.
type Engine interface {
	Assess(context.Context, failover.Request) failover.Assessment
	Move(context.Context, failover.Request) failover.Result
	Verify(context.Context, failover.Request) failover.Result
}

// Engines makes the engine of an application, for one invocation.
type Engines func(topology.Document) Engine

// Assess is the [Action] that observes and decides. A no-go is a failure, which names every reason.
type Assess struct{ Engines Engines }

// Do assesses. Its variables are Decision, Summary, Active, Lag, Reasons and ReportUrl.
func (a Assess) Do(ctx context.Context, d topology.Document, in Input) Answer {
	r, err := in.request()
	if err != nil {
		return Answer{Failure: misconfigured{err}}
	}
	got := a.Engines(d).Assess(ctx, r)
	answer := Answer{Result: got, Summary: summarize(got, d, r), Again: ctx.Err() != nil}
	if !got.Decision.Go {
		answer.Failure = fmt.Errorf("%s\nNothing was changed. Start another run when the causes are gone, or with overrides for what you accept", got.Decision)
	}
	if answer.Again {
		answer.Failure = nil // what was seen is not everything
	}
	answer.Variables = map[string]string{
		"Decision":  strings.SplitN(got.Decision.String(), "\n", 2)[0],
		"Summary":   cut(answer.Summary, maxShown),
		"Active":    string(got.Observation.Edge.Active),
		"Lag":       lagText(got.Observation.Regions[r.Target]),
		"Reasons":   reasonsText(got.Decision),
		"ReportUrl": reportURL(d, in),
	}
	return answer
}

// maxShown is how much of the summary an approval can show beside what else it says: 1000 characters in all. maxCause is how much of
// that the reason may take.
const maxShown, maxCause = 800, 150

// summarize is an assessment in a few lines, for whoever approves the move.
func summarize(a failover.Assessment, d topology.Document, r failover.Request) string {
	o := a.Observation
	text := fmt.Sprintf("%s to %s (%s): %s. Active: %s. Writer: %s. Lag: %s.", r.Mode, d.Regions[r.Target].Region, cut(r.Reason, maxCause),
		strings.SplitN(a.Decision.String(), "\n", 2)[0], named(d, o.Edge.Active), named(d, o.Database.Writer), lagText(o.Regions[r.Target]))
	if f := o.Edge.Fence; f != nil {
		text += " Writes are refused since " + f.Since.UTC().Format(time.RFC3339) + "."
	}
	if len(a.Decision.Reasons) > 0 {
		text += " " + reasonsText(a.Decision)
	}
	return text
}

// named is a Region's name, or says that it is not known.
func named(d topology.Document, role topology.Role) string {
	if site, ok := d.Regions[role]; ok {
		return site.Region
	}
	return "unknown"
}

func lagText(seen *failover.RegionSeen) string {
	switch {
	case seen == nil || seen.Lag == nil:
		return "not asked"
	case seen.Lag.Error != "":
		return "unknown"
	}
	return fmt.Sprintf("%s (%s, %s)", seen.Lag.Lag, seen.Lag.Metric, seen.Lag.At.UTC().Format(time.RFC3339))
}

func reasonsText(d failover.Decision) string {
	var all []string
	for _, r := range d.Reasons {
		all = append(all, r.String())
	}
	return strings.Join(all, " | ")
}

// Move is the [Action] that moves the application.
type Move struct{ Engines Engines }

// Do moves. Its variables are Outcome, Summary, Lag and FirstWrite.
func (m Move) Do(ctx context.Context, d topology.Document, in Input) Answer {
	return run(ctx, d, in, m.Engines, Engine.Move, failover.Moved, failover.AlreadyThere)
}

// Verify is the [Action] that checks that the target serves.
type Verify struct{ Engines Engines }

// Do verifies. Its variables are those of [Move.Do].
func (v Verify) Do(ctx context.Context, d topology.Document, in Input) Answer {
	return run(ctx, d, in, v.Engines, Engine.Verify, failover.Verified)
}

// run lets the engine do something, which has succeeded with one of the outcomes given.
func run(
	ctx context.Context, d topology.Document, in Input, engines Engines,
	do func(Engine, context.Context, failover.Request) failover.Result, good ...failover.Outcome,
) Answer {
	r, err := in.request()
	if err != nil {
		return Answer{Failure: misconfigured{err}}
	}
	result := do(engines(d), ctx, r)
	a := Answer{
		Result: result, Summary: resultText(result), Again: ctx.Err() != nil && result.Outcome == failover.Interrupted,
		Variables: map[string]string{"Outcome": string(result.Outcome), "Summary": resultText(result), "Lag": "-", "FirstWrite": "-"},
	}
	if result.Lag != nil && result.Lag.Error == "" {
		a.Variables["Lag"] = result.Lag.Lag.String()
	}
	if result.FirstWrite != nil {
		a.Variables["FirstWrite"] = result.FirstWrite.UTC().Format(time.RFC3339)
	}
	for _, outcome := range good {
		if result.Outcome == outcome {
			return a
		}
	}
	if !a.Again {
		a.Failure = errors.New(resultText(result))
	}
	return a
}

// resultText is a result in lines: the outcome, and what remains to be done.
func resultText(r failover.Result) string {
	text := string(r.Outcome)
	if r.Detail != "" {
		text += ": " + r.Detail
	}
	for i, remains := range r.Remaining {
		text += fmt.Sprintf("\n%d. %s", i+1, remains)
	}
	return text
}

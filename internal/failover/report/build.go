package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// Build makes the report of a run of its journal's entries, in any order. Without entries it says that nothing is known.
func Build(d topology.Document, run string, entries []failover.Entry) Report {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b failover.Entry) int { return a.At.Compare(b.At) })
	b := builder{document: d, report: Report{Version: Version, Application: d.Application, Run: run, Moves: []Move{}}}
	for _, e := range entries {
		b.add(e)
	}
	for i := range b.report.Moves {
		finish(&b.report.Moves[i], b.report.Mode)
	}
	b.report.Remaining = b.remaining
	return b.report
}

// builder collects a report.
type builder struct {
	document  topology.Document
	report    Report
	remaining []string
}

// add adds an entry. Everything that is about a move belongs to the request before it.
func (b *builder) add(e failover.Entry) {
	if b.report.Started.IsZero() {
		b.report.Started = e.At.UTC()
	}
	b.report.Ended = e.At.UTC()
	if e.Request != nil {
		b.request(*e.Request, e.At.UTC())
		return
	}
	if len(b.report.Moves) == 0 {
		b.report.Moves = append(b.report.Moves, Move{Started: e.At.UTC(), Steps: []Step{}})
	}
	m := &b.report.Moves[len(b.report.Moves)-1]
	m.Ended = e.At.UTC()
	switch {
	case e.Assessment != nil:
		m.assessed(*e.Assessment)
	case e.Step != nil:
		m.Steps = append(m.Steps, stepOf(*e.Step))
	case e.Outcome != nil:
		m.ended(*e.Outcome)
		if !verification(*e.Outcome) {
			b.remaining = e.Outcome.Remaining // a verification afterwards does nothing of it
		}
	}
}

// request begins a move, unless it goes on with the one before.
func (b *builder) request(r failover.Request, at time.Time) {
	b.report.Mode, b.report.Reason = r.Mode, r.Reason
	b.report.StartedBy = cmp.Or(b.report.StartedBy, r.StartedBy)
	b.report.MaxDataLossSeconds, b.report.Overrides = r.MaxDataLoss.Seconds(), r.Overrides
	if n := len(b.report.Moves); n > 0 && b.report.Moves[n-1].Target == r.Target {
		b.report.Moves[n-1].Ended = at
		return
	}
	b.report.Moves = append(b.report.Moves, Move{
		Target: r.Target, Region: b.document.Regions[r.Target].Region, Started: at, Ended: at, Steps: []Step{},
	})
}

// assessed takes note of an assessment.
func (m *Move) assessed(a failover.Assessment) {
	if m.Before == nil {
		m.Before = &a.Observation
	}
	m.Decision = &a.Decision
	if seen := a.Observation.Regions[m.Target]; seen != nil && seen.Lag != nil && seen.Lag.Error == "" && m.Outcome == "" {
		m.Lag = seen.Lag
	}
}

// ended takes note of how a call ended.
func (m *Move) ended(r failover.Result) {
	if verification(r) {
		m.Verification = r.Outcome
	} else {
		m.Outcome, m.Detail = r.Outcome, r.Detail
	}
	if r.Decision != nil {
		m.Decision = r.Decision
	}
	if r.Lag != nil && r.Lag.Error == "" {
		m.Lag = r.Lag
	}
	if r.FirstWrite != nil && m.Recovery == nil {
		m.Recovery = &Span{End: r.FirstWrite.UTC()}
	}
}

// verification says whether it is a verification that ended, not a move.
func verification(r failover.Result) bool {
	return r.Outcome == failover.Verified || r.Outcome == failover.Unverified
}

// finish works out what follows from everything that was noted.
func finish(m *Move, mode failover.Mode) {
	for _, s := range m.Steps {
		m.WaitedSeconds += s.WaitedSeconds
		m.OwnSeconds += s.OwnSeconds
	}
	if m.first(failover.StepPromote, failover.StepWriter) == nil {
		m.Recovery = nil // nothing was moved
	}
	if s := m.Recovery; s != nil {
		s.From, s.Start = FromStart, m.Started
		if fence := m.first(failover.StepFence); fence != nil && mode.Planned() {
			s.From, s.Start = FromInterruption, fence.Start
		}
		s.Seconds = s.End.Sub(s.Start).Seconds()
	}
	if promotion := m.first(failover.StepPromote, failover.StepWriter); promotion != nil && m.Outcome != failover.PutBackDone {
		m.Loss = loss(m.Lag, mode, promotion.Start)
	}
}

// first is the first of the move's steps that has one of the names, or nil.
func (m *Move) first(names ...failover.Step) *Step {
	for i := range m.Steps {
		if slices.Contains(names, m.Steps[i].Name) {
			return &m.Steps[i]
		}
	}
	return nil
}

// loss bounds what a promotion can have lost.
func loss(lag *failover.LagSeen, mode failover.Mode, promotion time.Time) *Loss {
	switch {
	case mode.Planned():
		return &Loss{BoundSeconds: new(0.0), Basis: "a planned move waits until the target has received every write"}
	case lag == nil:
		return &Loss{Basis: "no figure for the lag was seen before the promotion"}
	}
	return &Loss{
		BoundSeconds: new(lag.Bound(promotion).Seconds()),
		Basis:        "the lag by " + lag.Metric + " at " + lag.At.UTC().Format(time.RFC3339) + ", and its age at the promotion",
	}
}

func stepOf(s failover.StepTaken) Step {
	step := Step{
		Name: s.Name, Start: s.Start.UTC(), End: s.End.UTC(), Seconds: s.End.Sub(s.Start).Seconds(), WaitedSeconds: s.Waited.Seconds(),
		OwnSeconds: max(s.End.Sub(s.Start)-s.Waited, 0).Seconds(), Outcome: StepDone, Detail: s.Detail,
	}
	if s.Error != "" {
		step.Outcome, step.Detail = StepFailed, s.Error
	}
	return step
}

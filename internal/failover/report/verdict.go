package report

import (
	"cmp"
	"fmt"
	"strings"
)

// title names the report.
func (r Report) title() string {
	what := cmp.Or(string(r.Mode), "run")
	if r.Rehearsal != nil {
		what = "rehearsal of " + r.Rehearsal.Scenario
	}
	return cmp.Or(r.Application, "Application") + ": " + what
}

// good says whether everything is as it should be.
func (r Report) good() bool {
	if r.Rehearsal != nil {
		return r.Rehearsal.Verdict.Held
	}
	return r.Succeeded()
}

// word is the verdict in a word.
func (r Report) word() string {
	switch held := r.Rehearsal != nil; {
	case held && r.good():
		return "Held"
	case held:
		return "Not held"
	case r.good():
		return "Done"
	}
	return "Not done"
}

// Verdict is the verdict in a sentence: against the targets, if it was a rehearsal.
func (r Report) Verdict() string {
	h := r.Rehearsal
	if h == nil {
		return r.Summary()
	}
	var failed []string
	for _, e := range h.Verdict.Expectations {
		if !e.Held {
			failed = append(failed, e.Must+" ("+e.Measured+")")
		}
	}
	text := fmt.Sprintf("All %d expectations held", len(h.Verdict.Expectations))
	if len(failed) > 0 {
		text = fmt.Sprintf("%d of %d expectations did not hold: %s", len(failed), len(h.Verdict.Expectations), strings.Join(failed, "; "))
	}
	return text + ". " + h.against()
}

// against compares RTO and RPO with their targets.
func (h Rehearsal) against() string {
	rto := "RTO: nothing was moved"
	if s := h.Clients.RTO; s != nil {
		rto = "RTO " + duration(s.Seconds) + target(h.Verdict.Targets.RTOSeconds)
	}
	return rto + "; RPO " + duration(h.Clients.Lost.RPOSeconds) + target(h.Verdict.Targets.RPOSeconds) + "."
}

func target(seconds *float64) string {
	if seconds == nil {
		return " (no target)"
	}
	return " (target: at most " + round(*seconds) + ")"
}

package report

import (
	"fmt"
	"html/template"
	"iter"
	"maps"
	"slices"
	"strings"
)

// figures are the key figures: from the clients, where there were any, and from the journal.
func (r Report) figures() []figure {
	if h := r.Rehearsal; h != nil {
		return []figure{h.rto(), h.lost(), gapFigure("Longest gap in reads", "reads", h.Clients.Reads), gapFigure("Longest gap in writes", "writes", h.Clients.Writes), r.own()}
	}
	return append(r.moveFigures(), r.own())
}

// rto is the recovery time that clients saw.
func (h Rehearsal) rto() figure {
	f := figure{Label: "RTO", Value: "none", Note: "nothing was moved"}
	if s := h.Clients.RTO; s != nil {
		f.Value, f.Note = secondsFigure("/rehearsal/clients/rto/seconds", s.Seconds), "from "+s.From+" to the first verified write"
	}
	if target := h.Verdict.Targets.RTOSeconds; target != nil {
		f.Target = duration(*target)
		f.Missed = h.Clients.RTO != nil && h.Clients.RTO.Seconds > *target
	}
	return f
}

// lost is what is gone of what was acknowledged.
func (h Rehearsal) lost() figure {
	l := h.Clients.Lost
	f := figure{Label: "RPO", Value: secondsFigure("/rehearsal/clients/lost/rpoSeconds", l.RPOSeconds)}
	f.Note = fmt.Sprintf("%d of %d acknowledged writes lost", l.Total, h.Clients.Acknowledged)
	if target := h.Verdict.Targets.RPOSeconds; target != nil {
		f.Target, f.Missed = duration(*target), l.RPOSeconds > *target
	}
	return f
}

func gapFigure(label, kind string, r Requests) figure {
	f := figure{Label: label, Value: "unknown", Note: "fewer than two succeeded"}
	if g := r.LongestGap; g != nil {
		f.Value = secondsFigure("/rehearsal/clients/"+kind+"/longestGap/seconds", g.Seconds)
		f.Note = fmt.Sprintf("%d of %d %s failed", r.Failed(), r.Total, kind)
	}
	return f
}

// own is how much of the time the automation itself needed.
func (r Report) own() figure {
	steps, waited, own := 0, 0.0, 0.0
	for _, m := range r.Moves {
		steps, waited, own = steps+len(m.Steps), waited+m.WaitedSeconds, own+m.OwnSeconds
	}
	return figure{
		Label: "Automation’s own time", Value: secondsFigure("/moves/*/ownSeconds", own),
		Note: fmt.Sprintf("in %d steps, which waited %s for AWS", steps, duration(waited)),
	}
}

// moveFigures are the recovery time and the loss of each move.
func (r Report) moveFigures() []figure {
	var all []figure
	for i, m := range r.Moves {
		to := ""
		if len(r.Moves) > 1 {
			to = " to " + m.Region
		}
		f := figure{Label: "RTO" + to, Value: "none", Note: "nothing was moved"}
		if s := m.Recovery; s != nil {
			f.Value, f.Note = secondsFigure(fmt.Sprintf("/moves/%d/recovery/seconds", i), s.Seconds), "from "+s.From+" to the first verified write"
		}
		all = append(all, f, m.lossFigure(i, to))
	}
	return all
}

// lossFigure is the bound of what a move can have lost.
func (m Move) lossFigure(i int, to string) figure {
	f := figure{Label: "RPO" + to, Value: "none", Note: "nothing was moved"}
	if l := m.Loss; l != nil {
		f.Value, f.Note = "unknown", l.Basis
		if l.BoundSeconds != nil {
			f.Value = template.HTML("≤ ") + secondsFigure(fmt.Sprintf("/moves/%d/loss/boundSeconds", i), *l.BoundSeconds) //nolint:gosec // no text of others
		}
	}
	return f
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
		return ", without a target"
	}
	return " of at most " + duration(*seconds)
}

// sorted goes through a map by its keys.
func sorted[K ~string, V any](m map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

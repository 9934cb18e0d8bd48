package report

import (
	"fmt"
	"html/template"
	"iter"
	"maps"
	"slices"
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
		f.Target = round(*target)
		f.Missed = h.Clients.RTO != nil && h.Clients.RTO.Seconds > *target
	}
	return f
}

// lost is what is gone of what was acknowledged.
func (h Rehearsal) lost() figure {
	l := h.Clients.Lost
	f := figure{Label: "RPO", Value: secondsFigure("/rehearsal/clients/lost/rpoSeconds", l.RPOSeconds)}
	f.Note = fmt.Sprintf("%d of %d acknowledged writes lost", l.Total, h.Clients.Acknowledged)
	if l.Total > 0 {
		f.Note = fmt.Sprintf("the age of the oldest lost write; that of the newest is %s; %s", duration(l.NewestSeconds), f.Note)
	}
	if target := h.Verdict.Targets.RPOSeconds; target != nil {
		f.Target, f.Missed = round(*target), l.RPOSeconds > *target
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

// own is how much of the time the automation itself needed: in the move in which it needed most, if there are several.
func (r Report) own() figure {
	f, longest, moves := figure{Label: "Automation’s own time", Value: "none", Note: "it has moved nothing"}, -1.0, 0
	for i, run := range r.runs() {
		for j, m := range run.Moves {
			if len(m.Steps) == 0 {
				continue // nothing was begun, or it was moved by other means
			}
			if moves++; m.OwnSeconds > longest {
				longest = m.OwnSeconds
				f.Value = secondsFigure(fmt.Sprintf("%s/moves/%d/ownSeconds", r.pointer(i), j), m.OwnSeconds)
				f.Note = fmt.Sprintf("in %d steps, which waited %s for AWS", len(m.Steps), duration(m.WaitedSeconds))
			}
		}
	}
	if moves > 1 {
		f.Note += fmt.Sprintf("; the most of %d moves", moves)
	}
	return f
}

// runs are the runs before this one, and this one.
func (r Report) runs() []Report {
	if r.Rehearsal == nil {
		return []Report{r}
	}
	return append(slices.Clone(r.Rehearsal.Earlier), r)
}

// pointer is the JSON Pointer to one of the runs.
func (r Report) pointer(run int) string {
	if r.Rehearsal == nil || run == len(r.Rehearsal.Earlier) {
		return ""
	}
	return fmt.Sprintf("/rehearsal/earlier/%d", run)
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

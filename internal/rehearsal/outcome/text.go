package outcome

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/report"
)

// WriteText writes a rehearsal's report for people who look at a terminal.
func WriteText(w io.Writer, r report.Report) {
	h := r.Rehearsal
	fmt.Fprintf(w, "%s: %s\n\n", h.Scenario, h.Description)
	for _, e := range h.Verdict.Expectations {
		mark := "held"
		if !e.Held {
			mark = "FAIL"
		}
		fmt.Fprintf(w, "  %s  %s\n        %s\n", mark, e.Must, strings.ReplaceAll(strings.TrimSpace(e.Measured), "\n", "\n        "))
	}
	fmt.Fprintln(w)
	writeFigures(w, r)
	for _, m := range r.Moves {
		writeSteps(w, m)
	}
	if len(r.Remaining) > 0 {
		fmt.Fprintln(w, "\nWhat remains to be done:")
	}
	for i, text := range r.Remaining {
		fmt.Fprintf(w, "  %d. %s\n", i+1, strings.ReplaceAll(text, "\n", "\n     "))
	}
}

// writeFigures writes what was measured.
func writeFigures(w io.Writer, r report.Report) {
	c := r.Rehearsal.Clients
	line := func(what, format string, args ...any) {
		fmt.Fprintf(w, "  %-16s  %s\n", what, fmt.Sprintf(format, args...))
	}
	for _, m := range c.Recoveries {
		line("recovery time", "%s, from the %s to the first write in %s", length(m.Span.Seconds), m.Span.From, m.Region)
	}
	line("longest gap", "reads %s, writes %s", took(gap(c.Reads.LongestGap)), took(gap(c.Writes.LongestGap)))
	line("requests", "%d reads, %s; %d writes, %s", c.Reads.Total, failures(c.Reads), c.Writes.Total, failures(c.Writes))
	line("writes lost", "%d of %d acknowledged%s", c.Lost.Total, c.Acknowledged, reach(c.Lost))
	line("duplicated", "%d", c.Duplicated.Total)
	for _, p := range r.Rehearsal.Promotions {
		line("promotion", "%s, lagging by %s", p.Region, length(p.LagSeconds))
	}
	var seen []string
	for _, p := range r.Rehearsal.Propagations {
		seen = append(seen, p.Change+" "+length(p.Seconds))
	}
	if len(seen) > 0 {
		line("seen at the edge", "%s", strings.Join(seen, ", "))
	}
	line("calls of AWS", "%d to a Region while it was lost", Of(r).CallsWhileLost)
	for _, a := range r.Approvals {
		line("approval", "%s", a)
	}
	for _, m := range r.Moves {
		if len(m.Steps) == 0 {
			continue // it was moved by other means, or not at all
		}
		line("move to "+m.Region, "%s, %s of it the automation's own", length(m.OwnSeconds+m.WaitedSeconds), own(m.OwnSeconds))
	}
}

// own is the automation's own time, which is short.
func own(seconds float64) string {
	return time.Duration(seconds * float64(time.Second)).Round(10 * time.Microsecond).String()
}

// reach is how far back a loss reaches.
func reach(l report.Lost) string {
	if l.Total == 0 {
		return ""
	}
	return fmt.Sprintf(", reaching back %s (the newest %s) before the interruption", length(l.RPOSeconds), length(l.NewestSeconds))
}

// failures are what failed, by kind, the kinds in the order of the alphabet.
func failures(r report.Requests) string {
	if r.Failed() == 0 {
		return "none failed"
	}
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(r.Failures)) {
		kinds = append(kinds, fmt.Sprintf("%s %d", kind, r.Failures[kind]))
	}
	return fmt.Sprintf("%d failed (%s)", r.Failed(), strings.Join(kinds, ", "))
}

// writeSteps writes what a move did.
func writeSteps(w io.Writer, m report.Move) {
	if len(m.Steps) > 0 {
		fmt.Fprintf(w, "\nSteps to %s:\n", m.Region)
	}
	for _, s := range m.Steps {
		fmt.Fprintf(w, "  %-8s  %8s  own %7s  %-6s  %s\n", s.Name, length(s.Seconds), own(s.OwnSeconds), s.Outcome, s.Detail)
	}
}

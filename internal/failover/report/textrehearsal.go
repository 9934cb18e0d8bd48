package report

import (
	"fmt"
	"strings"
)

// markdown is what is known because the run was rehearsed.
func (h Rehearsal) markdown(b *strings.Builder) {
	c := h.Clients
	fmt.Fprintf(b, "\n## Rehearsal of %s\n\n%s\n\n", inline(h.Scenario), inline(h.Description))
	fmt.Fprintf(b, "- %s\n", h.against())
	fmt.Fprintf(b, "- reads: %s\n- writes: %s\n", c.Reads.markdown(), c.Writes.markdown())
	for _, r := range c.Recoveries {
		fmt.Fprintf(b, "- move to %s (%s): %s, from the %s at %s to the first verified write at %s\n",
			inline(r.Region), inline(string(r.Mode)), duration(r.Span.Seconds), inline(r.Span.From), clock(r.Span.Start), clock(r.Span.End))
	}
	fmt.Fprintf(b, "- acknowledged writes: %d, lost: %d, duplicated: %d, changed: %d\n", c.Acknowledged, c.Lost.Total, c.Duplicated.Total, c.Changed.Total)
	for _, f := range h.Faults {
		fmt.Fprintf(b, "- fault: %s at %s\n", inline(f.Label), clock(f.Start))
	}
	for _, p := range h.Promotions {
		fmt.Fprintf(b, "- promotion: %s at %s, lag %s\n", inline(p.Region), clock(p.At), duration(p.LagSeconds))
	}
	for _, p := range h.Propagations {
		fmt.Fprintf(b, "- propagation: %s at %s, took %s\n", inline(p.Change), clock(p.At), duration(p.Seconds))
	}
	b.WriteString("\n| must hold | measured | verdict |\n|---|---|---|\n")
	for _, e := range h.Verdict.Expectations {
		fmt.Fprintf(b, "| %s | %s | %s |\n", inline(e.Must), inline(e.Measured), heldWord(e.Held))
	}
	c.Lost.markdown(b)
	c.Duplicated.markdown(b, "Writes that are there more than once")
	c.Changed.markdown(b, "Writes with another content")
	h.calls(b)
	h.Reproduce.markdown(b)
}

func (r Requests) markdown() string {
	text := fmt.Sprintf("%d of %d failed", r.Failed(), r.Total)
	for kind, n := range sorted(r.Failures) {
		text += fmt.Sprintf(", %s: %d", inline(kind), n)
	}
	for who, n := range sorted(r.AnsweredBy) {
		text += fmt.Sprintf("; by %s: %d succeeded, %d failed", inline(who), n.Succeeded, n.Failed)
	}
	if g := r.LongestGap; g != nil {
		text += fmt.Sprintf("; longest gap %s, from %s", duration(g.Seconds), clock(g.From))
	}
	return text
}

func (l Lost) markdown(b *strings.Builder) {
	if l.Total == 0 {
		return
	}
	fmt.Fprintf(b, "\n### Lost writes\n\nAt the interruption, the oldest was %s old, the newest %s. The oldest %d of %d:\n\n| write | acknowledged | age at the interruption |\n|---|---|---|\n", duration(l.RPOSeconds), duration(l.NewestSeconds), len(l.Writes), l.Total)
	for _, w := range l.Writes {
		fmt.Fprintf(b, "| %s | %s by %s | %s |\n", inline(w.Task), clock(w.Acknowledged), orUnknown(w.Region), duration(w.AgeSeconds))
	}
}

func (n Named) markdown(b *strings.Builder, heading string) {
	if n.Total == 0 {
		return
	}
	fmt.Fprintf(b, "\n### %s\n\nThe first %d of %d:\n\n", heading, len(n.Tasks), n.Total)
	for _, task := range n.Tasks {
		fmt.Fprintf(b, "- %s\n", inline(task))
	}
}

func (h Rehearsal) calls(b *strings.Builder) {
	b.WriteString("\n### Calls of AWS\n\n| service | Region | by | calls | while it was lost |\n|---|---|---|---|---|\n")
	for _, c := range h.Calls {
		fmt.Fprintf(b, "| %s | %s | %s | %d | %d |\n", inline(c.Service), inline(c.Region), orUnknown(c.By), c.Total, c.WhileLost)
	}
}

func (r Reproduce) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n### How to reproduce it\n\n    %s\n\n", strings.Join(strings.Fields(r.Command), " "))
	fmt.Fprintf(b, "- version: %s\n- seed: %d\n- database: %s\n- time scale: %g\n", inline(r.Version), r.Seed, inline(r.Database), r.TimeScale)
	for stack, hash := range sorted(r.Templates) {
		fmt.Fprintf(b, "- template of %s: %s\n", inline(stack), inline(hash))
	}
}

func heldWord(held bool) string {
	if held {
		return "held"
	}
	return "did not hold"
}

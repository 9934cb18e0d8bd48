package report

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// timeFormat is how times are shown.
const timeFormat = "2006-01-02 15:04:05 UTC"

// Markdown is the report as text, with Markdown's headings, tables and lists.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n**%s.** %s\n\n", inline(r.title()), r.word(), inline(r.Verdict()))
	fmt.Fprintf(&b, "- run: %s\n- reason: %s\n- started by: %s\n", inline(r.Run), orUnknown(r.Reason), orUnknown(r.StartedBy))
	for _, a := range r.Approvals {
		fmt.Fprintf(&b, "- approval: %s\n", inline(a.String()))
	}
	fmt.Fprintf(&b, "- from %s to %s\n", clock(r.Started), clock(r.Ended))
	if !r.Mode.Planned() {
		fmt.Fprintf(&b, "- maximum data loss: %s\n", round(r.MaxDataLossSeconds))
	}
	if len(r.Overrides) > 0 {
		fmt.Fprintf(&b, "- overrides: %s\n", inline(fmt.Sprint(r.Overrides)))
	}
	if r.Rehearsal != nil {
		r.Rehearsal.markdown(&b)
	}
	for _, run := range r.runs() {
		for _, m := range run.Moves {
			m.markdown(&b)
		}
	}
	b.WriteString("\n## What remains to be done\n\n")
	for i, text := range r.Remaining {
		fmt.Fprintf(&b, "%d. %s\n", i+1, inline(text))
	}
	if len(r.Remaining) == 0 {
		b.WriteString("Nothing that the run knows of.\n")
	}
	return b.String()
}

// Summary is how the run ended, in a sentence. It is plain text, in which others' words are as they wrote them.
func (r Report) Summary() string {
	if len(r.Moves) == 0 {
		return "Nothing was recorded: the run ended before it could assess anything."
	}
	var parts []string
	for _, m := range r.Moves {
		parts = append(parts, m.summary())
	}
	return strings.Join(parts, " ")
}

// summary is how a move ended, in a sentence.
func (m Move) summary() string {
	text := "Nothing was moved"
	switch m.Outcome {
	case "":
	case failover.Moved:
		text = m.Region + " is active"
	case failover.AlreadyThere:
		text = m.Region + " was active before"
	default:
		text = fmt.Sprintf("Moving to %s ended as %s", m.Region, m.Outcome)
	}
	if m.Recovery != nil {
		text += fmt.Sprintf(", %s after the %s", duration(m.Recovery.Seconds), m.Recovery.From)
	}
	if m.Verification != "" {
		text += ", " + string(m.Verification)
	}
	if m.Detail != "" {
		text += " (" + m.Detail + ")"
	}
	return text + "."
}

func (m Move) markdown(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Move to %s\n\n%s\n\n", orUnknown(m.Region), inline(m.summary()))
	if d := m.Decision; d != nil {
		fmt.Fprintf(b, "- assessment: %s\n", inline(strings.SplitN(d.String(), "\n", 2)[0]))
		for _, reason := range d.Reasons {
			fmt.Fprintf(b, "  - %s\n", inline(reason.String()))
		}
	}
	if l := m.Lag; l != nil {
		fmt.Fprintf(b, "- lag before the promotion: %s (%s, %s)\n", duration(l.Lag.Seconds()), inline(l.Metric), clock(l.At))
	}
	if s := m.Recovery; s != nil {
		fmt.Fprintf(b, "- recovery time: %s, from the %s at %s to the first verified write at %s\n", duration(s.Seconds), s.From, clock(s.Start), clock(s.End))
	}
	if l := m.Loss; l != nil {
		bound := "unknown"
		if l.BoundSeconds != nil {
			bound = "at most " + duration(*l.BoundSeconds)
		}
		fmt.Fprintf(b, "- lost writes: %s; %s\n", bound, inline(l.Basis))
	}
	if len(m.Steps) > 0 {
		b.WriteString("\n| step | start | took | waited for AWS | own | outcome | detail |\n|---|---|---|---|---|---|---|\n")
	}
	for _, s := range m.Steps {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", inline(string(s.Name)), clock(s.Start), duration(s.Seconds), duration(s.WaitedSeconds), duration(s.OwnSeconds), s.Outcome, inline(s.Detail))
	}
}

// inline keeps a text that others wrote on its line and in its cell.
func inline(text string) string {
	return strings.NewReplacer("\r", " ", "\n", " ", "|", `\|`, "<", "&lt;").Replace(text)
}

func orUnknown(text string) string {
	if text == "" {
		return "unknown"
	}
	return inline(text)
}

func clock(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format(timeFormat)
}

// duration is a number of seconds as people read it: in milliseconds below a second, to a tenth below two minutes.
func duration(s float64) string {
	switch {
	case s < 0:
		return "−" + duration(-s)
	case s == 0:
		return "0 s"
	case s < 0.0005:
		return "under 1 ms"
	case s < 0.9995:
		return fmt.Sprintf("%.0f ms", s*1000)
	case s < 119.95:
		return fmt.Sprintf("%.1f s", s)
	}
	whole := int64(math.Round(s))
	return fmt.Sprintf("%d min %d s", whole/60, whole%60)
}

// round is a duration that was chosen, not measured: without a tenth that is none.
func round(s float64) string { return strings.Replace(duration(s), ".0 s", " s", 1) }

package page

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/warmstandby/warmstandby/internal/failover/report"
)

// section is what a reader sees of a section, with single spaces.
func section(b tab, id string) string {
	b.Helper()
	return strings.Join(strings.Fields(ask[string](b, `document.querySelector("section[aria-labelledby=`+id+`]").innerText`)), " ")
}

// TestContents looks whether a reader finds everything that the report has, on the screen and on paper.
func TestContents(t *testing.T) {
	for _, media := range []string{"", "print"} {
		r := rehearsal()
		h, m := r.Rehearsal, r.Moves[0]
		b := open(t, r, how{scheme: "light", media: media, width: 1280})
		b.do(chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach(function (d) { d.open = true; })`))
		want := map[string][]string{"expectations": {}, "timeline": {}, "steps": {}, "lost": {}, "calls": {}, "remaining": r.Remaining, "reproduce": {}}
		add := func(id string, texts ...string) { want[id] = append(want[id], texts...) }
		for _, e := range h.Verdict.Expectations {
			add("expectations", "held "+e.Must+" "+e.Measured)
		}
		for _, lane := range []string{"Reads per second", "Writes per second", "Latency", "Replication lag", "Writer", "Edge sends to", "Writes at the edge", "Changes reach the edge", "Steps"} {
			if found := ask[[]string](b, `Array.from(document.querySelectorAll("svg.chart text")).map(function (t) { return t.textContent; })`); !slices.Contains(found, lane) {
				t.Errorf("the image has no lane %q, but %q", lane, found)
			}
		}
		for _, reason := range m.Decision.Reasons {
			add("steps", string(reason.Code)+" "+reason.Seen+" "+reason.Expected+" "+reason.Do+" yes, by the operator", "Accepted beforehand: "+string(reason.Code))
		}
		for _, s := range m.Steps {
			add("steps", string(s.Name), s.Detail)
		}
		add("steps", r.Approvals[0].String(), "Reason given: "+r.Reason, "Lag before the promotion")
		for _, w := range h.Clients.Lost.Writes {
			add("lost", w.Task+" "+strconv.FormatUint(w.ID, 10)+" "+w.Acknowledged.Format("15:04:05.000")+" "+w.Region)
		}
		for _, q := range []report.Requests{h.Clients.Reads, h.Clients.Writes} {
			for who, n := range q.AnsweredBy {
				add("lost", fmt.Sprintf("%s %d %d", who, n.Succeeded, n.Failed))
			}
			for kind, n := range q.Failures {
				add("lost", fmt.Sprintf("%s: %d", kind, n))
			}
		}
		add("lost", "us-east-2 failover interruption 12:00:18.000 "+h.Clients.FirstWrite.Task+" 12:00:47.900 29.9 s")
		for _, c := range h.Calls {
			add("calls", fmt.Sprintf("%s %s %s %d %d", c.Service, c.Region, c.By, c.Total, c.WhileLost))
		}
		for _, p := range h.Propagations {
			add("calls", p.Change+" "+p.At.Format("15:04:05.000"))
		}
		add("reproduce", h.Reproduce.Command, h.Reproduce.Version, "Seed "+strconv.FormatUint(h.Reproduce.Seed, 10), "Database "+h.Reproduce.Database, r.Run, r.StartedBy)
		for stack, hash := range h.Reproduce.Templates {
			add("reproduce", stack+" "+hash)
		}
		for id, texts := range want {
			shown := section(b, id)
			for _, text := range texts {
				if !strings.Contains(shown, strings.Join(strings.Fields(text), " ")) {
					t.Errorf("%q: section %s lacks %q:\n%s", media, id, text, shown)
				}
			}
		}
	}
}

package report_test

import (
	"encoding/json"
	"fmt"
	"html"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/failover/report/reporttest"
)

// reports are one of each kind.
func reports() map[string]report.Report {
	several := reporttest.RegionLoss(75*time.Second, 3)
	several.Rehearsal.Earlier = []report.Report{reporttest.Run(), report.Build(document, "r1", moved(failover.Switchover, topology.Primary, 0))}
	bare := reporttest.RegionLoss(time.Minute, 4)
	bare.Rehearsal = &report.Rehearsal{Scenario: "killed"}
	elsewhere := reporttest.RegionLoss(time.Minute, 5)
	elsewhere.Rehearsal.Timeline.Buckets[3].Reads = map[string]int{"": 2, "eu-west-1": 1}
	return map[string]report.Report{
		"nothing":       report.Build(document, "r1", nil),
		"no value":      {Version: report.Version},
		"run":           reporttest.Run(),
		"refused":       report.Build(document, "r1", []failover.Entry{request(0, failover.Failover, topology.Secondary), outcome(2, failover.Result{Outcome: failover.Refused})}),
		"drill":         report.Build(document, "r1", append(moved(failover.Drill, topology.Secondary, 0), moved(failover.Drill, topology.Primary, 100)...)),
		"region loss":   reporttest.RegionLoss(75*time.Second, 1),
		"ten minutes":   reporttest.RegionLoss(10*time.Minute, 2),
		"several runs":  several,
		"nothing known": bare,
		"elsewhere":     elsewhere,
	}
}

var figureElement = regexp.MustCompile(`<data data-figure="([^"]*)" value="([^"]*)">([^<]*)</data>`)

// TestFigures compares each figure in the page with the one in the JSON form that it points to.
func TestFigures(t *testing.T) {
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) {
			var data any
			if err := json.Unmarshal(r.JSON(), &data); err != nil {
				t.Fatal(err)
			}
			figures := figureElement.FindAllStringSubmatch(string(r.HTML()), -1)
			if len(figures) < 15 && len(r.Moves) > 0 && r.Moves[0].Recovery != nil {
				t.Errorf("the page has %d figures", len(figures))
			}
			for _, f := range figures {
				want, err := reporttest.Figure(data, html.UnescapeString(f[1]))
				if err != nil {
					t.Error(err)
					continue
				}
				got, err := strconv.ParseFloat(f[2], 64)
				if err != nil || math.Abs(got-want) > 1e-9 {
					t.Errorf("%s: the page has %s, the JSON has %v", f[1], f[2], want)
				}
				if !strings.ContainsAny(f[3], "0123456789") {
					t.Errorf("%s reads %q", f[1], f[3])
				}
			}
		})
	}
}

// TestKeyFigures are those that nobody may miss.
func TestKeyFigures(t *testing.T) {
	page := string(reporttest.RegionLoss(75*time.Second, 1).HTML())
	for _, pointer := range []string{
		"/rehearsal/clients/rto/seconds", "/rehearsal/clients/lost/rpoSeconds", "/rehearsal/clients/lost/total",
		"/rehearsal/clients/reads/longestGap/seconds", "/rehearsal/clients/writes/longestGap/seconds", "/moves/0/ownSeconds",
		"/rehearsal/clients/acknowledged", "/moves/0/steps/4/waitedSeconds", "/rehearsal/calls/0/whileLost", "/rehearsal/promotions/0/lagSeconds",
		"/rehearsal/clients/lost/newestSeconds", "/rehearsal/clients/recoveries/0/span/seconds", "/rehearsal/propagations/2/seconds", "/rehearsal/propagations/0/seconds",
		"/rehearsal/clients/reads/answeredBy/us-east-2/succeeded", "/rehearsal/clients/writes/answeredBy/edge/failed", "/rehearsal/clients/reads/answeredBy/nobody/failed",
	} {
		if !strings.Contains(page, `data-figure="`+pointer+`"`) {
			t.Errorf("lacks %s", pointer)
		}
	}
}

// TestSize holds for the longest rehearsal that is meant to be drawn.
func TestSize(t *testing.T) {
	const limit = 2 << 20
	for _, length := range []time.Duration{10 * time.Minute, time.Minute, time.Hour} {
		r := reporttest.RegionLoss(length, 1)
		if page, data := len(r.HTML()), len(r.JSON()); page > limit || data > limit {
			t.Errorf("%s: the page has %d bytes, the JSON %d", length, page, data)
		}
	}
}

var outside = regexp.MustCompile(`(?i)(src|href|action|data)\s*=\s*["']?(https?:|//)|url\(\s*["']?(https?:|//)|@import`)

// TestOffline has a page that loads nothing.
func TestOffline(t *testing.T) {
	for name, r := range reports() {
		if found := outside.FindString(string(r.HTML())); found != "" {
			t.Errorf("%s refers to %q", name, found)
		}
	}
}

const hostile = `"><script>alert(1)</script><img src=x onerror=alert(2)>'` + "`" + `{{.}}` + "\x00\u2028" + `</style></svg>]]>|`

// hostileReport has somebody else's words wherever somebody else's words can be.
func hostileReport() report.Report {
	r := reporttest.RegionLoss(time.Minute, 1)
	r.Application, r.Reason, r.StartedBy, r.Run, r.Mode = hostile, hostile, hostile, hostile, failover.Mode(hostile)
	r.Remaining, r.Overrides = []string{hostile}, []failover.Code{failover.Code(hostile)}
	m := &r.Moves[0]
	m.Region, m.Detail, m.Loss.Basis, m.Steps[0].Detail, m.Steps[0].Name = hostile, hostile, hostile, hostile, failover.Step(hostile)
	m.Decision.Reasons[0] = failover.Reason{Code: failover.Code(hostile), Seen: hostile, Expected: hostile, Do: hostile}
	m.Before.Edge.Error = hostile
	h := r.Rehearsal
	h.Scenario, h.Description, h.Regions[0], h.Faults[0].Label = hostile, hostile, hostile, hostile
	h.Verdict.Expectations[0] = report.Expectation{Must: hostile, Measured: hostile}
	h.Reproduce.Command, h.Reproduce.Version, h.Reproduce.Templates = hostile, hostile, map[string]string{hostile: hostile}
	h.Clients.Reads.Failures = map[string]int{hostile: 1}
	h.Clients.Lost.Writes[0].Task, h.Clients.Lost.Writes[0].Region = hostile, hostile
	h.Clients.Duplicated = report.Named{Total: 1, Tasks: []string{hostile}}
	h.Clients.FirstWrite.Region, h.Clients.FirstWrite.Task = hostile, hostile
	h.Calls[0].Service, h.Promotions[0].Region, h.Propagations[0].Change = hostile, hostile, hostile
	h.Timeline.Buckets[0].ReadFailures = map[string]int{hostile: 1}
	h.Timeline.Samples[0].Writer = hostile
	return r
}

// TestHostile has nothing of what others wrote become a part of the page's markup.
func TestHostile(t *testing.T) {
	page := string(hostileReport().HTML())
	for _, bad := range []string{"<script>alert", "<img", "</style></svg>", "\x00", "onerror=alert(2)>"} {
		if strings.Contains(page, bad) {
			i := strings.Index(page, bad)
			t.Errorf("has %q: %s", bad, page[max(0, i-80):i+80])
		}
	}
	harmless := string(reporttest.RegionLoss(time.Minute, 1).HTML())
	for _, tag := range []string{"<script", "<style", "<svg", "<title", "<section"} {
		if got, want := strings.Count(page, tag), strings.Count(harmless, tag); tag != "<title" && got != want {
			t.Errorf("%d times %s, want %d", got, tag, want)
		}
	}
	text := strings.ReplaceAll(hostileReport().Markdown(), "    "+strings.Join(strings.Fields(hostile), " "), "") // the command, as code
	if strings.Contains(text, "<script") || strings.Contains(text, "<img") {
		t.Error("the text has the markup of others")
	}
}

// TestVerdict says what is wrong, and against which target.
func TestVerdict(t *testing.T) {
	r := reporttest.RegionLoss(time.Minute, 1)
	if got := r.Verdict(); got != "All 5 expectations held. RTO 29.9 s (target: at most 60 s); RPO 410 ms (target: at most 5 s)." {
		t.Errorf("got %q", got)
	}
	v := &r.Rehearsal.Verdict
	v.Held, v.Expectations[1].Held, v.Targets = false, false, report.Targets{RTOSeconds: new(20.0)}
	want := "1 of 5 expectations did not hold: " + v.Expectations[1].Must + " (" + v.Expectations[1].Measured + "). RTO 29.9 s (target: at most 20 s); RPO 410 ms (no target)."
	if got := r.Verdict(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, want := range []string{"✗ target missed", "did not hold", `class="verdict bad"`, "Not held"} {
		if !strings.Contains(string(r.HTML()), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// TestOwnTime is that of the move in which the automation needed most, whichever run it was in.
func TestOwnTime(t *testing.T) {
	r := reports()["several runs"]
	r.Rehearsal.Earlier[0].Moves[0].OwnSeconds = 1.5
	r.Rehearsal.Earlier[1].Moves[0].OwnSeconds = 0.25
	page := string(r.HTML())
	for _, want := range []string{
		`<dd class="value"><data data-figure="/rehearsal/earlier/0/moves/0/ownSeconds" value="1.5">1.5 s</data></dd>`, "; the most of 3 moves",
		"Move to us-east-2 (failover)", "Move to us-east-1 (switchover)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

// TestLosses says what a run without clients can know.
func TestLosses(t *testing.T) {
	for name, want := range map[string]string{
		"run": "Writes that were acknowledged within 13.0 s before the promotion can be lost: the lag by AuroraGlobalDBRPOLag", "nothing": "Nothing was moved, nothing is lost.",
		"refused": "Nothing was promoted, nothing is lost.", "drill": "Move to us-east-1: Nothing is lost: a planned move waits until the target has received every write.",
	} {
		if page := string(reports()[name].HTML()); !strings.Contains(page, want) {
			t.Errorf("%s: lacks %q", name, want)
		}
	}
}

// TestTextOfRehearsal has the same figures as the page.
func TestTextOfRehearsal(t *testing.T) {
	r := reporttest.RegionLoss(75*time.Second, 1)
	r.Rehearsal.Clients.Changed = report.Named{Total: 7, Tasks: []string{"write 12 of 1"}}
	r.Rehearsal.Earlier = []report.Report{report.Build(document, "r0", moved(failover.Switchover, topology.Primary, 0))}
	text, c := r.Markdown(), r.Rehearsal.Clients
	for _, want := range []string{
		"RTO 29.9 s (target: at most 60 s)", fmt.Sprintf("- acknowledged writes: %d, lost: %d, duplicated: 0, changed: 7\n", c.Acknowledged, c.Lost.Total),
		fmt.Sprintf("- reads: %d of %d failed, status 503: ", c.Reads.Failed(), c.Reads.Total), "| no write is there twice | 0 | held |",
		"    warmstandby rehearse --scenario region-loss", "| write 1701 of 7 |", "- seed: 1\n", "The first 1 of 7:\n\n- write 12 of 1\n", "| rds | us-east-2 | automation | 37 | 0 |", "- propagation: fence at ", "## Move to us-east-1\n", "**Held.** All 5",
		"# Shop: rehearsal of region-loss\n", "- move to us-east-2 (failover): 29.9 s, from the interruption at 2026-03-01 12:00:18 UTC to the first verified write at 2026-03-01 12:00:47 UTC\n",
		"At the interruption, the oldest was 410 ms old, the newest ", "; by us-east-1: ", "- fault: us-east-1 lost at 2026-03-01 12:00:18 UTC\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %q:\n%s", want, text)
		}
	}
}

// TestMarks are the ends of all moves, not only of the last.
func TestMarks(t *testing.T) {
	r := reporttest.RegionLoss(time.Minute, 1)
	home := r.Rehearsal.Clients.Recoveries[0]
	home.Region, home.Span.End = "us-east-1", home.Span.End.Add(5*time.Second)
	r.Rehearsal.Clients.Recoveries = append(r.Rehearsal.Clients.Recoveries, home)
	page := string(r.HTML())
	for _, want := range []string{"first verified write in us-east-2", "After 52.9 s: first verified write in us-east-1."} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if r.Rehearsal.Propagations = nil; strings.Contains(string(r.HTML()), "Changes reach the edge") {
		t.Error("there is a lane for changes, of which none is known")
	}
}

// TestTable has everything that clients saw in the table below the image.
func TestTable(t *testing.T) {
	r := reports()["elsewhere"]
	page := string(r.HTML())
	if !slices.Equal(r.Rehearsal.Regions, []string{"us-east-1", "us-east-2"}) {
		t.Errorf("drawing changed the Regions to %v", r.Rehearsal.Regions)
	}
	for _, want := range []string{`<th scope="col">Reads by unknown</th>`, `<th scope="col">Reads by eu-west-1</th>`, `<th scope="row">0.3</th><td>0</td><td>0</td><td>2</td><td>1</td><td>0</td>`} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

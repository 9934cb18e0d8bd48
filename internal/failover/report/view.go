package report

import (
	"cmp"
	"fmt"
	"html/template"
	"strings"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// view is a report with what the page says beyond it.
type view struct {
	Report
	Title   string
	Good    bool   // the verdict
	Word    string // the verdict in a word
	Verdict string // and in a sentence
	Figures []figure
	Chart   template.HTML // empty if nothing happened
	Shift   float64       // of the clients' times on its axis, in milliseconds
	Table   *table        // nil without clients
	Runs    []run
	Answers []answers
}

// figure is a key figure.
type figure struct {
	Label  string
	Value  template.HTML
	Note   string
	Target string // what was aimed for, if anything
	Missed bool
}

// run is a report as a part of the page, with the JSON Pointer to it.
type run struct {
	Report
	Pointer string
	Several bool
	Parts   []part
}

// part is a move as a part of the page.
type part struct {
	Move
	Pointer string
	Summary string
	Seen    []seen
}

// seen is what was observed of something before a move.
type seen struct{ What, Seen string }

// answers are the failures of the reads or the writes.
type answers struct {
	Name    string
	Pointer string
	Requests
	Kinds []kind
	By    []by
}

// by is how many requests somebody answered.
type by struct {
	Name    string
	Pointer string
	Answered
}

// kind is how many requests failed in one way.
type kind struct {
	Name    string
	Pointer string
	Count   int
}

func (r Report) view() view {
	v := view{Report: r, Title: r.title(), Good: r.good(), Word: r.word(), Verdict: r.Verdict(), Figures: r.figures()}
	if c, ok := r.chart(); ok {
		v.Chart = template.HTML(c.SVG()) //nolint:gosec // the chart escapes what it writes
	}
	if h := r.Rehearsal; h != nil {
		v.Table, v.Answers, v.Shift = h.table(), h.Clients.answers(), r.axis().at(h.Timeline.Start)
	}
	runs := r.runs()
	for i, each := range runs {
		v.Runs = append(v.Runs, each.run(r.pointer(i), len(runs) > 1))
	}
	return v
}

func (r Report) run(pointer string, several bool) run {
	x := run{Report: r, Pointer: pointer, Several: several}
	for i, m := range r.Moves {
		x.Parts = append(x.Parts, part{Move: m, Pointer: fmt.Sprintf("%s/moves/%d", pointer, i), Summary: m.summary(), Seen: m.seen()})
	}
	return x
}

// seen says what was observed before the move, line by line.
func (m Move) seen() []seen {
	o := m.Before
	if o == nil {
		return nil
	}
	all := []seen{
		{"edge", cmp.Or(o.Edge.Error, "active: "+cmp.Or(string(o.Edge.Active), "unknown"))},
		{"global database", cmp.Or(o.Database.Error, fmt.Sprintf("%s, writer: %s", cmp.Or(o.Database.Status, "unknown"), cmp.Or(string(o.Database.Writer), "unknown")))},
	}
	for role, seenOf := range sorted(o.Regions) {
		if seenOf != nil {
			all = append(all, regionSeen(string(role), *seenOf)...)
		}
	}
	if q := o.Requests; q != nil {
		all = append(all, seen{"requests", cmp.Or(q.Error, "reads answered by "+cmp.Or(string(q.ReadBy), "unknown")+", writes by "+cmp.Or(string(q.WriteBy), "unknown"))})
	}
	return all
}

// regionSeen says what was observed of a Region.
func regionSeen(role string, r failover.RegionSeen) []seen {
	proxy := map[bool]string{true: "reads and writes", false: "does not write"}[r.Proxy.Writable]
	if !r.Proxy.Readable && !r.Proxy.Writable {
		proxy = "not available " + r.Proxy.Unhealthy
	} else if !r.Proxy.Writable {
		proxy = "reads"
	}
	all := []seen{
		{role + " cluster", cmp.Or(r.Cluster.Error, fmt.Sprintf("%s, version %s, instances available: %d", cmp.Or(r.Cluster.Status, "unknown"), cmp.Or(r.Cluster.Version, "unknown"), r.Cluster.Available))},
		{role + " proxy", cmp.Or(r.Proxy.Error, strings.TrimSpace(proxy))},
		{role + " function", cmp.Or(r.Check.Error, fmt.Sprintf("answered in %d ms, its database is a %s", r.Check.Millis, cmp.Or(r.Check.Role, "unknown")))},
	}
	if l := r.Lag; l != nil {
		all = append(all, seen{role + " lag", cmp.Or(l.Error, fmt.Sprintf("%s (%s, %s)", duration(l.Lag.Seconds()), l.Metric, clock(l.At)))})
	}
	return all
}

// answers are how requests went, by kind of failure.
func (c Clients) answers() []answers {
	all := []answers{
		{Name: "reads", Pointer: "/rehearsal/clients/reads", Requests: c.Reads},
		{Name: "writes", Pointer: "/rehearsal/clients/writes", Requests: c.Writes},
	}
	for i := range all {
		for name, n := range sorted(all[i].Failures) {
			all[i].Kinds = append(all[i].Kinds, kind{name, pointerTo(all[i].Pointer+"/failures", name), n})
		}
		for name, n := range sorted(all[i].AnsweredBy) {
			all[i].By = append(all[i].By, by{name, pointerTo(all[i].Pointer+"/answeredBy", name), n})
		}
	}
	return all
}

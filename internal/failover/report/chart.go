package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/report/chart"
)

// axis is the time that the image shows.
type axis struct{ start, end time.Time }

// at is where a time is on the axis, in milliseconds.
func (a axis) at(t time.Time) float64 { return float64(t.Sub(a.start).Microseconds()) / 1000 }

// include makes the axis long enough for a time.
func (a *axis) include(t time.Time) {
	if t.IsZero() {
		return
	}
	if a.start.IsZero() || t.Before(a.start) {
		a.start = t
	}
	if t.After(a.end) {
		a.end = t
	}
}

// chart is the image of everything that happened, unless nothing did.
func (r Report) chart() (chart.Chart, bool) {
	a := r.axis()
	if !a.end.After(a.start) {
		return chart.Chart{}, false
	}
	c := chart.Chart{Title: "Timeline", Length: a.at(a.end), Marks: r.marks(a)}
	if h := r.Rehearsal; h != nil {
		c.Title = "Timeline of " + strings.Join(h.Regions, " and ")
		c.Lanes = h.lanes(a)
	}
	if rows := r.rows(a); len(rows) > 0 {
		c.Lanes = append(c.Lanes, chart.Bars{Name: "Steps", Rows: rows})
	}
	c.Description = describe(c.Marks) + r.Verdict()
	return c, len(c.Lanes) > 0
}

func (r Report) axis() axis {
	var a axis
	for _, run := range r.runs() {
		a.include(run.Started)
		a.include(run.Ended)
	}
	if h := r.Rehearsal; h != nil && len(h.Timeline.Buckets) > 0 {
		a.include(h.Timeline.Start)
		last := h.Timeline.Buckets[len(h.Timeline.Buckets)-1]
		a.include(h.Timeline.Start.Add(time.Duration(last.Start+h.Timeline.Width) * time.Millisecond))
	}
	return a
}

// marks are the faults, when the runs began, and when writes were accepted once more.
func (r Report) marks(a axis) []chart.Mark {
	var all []chart.Mark
	for _, run := range r.runs() {
		if !run.Started.IsZero() {
			all = append(all, chart.Mark{At: a.at(run.Started), Label: cmp.Or(string(run.Mode), "run") + " begins", Style: chart.Refused})
		}
		for _, m := range run.Moves {
			if m.Recovery != nil && r.Rehearsal == nil {
				all = append(all, chart.Mark{At: a.at(m.Recovery.End), Label: "first verified write in " + m.Region, Style: chart.Done})
			}
		}
	}
	if h := r.Rehearsal; h != nil {
		all = append(all, h.marks(a)...)
	}
	slices.SortStableFunc(all, func(x, y chart.Mark) int { return cmp.Compare(x.At, y.At) })
	return all
}

func (h Rehearsal) marks(a axis) []chart.Mark {
	var all []chart.Mark
	for _, f := range h.Faults {
		m := chart.Mark{At: a.at(f.Start), End: a.at(a.end), Label: f.Label, Style: chart.Failed}
		if f.End != nil {
			m.End = a.at(*f.End)
		}
		all = append(all, m)
	}
	for _, r := range h.Clients.Recoveries {
		all = append(all, chart.Mark{At: a.at(r.Span.End), Label: "first verified write in " + r.Region, Style: chart.Done})
	}
	return all
}

// describe says what the marks are, for those who do not see them.
func describe(marks []chart.Mark) string {
	var b strings.Builder
	for _, m := range marks {
		fmt.Fprintf(&b, "After %s: %s. ", duration(m.At/1000), m.Label)
	}
	return b.String()
}

// rows are the steps, each with everything that was taken of it.
func (r Report) rows(a axis) []chart.Row {
	var all []chart.Row
	for _, run := range r.runs() {
		for _, m := range run.Moves {
			for _, s := range m.Steps {
				all = addBar(all, string(s.Name), s.bar(a))
			}
		}
	}
	return all
}

func addBar(rows []chart.Row, name string, bar chart.State) []chart.Row {
	i := slices.IndexFunc(rows, func(r chart.Row) bool { return r.Name == name })
	if i < 0 {
		return append(rows, chart.Row{Name: name, Bars: []chart.State{bar}})
	}
	rows[i].Bars = append(rows[i].Bars, bar)
	return rows
}

func (s Step) bar(a axis) chart.State {
	bar := chart.State{From: a.at(s.Start), To: a.at(s.End), Label: duration(s.Seconds), Style: chart.Done}
	if s.Outcome == StepFailed {
		bar.Label, bar.Style = bar.Label+" failed", chart.Failed
	}
	if s.Name == failover.StepFence || s.Name == failover.StepDrain {
		bar.Style = cmp.Or(map[bool]chart.Style{true: chart.Failed}[s.Outcome == StepFailed], chart.Refused)
	}
	return bar
}

// lanes are what clients saw, and the states of the Regions and of the edge.
func (h Rehearsal) lanes(a axis) []chart.Lane {
	if len(h.Timeline.Buckets) == 0 {
		return nil
	}
	reads := func(b Bucket) (map[string]int, map[string]int) { return b.Reads, b.ReadFailures }
	writes := func(b Bucket) (map[string]int, map[string]int) { return b.Writes, b.WriteFailures }
	states := h.states(a)
	gaps := []chart.Row{{Name: "reads", Bars: h.Clients.Reads.gap(a)}, {Name: "writes", Bars: h.Clients.Writes.gap(a)}}
	lanes := []chart.Lane{
		h.requests(a, "Reads per second", reads), h.requests(a, "Writes per second", writes),
		chart.Bars{Name: "Longest gaps", Rows: gaps},
		h.latency(a), h.lag(a), states[0], states[1], states[2],
	}
	if rows := h.propagations(a); len(rows) > 0 {
		lanes = append(lanes, chart.Bars{Name: "Changes reach the edge", Rows: rows})
	}
	return lanes
}

// propagations are the times that changes took to be seen, a row for each kind of change.
func (h Rehearsal) propagations(a axis) []chart.Row {
	var rows []chart.Row
	for _, p := range h.Propagations {
		from := a.at(p.At)
		rows = addBar(rows, p.Change, chart.State{From: from, To: from + 1000*p.Seconds, Label: duration(p.Seconds), Style: chart.Done})
	}
	return rows
}

func (r Requests) gap(a axis) []chart.State {
	if r.LongestGap == nil {
		return nil
	}
	return []chart.State{{From: a.at(r.LongestGap.From), To: a.at(r.LongestGap.To), Label: duration(r.LongestGap.Seconds), Style: chart.Failed}}
}

// styleOf is the style of the Region at a place.
func styleOf(i int) chart.Style {
	return []chart.Style{chart.First, chart.Second, chart.Done}[min(max(i, 0), 2)]
}

// requests are the requests of a kind by outcome.
func (h Rehearsal) requests(a axis, name string, of func(Bucket) (ok, failed map[string]int)) chart.Areas {
	shift, perSecond := a.at(h.Timeline.Start), 1000/float64(max(h.Timeline.Width, 1))
	areas, regions := chart.Areas{Name: name, Width: float64(h.Timeline.Width)}, h.answering()
	for i, region := range regions {
		areas.Series = append(areas.Series, chart.Series{Name: cmp.Or(region, "unknown"), Style: styleOf(i)})
	}
	areas.Series = append(areas.Series, chart.Series{Name: "failed", Style: chart.Failed})
	for _, b := range h.Timeline.Buckets {
		ok, failed := of(b)
		areas.At = append(areas.At, shift+float64(b.Start))
		for i, n := range append(byRegion(regions, ok), total(failed)) {
			areas.Series[i].Values = append(areas.Series[i].Values, float64(n)*perSecond)
		}
	}
	return areas
}

// latency are the latencies of all requests.
func (h Rehearsal) latency(a axis) chart.Lines {
	median, high := chart.Line{Name: "median", Style: chart.Plain, Steps: true}, chart.Line{Name: "99 %", Style: chart.Dashed, Steps: true}
	shift := a.at(h.Timeline.Start)
	for _, b := range h.Timeline.Buckets {
		at, m, p := shift+float64(b.Start), b.Median, b.P99
		if p == 0 {
			m, p = math.NaN(), math.NaN() // there were no requests
		}
		median.Points, high.Points = append(median.Points, chart.Point{At: at, Value: m}), append(high.Points, chart.Point{At: at, Value: p})
	}
	return chart.Lines{Name: "Latency", Log: true, Lines: []chart.Line{median, high}}
}

// lag is how far the standby lags.
func (h Rehearsal) lag(a axis) chart.Lines {
	l := chart.Line{Name: "of the standby", Style: chart.Plain, Steps: true}
	shift := a.at(h.Timeline.Start)
	for _, s := range h.Timeline.Samples {
		value := math.NaN()
		if s.Lag != nil {
			value = *s.Lag
		}
		l.Points = append(l.Points, chart.Point{At: shift + float64(s.At), Value: value})
	}
	if n := len(l.Points); n > 0 {
		l.Points = append(l.Points, chart.Point{At: a.at(a.end), Value: l.Points[n-1].Value})
	}
	return chart.Lines{Name: "Replication lag", Lines: []chart.Line{l}}
}

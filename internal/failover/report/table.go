package report

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// table is the timeline as a table: the alternative to the image, and where its read-outs are from.
type table struct {
	Regions []string
	Width   string
	Rows    []row
}

// row is a bucket, and the state in which it ended.
type row struct {
	At            string // in seconds since the timeline began
	Reads, Writes []int  // by Region, then those that failed
	Median, P99   string
	Lag           string
	Writer        string
	Active        string
	Fenced        string
	Failures      string
}

// table is nil if clients saw nothing.
func (h Rehearsal) table() *table {
	t := h.Timeline
	if len(t.Buckets) == 0 {
		return nil
	}
	all := &table{Regions: h.answering(), Width: duration(float64(t.Width) / 1000)}
	samples, last := t.Samples, Sample{}
	for _, b := range t.Buckets {
		for len(samples) > 0 && samples[0].At < b.Start+t.Width {
			last, samples = samples[0], samples[1:]
		}
		all.Rows = append(all.Rows, rowOf(all.Regions, b, last))
	}
	return all
}

func rowOf(regions []string, b Bucket, s Sample) row {
	r := row{
		At:    strconv.FormatFloat(float64(b.Start)/1000, 'f', -1, 64),
		Reads:  append(byRegion(regions, b.Reads), total(b.ReadFailures)),
		Writes: append(byRegion(regions, b.Writes), total(b.WriteFailures)),
		Median: millis(b.Median), P99: millis(b.P99), Writer: dash(s.Writer), Active: dash(s.Active), Fenced: "no", Lag: "–",
		Failures: failures(b),
	}
	if s.Lag != nil {
		r.Lag = millis(*s.Lag)
	}
	if s.Fenced {
		r.Fenced = "yes"
	}
	return r
}

// answering are the Regions, and others that answered, if any did. The name of one that nobody knows is empty.
func (h Rehearsal) answering() []string {
	others := make(map[string]bool)
	for _, b := range h.Timeline.Buckets {
		for _, counts := range []map[string]int{b.Reads, b.Writes} {
			for region := range counts {
				others[region] = !slices.Contains(h.Regions, region)
			}
		}
	}
	maps.DeleteFunc(others, func(_ string, other bool) bool { return !other })
	return append(slices.Clone(h.Regions), slices.Sorted(maps.Keys(others))...)
}

// byRegion are counts in the order of Regions.
func byRegion(regions []string, counts map[string]int) []int {
	all := make([]int, len(regions))
	for i, region := range regions {
		all[i] = counts[region]
	}
	return all
}

// failures say how often what went wrong, such as "read timeout 12, write status 503 30".
func failures(b Bucket) string {
	var parts []string
	for kind, n := range sorted(b.ReadFailures) {
		parts = append(parts, "read "+kind+" "+strconv.Itoa(n))
	}
	for kind, n := range sorted(b.WriteFailures) {
		parts = append(parts, "write "+kind+" "+strconv.Itoa(n))
	}
	return dash(strings.Join(parts, ", "))
}

func total(counts map[string]int) int { return Requests{Failures: counts}.Failed() }

// millis are milliseconds, to a tenth below ten.
func millis(v float64) string {
	if v < 10 {
		return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64)
	}
	return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
}

func dash(text string) string { return cmp.Or(text, "–") }

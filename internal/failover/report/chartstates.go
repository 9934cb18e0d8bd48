package report

import (
	"slices"

	"github.com/warmstandby/warmstandby/internal/failover/report/chart"
)

// states are where the edge sends requests, who writes, and whether writes are refused.
func (h Rehearsal) states(a axis) [3]chart.States {
	return [3]chart.States{
		{Name: "Edge sends to", States: h.band(a, func(s Sample) (string, chart.Style) { return s.Active, h.styleOf(s.Active) })},
		{Name: "Writer", States: h.band(a, func(s Sample) (string, chart.Style) { return s.Writer, h.styleOf(s.Writer) })},
		{Name: "Writes at the edge", States: h.band(a, func(s Sample) (string, chart.Style) {
			if s.Fenced {
				return "refused", chart.Refused
			}
			return "accepted", ""
		})},
	}
}

// styleOf is the style of a Region; that of none is empty.
func (h Rehearsal) styleOf(region string) chart.Style {
	if region == "" {
		return ""
	}
	if i := slices.Index(h.Regions, region); i >= 0 {
		return styleOf(i)
	}
	return styleOf(2)
}

// band is a state over time. Samples that say the same are one.
func (h Rehearsal) band(a axis, of func(Sample) (label string, style chart.Style)) []chart.State {
	var all []chart.State
	shift := a.at(h.Timeline.Start)
	for _, s := range h.Timeline.Samples {
		label, style := of(s)
		if label == "" {
			label = "none"
		}
		at, n := shift+float64(s.At), len(all)
		if n > 0 && all[n-1].Label == label {
			continue
		}
		if n > 0 {
			all[n-1].To = at
		}
		all = append(all, chart.State{From: at, To: a.at(a.end), Label: label, Style: style})
	}
	return all
}

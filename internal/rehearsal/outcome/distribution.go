package outcome

import (
	"maps"
	"slices"
)

// Distribution is how a figure of a scenario varies over its runs. It is of the runs that have the figure.
type Distribution struct {
	// Scenario is the scenario's name.
	Scenario string `json:"scenario"`

	// Figure names the figure, with its unit if it has one: "RTO (s)".
	Figure string `json:"figure"`

	// Runs counts the runs that have the figure.
	Runs int `json:"runs"`

	// Min, Median, P95 and Max are values that runs had: so many percent of them had no greater one.
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	P95    float64 `json:"p95"`
	Max    float64 `json:"max"`
}

// figure is a figure of a run, or nil.
type figure struct {
	name string
	of   func(Run) *float64
}

// figures are the figures whose distributions are worth knowing. Kinds of failures and steps are those that the runs have.
func figures(runs []Run) []figure {
	played := func(v func(Run) float64) func(Run) *float64 {
		return func(r Run) *float64 {
			if r.Error != "" {
				return nil
			}
			return new(v(r))
		}
	}
	count := func(n func(Run) int) func(Run) *float64 { return played(func(r Run) float64 { return float64(n(r)) }) }
	all := []figure{
		{"RTO (s)", func(r Run) *float64 { return r.RTOSeconds }},
		{"own share (s)", func(r Run) *float64 { return r.OwnSeconds }},
		{"read gap (s)", func(r Run) *float64 { return r.ReadGapSeconds }},
		{"write gap (s)", func(r Run) *float64 { return r.WriteGapSeconds }},
		{"waited for AWS (s)", func(r Run) *float64 { return r.WaitedSeconds }},
		{"propagation (s)", func(r Run) *float64 { return r.PropagationSeconds }},
		{"lag at promotion (s)", func(r Run) *float64 { return r.LagSeconds }},
		{"oldest lost write, RPO (s)", played(func(r Run) float64 { return r.RPOSeconds })},
		{"newest lost write (s)", played(func(r Run) float64 { return r.NewestLostSeconds })},
		{"lost writes", count(func(r Run) int { return r.Lost })},
		{"calls to lost Regions", count(func(r Run) int { return r.CallsWhileLost })},
		{"failed requests", count(func(r Run) int { return r.RequestsFailed })},
	}
	for _, kind := range keys(runs, func(r Run) map[string]int { return r.Failures }) {
		all = append(all, figure{"failed: " + kind, count(func(r Run) int { return r.Failures[kind] })})
	}
	for _, name := range keys(runs, func(r Run) map[string]Step { return r.Steps }) {
		all = append(all,
			figure{"step " + name + ", waited (s)", step(name, func(s Step) float64 { return s.WaitedSeconds })},
			figure{"step " + name + ", own (s)", step(name, func(s Step) float64 { return s.OwnSeconds })})
	}
	return all
}

// step is a figure of a step, of the runs that took it.
func step(name string, of func(Step) float64) func(Run) *float64 {
	return func(r Run) *float64 {
		if s, ok := r.Steps[name]; ok {
			return new(of(s))
		}
		return nil
	}
}

// keys are the keys of the runs' maps, sorted.
func keys[V any](runs []Run, of func(Run) map[string]V) []string {
	all := make(map[string]bool)
	for _, r := range runs {
		for key := range of(r) {
			all[key] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// distributions are the distributions of all figures, scenario by scenario in the order in which they were played.
func distributions(runs []Run) []Distribution {
	var names []string
	for _, r := range runs {
		if !slices.Contains(names, r.Scenario) {
			names = append(names, r.Scenario)
		}
	}
	all := []Distribution{}
	for _, name := range names {
		of := slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return r.Scenario != name })
		for _, f := range figures(of) {
			var values []float64
			for _, r := range of {
				if v := f.of(r); v != nil {
					values = append(values, *v)
				}
			}
			if len(values) > 0 {
				all = append(all, distribution(name, f.name, values))
			}
		}
	}
	return all
}

func distribution(scenario, figure string, values []float64) Distribution {
	slices.Sort(values)
	rank := func(percent int) float64 { return values[max((len(values)*percent+99)/100-1, 0)] }
	return Distribution{Scenario: scenario, Figure: figure, Runs: len(values), Min: values[0], Median: rank(50), P95: rank(95), Max: values[len(values)-1]}
}

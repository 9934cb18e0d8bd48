package outcome

import "slices"

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

// figures are the figures whose distributions are worth knowing.
func figures() []figure {
	count := func(n func(Run) int) func(Run) *float64 {
		return func(r Run) *float64 {
			if r.Error != "" {
				return nil
			}
			return new(float64(n(r)))
		}
	}
	return []figure{
		{"RTO (s)", func(r Run) *float64 { return r.RTOSeconds }},
		{"own share (s)", func(r Run) *float64 { return r.OwnSeconds }},
		{"read gap (s)", func(r Run) *float64 { return r.ReadGapSeconds }},
		{"write gap (s)", func(r Run) *float64 { return r.WriteGapSeconds }},
		{"failed requests", count(func(r Run) int { return r.RequestsFailed })},
		{"lost writes", count(func(r Run) int { return r.Lost })},
	}
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
		for _, f := range figures() {
			var values []float64
			for _, r := range runs {
				if v := f.of(r); r.Scenario == name && v != nil {
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

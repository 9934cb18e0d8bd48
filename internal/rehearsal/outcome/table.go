package outcome

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"text/tabwriter"
)

// WriteTable writes the runs as a table, and below it what did not hold.
func (s Series) WriteTable(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "scenario\tseed\tverdict\tRTO\tread gap\twrite gap\tfailed\tlost\tduplicated")
	for _, r := range s.Runs {
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\t%s\t%d\t%d\t%d\n",
			r.Scenario, r.Seed, r.verdict(), took(r.RTOSeconds), took(r.ReadGapSeconds), took(r.WriteGapSeconds), r.RequestsFailed, r.Lost, r.Duplicated)
	}
	t.Flush()
	for _, r := range s.Runs {
		problems := r.problems()
		for _, failed := range problems {
			fmt.Fprintf(w, "\n%s with seed %d did not hold: %s\n", r.Scenario, r.Seed, failed)
		}
		if len(problems) > 0 {
			fmt.Fprintf(w, "The same again: %s\n", r.Command)
		}
	}
}

// WriteDistributions writes how the figures vary over seeds.
func (s Series) WriteDistributions(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "scenario\tfigure\truns\tmin\tmedian\tp95\tmax")
	for _, d := range s.Distributions {
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\t%s\t%s\n", d.Scenario, d.Figure, d.Runs, value(d.Min), value(d.Median), value(d.P95), value(d.Max))
	}
	t.Flush()
}

func value(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

// verdict is how a run ended, in a word.
func (r Run) verdict() string {
	switch {
	case r.Held:
		return "held"
	case r.Error != "":
		return "BROKEN"
	}
	return "FAILED"
}

// problems are why a run did not hold.
func (r Run) problems() []string {
	if r.Error != "" {
		return []string{r.Error}
	}
	return r.Failed
}

// WriteLine writes a run in a line.
func (r Run) WriteLine(w io.Writer) {
	fmt.Fprintf(w, "%-6s  %-16s seed %-11d RTO %s, gaps: reads %s, writes %s; %d failed, %d lost, %d duplicated\n",
		r.verdict(), r.Scenario, r.Seed, took(r.RTOSeconds), took(r.ReadGapSeconds), took(r.WriteGapSeconds), r.RequestsFailed, r.Lost, r.Duplicated)
}

package simulation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Tally counts what was in scenarios and what became of them.
type Tally struct {
	// Seeds is how many there were, and Calls how often an engine was called.
	Seeds, Calls int

	// Lasted is the virtual time of all of them.
	Lasted time.Duration

	// Counts are the rows of the table, by section and name.
	Counts map[string]map[string]int
}

// Add adds a report.
func (t *Tally) Add(r *Report) {
	t.Seeds++
	t.Calls += r.Calls
	t.Lasted += r.Lasted
	s := r.Scenario
	main := s.Operators[0].Request
	t.count("start", string(s.Start), 1)
	t.count("start", fmt.Sprintf("active: %s", s.active()), 1)
	t.count("engines killed", fmt.Sprint(r.Restarts), 1)
	t.count("operators", fmt.Sprint(len(s.Operators)), 1)
	t.count("past the engine", fmt.Sprintf("%d operations", len(s.Console)), 1)
	t.count("outcome of "+string(main.Mode), cmp.Or(string(r.Outcomes[0]), "killed for good"), 1)
	for _, o := range r.Outcomes[1:] {
		t.count("outcome of others", cmp.Or(string(o), "killed for good"), 1)
	}
	for kind, n := range r.Faults {
		t.count("calls with a fault", kind, n)
	}
	for result, n := range r.Writes {
		t.count("clients' writes", result, n)
	}
	for result, n := range r.Reads {
		t.count("clients' reads", result, n)
	}
	t.Plan(s)
}

// Plan adds what a scenario's plan has.
func (t *Tally) Plan(s Scenario) {
	for _, o := range s.Plan.Outages {
		name := "lost for a while"
		if o.Until.IsZero() {
			name = "lost for good"
		}
		t.count("Regions", name, 1)
	}
	if f := s.Plan.Fates; f.Hang+f.Fail > 0 {
		t.count("operations of RDS", "may hang or fail", 1)
	} else {
		t.count("operations of RDS", "complete", 1)
	}
	if s.Journal != Works {
		t.count("journal", "fails or hangs", 1)
	}
}

func (t *Tally) count(section, name string, n int) {
	if t.Counts == nil {
		t.Counts = map[string]map[string]int{}
	}
	if t.Counts[section] == nil {
		t.Counts[section] = map[string]int{}
	}
	t.Counts[section][name] += n
}

// Merge adds another tally.
func (t *Tally) Merge(o *Tally) {
	t.Seeds += o.Seeds
	t.Calls += o.Calls
	t.Lasted += o.Lasted
	for section, rows := range o.Counts {
		for name, n := range rows {
			t.count(section, name, n)
		}
	}
}

// String is the table.
func (t *Tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d seeds, %d calls of the engine, %s of virtual time\n", t.Seeds, t.Calls, t.Lasted.Round(time.Minute))
	for _, section := range slices.Sorted(maps.Keys(t.Counts)) {
		rows := t.Counts[section]
		fmt.Fprintf(&b, "\n%s\n", section)
		for _, name := range slices.Sorted(maps.Keys(rows)) {
			fmt.Fprintf(&b, "  %-28s %9d\n", name, rows[name])
		}
	}
	return b.String()
}

package history

import (
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
)

// Missing is the kind of a read that did not find what had been acknowledged, and Wrong that of an answer with something else in it
// than what was written. Fenced is that of a write that the edge refused on purpose.
const (
	Missing = "missing"
	Wrong   = "wrong content"
	Fenced  = "refused by the fence"
)

// Record is one request.
type Record struct {
	// Start is when it was due, End when it was answered or given up.
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`

	// Write says that it wrote; otherwise it read.
	Write bool `json:"write"`

	// ID is the item's, if it is known, and Task its text, which no other write has.
	ID   uint64 `json:"id,omitempty"`
	Task string `json:"task"`

	// Region is the Region that answered; empty if none did. Edge says that the edge answered by itself: it refused, or reached no
	// Region. Without both, nobody answered.
	Region string `json:"region,omitempty"`
	Edge   bool   `json:"edge,omitempty"`

	// Kind is what kind of failure it was: "status 503", "timeout", [Missing], and so on; empty if it succeeded.
	Kind string `json:"kind,omitempty"`
}

// OK reports whether the request succeeded.
func (r Record) OK() bool { return r.Kind == "" }

// Who answers, but for Regions.
const (
	ByEdge   = "edge"
	ByNobody = "nobody"
)

// By is who answered: a Region by its name, [ByEdge] or [ByNobody].
func (r Record) By() string {
	switch {
	case r.Region != "":
		return r.Region
	case r.Edge:
		return ByEdge
	}
	return ByNobody
}

// History is what clients remember, in the order in which answers came.
type History struct {
	// Began is when the clients began.
	Began time.Time `json:"began"`

	// Records are their requests.
	Records []Record `json:"records"`

	sent int
}

// Pick is the part of the history that a condition holds for.
func (h History) Pick(condition func(Record) bool) []Record {
	var picked []Record
	for _, r := range h.Records {
		if condition(r) {
			picked = append(picked, r)
		}
	}
	return picked
}

// Gap is a time in which no request of a kind succeeded.
type Gap struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Length is the gap's length.
func (g Gap) Length() time.Duration { return g.To.Sub(g.From) }

// LongestGap is the longest time between two successes of reads or of writes that follow one another, from the first success to the
// end: one that no success ends lasts until the last of such requests was answered or given up.
func (h History) LongestGap(write bool) Gap {
	var ends []time.Time
	var last time.Time
	for _, r := range h.Records {
		if r.Write != write {
			continue
		}
		if r.OK() {
			ends = append(ends, r.End)
		}
		if r.End.After(last) {
			last = r.End
		}
	}
	slices.SortFunc(ends, time.Time.Compare)
	if len(ends) > 0 {
		ends = append(ends, last)
	}
	var longest Gap
	for i := 1; i < len(ends); i++ {
		if g := (Gap{ends[i-1], ends[i]}); g.Length() > longest.Length() {
			longest = g
		}
	}
	return longest
}

// Failures counts the requests that failed, by kind, reads or writes.
func (h History) Failures(write bool) map[string]int {
	counts := make(map[string]int)
	for _, r := range h.Records {
		if r.Write == write && !r.OK() {
			counts[r.Kind]++
		}
	}
	return counts
}

// Answered counts requests by how they went.
type Answered struct {
	Succeeded, Failed int
}

// AnsweredBy counts the reads or the writes by who answered. It counts each of them once.
func (h History) AnsweredBy(write bool) map[string]Answered {
	counts := make(map[string]Answered)
	for _, r := range h.Records {
		if r.Write != write {
			continue
		}
		n := counts[r.By()]
		if r.OK() {
			n.Succeeded++
		} else {
			n.Failed++
		}
		counts[r.By()] = n
	}
	return counts
}

// FirstWrite is the first acknowledged write that was sent after a time and answered by a Region, and whether there is one.
func (h History) FirstWrite(region string, after time.Time) (Record, bool) {
	var first Record
	for _, r := range h.Records {
		if r.Write && r.OK() && r.Region == region && r.Start.After(after) && (first.End.IsZero() || r.End.Before(first.End)) {
			first = r
		}
	}
	return first, !first.End.IsZero()
}

// Audit is what became of what was promised.
type Audit struct {
	// Acknowledged is the number of writes that were.
	Acknowledged int `json:"acknowledged"`

	// Lost are those of them that are gone, oldest first.
	Lost []Record `json:"lost"`

	// Duplicated are the tasks that are there more than once.
	Duplicated []string `json:"duplicated"`

	// Changed are those whose content is not what was written.
	Changed []Record `json:"changed"`
}

// Audit compares what was promised with what the database holds.
func (h History) Audit(items []client.Item) Audit {
	byID, count := make(map[uint64]client.Item, len(items)), make(map[string]int, len(items))
	for _, i := range items {
		byID[i.ID] = i
		count[i.Task]++
	}
	a := Audit{Lost: []Record{}, Duplicated: []string{}, Changed: []Record{}}
	for _, r := range h.Records {
		if !r.Write {
			continue
		}
		if count[r.Task] > 1 {
			a.Duplicated = append(a.Duplicated, r.Task)
		}
		if !r.OK() {
			continue
		}
		a.Acknowledged++
		switch i, ok := byID[r.ID]; {
		case count[r.Task] == 0:
			a.Lost = append(a.Lost, r)
		case !ok || i.Task != r.Task:
			a.Changed = append(a.Changed, r)
		}
	}
	slices.SortFunc(a.Lost, func(x, y Record) int { return x.End.Compare(y.End) })
	return a
}

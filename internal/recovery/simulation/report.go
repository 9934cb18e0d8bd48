package simulation

import (
	"fmt"
	"sync"
	"time"
)

// Report is what came of a history.
type Report struct {
	// Seed is the history's.
	Seed uint64

	// Tally counts what happened.
	Tally

	// Violations are what did not hold.
	Violations []Violation

	mu sync.Mutex
}

// Violation is something that did not hold.
type Violation struct {
	// Invariant is what must hold.
	Invariant string

	// At is the bubble's time.
	At time.Time

	// Seen is what was seen instead.
	Seen string
}

// Tally counts what happened in histories.
type Tally struct {
	// Events were put on the bus, and Selected counts what rules selected of them: an event that two rules select counts twice.
	Events, Selected int

	// Dropped counts what EventBridge gave up.
	Dropped int

	// Automations were started. Effects is on how many servers a script had one.
	Automations, Effects int

	// Moves are changes of records by a failover, and Failbacks requests to go back.
	Moves, Failbacks int
}

// Add adds another tally.
func (t *Tally) Add(o Tally) {
	t.Events, t.Selected, t.Dropped = t.Events+o.Events, t.Selected+o.Selected, t.Dropped+o.Dropped
	t.Automations, t.Effects = t.Automations+o.Automations, t.Effects+o.Effects
	t.Moves, t.Failbacks = t.Moves+o.Moves, t.Failbacks+o.Failbacks
}

// wrong notes a violation.
func (r *Report) wrong(invariant, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Violations = append(r.Violations, Violation{invariant, time.Now(), fmt.Sprintf(format, args...)})
}

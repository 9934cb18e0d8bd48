package report

import (
	"time"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// NamedMax bounds how many writes are named in each of [Clients]'s lists. Their totals count all.
const NamedMax = 500

// Clients are what the clients of the application saw.
type Clients struct {
	// Rate is how many requests they sent in a second.
	Rate int `json:"rate"`

	// Reads and Writes are how their requests went.
	Reads  Requests `json:"reads"`
	Writes Requests `json:"writes"`

	// Acknowledged is the number of writes that the application promised to keep.
	Acknowledged int `json:"acknowledged"`

	// Lost are the acknowledged writes that are gone.
	Lost Lost `json:"lost"`

	// Duplicated are the writes that are there more than once, Changed those whose content is not what was written.
	Duplicated Named `json:"duplicated"`
	Changed    Named `json:"changed"`

	// FirstWrite is the first write that the Region that was moved to acknowledged and still has; nil if there is none.
	FirstWrite *FirstWrite `json:"firstWrite,omitempty"`

	// RTO is the time from what it names to the first such write; the longest one, if the scenario has several moves; nil if
	// nothing was moved.
	RTO *Span `json:"rto,omitempty"`

	// Recoveries are what each move was to the clients, in order. RTO is of the longest of them, FirstWrite of the last.
	Recoveries []Recovery `json:"recoveries"`
}

// Recovery is a move as clients saw it.
type Recovery struct {
	// Mode is how the Region was made the active one, Region the Region's name.
	Mode   failover.Mode `json:"mode"`
	Region string        `json:"region"`

	// Span is the time until the first write that the Region acknowledged and still has, and from what.
	Span Span `json:"span"`

	// Task is that write's text.
	Task string `json:"task"`
}

// Requests are the requests of one kind.
type Requests struct {
	// Total counts all requests.
	Total int `json:"total"`

	// Failures count those that failed, by kind: "status 503", "timeout", "refused by the fence", and so on.
	Failures map[string]int `json:"failures"`

	// AnsweredBy counts them by who answered: the name of a Region, "edge" if the edge did by itself, because it refused or
	// reached no Region, or "nobody". The counts add up to Total.
	AnsweredBy map[string]Answered `json:"answeredBy"`

	// LongestGap is the longest time in which none succeeded; nil if fewer than two did.
	LongestGap *Gap `json:"longestGap,omitempty"`
}

// Answered counts requests by how they went.
type Answered struct {
	// Succeeded and Failed count those that did.
	Succeeded int `json:"succeeded"`
	Failed    int `json:"failed"`
}

// Failed is the number of requests that failed.
func (r Requests) Failed() int {
	n := 0
	for _, count := range r.Failures {
		n += count
	}
	return n
}

// Gap is a time in which no request of a kind succeeded.
type Gap struct {
	// From is when the last one before it succeeded, To when the first one after it did, Seconds is their distance.
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Seconds float64   `json:"seconds"`
}

// Lost are acknowledged writes that are gone.
type Lost struct {
	// Total is how many.
	Total int `json:"total"`

	// RPOSeconds is how far back the loss reaches: the age that the oldest of them had at the interruption. NewestSeconds is
	// that of the newest one, negative if it was acknowledged afterwards. Both are 0 if nothing was lost. Where a Region that is
	// disturbed goes on acknowledging writes, ages are those when the edge began to refuse them.
	RPOSeconds    float64 `json:"rpoSeconds"`
	NewestSeconds float64 `json:"newestSeconds"`

	// Writes are the oldest of them, at most [NamedMax], oldest first.
	Writes []LostWrite `json:"writes"`
}

// LostWrite is a write that was acknowledged and is gone.
type LostWrite struct {
	// ID is the item's, Task its text, which no other write has.
	ID   uint64 `json:"id"`
	Task string `json:"task"`

	// Region is the Region that acknowledged it, Acknowledged is when.
	Region       string    `json:"region"`
	Acknowledged time.Time `json:"acknowledged"`

	// AgeSeconds is its age at the interruption.
	AgeSeconds float64 `json:"ageSeconds"`
}

// Named are writes by their texts.
type Named struct {
	// Total is how many.
	Total int `json:"total"`

	// Tasks are the texts of the first of them, at most [NamedMax].
	Tasks []string `json:"tasks"`
}

// FirstWrite is a write that shows that the application was back.
type FirstWrite struct {
	// At is when it was acknowledged, Region the name of the Region that did, Task its text.
	At     time.Time `json:"at"`
	Region string    `json:"region"`
	Task   string    `json:"task"`
}

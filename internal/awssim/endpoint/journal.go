package endpoint

import (
	"cmp"
	"maps"
	"slices"
	"sync"
)

// Count is how often an operation was called, or asked for in vain.
type Count struct {
	Service   string
	Operation string
	Region    string
	Calls     int
}

// Refusal is a call that the caller's policies do not allow.
type Refusal struct {
	Caller   string // the caller's ARN
	Role     string // its role's name; empty for a user
	Action   string
	Resource string
	Reason   string // AWS's message
	Calls    int    // how often
}

// Summary is what the endpoint was asked. Its lists are sorted.
type Summary struct {
	Calls    []Count   // known operations, whatever was answered
	Unknown  []Count   // operations that are not simulated, and services
	Refusals []Refusal // who lacked which action on which resource
}

// journal counts, for many requests at once.
type journal struct {
	mu       sync.Mutex
	calls    map[Count]int
	unknown  map[Count]int
	refusals map[Refusal]int
}

func newJournal() *journal {
	return &journal{calls: map[Count]int{}, unknown: map[Count]int{}, refusals: map[Refusal]int{}}
}

func (j *journal) call(c Count)     { add(&j.mu, j.calls, c) }
func (j *journal) miss(c Count)     { add(&j.mu, j.unknown, c) }
func (j *journal) refuse(r Refusal) { add(&j.mu, j.refusals, r) }

func add[K comparable](mu *sync.Mutex, counts map[K]int, key K) {
	mu.Lock()
	defer mu.Unlock()
	counts[key]++
}

func (j *journal) summary() Summary {
	j.mu.Lock()
	defer j.mu.Unlock()
	return Summary{Calls: sorted(j.calls), Unknown: sorted(j.unknown), Refusals: sortedRefusals(j.refusals)}
}

func sorted(counts map[Count]int) []Count {
	var list []Count
	for c, n := range maps.All(counts) {
		c.Calls = n
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Region, b.Region))
	})
	return list
}

func sortedRefusals(counts map[Refusal]int) []Refusal {
	var list []Refusal
	for r, n := range maps.All(counts) {
		r.Calls = n
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b Refusal) int {
		return cmp.Or(cmp.Compare(a.Caller, b.Caller), cmp.Compare(a.Action, b.Action), cmp.Compare(a.Resource, b.Resource),
			cmp.Compare(a.Reason, b.Reason))
	})
	return list
}

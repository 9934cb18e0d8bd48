package fault

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Injector decides by a plan for many callers at once, and counts.
type Injector struct {
	plan Plan

	mu     sync.Mutex
	calls  map[[4]string]int
	faults map[Kind]int
}

// NewInjector returns an Injector for the plan.
func NewInjector(p Plan) *Injector {
	return &Injector{plan: p, calls: map[[4]string]int{}, faults: map[Kind]int{}}
}

// Decide says what happens to the next call of that caller, operation and Region. A nil Injector lets nothing happen.
func (i *Injector) Decide(service, operation, region, caller string, at time.Time) Decision {
	if i == nil {
		return Decision{}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	key := [4]string{service, operation, region, caller}
	i.calls[key]++
	d := i.plan.Decide(Call{Service: service, Operation: operation, Region: region, Caller: caller, N: i.calls[key], At: at})
	i.faults[d.Kind]++
	return d
}

// Count is how often a kind of fault happened.
type Count struct {
	Kind  Kind
	Calls int
}

// Counts are how often each kind happened, [None] included, in the order of kinds.
func (i *Injector) Counts() []Count {
	i.mu.Lock()
	defer i.mu.Unlock()
	var counts []Count
	for _, k := range slices.Sorted(maps.Keys(i.faults)) {
		counts = append(counts, Count{k, i.faults[k]})
	}
	return counts
}

// RegionOf is the Region of a signature's scope as plans name it.
func RegionOf(scope string) string {
	if strings.Contains(scope, "*") {
		return Global
	}
	return scope
}

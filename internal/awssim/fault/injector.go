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
	calls  map[[4]string]int // by service, operation, Region and caller
	lost   map[[4]string]int // those of them to a Region that could not be reached
	faults map[Kind]int
}

// NewInjector returns an Injector for the plan.
func NewInjector(p Plan) *Injector {
	return &Injector{plan: p, calls: map[[4]string]int{}, lost: map[[4]string]int{}, faults: map[Kind]int{}}
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
	if d.Kind == Unreachable {
		i.lost[key]++
	}
	return d
}

// Change changes the plan for all calls from now on. It does not change whether a Region is cut off, see [Plan.Apply].
func (i *Injector) Change(change func(*Plan)) {
	i.mu.Lock()
	defer i.mu.Unlock()
	change(&i.plan)
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

// Called is how often a caller called an operation of a service in a Region.
type Called struct {
	Service, Operation, Region, Caller string

	Calls       int // all of them
	Unreachable int // those that were made while the Region could not be reached
}

// Calls are all calls, sorted.
func (i *Injector) Calls() []Called {
	i.mu.Lock()
	defer i.mu.Unlock()
	var all []Called
	for _, key := range slices.SortedFunc(maps.Keys(i.calls), func(a, b [4]string) int { return slices.Compare(a[:], b[:]) }) {
		all = append(all, Called{key[0], key[1], key[2], key[3], i.calls[key], i.lost[key]})
	}
	return all
}

// RegionOf is the Region of a signature's scope as plans name it.
func RegionOf(scope string) string {
	if strings.Contains(scope, "*") {
		return Global
	}
	return scope
}

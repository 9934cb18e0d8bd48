package awssim

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// event is a change that happens by itself when its time has come.
type event struct {
	at time.Time
	do func(at time.Time)
}

// events are changes to come, the next first; of those of one time, the one that was planned first.
type events []event

func (e *events) plan(at time.Time, do func(at time.Time)) {
	i, _ := slices.BinarySearchFunc(*e, at, func(e event, at time.Time) int {
		if e.at.After(at) {
			return 1
		}
		return -1
	})
	*e = slices.Insert(*e, i, event{at, do})
}

// plan lets do happen at that time: before the next function that [Cloud.Do] runs then or later. do gets the time that it was
// planned for, whenever it runs, so that what follows from it does not depend on how often somebody looks.
func (s *State) plan(at time.Time, do func(at time.Time)) { s.events.plan(at, do) }

// advance lets happen what is due.
func (c *Cloud) advance() {
	s := c.state
	for now := s.Now(); len(s.events) > 0 && !s.events[0].at.After(now); {
		next := s.events[0]
		s.events = s.events[1:]
		next.do(next.at)
		c.record(next.at)
	}
}

// NextChange is when the state changes next by itself, and whether it does.
func (s *State) NextChange() (time.Time, bool) {
	if len(s.events) == 0 {
		return time.Time{}, false
	}
	return s.events[0].at, true
}

// source returns a source of random numbers for the n-th use of a key. It depends on nothing but these and the seed, so that no
// other call changes what is drawn.
func (s *State) source(key string) *rand.Rand {
	s.draws[key]++
	return s.sourceOf(key, s.draws[key])
}

func (s *State) sourceOf(key string, n int) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key + "#" + strconv.Itoa(n))) // never fails
	return rand.New(rand.NewPCG(s.seed, h.Sum64()))     //nolint:gosec // what is drawn is to be reproducible, not secret
}

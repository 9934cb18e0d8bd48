package recoverytest

import (
	"slices"
	"time"
)

// delivery is a step at a place in the order of delivery.
type delivery struct {
	place int
	step  Step
}

// deliver is the history as it is delivered. What happened before a request to go back is delivered before it, at least once: who
// goes back has seen the failover. Repeats may come at any time.
func (h *history) deliver(lose bool) []Step {
	var all []delivery
	last := 10 * len(h.steps)
	for i, step := range h.steps {
		switch {
		case step.Event == nil:
			all = append(all, delivery{10 * i, step})
			continue
		case lose && h.chance(10):
		default:
			all = append(all, delivery{min(10*i+h.lateness(), h.barrier(i)), step})
		}
		for h.chance(10) {
			all = append(all, delivery{10*i + h.random.IntN(last-10*i+1), step})
		}
		if h.chance(5) {
			step.Event = withFields(step.Event, map[string]any{"arpio-schema-version": "1", "resource-type": "AWS::EC2::Instance", "restore-phase": []string{"failover"}})
			step.NextVersion = true
			all = append(all, delivery{10*i + h.lateness(), step})
		}
	}
	slices.SortStableFunc(all, func(a, b delivery) int { return a.place - b.place })
	return inTime(all)
}

// lateness is how many places an event comes late; ten are the distance to the next event.
func (h *history) lateness() int {
	if h.chance(70) {
		return 0
	}
	return h.random.IntN(60)
}

// barrier is the last place at which event i can be delivered: before the next request to go back.
func (h *history) barrier(i int) int {
	for j := i; j < len(h.steps); j++ {
		if h.steps[j].Event == nil {
			return 10*j - 1
		}
	}
	return 10 * (len(h.steps) + 10)
}

// inTime are the steps of deliveries, in whose order time does not go back.
func inTime(all []delivery) []Step {
	var now time.Time
	steps := make([]Step, len(all))
	for i, d := range all {
		if d.step.Now.After(now) {
			now = d.step.Now
		}
		steps[i] = d.step
		steps[i].Now = now
	}
	return steps
}

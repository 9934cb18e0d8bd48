package eventpattern

import "slices"

// found is a value that a condition holds for.
type found struct {
	condition int // among those that must hold together
	in        []element
}

// together reports whether conditions hold with values that are in the same element of every list that they share. It takes time in
// proportion to the values: lists of an event can have thousands of elements.
func (m *matching) together(conditions []int) bool {
	var all []found
	for i, c := range conditions {
		condition := m.rules.conditions[c]
		for _, v := range m.found[condition.leaves] {
			if condition.matches(v) {
				all = append(all, found{i, v.in})
			}
		}
	}
	every := make(set, len(conditions))
	for i := range conditions {
		every[i] = true
	}
	return slices.ContainsFunc(possible(all, 0, len(conditions)), every.equal)
}

// set says of each condition whether it holds.
type set []bool

func (s set) equal(t set) bool { return slices.Equal(s, t) }

// within reports whether everything that holds in s holds in t.
func (s set) within(t set) bool {
	for i := range s {
		if s[i] && !t[i] {
			return false
		}
	}
	return true
}

func (s set) union(t set) set {
	u := slices.Clone(s)
	for i := range t {
		u[i] = u[i] || t[i]
	}
	return u
}

// possible are the greatest sets of n conditions that hold together for values that are in the same elements down to a depth. What
// holds outside of deeper lists holds always; of each deeper list, one element can be chosen.
func possible(values []found, depth, n int) []set {
	here := make(set, n)
	lists := map[int]map[int][]found{}
	for _, v := range values {
		if len(v.in) == depth {
			here[v.condition] = true
			continue
		}
		e := v.in[depth]
		if lists[e.list] == nil {
			lists[e.list] = map[int][]found{}
		}
		lists[e.list][e.index] = append(lists[e.list][e.index], v)
	}
	result := []set{here}
	for _, elements := range lists {
		var choices []set
		for _, values := range elements {
			for _, s := range possible(values, depth+1, n) {
				choices = addGreatest(choices, s)
			}
		}
		var combined []set
		for _, s := range result {
			for _, choice := range choices {
				combined = addGreatest(combined, s.union(choice))
			}
		}
		result = combined
	}
	return result
}

// addGreatest adds s to sets, unless one of them has all of it, and removes those that s has all of.
func addGreatest(sets []set, s set) []set {
	if slices.ContainsFunc(sets, s.within) {
		return sets
	}
	return append(slices.DeleteFunc(sets, func(t set) bool { return t.within(s) }), s)
}

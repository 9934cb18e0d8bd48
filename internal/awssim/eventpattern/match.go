package eventpattern

import "slices"

// Rules matches events with many patterns at once: what several of them ask for is looked up once.
type Rules struct {
	paths      map[string]int // where a path's leaves are among those that scan finds
	conditions []ruleCondition
	rules      [][][]int // conditions of each rule's branches
}

// ruleCondition is a condition that knows where to look.
type ruleCondition struct {
	condition
	leaves int
	absent bool // holds if there is no such field
}

// NewRules are the rules with these patterns.
func NewRules(patterns ...*Pattern) *Rules {
	r := &Rules{paths: map[string]int{}}
	known := map[string]int{}
	for _, p := range patterns {
		var rule [][]int
		for _, b := range p.branches {
			var conditions []int
			for _, c := range b {
				conditions = append(conditions, r.add(c, known))
			}
			rule = append(rule, conditions)
		}
		r.rules = append(r.rules, rule)
	}
	return r
}

// add is the place of a condition, which is known by its path and filters.
func (r *Rules) add(c condition, known map[string]int) int {
	key := c.path + "\x00" + c.wanted
	if i, ok := known[key]; ok {
		return i
	}
	leaves, ok := r.paths[c.path]
	if !ok {
		leaves = len(r.paths)
		r.paths[c.path] = leaves
	}
	known[key] = len(r.conditions)
	r.conditions = append(r.conditions, ruleCondition{c, leaves, slices.Contains(c.filters, filter(absent{}))})
	return known[key]
}

// Match are the indexes of the patterns that select the event, in their order. The error says why the event is not a JSON object.
func (r *Rules) Match(event []byte) ([]int, error) {
	m, err := r.match(event)
	if err != nil {
		return nil, err
	}
	var matched []int
	for i, rule := range r.rules {
		if slices.ContainsFunc(rule, m.all) {
			matched = append(matched, i)
		}
	}
	return matched, nil
}

// Match reports whether the pattern selects the event. The error says why the event is not a JSON object.
func (p *Pattern) Match(event []byte) (bool, error) {
	matched, err := p.rules.Match(event)
	return len(matched) > 0, err
}

func (r *Rules) match(event []byte) (*matching, error) {
	found, err := scan(event, r.paths)
	return &matching{rules: r, found: found, answers: make([]answer, len(r.conditions))}, err
}

// matching is an event that is being matched.
type matching struct {
	rules   *Rules
	found   [][]value
	answers []answer
}

// answer is what is known of a condition.
type answer uint8

const (
	unknown answer = iota
	fails
	holds
	holdsInList // for values within lists only, so that other fields may have to be in the same element
)

// all reports whether all conditions hold, with values that are in the same elements of the lists that they share.
func (m *matching) all(conditions []int) bool {
	var inLists []int
	for _, c := range conditions {
		a := m.answers[c]
		if a == unknown {
			a = m.answer(c)
		}
		if a == fails {
			return false
		}
		if a == holdsInList {
			inLists = append(inLists, c)
		}
	}
	return len(inLists) < 2 || m.together(inLists)
}

func (m *matching) answer(c int) answer {
	if m.answers[c] == unknown {
		m.answers[c] = m.ask(m.rules.conditions[c])
	}
	return m.answers[c]
}

func (m *matching) ask(c ruleCondition) answer {
	values := m.found[c.leaves]
	if len(values) == 0 && c.absent {
		return holds
	}
	best := fails
	for _, v := range values {
		switch {
		case !c.matches(v):
		case len(v.in) == 0:
			return holds
		default:
			best = holdsInList
		}
	}
	return best
}

func (c condition) matches(v value) bool {
	return slices.ContainsFunc(c.filters, func(f filter) bool { return f.matches(v) })
}

package eventpattern

import (
	"fmt"
	"strings"
)

// Mismatch is a field because of which a pattern does not select an event.
type Mismatch struct {
	// Path is where the field is, with dots.
	Path string

	// Wanted is what the pattern has for the field: a list of filters in JSON.
	Wanted string

	// Found are the event's values for the field, in JSON; there are several if it is a list, or in one. None means that the event
	// does not have the field, or has an object or an empty list there.
	Found []string

	// InList means that the values are wanted, but in another element of a list than those of other fields.
	InList bool
}

// String is the mismatch as a line of text.
func (m Mismatch) String() string {
	found := strings.Join(m.Found, ", ")
	switch {
	case m.InList:
		return fmt.Sprintf("%s: %s is in another element of a list than what other fields match", m.Path, found)
	case found == "":
		found = "nothing"
	}
	return fmt.Sprintf("%s: wanted one of %s, found %s", m.Path, m.Wanted, found)
}

// Explain says why the pattern does not select the event: all fields that do not match. If the pattern has choices, it says so
// for the combination with the fewest. There is none if the pattern selects the event.
func (p *Pattern) Explain(event []byte) ([]Mismatch, error) {
	m, err := p.rules.match(event)
	if err != nil {
		return nil, err
	}
	var fewest []Mismatch
	for i, conditions := range p.rules.rules[0] {
		mismatches := m.mismatches(conditions)
		if len(mismatches) == 0 {
			return nil, nil
		}
		if i == 0 || len(mismatches) < len(fewest) {
			fewest = mismatches
		}
	}
	return fewest, nil
}

// mismatches are the conditions that do not hold, or those that do not hold together.
func (m *matching) mismatches(conditions []int) []Mismatch {
	var failed, inList []Mismatch
	for _, c := range conditions {
		mismatch := m.mismatch(m.rules.conditions[c])
		switch m.answer(c) {
		case fails:
			failed = append(failed, mismatch)
		case holdsInList:
			mismatch.InList = true
			inList = append(inList, mismatch)
		}
	}
	if len(failed) > 0 || m.all(conditions) {
		return failed
	}
	return inList
}

func (m *matching) mismatch(c ruleCondition) Mismatch {
	mismatch := Mismatch{Path: c.path, Wanted: c.wanted}
	for _, v := range m.found[c.leaves] {
		mismatch.Found = append(mismatch.Found, clip([]byte(v.String())))
	}
	return mismatch
}

package eventpattern

import "strconv"

// kind is the JSON type of a leaf.
type kind uint8

const (
	stringKind kind = iota
	numberKind
	literalKind // true, false, null
)

// value is a leaf of an event: a string, or a number or literal as it is written.
type value struct {
	kind kind
	text string
	in   []element // the lists that it is in, outermost first
}

// element is a place in a list of an event.
type element struct{ list, index int }

// String is the value in JSON.
func (v value) String() string {
	if v.kind == stringKind {
		return strconv.Quote(v.text)
	}
	return v.text
}

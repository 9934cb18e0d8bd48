package eventpattern

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// maxDepth is how deep lists and objects of an event may be nested.
const maxDepth = 1000

var errSyntax = errors.New("syntax error")

// scan finds the leaves of an event that are at paths, which maps a path to where its leaves go. It reads the whole event, and
// fails if that is not a JSON object. Of what nobody asked for, nothing is kept.
func scan(event []byte, paths map[string]int) ([][]value, error) {
	s := scanner{data: event, paths: paths, found: make([][]value, len(paths))}
	s.space()
	if s.peek() != '{' {
		return nil, fmt.Errorf("the event must be a JSON object, got %s", clip(event))
	}
	err := s.value()
	if s.space(); err == nil && s.at < len(event) {
		err = errSyntax
	}
	if err != nil {
		return nil, fmt.Errorf("the event is not JSON at byte %d: %w", s.at, err)
	}
	return s.found, nil
}

// scanner reads JSON. The standard library's decoder would build all of the event first, which takes longer than to match it.
type scanner struct {
	data  []byte
	at    int
	paths map[string]int
	found [][]value

	path  []byte    // of the value that is being read, with dots
	in    []element // the lists that it is in
	lists int       // how many there have been
	depth int
}

func (s *scanner) value() error {
	s.space()
	switch s.peek() {
	case '{', '[':
		if s.depth++; s.depth > maxDepth {
			return fmt.Errorf("it is nested deeper than %d levels", maxDepth)
		}
		defer func() { s.depth-- }()
		if s.peek() == '{' {
			return s.object()
		}
		return s.list()
	case '"':
		text, err := s.string()
		s.keep(stringKind, text)
		return err
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	}
	return s.number()
}

func (s *scanner) object() error {
	s.at++
	if s.space(); s.skip('}') {
		return nil
	}
	outer := len(s.path)
	for {
		if s.space(); s.peek() != '"' {
			return errSyntax
		}
		name, err := s.string()
		if err != nil {
			return err
		}
		if s.space(); !s.skip(':') {
			return errSyntax
		}
		if len(s.path) > 0 {
			s.path = append(s.path, '.')
		}
		s.path = append(s.path, name...)
		if err := s.value(); err != nil {
			return err
		}
		s.path = s.path[:outer]
		if s.space(); s.skip('}') {
			return nil
		}
		if !s.skip(',') {
			return errSyntax
		}
	}
}

func (s *scanner) list() error {
	s.at++
	if s.space(); s.skip(']') {
		return nil
	}
	s.lists++
	s.in = append(s.in, element{list: s.lists})
	place := len(s.in) - 1
	for {
		if err := s.value(); err != nil {
			return err
		}
		if s.space(); s.skip(']') {
			s.in = s.in[:place]
			return nil
		}
		if !s.skip(',') {
			return errSyntax
		}
		s.in[place].index++
	}
}

// keep keeps a leaf if somebody asked for it.
func (s *scanner) keep(k kind, text []byte) {
	if i, ok := s.paths[string(s.path)]; ok {
		s.found[i] = append(s.found[i], value{kind: k, text: string(text), in: slices.Clone(s.in)})
	}
}

func (s *scanner) literal(word string) error {
	if len(s.data)-s.at < len(word) || string(s.data[s.at:s.at+len(word)]) != word {
		return errSyntax
	}
	s.keep(literalKind, []byte(word))
	s.at += len(word)
	return nil
}

func (s *scanner) number() error {
	from := s.at
	s.skip('-')
	if !s.skip('0') && !s.digits() {
		return errSyntax
	}
	if s.skip('.') && !s.digits() {
		return errSyntax
	}
	if s.skip('e') || s.skip('E') {
		if !s.skip('+') {
			s.skip('-')
		}
		if !s.digits() {
			return errSyntax
		}
	}
	s.keep(numberKind, s.data[from:s.at])
	return nil
}

// string is the text of the string that starts here.
func (s *scanner) string() ([]byte, error) {
	from, plain := s.at, true
	for s.at++; s.at < len(s.data); s.at++ {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			return unquote(s.data[from:s.at], plain)
		case c == '\\':
			plain = false
			s.at++
		case c < ' ':
			return nil, errSyntax
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
	return nil, errSyntax
}

// unquote is the text of a JSON string. Plain ones need no decoding.
func unquote(raw []byte, plain bool) ([]byte, error) {
	if plain {
		return raw[1 : len(raw)-1], nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil, errSyntax
	}
	return []byte(text), nil
}

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek is the next character, or 0 at the end.
func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) skip(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

func (s *scanner) digits() bool {
	from := s.at
	for '0' <= s.peek() && s.peek() <= '9' {
		s.at++
	}
	return s.at > from
}

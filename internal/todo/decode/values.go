package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns a Set that stores a string of 1 to limit code points in dst. A code point is what Unicode numbers: a
// letter with a combining accent can be two, most emoji are one, some are several.
func Text(dst *string, limit int) func(json.RawMessage) error {
	return func(value json.RawMessage) error {
		if kind := kindOf(value); kind != aString {
			return fmt.Errorf("must be a string of 1 to %d characters, got %s", limit, kind)
		}
		s, err := unquote(value)
		if err != nil {
			return err
		}
		if n := utf8.RuneCountInString(s); n < 1 || n > limit {
			return fmt.Errorf("must have 1 to %d characters, got %d", limit, n)
		}
		*dst = s
		return nil
	}
}

// OneOf returns a Set that accepts the one string given.
func OneOf(allowed string) func(json.RawMessage) error {
	return func(value json.RawMessage) error {
		if kind := kindOf(value); kind != aString {
			return fmt.Errorf("must be the string %q, got %s", allowed, kind)
		}
		s, err := unquote(value)
		if err == nil && s != allowed {
			err = fmt.Errorf("must be %q, got %s", allowed, quote(s))
		}
		return err
	}
}

// ID returns a Set that stores a positive integer, written as a number or as a string, in dst. See [ParseID].
func ID(dst *uint64) func(json.RawMessage) error {
	return func(value json.RawMessage) error {
		digits := string(value)
		switch kind := kindOf(value); kind {
		case aNumber:
		case aString:
			s, err := unquote(value)
			if err != nil {
				return err
			}
			digits = s
		default:
			return fmt.Errorf("must be a positive integer, as a number or a string, got %s", kind)
		}
		id, err := ParseID(digits)
		if err == nil {
			*dst = id
		}
		return err
	}
}

// ParseID reads a positive integer in decimal digits, without sign, leading zeros, fraction or exponent. An integer
// that is too large for the database is one all the same: it becomes the greatest uint64, which no item is numbered
// with, so that it is not found rather than refused.
func ParseID(s string) (uint64, error) {
	if s == "" {
		return 0, errors.New("must be a positive integer, got an empty string")
	}
	for i, c := range []byte(s) {
		if c < '0' || c > '9' || i == 0 && c == '0' {
			return 0, fmt.Errorf("must be a positive integer in plain digits, got %s", quote(s))
		}
	}
	id, _ := strconv.ParseUint(s, 10, 64) // digits only, so the one error left is the range, which gives the greatest
	return id, nil
}

// The kinds of JSON values, as messages name them.
const (
	aString = "a string"
	aNumber = "a number"
)

// kindOf names what value is. The decoder has checked it, so the first byte says it all.
func kindOf(value json.RawMessage) string {
	switch value[0] {
	case '"':
		return aString
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	default:
		return aNumber
	}
}

// unquote decodes a JSON string. Half a surrogate pair, which encoding/json would replace without a word, is an error.
func unquote(value json.RawMessage) (string, error) {
	if hasHalfPair(value) {
		return "", errors.New(`must be Unicode text, got half of a surrogate pair (\ud800 to \udfff)`)
	}
	var s string
	err := json.Unmarshal(value, &s)
	return s, err
}

// hasHalfPair tells whether a \u escape in the string literal names a surrogate without its other half.
func hasHalfPair(literal []byte) bool {
	for {
		i := bytes.IndexByte(literal, '\\')
		if i < 0 {
			return false
		}
		literal = literal[i:]
		first, isUnicode := escaped(literal)
		if !isUnicode {
			literal = literal[2:] // an escape of two bytes, such as \n
			continue
		}
		literal = literal[6:]
		if !utf16.IsSurrogate(first) {
			continue
		}
		second, _ := escaped(literal)
		if utf16.DecodeRune(first, second) == utf8.RuneError {
			return true
		}
		literal = literal[6:]
	}
}

// escaped is the code unit of the \u escape that literal begins with, if it does.
func escaped(literal []byte) (rune, bool) {
	if len(literal) < 6 || literal[0] != '\\' || literal[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(literal[2:6]), 16, 16)
	return rune(unit), err == nil
}

package lifecycle

import (
	"errors"
	"fmt"
	"strings"
)

// Text says what a field of a [Pattern] must look like. Make one with [Exactly], [Prefix] or [Wildcard].
type Text struct {
	operator string // "" for exactly
	value    string
}

// Exactly is met by a field that is s, in the same case.
func Exactly(s string) Text { return Text{value: s} }

// Prefix is met by a field that starts with s.
func Prefix(s string) Text { return Text{operator: "prefix", value: s} }

// Wildcard is met by a field that is like s, in which each asterisk stands for any characters, or none. An asterisk that stands
// for itself, and a backslash, have a backslash before them.
func Wildcard(s string) Text { return Text{operator: "wildcard", value: s} }

// filter is t in an event pattern.
func (t Text) filter() any {
	if t.operator == "" {
		return t.value
	}
	return map[string]any{t.operator: t.value}
}

// validate reports what EventBridge would reject, and what nobody can have meant.
//
// Source: EventBridge User Guide, "Comparison operators for use in event patterns", on wildcards.
func (t Text) validate() error {
	if t.operator == "" {
		return nil // a resource may well have no name
	}
	if t.value == "" {
		return fmt.Errorf("a %s must not be empty", t.operator)
	}
	if t.operator == "wildcard" {
		return validateWildcard(t.value)
	}
	return nil
}

// validateWildcard reports consecutive asterisks and unknown escapes.
func validateWildcard(s string) error {
	rest := strings.NewReplacer(`\\`, "x", `\*`, "x").Replace(s)
	switch {
	case strings.Contains(rest, "**"):
		return fmt.Errorf("wildcard %q must not have consecutive asterisks", s)
	case strings.Contains(rest, `\`):
		return fmt.Errorf(`wildcard %q may have a backslash only before "*" or another backslash`, s)
	case !strings.Contains(rest, "*"):
		return errors.New("a wildcard must have an asterisk, use Exactly instead")
	}
	return nil
}

package document

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// safeCharacters can stand in single quotes in every shell and in PowerShell, and mean themselves.
const safeCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/@+=,-"

// safe says why a parameter's values could be more than safe characters, or nothing.
func (p Parameter) safe() error {
	for _, value := range p.AllowedValues {
		if i := strings.IndexFunc(value, unsafe); i >= 0 {
			return fmt.Errorf("its allowed value %q has a %q", value, value[i])
		}
	}
	if len(p.AllowedValues) > 0 {
		return nil
	}
	if p.AllowedPattern == "" {
		return errors.New("it has no AllowedPattern")
	}
	expression, err := syntax.Parse(p.AllowedPattern, syntax.Perl)
	if err != nil {
		return fmt.Errorf("its AllowedPattern is no regular expression: %w", err)
	}
	return safeExpression(expression)
}

func unsafe(r rune) bool { return !strings.ContainsRune(safeCharacters, r) }

// safeExpression walks a regular expression and says which part admits an unsafe character.
func safeExpression(e *syntax.Regexp) error {
	switch e.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return errors.New("its AllowedPattern admits any character")
	case syntax.OpLiteral:
		if e.Flags&syntax.FoldCase != 0 { // k also stands for the Kelvin sign then
			return errors.New("its AllowedPattern ignores case")
		}
		for _, r := range e.Rune {
			if unsafe(r) {
				return fmt.Errorf("its AllowedPattern admits %q", r)
			}
		}
	case syntax.OpCharClass:
		for i := 0; i < len(e.Rune); i += 2 {
			if r, ok := unsafeIn(e.Rune[i], e.Rune[i+1]); ok {
				return fmt.Errorf("its AllowedPattern admits %q", r)
			}
		}
	}
	for _, part := range e.Sub {
		if err := safeExpression(part); err != nil {
			return err
		}
	}
	return nil
}

// unsafeIn is the first unsafe character of a range, if there is one.
func unsafeIn(low, high rune) (rune, bool) {
	for r := low; r <= high && r <= 'z'+1; r++ {
		if unsafe(r) {
			return r, true
		}
	}
	return low, low > 'z'
}

// anchored reports whether a regular expression matches whole values only: ^ before and $ behind everything.
func anchored(pattern string) bool {
	e, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil || e.Op != syntax.OpConcat || len(e.Sub) < 2 {
		return false
	}
	return e.Sub[0].Op == syntax.OpBeginText && e.Sub[len(e.Sub)-1].Op == syntax.OpEndText
}

package iam

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The symbols of a pattern are bytes and these two.
const (
	anyText int16 = -1 - iota // *
	oneChar                   // ?
)

// pattern is a compiled value of a policy.
type pattern struct {
	symbols   []int16
	variables []variable // in the order of their places
	fold      bool
}

// variable is a policy variable, ${key} or ${key, 'fallback'}.
type variable struct {
	at       int // the symbol before which the value goes
	key      string
	fallback string
	optional bool // there is a fallback
}

// syntax says what is special in a value.
type syntax struct {
	wildcards bool // * and ?
	variables bool // ${…}
	fold      bool // upper and lower case are the same
}

// compile compiles text.
func (s syntax) compile(text string) (pattern, error) {
	p := pattern{fold: s.fold}
	for rest := text; rest != ""; {
		if s.variables && strings.HasPrefix(rest, "${") {
			end := strings.IndexByte(rest, '}')
			if end < 0 {
				return pattern{}, fmt.Errorf("%q: a policy variable is not closed", text)
			}
			if err := p.substitute(rest[2:end]); err != nil {
				return pattern{}, fmt.Errorf("%q: %w", text, err)
			}
			rest = rest[end+1:]
			continue
		}
		switch c := rest[0]; {
		case s.wildcards && c == '*':
			p.symbols = append(p.symbols, anyText)
		case s.wildcards && c == '?':
			p.symbols = append(p.symbols, oneChar)
		default:
			_, size := utf8.DecodeRuneInString(rest)
			p.literal(rest[:size])
			rest = rest[size:]
			continue
		}
		rest = rest[1:]
	}
	return p, nil
}

// substitute adds what stands between ${ and }: a special character that is meant literally, or a variable.
func (p *pattern) substitute(text string) error {
	if text == "*" || text == "?" || text == "$" {
		p.literal(text)
		return nil
	}
	key, fallback, optional := strings.Cut(text, ",")
	key, fallback = strings.TrimSpace(key), strings.TrimSpace(fallback)
	if !strings.Contains(key, ":") {
		return fmt.Errorf("${%s} names no context key", text)
	}
	if optional {
		if len(fallback) < 2 || fallback[0] != '\'' || fallback[len(fallback)-1] != '\'' {
			return fmt.Errorf("the default value of ${%s} must be in single quotes", key)
		}
		fallback = fallback[1 : len(fallback)-1]
	}
	p.variables = append(p.variables, variable{
		at: len(p.symbols), key: strings.ToLower(key), fallback: fallback, optional: optional,
	})
	return nil
}

// literal adds text that stands for itself.
func (p *pattern) literal(text string) {
	p.symbols = appendText(p.symbols, text, p.fold)
}

func appendText(symbols []int16, text string, fold bool) []int16 {
	if fold {
		text = strings.ToLower(text)
	}
	for i := range len(text) {
		symbols = append(symbols, int16(text[i]))
	}
	return symbols
}

// errUnresolved means that a policy variable has no value in a request.
var errUnresolved = errors.New("a policy variable has no value")

// match reports whether text, in lower case if the pattern folds, matches. The error is errUnresolved.
func (p pattern) match(text string, c *values) (bool, error) {
	if len(p.variables) == 0 {
		return glob(p.symbols, text), nil
	}
	symbols, err := p.expand(c)
	if err != nil {
		return false, err
	}
	return glob(symbols, text), nil
}

// expand puts the variables' values in their places. Wildcards in a value stand for themselves.
func (p pattern) expand(c *values) ([]int16, error) {
	var symbols []int16
	from := 0
	for _, v := range p.variables {
		value := v.fallback
		switch got := c.get(v.key); {
		case len(got) == 1:
			value = got[0]
		case len(got) > 1 || !v.optional:
			return nil, errUnresolved
		}
		symbols = appendText(append(symbols, p.symbols[from:v.at]...), value, p.fold)
		from = v.at
	}
	return append(symbols, p.symbols[from:]...), nil
}

// glob reports whether all of text matches. It looks back only to the latest *, so it needs no more than
// len(symbols)*len(text) steps.
func glob(symbols []int16, text string) bool {
	s, t := 0, 0
	star, mark := -1, 0
	for t < len(text) {
		switch {
		case s < len(symbols) && symbols[s] == anyText:
			star, mark = s, t
			s++
		case s < len(symbols) && symbols[s] == oneChar:
			_, size := utf8.DecodeRuneInString(text[t:])
			s, t = s+1, t+size
		case s < len(symbols) && symbols[s] == int16(text[t]):
			s, t = s+1, t+1
		case star >= 0:
			_, size := utf8.DecodeRuneInString(text[mark:])
			mark += size
			s, t = star+1, mark
		default:
			return false
		}
	}
	for s < len(symbols) && symbols[s] == anyText {
		s++
	}
	return s == len(symbols)
}

// patterns is a list of alternatives.
type patterns []pattern

// match reports whether one of the alternatives matches. The error is errUnresolved: none does, but one could not be tried.
func (ps patterns) match(text string, c *values) (bool, error) {
	var failed error
	for _, p := range ps {
		ok, err := p.match(text, c)
		if ok {
			return true, nil
		}
		if err != nil {
			failed = err
		}
	}
	return false, failed
}

// compileAll compiles every text and reports every error.
func (s syntax) compileAll(texts []string) (patterns, error) {
	compiled := make(patterns, len(texts))
	errs := make([]error, len(texts))
	for i, text := range texts {
		compiled[i], errs[i] = s.compile(text)
	}
	return compiled, errors.Join(errs...)
}

package eventpattern

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// parseFilter reads an element of the list that a pattern has for a field.
func parseFilter(raw json.RawMessage) (filter, error) {
	switch first(raw) {
	case '{':
		return parseOperator(raw, operators, "a filter")
	case '[':
		return nil, fmt.Errorf("a filter must be a string, a number, true, false, null or an object, got the list %s", clip(raw))
	}
	return parseExact(raw)
}

// parseExact reads a value that is wanted as it is. It must be JSON, but neither a list nor an object.
func parseExact(raw json.RawMessage) (filter, error) {
	v := parseValue(raw)
	filters := []filter{exact{v}}
	if n, ok := v.micros(); ok {
		filters = append(filters, exactNumber{n})
	}
	if a, ok := address(v.text); ok && v.kind == stringKind {
		filters = append(filters, addressRange{a, a})
	}
	if len(filters) == 1 {
		return filters[0], nil
	}
	return either{filters}, nil
}

// parseValue is a leaf of a JSON document that is known to be valid.
func parseValue(raw json.RawMessage) value {
	switch first(raw) {
	case '"':
		s, _ := parseString(raw)
		return value{kind: stringKind, text: s}
	case 't', 'f', 'n':
		return value{kind: literalKind, text: string(raw)}
	}
	return value{kind: numberKind, text: string(raw)}
}

// operator reads what stands behind an operator's name.
type operator func(name string, raw json.RawMessage) (filter, error)

// operators are what a filter that is an object may have as its one key.
var operators = map[string]operator{
	"prefix":             foldable(func(s string) filter { return prefix{s} }, func(s string) filter { return prefixFold{strings.ToLower(s)} }),
	"suffix":             foldable(func(s string) filter { return suffix{s} }, func(s string) filter { return suffixFold{strings.ToLower(s)} }),
	"equals-ignore-case": ignoreCase,
	"wildcard":           text(parseWildcard),
	"anything-but":       parseAnythingBut,
	"numeric":            parseNumeric,
	"exists":             parseExists,
	"cidr":               text(parseCIDR),
}

// ignoreCase is the operator equals-ignore-case on a text.
var ignoreCase = text(func(s string) (filter, error) { return equalsFold{s}, nil })

// excludable are what anything-but may have as its one key: operators on one text or on a list of texts.
var excludable = map[string]operator{
	"prefix":             listOf(notEmpty(text(func(s string) (filter, error) { return prefix{s}, nil }))),
	"suffix":             listOf(notEmpty(text(func(s string) (filter, error) { return suffix{s}, nil }))),
	"equals-ignore-case": listOf(ignoreCase),
	"wildcard":           listOf(text(parseWildcard)),
}

// parseOperator reads an object with one key, the operator's name.
func parseOperator(raw json.RawMessage, allowed map[string]operator, what string) (filter, error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(raw, &object); err != nil {
		return nil, err
	}
	if len(object) != 1 {
		return nil, fmt.Errorf("%s must have one key, the name of an operator, got %d in %s", what, len(object), clip(raw))
	}
	name := slices.Collect(maps.Keys(object))[0]
	parse := allowed[name]
	if parse == nil {
		return nil, fmt.Errorf("%s may have the operators %s, got %q", what, strings.Join(slices.Sorted(maps.Keys(allowed)), ", "), name)
	}
	return parse(name, bytes.TrimSpace(object[name]))
}

// text is an operator on a string.
func text(make func(string) (filter, error)) operator {
	return func(name string, raw json.RawMessage) (filter, error) {
		s, ok := parseString(raw)
		if !ok {
			return nil, fmt.Errorf("%q needs a string, got %s", name, clip(raw))
		}
		f, err := make(s)
		if err != nil {
			return nil, fmt.Errorf("%q: %w, got %q", name, err, s)
		}
		return f, nil
	}
}

// foldable is an operator on a string, or on an object with equals-ignore-case.
func foldable(plain, fold func(string) filter) operator {
	onText := text(func(s string) (filter, error) { return plain(s), nil })
	onFold := map[string]operator{"equals-ignore-case": text(func(s string) (filter, error) { return fold(s), nil })}
	return func(name string, raw json.RawMessage) (filter, error) {
		if first(raw) == '{' {
			return parseOperator(raw, onFold, fmt.Sprintf("%q", name))
		}
		return onText(name, raw)
	}
}

// notEmpty is an operator that an empty string would make match everything.
func notEmpty(parse operator) operator {
	return func(name string, raw json.RawMessage) (filter, error) {
		if s, ok := parseString(raw); ok && s == "" {
			return nil, fmt.Errorf("%q in \"anything-but\" must not be an empty string", name)
		}
		return parse(name, raw)
	}
}

// listOf is an operator on one operand or a list of them, of which any may match.
func listOf(parse operator) operator {
	return func(name string, raw json.RawMessage) (filter, error) {
		if first(raw) != '[' {
			return parse(name, raw)
		}
		operands, err := parseList(name, raw)
		if err != nil {
			return nil, err
		}
		var all either
		var errs []error
		for _, operand := range operands {
			f, err := parse(name, operand)
			all.filters, errs = append(all.filters, f), append(errs, err)
		}
		return all, errors.Join(errs...)
	}
}

// parseAnythingBut reads what is excluded: a string, a number, a list of either, or an operator.
func parseAnythingBut(name string, raw json.RawMessage) (filter, error) {
	switch first(raw) {
	case '{':
		f, err := parseOperator(raw, excludable, fmt.Sprintf("%q", name))
		return anythingBut{[]filter{f}}, err
	case '[':
		return parseAnythingButList(name, raw)
	}
	if v := parseValue(raw); v.kind == literalKind {
		return nil, fmt.Errorf("%q needs a string, a number, a list of either or an operator, got %s", name, v)
	}
	f, err := parseExact(raw)
	return anythingBut{[]filter{f}}, err
}

func parseAnythingButList(name string, raw json.RawMessage) (filter, error) {
	list, err := parseList(name, raw)
	if err != nil {
		return nil, err
	}
	var all anythingBut
	for _, operand := range list {
		v := value{kind: literalKind}
		if c := first(operand); c != '{' && c != '[' {
			v = parseValue(operand)
		}
		if v.kind == literalKind || v.kind != parseValue(list[0]).kind {
			return nil, fmt.Errorf("%q needs a list of strings only or of numbers only, got %s", name, clip(raw))
		}
		f, err := parseExact(operand)
		if err != nil {
			return nil, err
		}
		all.excluded = append(all.excluded, f)
	}
	return all, nil
}

// parseList reads a list that must not be empty.
func parseList(name string, raw json.RawMessage) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("%q must not be an empty list", name)
	}
	return list, nil
}

func parseExists(name string, raw json.RawMessage) (filter, error) {
	switch string(raw) {
	case "true":
		return exists{}, nil
	case "false":
		return absent{}, nil
	}
	return nil, fmt.Errorf("%q must be true or false, got %s", name, clip(raw))
}

// parseString is raw if it is a JSON string.
func parseString(raw json.RawMessage) (s string, ok bool) {
	return s, first(raw) == '"' && json.Unmarshal(raw, &s) == nil
}

// first is the first character of JSON without the space around it.
func first(raw json.RawMessage) byte { return bytes.TrimSpace(raw)[0] }

// clip is raw as far as an error message should repeat it.
func clip(raw json.RawMessage) string {
	const most = 80
	if len(raw) > most {
		return strings.ToValidUTF8(string(raw[:most]), "") + "…"
	}
	return string(raw)
}

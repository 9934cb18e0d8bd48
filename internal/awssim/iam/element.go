package iam

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// oneOf finds the one of two elements that is there. The name is empty if none is.
func oneOf(m map[string]any, a, b string) (name string, v any, err error) {
	va, isA := m[a]
	vb, isB := m[b]
	switch {
	case isA && isB:
		return "", nil, fmt.Errorf("must not have both %s and %s", a, b)
	case isA:
		return a, va, nil
	case isB:
		return b, vb, nil
	}
	return "", nil, nil
}

// known names the elements of m that are not among names.
func known(m map[string]any, names ...string) error {
	var errs []error
	for _, k := range sortedKeys(m) {
		if !slices.Contains(names, k) {
			errs = append(errs, fmt.Errorf("unknown element %q", k))
		}
	}
	return errors.Join(errs...)
}

// listed reads an element that must have a value.
func listed(v any) ([]string, error) {
	list, err := texts(v)
	if err == nil && len(list) == 0 {
		err = errors.New("must not be empty")
	}
	return list, err
}

// texts reads an element that is a string or a list of strings.
func texts(v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	all := make([]string, len(list))
	for i, item := range list {
		s, err := text(item)
		if err != nil {
			return nil, err
		}
		all[i] = s
	}
	return all, nil
}

// text reads a string.
func text(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", fmt.Errorf("must be a string, got %s", describe(v))
	}
	return s, nil
}

// describe shows a value in a message.
func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	default:
		return fmt.Sprintf("%#v", v)
	}
}

// within puts where in front of err, if there is one.
func within(where string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", where, err)
}

func sortedKeys(m map[string]any) []string {
	return slices.Sorted(maps.Keys(m))
}

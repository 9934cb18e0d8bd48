package reporttest

import (
	"fmt"
	"strconv"
	"strings"
)

// Figure is the figure in a report's decoded JSON form that a JSON Pointer points to: a number, or the sum of the numbers in an
// object.
func Figure(data any, pointer string) (float64, error) {
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		m, ok := member(data, name)
		if !ok {
			return 0, fmt.Errorf("%s: there is no %q", pointer, name)
		}
		data = m
	}
	n, err := number(data)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", pointer, err)
	}
	return n, nil
}

// member is a member of an object or an array, and whether there is one.
func member(data any, name string) (any, bool) {
	switch v := data.(type) {
	case map[string]any:
		m, ok := v[name]
		return m, ok
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

// number is a number, or the sum of an object's.
func number(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case map[string]any:
		total := 0.0
		for _, m := range v {
			n, err := number(m)
			if err != nil {
				return 0, err
			}
			total += n
		}
		return total, nil
	case nil:
		return 0, nil
	}
	return 0, fmt.Errorf("%T is no figure", v)
}

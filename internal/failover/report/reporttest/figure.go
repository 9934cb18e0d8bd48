package reporttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Figure is the figure in a report's decoded JSON form that a JSON Pointer points to: a number, or the sum of the numbers in an
// object. In place of a member, * stands for all of them, whose figures are added up.
func Figure(data any, pointer string) (float64, error) {
	values := []any{data}
	for part := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		var next []any
		for _, v := range values {
			members, err := member(v, name)
			if err != nil {
				return 0, fmt.Errorf("%s: %w", pointer, err)
			}
			next = append(next, members...)
		}
		values = next
	}
	total := 0.0
	for _, v := range values {
		n, err := number(v)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", pointer, err)
		}
		total += n
	}
	return total, nil
}

// member are the members of a value that a part of a pointer means.
func member(v any, name string) ([]any, error) {
	switch v := v.(type) {
	case map[string]any:
		if m, ok := v[name]; ok {
			return []any{m}, nil
		}
	case nil:
		if name == "*" {
			return nil, nil
		}
	case []any:
		if name == "*" {
			return v, nil
		}
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
			return v[i : i+1], nil
		}
	}
	return nil, fmt.Errorf("there is no %q", name)
}

// number is a number, or the sum of an object's.
func number(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case json.Number:
		return v.Float64()
	case map[string]any:
		total := 0.0
		for _, m := range slices.Collect(maps.Values(v)) {
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

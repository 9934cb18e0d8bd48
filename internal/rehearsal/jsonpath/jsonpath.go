// Package jsonpath finds values in JSON by the part of JSONPath that EventBridge and Systems Manager's automations have in common:
// members by name, elements of lists by number, and wildcards for all of either.
package jsonpath

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Path is a parsed path: the names, numbers and wildcards in it.
type Path []string

var (
	pathSyntax = regexp.MustCompile(`^\$((\.[A-Za-z0-9_/:-]+|\.\*|\[\d+\]|\[\*\]))*$`)
	pathPart   = regexp.MustCompile(`\.([A-Za-z0-9_/:-]+|\*)|\[(\d+|\*)\]`)
)

// Parse reads a path such as $.detail.resource-type[0].
func Parse(text string) (Path, error) {
	if !pathSyntax.MatchString(text) {
		return nil, fmt.Errorf("JSON path %q must be $ followed by .name, [number], .* or [*]", text)
	}
	p := Path{}
	for _, m := range pathPart.FindAllStringSubmatch(text, -1) {
		p = append(p, m[1]+m[2])
	}
	return p, nil
}

// Find is the value at the path, and whether there is one. A path with a wildcard finds a list.
func (p Path) Find(value any) (any, bool) {
	if len(p) == 0 {
		return value, true
	}
	if p[0] == "*" {
		return p[1:].findAll(value)
	}
	switch v := value.(type) {
	case map[string]any:
		next, ok := v[p[0]]
		if !ok {
			return nil, false
		}
		return p[1:].Find(next)
	case []any:
		i, err := strconv.Atoi(p[0])
		if err != nil || i >= len(v) {
			return nil, false
		}
		return p[1:].Find(v[i])
	}
	return nil, false
}

// findAll are the values at the path in each member or element of a value.
func (p Path) findAll(value any) (any, bool) {
	var elements []any
	switch v := value.(type) {
	case []any:
		elements = v
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			elements = append(elements, v[name])
		}
	}
	found := []any{}
	for _, e := range elements {
		if v, ok := p.Find(e); ok {
			found = append(found, v)
		}
	}
	return found, len(found) > 0
}

// Decode reads JSON, and keeps numbers as they are written.
func Decode(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
}

// Encode writes a value that came from JSON, without escaping more than it must.
func Encode(value any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // it comes from JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

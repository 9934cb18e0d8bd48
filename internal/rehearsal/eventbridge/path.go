package eventbridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// path is a JSON path as EventBridge knows it: members by name, elements of lists by number, and * for all of either.
type path []string

var (
	pathSyntax = regexp.MustCompile(`^\$((\.[A-Za-z0-9_/:-]+|\.\*|\[\d+\]|\[\*\]))*$`)
	pathPart   = regexp.MustCompile(`\.([A-Za-z0-9_/:-]+|\*)|\[(\d+|\*)\]`)
)

// parsePath reads a path such as $.detail.resource-type[0].
func parsePath(text string) (path, error) {
	if !pathSyntax.MatchString(text) {
		return nil, fmt.Errorf("JSON path %q must be $ followed by .name, [number], .* or [*]", text)
	}
	p := path{}
	for _, m := range pathPart.FindAllStringSubmatch(text, -1) {
		p = append(p, m[1]+m[2])
	}
	return p, nil
}

// find is the value at the path, and whether there is one. A path with a wildcard finds a list.
func (p path) find(value any) (any, bool) {
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
		return p[1:].find(next)
	case []any:
		i, err := strconv.Atoi(p[0])
		if err != nil || i >= len(v) {
			return nil, false
		}
		return p[1:].find(v[i])
	}
	return nil, false
}

// findAll are the values at the path in each member or element of a value.
func (p path) findAll(value any) (any, bool) {
	var elements []any
	switch v := value.(type) {
	case []any:
		elements = v
	case map[string]any:
		for _, name := range sortedKeys(v) {
			elements = append(elements, v[name])
		}
	}
	found := []any{}
	for _, e := range elements {
		if v, ok := p.find(e); ok {
			found = append(found, v)
		}
	}
	return found, len(found) > 0
}

// decode reads JSON, and keeps numbers as they are written.
func decode(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
}

// encode writes JSON, without escaping more than it must.
func encode(value any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // it comes from JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

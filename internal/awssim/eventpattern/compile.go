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

// maxBranches is how many combinations of fields the choices in a pattern may result in. EventBridge's own number is a thousand.
const maxBranches = 1000

// Pattern is an event pattern that EventBridge would accept.
type Pattern struct {
	// branches are what the pattern asks for, without the choices in it: one of them must match.
	branches []branch

	rules *Rules // of this pattern alone
}

// branch are conditions that must all hold.
type branch []condition

// condition is what a pattern asks of a field.
type condition struct {
	path    string
	filters []filter
	wanted  string // the filters as the pattern has them
}

// Compile reads an event pattern. The error names everything that is wrong with it, each with the field's path.
func Compile(pattern []byte) (*Pattern, error) {
	if !json.Valid(pattern) {
		var v any
		return nil, fmt.Errorf("the pattern is not JSON: %w", json.Unmarshal(pattern, &v))
	}
	var c compiler
	p := &Pattern{branches: c.object("", bytes.TrimSpace(pattern), []branch{{}}, false)}
	if err := errors.Join(c.errs...); err != nil {
		return nil, err
	}
	p.rules = NewRules(p)
	return p, nil
}

// compiler collects what is wrong with a pattern.
type compiler struct{ errs []error }

func (c *compiler) refuse(path, format string, args ...any) {
	if path == "" {
		path = "the pattern"
	}
	c.errs = append(c.errs, fmt.Errorf("%s: %w", path, fmt.Errorf(format, args...)))
}

// object adds the conditions of an object, of which all must hold, to each branch.
func (c *compiler) object(path string, raw json.RawMessage, branches []branch, inChoice bool) []branch {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || len(fields) == 0 {
		c.refuse(path, "it must be an object that is not empty, got %s", clip(raw))
		return branches
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		switch value := bytes.TrimSpace(fields[name]); {
		case name == "$or":
			branches = c.choice(path, value, branches)
		case inChoice && reserved[name]:
			c.refuse(join(path, name), "a field in $or must not have the name of an operator")
		case first(value) == '{':
			branches = c.object(join(path, name), value, branches, inChoice)
		case first(value) == '[':
			c.field(join(path, name), value, branches)
		default:
			c.refuse(join(path, name), "it must be a list or an object, got %s", clip(value))
		}
	}
	return branches
}

// choice makes branches of each branch, one for each object of the list.
func (c *compiler) choice(path string, raw json.RawMessage, branches []branch) []branch {
	path = join(path, "$or")
	var alternatives []json.RawMessage
	if json.Unmarshal(raw, &alternatives) != nil || len(alternatives) < 2 {
		c.refuse(path, "it must be a list of at least two objects, got %s", clip(raw))
		return branches
	}
	var all []branch
	for _, alternative := range alternatives {
		copies := make([]branch, len(branches))
		for i, b := range branches {
			copies[i] = slices.Clone(b)
		}
		all = append(all, c.object(strings.TrimSuffix(strings.TrimSuffix(path, "$or"), "."), alternative, copies, true)...)
		if len(all) > maxBranches {
			c.refuse(path, "the choices must not result in more than %d combinations", maxBranches)
			return branches
		}
	}
	return all
}

// field adds a condition on the field at path to each branch.
func (c *compiler) field(path string, raw json.RawMessage, branches []branch) {
	wanted := condition{path: path, wanted: compact(raw)}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil || len(list) == 0 {
		c.refuse(path, "it must not be an empty list")
	}
	for _, element := range list {
		f, err := parseFilter(bytes.TrimSpace(element))
		if err != nil {
			c.refuse(path, "%w", err)
		}
		wanted.filters = append(wanted.filters, f)
	}
	for i, b := range branches {
		if slices.ContainsFunc(b, func(other condition) bool { return other.path == path }) {
			c.refuse(path, "the pattern must not have the same field twice")
			return
		}
		branches[i] = append(b, wanted)
	}
}

// reserved are names that Event Ruler keeps for operators, those that it has and those that it may get.
var reserved = func() map[string]bool {
	names := map[string]bool{}
	for _, name := range strings.Fields(`exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >=
		regex not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range
		ip-address-in-range ip-address-not-in-range`) {
		names[name] = true
	}
	return names
}()

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// compact is JSON without space.
func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

package iam

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// set is how a condition treats several values in the request.
type set int

const (
	single set = iota
	forAnyValue
	forAllValues
)

// condition is one operator applied to one context key.
type condition struct {
	key      string // in lower case
	set      set
	ifExists bool
	negated  bool
	exists   existence
	test     test // nil if exists is set
}

// existence is what the operator Null asks for.
type existence int

const (
	either existence = iota
	absent
	present
)

// test reports whether one value of a request matches one of the policy's values. The error is errUnresolved.
type test func(got string, c *values) (bool, error)

// parseConditions compiles the Condition element.
func (s *statement) parseConditions(variables bool, m map[string]any) error {
	v, ok := m["Condition"]
	if !ok {
		return nil
	}
	block, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("must be an object, got %s", describe(v))
	}
	var errs []error
	for _, name := range sortedKeys(block) {
		keys, ok := block[name].(map[string]any)
		if !ok {
			errs = append(errs, fmt.Errorf("%s: must be an object, got %s", name, describe(block[name])))
			continue
		}
		for _, key := range sortedKeys(keys) {
			c, err := parseCondition(name, key, keys[key], variables)
			s.conditions = append(s.conditions, c)
			errs = append(errs, within(name+": "+key, err))
		}
	}
	return errors.Join(errs...)
}

func parseCondition(name, key string, v any, variables bool) (condition, error) {
	c := condition{key: strings.ToLower(key)}
	if !strings.Contains(key, ":") {
		return c, errors.New("is not a condition key: it has no service before a colon")
	}
	operands, err := operands(v)
	if err != nil {
		return c, err
	}
	if name == "Null" {
		c.exists, err = parseNull(operands)
		return c, err
	}
	op, ok := operators[c.modifiers(name)]
	if !ok {
		return c, fmt.Errorf("unknown condition operator %q", name)
	}
	c.negated = op.negated
	c.test, err = op.compile(operands, variables)
	return c, err
}

// modifiers takes the set prefix and the IfExists suffix off an operator's name.
func (c *condition) modifiers(name string) string {
	if rest, ok := strings.CutPrefix(name, "ForAnyValue:"); ok {
		c.set, name = forAnyValue, rest
	} else if rest, ok := strings.CutPrefix(name, "ForAllValues:"); ok {
		c.set, name = forAllValues, rest
	}
	name, c.ifExists = strings.CutSuffix(name, "IfExists")
	return name
}

// parseNull reads the values of the operator Null: "true" asks for the key to be absent.
func parseNull(operands []string) (existence, error) {
	if len(operands) != 1 {
		return either, errors.New(`must be "true" or "false"`)
	}
	switch strings.ToLower(operands[0]) {
	case "true":
		return absent, nil
	case "false":
		return present, nil
	}
	return either, fmt.Errorf(`must be "true" or "false", got %q`, operands[0])
}

// operands reads a condition's values: strings, and the Booleans and numbers that JSON allows without quotes.
func operands(v any) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	all := make([]string, len(list))
	for i, item := range list {
		switch item := item.(type) {
		case float64:
			all[i] = strconv.FormatFloat(item, 'f', -1, 64)
		case string, bool, int, int64, json.Number:
			all[i] = fmt.Sprint(item)
		default:
			return nil, fmt.Errorf("must be a string, a Boolean or a number, got %s", describe(item))
		}
	}
	return all, nil
}

// holds evaluates the condition. See "Condition operators" for absent keys and "Set operators for multivalued context keys"
// for several values, both in the IAM user guide.
func (c condition) holds(v *values) bool {
	got := v.get(c.key)
	if c.exists != either {
		return (c.exists == absent) == (len(got) == 0)
	}
	if c.set != single && empty(got) {
		got = nil
	}
	if len(got) == 0 {
		switch {
		case c.ifExists, c.set == forAllValues:
			return true
		case c.set == forAnyValue:
			return false
		}
		return c.negated
	}
	all := c.set == forAllValues || c.set == single && c.negated
	for _, value := range got {
		matched, err := c.test(value, v)
		held := err == nil && matched != c.negated
		if held != all {
			return held
		}
	}
	return all
}

// empty reports whether there is no value but empty ones, which the set operators take for none.
func empty(got []string) bool {
	for _, value := range got {
		if value != "" {
			return false
		}
	}
	return true
}

// values are the context keys of one request.
type values struct {
	request *Request
	folded  map[string][]string // by key in lower case; nil until one is asked for
}

// get returns the values of a key given in lower case.
func (v *values) get(key string) []string {
	if v.folded == nil {
		v.folded = v.request.Principal.keys()
		given := map[string][]string{}
		for k, list := range v.request.Context {
			k = strings.ToLower(k)
			given[k] = append(given[k], list...)
		}
		maps.Copy(v.folded, given)
	}
	return v.folded[key]
}

// keys are the global condition keys that follow from who the principal is, by key in lower case: see "AWS global condition
// context keys" in the IAM user guide.
func (p Principal) keys() map[string][]string {
	keys := map[string][]string{"aws:principalisawsservice": {fmt.Sprint(p.Service != "")}}
	add := func(key, value string) {
		if value != "" {
			keys[key] = []string{value}
		}
	}
	add("aws:principalservicename", p.Service)
	if p.ARN == "" {
		if p.Service == "" {
			add("aws:principaltype", "Anonymous")
		}
		return keys
	}
	arn := p.ARN
	if p.Role != "" {
		arn = p.Role
	}
	add("aws:principalarn", arn)
	add("aws:principalaccount", p.account())
	resource := arnPart(p.ARN, 5)
	switch {
	case p.root():
		add("aws:principaltype", "Account")
	case p.Role != "" || strings.HasPrefix(resource, "assumed-role/"):
		add("aws:principaltype", "AssumedRole")
	case strings.HasPrefix(resource, "user/"):
		add("aws:principaltype", "User")
		add("aws:username", resource[strings.LastIndexByte(resource, '/')+1:])
	}
	return keys
}

package endpoint

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
)

// parameterDefinition is a parameter of an automation document (Systems Manager user guide, "Data elements and parameters").
type parameterDefinition struct {
	Type           string          `json:"type"`
	Default        json.RawMessage `json:"default"`
	AllowedValues  []any           `json:"allowedValues"`
	AllowedPattern string          `json:"allowedPattern"`
	MinItems       *int            `json:"minItems"`
	MaxItems       *int            `json:"maxItems"`
	MinChars       *int            `json:"minChars"`
	MaxChars       *int            `json:"maxChars"`
}

// checkParameters says what is wrong with the parameters that an automation is started with. Every parameter is a list of texts;
// one that is no list has one.
func checkParameters(content json.RawMessage, given map[string][]string) error {
	var body struct {
		Parameters map[string]parameterDefinition `json:"parameters"`
	}
	if err := json.Unmarshal(content, &body); err != nil {
		return err
	}
	var errs []error
	for name, values := range inOrder(given) {
		definition, ok := body.Parameters[name]
		if !ok {
			errs = append(errs, fmt.Errorf("Parameter %s is not defined in the document", name)) //nolint:staticcheck // AWS's words
			continue
		}
		if err := definition.check(values); err != nil {
			errs = append(errs, fmt.Errorf("Parameter %s: %w", name, err)) //nolint:staticcheck // AWS's words
		}
	}
	for name, definition := range inOrder(body.Parameters) {
		if _, ok := given[name]; !ok && definition.Default == nil {
			errs = append(errs, fmt.Errorf("Parameter %s must be given, because it has no default", name)) //nolint:staticcheck // AWS's words
		}
	}
	return errors.Join(errs...)
}

func (d parameterDefinition) check(values []string) error {
	list := d.Type == "StringList" || d.Type == "MapList" || len(d.Type) > 5 && d.Type[:5] == "List<"
	if !list && len(values) != 1 {
		return fmt.Errorf("it is of type %s and must have one value, got %d", d.Type, len(values))
	}
	if d.MinItems != nil && len(values) < *d.MinItems || d.MaxItems != nil && len(values) > *d.MaxItems {
		return fmt.Errorf("it has %d values, which are too few or too many", len(values))
	}
	for _, v := range values {
		if err := d.checkValue(v); err != nil {
			return err
		}
	}
	return nil
}

func (d parameterDefinition) checkValue(value string) error {
	allowed := func(a any) bool { return fmt.Sprint(a) == value }
	if len(d.AllowedValues) > 0 && !slices.ContainsFunc(d.AllowedValues, allowed) {
		return fmt.Errorf("%.100q is not among the allowed values", value)
	}
	if d.MinChars != nil && len(value) < *d.MinChars || d.MaxChars != nil && len(value) > *d.MaxChars {
		return fmt.Errorf("%.100q is too short or too long", value)
	}
	switch d.Type {
	case "Integer", "Boolean":
		if !json.Valid([]byte(value)) {
			return fmt.Errorf("%.100q is not of type %s", value, d.Type)
		}
	case "StringMap":
		if json.Unmarshal([]byte(value), &map[string]any{}) != nil {
			return fmt.Errorf("%.100q is not a map", value)
		}
	case "AWS::EC2::Instance::Id", "List<AWS::EC2::Instance::Id>":
		if !instanceID.MatchString(value) {
			return fmt.Errorf("%.100q is not the id of an instance", value)
		}
	}
	return d.matches(value)
}

var instanceID = regexp.MustCompile(`^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$`)

// matches says whether a value is as the pattern wants it. Systems Manager's patterns are Java's; those that Go's regular
// expressions do not have are refused rather than passed over. The pattern must match the whole value.
func (d parameterDefinition) matches(value string) error {
	if d.AllowedPattern == "" {
		return nil
	}
	pattern, err := regexp.Compile(`^(?:` + d.AllowedPattern + `)$`)
	if err != nil {
		return fmt.Errorf("its allowedPattern is not supported here: %w", err)
	}
	if !pattern.MatchString(value) {
		return fmt.Errorf("%.100q does not match the allowed pattern %s", value, d.AllowedPattern)
	}
	return nil
}

// inOrder iterates over a map in the order of its keys.
func inOrder[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, name := range slices.Sorted(maps.Keys(m)) {
			if !yield(name, m[name]) {
				return
			}
		}
	}
}

package cloudformation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// Parameter is a parameter of a deployed stack, as DescribeStacks shows it.
type Parameter struct {
	// Name is the parameter's name.
	Name string

	// Value is the value given, or the default; **** if the template hides it.
	Value string

	// Resolved is the value of the Systems Manager parameter that Value names; empty for parameters of other types.
	Resolved string
}

// constraints are what a template says that the values of a parameter must be like.
type constraints struct {
	AllowedPattern        string
	AllowedValues         []any
	ConstraintDescription string
	MinLength, MaxLength  any
	MinValue, MaxValue    any
}

// parameterType is a parameter type, taken apart.
type parameterType struct {
	number, list bool
	stored       bool // the value is the name of a Systems Manager parameter, and that one's value is meant
	name         bool // the value is the name of a Systems Manager parameter, which must exist
}

// parseParameterType takes a parameter type apart. See
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html.
func parseParameterType(name string) (parameterType, error) {
	var t parameterType
	var inner string
	inner, t.stored = unwrap(name, "AWS::SSM::Parameter::Value")
	inner, t.list = unwrap(inner, "List")
	switch {
	case inner == "CommaDelimitedList" && !t.list:
		t.list = true
	case inner == "Number" && !t.stored:
		t.number = true
	case inner == "AWS::SSM::Parameter::Name" && !t.stored:
		t.name = true
	case inner == "String" && (t.stored || !t.list):
	case strings.HasPrefix(inner, "AWS::EC2::"), inner == "AWS::Route53::HostedZone::Id":
	default:
		return t, fmt.Errorf("Template format error: Unrecognized parameter type: %s", name)
	}
	return t, nil
}

// unwrap is T of a type wrapper<T>; false, and the type itself, for others.
func unwrap(name, wrapper string) (string, bool) {
	inner, opened := strings.CutPrefix(name, wrapper+"<")
	inner, closed := strings.CutSuffix(inner, ">")
	if !opened || !closed {
		return name, false
	}
	return inner, true
}

// parameters gives the stack's parameters their values, those in given or their defaults: as Ref gives them, and as they are
// shown. An error wraps [ErrNotFound] if a Systems Manager parameter does not exist.
func (s *stack) parameters(ctx context.Context, given map[string]string, store Store) (map[string]any, []Parameter, error) {
	declared := s.Artifact.Template.Parameters
	if err := complete(declared, given); err != nil {
		return nil, nil, err
	}
	values := make(map[string]any)
	shown := make([]Parameter, 0, len(declared))
	for _, p := range declared {
		raw, ok := given[p.Name]
		if !ok {
			raw, _ = defaultText(p.Default)
		}
		value, resolved, err := s.parameter(ctx, p, raw, store)
		if err != nil {
			return nil, nil, fmt.Errorf("parameter %s: %w", p.Name, err)
		}
		values[p.Name] = value
		if p.NoEcho {
			raw = "****"
		}
		shown = append(shown, Parameter{Name: p.Name, Value: raw, Resolved: resolved})
	}
	return values, shown, nil
}

// complete fails if a value is given for no parameter, or a parameter has no value.
func complete(declared []assembly.Parameter, given map[string]string) error {
	unknown := maps.Clone(given)
	var missing []string
	for _, p := range declared {
		if _, ok := unknown[p.Name]; ok {
			delete(unknown, p.Name)
		} else if _, ok := defaultText(p.Default); !ok {
			missing = append(missing, p.Name)
		}
	}
	if len(unknown) > 0 {
		return fmt.Errorf("Parameters: [%s] do not exist in the template", strings.Join(slices.Sorted(maps.Keys(unknown)), ", "))
	}
	if len(missing) > 0 {
		return fmt.Errorf("Parameters: [%s] must have values", strings.Join(missing, ", "))
	}
	return nil
}

// defaultText is a default as the text that could be given in its place.
func defaultText(v any) (string, bool) {
	if list, ok := texts(v); ok {
		return strings.Join(list, ","), true
	}
	return text(v)
}

// parameter is the value of p that raw stands for.
func (s *stack) parameter(ctx context.Context, p assembly.Parameter, raw string, store Store) (value any, resolved string, err error) {
	t, err := parseParameterType(p.Type)
	if err != nil {
		return nil, "", err
	}
	items := []string{raw}
	if t.list {
		items = splitList(raw)
	}
	for _, item := range items {
		if err := s.details.Parameters[p.Name].check(p.Name, t, item); err != nil {
			return nil, "", err
		}
	}
	if t.stored || t.name {
		stored, err := fetch(ctx, store, ParameterReference{Environment: s.Environment, Name: raw})
		if err != nil {
			return nil, "", err
		}
		if t.stored {
			raw, resolved = stored, stored
		}
	}
	if t.list {
		return anys(splitList(raw)), resolved, nil
	}
	return raw, resolved, nil
}

// splitList splits a comma-delimited list. Spaces around the items do not count.
func splitList(raw string) []string {
	if strings.TrimSpace(raw) == "" {
		return nil
	}
	items := strings.Split(raw, ",")
	for i := range items {
		items[i] = strings.TrimSpace(items[i])
	}
	return items
}

// check fails if value breaks a constraint of the parameter name. The error does not tell the value, which may be secret.
func (c constraints) check(name string, t parameterType, value string) error {
	err := cmp.Or(c.checkAllowed(name, value), c.checkPattern(name, value), c.checkLength(name, value), c.checkNumber(name, t, value))
	if broken := (*constraintError)(nil); c.ConstraintDescription != "" && errors.As(err, &broken) {
		return fmt.Errorf("Parameter '%s' failed to satisfy constraint: %s", name, c.ConstraintDescription)
	}
	return err
}

// constraintError is a broken constraint, as opposed to one that cannot be understood.
type constraintError struct{ name, must string }

func (e *constraintError) Error() string {
	return fmt.Sprintf("Parameter '%s' must %s", e.name, e.must)
}

func (c constraints) checkAllowed(name, value string) error {
	allowed := func(v any) bool {
		t, _ := text(v)
		return t == value
	}
	if c.AllowedValues == nil || slices.ContainsFunc(c.AllowedValues, allowed) {
		return nil
	}
	return &constraintError{name, "be one of AllowedValues"}
}

func (c constraints) checkPattern(name, value string) error {
	if c.AllowedPattern == "" {
		return nil
	}
	pattern, err := regexp.Compile(`^(?:` + c.AllowedPattern + `)$`)
	if err != nil {
		return fmt.Errorf("AllowedPattern %s is not understood: %w", c.AllowedPattern, err)
	}
	if !pattern.MatchString(value) {
		return &constraintError{name, "match pattern " + c.AllowedPattern}
	}
	return nil
}

func (c constraints) checkLength(name, value string) error {
	n := float64(utf8.RuneCountInString(value))
	if least, ok := number(c.MinLength); ok && n < least {
		return &constraintError{name, fmt.Sprintf("contain at least %v characters", least)}
	}
	if most, ok := number(c.MaxLength); ok && n > most {
		return &constraintError{name, fmt.Sprintf("contain at most %v characters", most)}
	}
	return nil
}

func (c constraints) checkNumber(name string, t parameterType, value string) error {
	if !t.number {
		return nil
	}
	n, ok := number(value)
	if !ok {
		return &constraintError{name, "be a number"}
	}
	if least, ok := number(c.MinValue); ok && n < least {
		return &constraintError{name, fmt.Sprintf("be a number not less than %v", least)}
	}
	if most, ok := number(c.MaxValue); ok && n > most {
		return &constraintError{name, fmt.Sprintf("be a number not greater than %v", most)}
	}
	return nil
}

// number is v, a number or a text, as a number.
func number(v any) (float64, bool) {
	t, _ := text(v)
	n, err := strconv.ParseFloat(t, 64)
	return n, err == nil
}

package cloudformation

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// The blocks of a template whose values differ in what they may refer to.
const (
	rulesBlock      = "Rules"
	conditionsBlock = "Conditions"
	resourcesBlock  = "Resources"
	outputsBlock    = "Outputs"
)

// noValue is what AWS::NoValue gives: the property or list item that has it is left out.
type noValue struct{}

// scope resolves the values of one block of a stack's template.
type scope struct {
	*stack

	// block is the block that the values are in.
	block string

	// parameters are what Ref gives for the parameters.
	parameters map[string]any

	// conditions are those decided so far.
	conditions map[string]bool

	// deciding are the conditions being decided, outermost first.
	deciding []string

	// earlier are the stacks deployed before this one.
	earlier []*Stack
}

// in is s for another block.
func (s *scope) in(block string) *scope {
	inner := *s
	inner.block = block
	return &inner
}

// value resolves v: intrinsic functions become what they give, and what is AWS::NoValue is left out.
func (s *scope) value(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, errors.New("[/" + s.block + "] 'null' values are not allowed in templates")
	case map[string]any:
		if name, arg, ok := function(v); ok {
			result, err := s.call(name, arg)
			return result, within(name, err)
		}
		return s.object(v)
	case []any:
		return s.list(v)
	}
	return v, nil
}

// object resolves the values of an object.
func (s *scope) object(object map[string]any) (any, error) {
	resolved := make(map[string]any, len(object))
	for _, key := range slices.Sorted(maps.Keys(object)) {
		v, err := s.value(object[key])
		if strings.HasPrefix(key, "Fn::") && len(object) > 1 {
			err = templateError("a function must be the only key of its object")
		}
		if err != nil {
			return nil, within(key, err)
		}
		if v != (noValue{}) {
			resolved[key] = v
		}
	}
	return resolved, nil
}

// list resolves the items of a list.
func (s *scope) list(list []any) (any, error) {
	resolved := make([]any, 0, len(list))
	for i, item := range list {
		v, err := s.value(item)
		if err != nil {
			return nil, within(strconv.Itoa(i), err)
		}
		if v != (noValue{}) {
			resolved = append(resolved, v)
		}
	}
	return resolved, nil
}

// function is the intrinsic function that v calls, and its argument. An object with other keys beside the function's is data.
func function(v any) (name string, arg any, ok bool) {
	name, arg, ok = single(v)
	if name != "Ref" && !strings.HasPrefix(name, "Fn::") {
		return "", nil, false
	}
	return name, arg, ok
}

// single is the only key of v, if v is an object with one key, and its value.
func single(v any) (key string, value any, ok bool) {
	object, _ := v.(map[string]any)
	if len(object) != 1 {
		return "", nil, false
	}
	for key, value = range object {
		ok = true
	}
	return key, value, ok
}

// isValue reports whether v is made of what JSON is decoded to.
func isValue(v any) bool {
	switch v := v.(type) {
	case string, float64, bool:
		return true
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !isValue(item) })
	case map[string]any:
		for _, inner := range v {
			if !isValue(inner) {
				return false
			}
		}
		return true
	}
	return false
}

// text is v as CloudFormation writes it into a text; false for lists and objects.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// texts is a list of texts, as CloudFormation writes them.
func texts(v any) ([]string, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	var all []string
	for _, item := range list {
		t, ok := text(item)
		if !ok {
			return nil, false
		}
		all = append(all, t)
	}
	return all, true
}

// anys is a list of texts as a value of a template.
func anys(all []string) []any {
	list := make([]any, 0, len(all))
	for _, t := range all {
		list = append(list, t)
	}
	return list
}

// pathError is an error at a path inside a value.
type pathError struct {
	path string
	err  error
}

func (e *pathError) Error() string { return e.path + ": " + e.err.Error() }

func (e *pathError) Unwrap() error { return e.err }

// within puts key before the path of err.
func within(key string, err error) error {
	if err == nil {
		return nil
	}
	if inner, ok := err.(*pathError); ok { // not a wrapped one: its path is not a continuation of key
		return &pathError{path: key + "." + inner.path, err: inner.err}
	}
	return &pathError{path: key, err: err}
}

// each wraps every one of the errors that err joins, or err itself if it joins none; nil stays nil.
func each(err error, wrap func(error) error) error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return wrap(err)
	}
	var errs []error
	for _, inner := range joined.Unwrap() {
		errs = append(errs, each(inner, wrap))
	}
	return errors.Join(errs...)
}

// templateError is an error in the words that CloudFormation begins it with.
func templateError(format string, args ...any) error {
	return fmt.Errorf("Template error: "+format, args...)
}

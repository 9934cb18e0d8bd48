// Package properties reads the resolved properties of CloudFormation resources into Go structs, strictly: a property that
// the struct does not have is an error that names it, so that nothing in a template is ignored by accident.
//
// CloudFormation takes "10" for 10 and "true" for true, because parameters are strings. [Int] and [Bool] do the same.
// Properties that a rehearsal may ignore are listed in the struct as fields of type [Ignored], each with its reason.
package properties

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Int is a number of a template, which may be written as a string.
type Int int

// UnmarshalJSON reads 10 and "10".
func (i *Int) UnmarshalJSON(data []byte) error {
	n, err := strconv.Atoi(unquote(data))
	if err != nil {
		return fmt.Errorf("%s is not an integer", data)
	}
	*i = Int(n)
	return nil
}

// Bool is a truth value of a template, which may be written as a string.
type Bool bool

// UnmarshalJSON reads true and "true".
func (b *Bool) UnmarshalJSON(data []byte) error {
	switch unquote(data) {
	case "true":
		*b = true
	case "false":
		*b = false
	default:
		return fmt.Errorf("%s is not a boolean", data)
	}
	return nil
}

// unquote is the text of a scalar, which may be a JSON string or not.
func unquote(data []byte) string {
	var s string
	if json.Unmarshal(data, &s) == nil {
		return s
	}
	return string(data)
}

// Ignored is a property that has no bearing on a rehearsal. It takes every value.
type Ignored struct{}

// UnmarshalJSON takes every value.
func (*Ignored) UnmarshalJSON([]byte) error { return nil }

// Decode reads the properties of a resource of the given type into target, a pointer to a struct. The error names the type
// and the property that target has no field for, or that has another type.
func Decode(resourceType string, properties map[string]any, target any) error {
	data, err := json.Marshal(properties)
	if err != nil {
		return fmt.Errorf("%s: %w", resourceType, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		return fmt.Errorf("%s: %w", resourceType, readable(err))
	}
	return nil
}

// readable is err in the words of a template's author.
func readable(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("property %s must not be a %s", wrong.Field, wrong.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return fmt.Errorf("property %s is not modelled", strings.Trim(name, `"`))
	}
	return err
}

package apigateway

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// reasons are what is wrong with a document, in the words of the validator that API Gateway uses, which are in
// validation.properties of https://github.com/java-json-tools/json-schema-validator. Its order is not known: here it is by place.
func (m *model) reasons(err *jsonschema.ValidationError, document any) []string {
	switch err.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference:
		causes := slices.Clone(err.Causes)
		slices.SortStableFunc(causes, func(a, b *jsonschema.ValidationError) int {
			return cmp.Or(
				slices.Compare(a.InstanceLocation, b.InstanceLocation),
				-cmp.Compare(fmt.Sprint(a.ErrorKind.KeywordPath()), fmt.Sprint(b.ErrorKind.KeywordPath())))
		})
		var all []string
		for _, cause := range causes {
			all = append(all, m.reasons(cause, document)...)
		}
		return all
	}
	value := at(document, err.InstanceLocation)
	if reason := simpleReason(err.ErrorKind, value); reason != "" {
		return []string{reason}
	}
	return []string{m.combinedReason(err)}
}

// simpleReason is about one keyword and one value. It is empty for keywords that combine schemas.
func simpleReason(k jsonschema.ErrorKind, value any) string {
	switch k := k.(type) {
	case *kind.Required:
		return fmt.Sprintf("object has missing required properties (%s)", compact(sorted(k.Missing)))
	case *kind.AdditionalProperties:
		return "object instance has properties which are not allowed by the schema: " + compact(sorted(k.Properties))
	case *kind.Type:
		return fmt.Sprintf("instance type (%s) does not match any allowed primitive type (allowed: %s)", typeName(value), compact(allowed(k.Want)))
	case *kind.Enum:
		return fmt.Sprintf("instance value (%s) not found in enum (possible values: %s)", compact(value), compact(k.Want))
	case *kind.MinLength:
		return fmt.Sprintf(`string "%s" is too short (length: %d, required minimum: %d)`, value, k.Got, k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf(`string "%s" is too long (length: %d, maximum allowed: %d)`, value, k.Got, k.Want)
	case *kind.Pattern:
		return fmt.Sprintf(`ECMA 262 regex "%s" does not match input string "%s"`, k.Want, k.Got)
	case *kind.Minimum:
		return fmt.Sprintf("numeric instance is lower than the required minimum (minimum: %s, found: %s)", decimal(k.Want), decimal(k.Got))
	case *kind.ExclusiveMinimum:
		return fmt.Sprintf("numeric instance is not strictly greater than the required minimum %s", decimal(k.Want))
	case *kind.Maximum:
		return fmt.Sprintf("numeric instance is greater than the required maximum (maximum: %s, found: %s)", decimal(k.Want), decimal(k.Got))
	case *kind.ExclusiveMaximum:
		return fmt.Sprintf("numeric instance is not strictly lower than the required maximum %s", decimal(k.Want))
	case *kind.MultipleOf:
		return fmt.Sprintf("remainder of division is not zero (%s / %s)", decimal(k.Got), decimal(k.Want))
	case *kind.Format:
		return fmt.Sprintf(`string "%s" is not a valid %s`, value, k.Want)
	}
	return collectionReason(k)
}

// collectionReason is about the size and the members of arrays and objects.
func collectionReason(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.MinItems:
		return fmt.Sprintf("array is too short: must have at least %d elements but instance has %d elements", k.Want, k.Got)
	case *kind.MaxItems:
		return fmt.Sprintf("array is too long: must have at most %d elements but instance has %d elements", k.Want, k.Got)
	case *kind.UniqueItems:
		return "array must not contain duplicate elements"
	case *kind.MinProperties:
		return fmt.Sprintf("object has too few properties (found %d but schema requires at least %d)", k.Got, k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("object has too many properties (found %d but schema requires at most %d)", k.Got, k.Want)
	case *kind.Dependency:
		missing := compact(sorted(k.Missing))
		return fmt.Sprintf(`property "%s" of object has missing property dependencies (missing: %s)`, k.Prop, missing)
	case *kind.Not:
		return "instance matched a schema which it should not have"
	}
	return ""
}

// combinedReason is about a value that several schemas apply to.
func (m *model) combinedReason(err *jsonschema.ValidationError) string {
	failed := len(err.Causes)
	switch k := err.ErrorKind.(type) {
	case *kind.OneOf:
		return fmt.Sprintf("instance failed to match exactly one schema (matched %d out of %d)", len(k.Subschemas), m.count(err, "oneOf"))
	case *kind.AnyOf:
		return fmt.Sprintf("instance failed to match at least one required schema among %d", failed)
	case *kind.AllOf:
		all := m.count(err, "allOf")
		return fmt.Sprintf("instance failed to match all required schemas (matched only %d out of %d)", all-failed, all)
	}
	return "instance does not match " + strings.Join(err.ErrorKind.KeywordPath(), " ")
}

// count is how many schemas the keyword has, where err is.
func (m *model) count(err *jsonschema.ValidationError, keyword string) int {
	address, pointer, _ := strings.Cut(err.SchemaURL, "#")
	schema := m.sources[address]
	if pointer != "" {
		var steps []string
		for step := range strings.SplitSeq(pointer[1:], "/") {
			step, _ = url.PathUnescape(step) // the library has escaped it
			steps = append(steps, strings.NewReplacer("~1", "/", "~0", "~").Replace(step))
		}
		schema = at(schema, steps)
	}
	object, _ := schema.(map[string]any)
	schemas, _ := object[keyword].([]any)
	return len(schemas)
}

// at is the part of a document that steps lead to.
func at(document any, steps []string) any {
	for _, step := range steps {
		switch v := document.(type) {
		case map[string]any:
			document = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			document = v[i]
		}
	}
	return document
}

// typeName is a value's type. A number is an integer if it is written as one.
func typeName(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case json.Number:
		if !strings.ContainsAny(v.String(), ".eE") {
			return "integer"
		}
		return "number"
	}
	return "object"
}

// allowed are the types that a schema allows. An integer is a number too.
func allowed(types []string) []string {
	if slices.Contains(types, "number") && !slices.Contains(types, "integer") {
		types = append([]string{"integer"}, types...)
	}
	return sorted(types)
}

func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return names
}

// compact is a value as JSON without blanks.
func compact(value any) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // what was read from JSON always encodes
	return strings.TrimSuffix(out.String(), "\n")
}

// decimal is a number with all its digits.
func decimal(n *big.Rat) string {
	digits, _ := n.FloatPrec()
	return n.FloatString(digits)
}

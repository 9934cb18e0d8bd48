package apigateway

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// requiredParameters are those that the method's RequestParameters have as true, in the order of their names.
func requiredParameters(parameters map[string]any, p *properties) []parameter {
	var required []parameter
	for _, source := range slices.Sorted(maps.Keys(parameters)) {
		parsed, err := newParameter(source)
		if err != nil {
			p.failf("RequestParameters", "%w", err)
		}
		if needed, _ := asText(parameters[source]); needed == "true" {
			required = append(required, parsed)
		}
	}
	return required
}

// checkParameters refuses a request without a required parameter. One that is blank is missing too.
func (rt *route) checkParameters(x *exchange) *refusal {
	var missing []string
	for _, p := range rt.required {
		if strings.TrimSpace(p.value(x)) == "" {
			missing = append(missing, p.name)
		}
	}
	if len(missing) > 0 {
		return missingParameters(missing)
	}
	return nil
}

// bodyCheck has the models of a method by media type. $default is for all types without one of their own.
type bodyCheck struct {
	models map[string]*model
}

// model is a compiled model.
type model struct {
	schema  *jsonschema.Schema
	sources map[string]any // the API's schemas by URL, for messages
}

// newBodyCheck compiles the models that a method refers to. It returns nil if there are none.
func newBodyCheck(apiID string, names map[string]string, schemas map[string]any) (*bodyCheck, error) {
	if len(names) == 0 {
		return nil, nil
	}
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4) // the only one that API Gateway knows
	compiler.AssertFormat()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // nothing is loaded from anywhere
	// Models refer to each other by these addresses.
	base := "https://apigateway.amazonaws.com/restapis/" + apiID + "/models/"
	sources := make(map[string]any)
	for name, schema := range schemas {
		sources[base+name] = schema
		if err := compiler.AddResource(base+name, schema); err != nil {
			return nil, fmt.Errorf("have the model %s: %w", name, err)
		}
	}
	check := &bodyCheck{models: make(map[string]*model)}
	for mediaType, name := range names {
		if schemas[name] == nil {
			return nil, fmt.Errorf("have the model %q, which is not in the template", name)
		}
		schema, err := compiler.Compile(base + name)
		if err != nil {
			return nil, fmt.Errorf("have the model %s: %w", name, err)
		}
		check.models[strings.ToLower(mediaType)] = &model{schema, sources}
	}
	return check, nil
}

// check refuses a body that does not fit the model for its media type, which is application/json unless the request says
// otherwise. A body of a type without a model is not looked at.
func (c *bodyCheck) check(contentType string, body []byte) *refusal {
	if contentType == "" {
		contentType = jsonType
	}
	m := c.models[mediaType(contentType)]
	if m == nil {
		m = c.models["$default"]
	}
	if m == nil {
		return nil
	}
	if reasons := m.check(body); len(reasons) > 0 {
		return invalidBody(reasons)
	}
	return nil
}

// check is what is wrong with body.
func (m *model) check(body []byte) []string {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil || !bounded(document) {
		return []string{"the body is not valid JSON"}
	}
	if err := m.schema.Validate(document); err != nil {
		return m.reasons(err.(*jsonschema.ValidationError), document)
	}
	return nil
}

// maxExponent bounds numbers, because the validator writes all their digits out.
const maxExponent = 1000

// bounded tells whether all numbers of a document are of a size that can be compared.
func bounded(document any) bool {
	switch v := document.(type) {
	case fmt.Stringer: // json.Number
		_, exponent, _ := strings.Cut(strings.ToLower(v.String()), "e")
		n, err := strconv.Atoi(exponent)
		return exponent == "" || err == nil && n >= -maxExponent && n <= maxExponent
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !bounded(item) })
	case map[string]any:
		for _, item := range v {
			if !bounded(item) {
				return false
			}
		}
	}
	return true
}

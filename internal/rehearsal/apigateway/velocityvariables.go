package apigateway

import (
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/rehearsal/apigateway/velocity"
)

// velocityVariables are what a mapping template sees: $input with body and params, $context and $stageVariables. See "Variables for
// data transformations for API Gateway" in the developer guide.
func (x *exchange) velocityVariables() velocity.Variables {
	variables := velocity.Variables{
		"input":          velocity.Variables{"body": string(x.body), "params": velocity.Function(x.params)},
		"stageVariables": velocity.Variables{},
		"context":        velocity.Variables{},
	}
	for name, f := range requestVariables {
		if value := f(x); value != "" {
			put(variables, name, value)
		}
	}
	for name, value := range x.claims {
		put(variables, "context.authorizer.claims."+name, value)
	}
	for name, value := range x.api.definition.variables {
		put(variables, "stageVariables."+name, value)
	}
	return variables
}

// put sets the variable at a path of names.
func put(variables velocity.Variables, path string, value any) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		inner, ok := variables[name].(velocity.Variables)
		if !ok {
			inner = velocity.Variables{}
			variables[name] = inner
		}
		variables = inner
	}
	variables[names[len(names)-1]] = value
}

// params is $input.params. Without an argument it has the maps path, querystring and header. With a name, it is the parameter's value
// in the first of these that has it, or an empty text.
func (x *exchange) params(arguments []any) (any, error) {
	places := []map[string]string{x.pathParameters, singles(x.query), singles(x.headers)}
	switch len(arguments) {
	case 0:
		params := velocity.Variables{}
		for i, place := range []string{"path", "querystring", "header"} {
			values := velocity.Variables{}
			for name, value := range places[i] {
				values[name] = value
			}
			params[place] = values
		}
		return params, nil
	case 1:
		for _, values := range places {
			if value, ok := values[fmt.Sprint(arguments[0])]; ok {
				return value, nil
			}
		}
		return "", nil
	}
	return nil, fmt.Errorf("params needs no argument or one, got %d", len(arguments))
}

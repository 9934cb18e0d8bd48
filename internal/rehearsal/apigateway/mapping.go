package apigateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// mapping is where a response header's value comes from: a constant in single quotes, a variable, or a parameter of the request.
// See "Parameter mapping source reference for REST APIs in API Gateway" in the developer guide.
type mapping struct {
	constant string
	variable string     // such as "context.requestId"
	request  *parameter // such as method.request.header.Origin
}

func newMapping(source string) (mapping, error) {
	switch {
	case len(source) >= 2 && source[0] == '\'' && source[len(source)-1] == '\'':
		return mapping{constant: source[1 : len(source)-1]}, nil
	case variablePattern.FindString("$"+source) == "$"+source:
		return mapping{variable: source}, nil
	}
	p, err := newParameter(source)
	return mapping{request: &p}, err
}

// value is empty if there is none.
func (m mapping) value(x *exchange) string {
	switch {
	case m.variable != "":
		value, _ := x.variable(m.variable)
		return value
	case m.request != nil:
		return m.request.value(x)
	}
	return m.constant
}

// parameter is a parameter of a request, "method.request.querystring.id".
type parameter struct{ place, name string }

func newParameter(source string) (parameter, error) {
	rest, ok := strings.CutPrefix(source, "method.request.")
	place, name, _ := strings.Cut(rest, ".")
	switch place {
	case "header", "multivalueheader", "querystring", "multivaluequerystring", "path":
		if ok && name != "" {
			return parameter{strings.TrimPrefix(place, "multivalue"), name}, nil
		}
	}
	return parameter{}, fmt.Errorf("%q is no parameter such as method.request.header.Accept", source)
}

// value is the parameter's last value.
func (p parameter) value(x *exchange) string {
	var values []string
	switch p.place {
	case "header":
		values = x.headers[http.CanonicalHeaderKey(p.name)]
	case "querystring":
		values = x.query[p.name]
	case "path":
		return x.pathParameters[p.name]
	}
	return last(values)
}

// last is the last of values. It is what API Gateway passes on where it passes one.
func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// query parses a query string. Pairs that are not well encoded are left out.
func query(raw string) url.Values {
	values, _ := url.ParseQuery(raw)
	return values
}

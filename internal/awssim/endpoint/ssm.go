package endpoint

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// ssm is Systems Manager: its parameter store, documents, automations, commands and managed instances. A SecureString is shown in
// plain text whether decryption is asked for or not.
func ssm() *service {
	parameter := on(func(c *Call) string {
		name, _ := parameterName(c.Str("Name"))
		return c.arn(func(r *awssim.Region) string { return r.ParameterARN(name) })
	})
	return &service{
		name:      "ssm",
		protocols: []protocol{jsonRPC{version: "1.1"}},
		operations: slices.Concat([]operation{
			{name: "GetParameter", resources: parameter, do: getParameter},
			{name: "PutParameter", resources: parameter, do: putParameter},
			{name: "DeleteParameter", resources: parameter, do: deleteParameter},
		}, documentOperations(), automationOperations(), commandOperations()),
	}
}

type parameterOutput struct {
	Name             string
	Type             string
	Value            string
	Version          int64
	Selector         string `json:",omitempty"`
	LastModifiedDate *stamp
	ARN              string
	DataType         string
}

func getParameter(_ context.Context, c *Call) (any, error) {
	name, selector := parameterName(c.Str("Name"))
	p, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Parameter, bool) { return r.Parameters.Get(name) })
	if !ok {
		return nil, parameterNotFound()
	}
	if selector != "" && selector != strconv.FormatInt(p.Version, 10) {
		return nil, failure(http.StatusBadRequest, "ParameterVersionNotFound",
			"Systems Manager could not find version %s of %s. Verify the version and try again.", selector, name)
	}
	if selector != "" {
		selector = ":" + selector
	}
	return struct{ Parameter parameterOutput }{parameterOutput{
		Name: p.Name, Type: p.Type, Value: p.Value, Version: p.Version, Selector: selector,
		LastModifiedDate: stampOf(p.LastModified), ARN: p.ARN, DataType: "text",
	}}, nil
}

// putParameter asks for a type when the parameter is new, and for Overwrite when it is not (SSM API reference).
func putParameter(_ context.Context, c *Call) (any, error) {
	var in struct {
		Name, Value, Type string
		Overwrite         bool
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	var (
		put    awssim.Parameter
		failed error
	)
	c.do(func(_ *awssim.State, r *awssim.Region) {
		old, exists := r.Parameters.Get(in.Name)
		switch {
		case in.Name == "" || in.Value == "":
			failed = failure(http.StatusBadRequest, "ValidationException", "Name and Value are required")
		case exists && !in.Overwrite:
			failed = failure(http.StatusBadRequest, "ParameterAlreadyExists",
				"The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
		case !exists && in.Type == "":
			failed = failure(http.StatusBadRequest, "ValidationException", "A parameter type is required when you create a parameter.")
		default:
			if in.Type == "" {
				in.Type = old.Type
			}
			put = r.PutParameter(awssim.Parameter{Name: in.Name, Type: in.Type, Value: in.Value})
		}
	})
	return struct {
		Version int64
		Tier    string
	}{put.Version, "Standard"}, failed
}

func deleteParameter(_ context.Context, c *Call) (any, error) {
	deleted := false
	c.do(func(_ *awssim.State, r *awssim.Region) { deleted = r.Parameters.Delete(c.Str("Name")) })
	if !deleted {
		return nil, parameterNotFound()
	}
	return nil, nil
}

// parameterNotFound has no message, as SSM's has none.
func parameterNotFound() error {
	return &Error{Status: http.StatusBadRequest, Code: "ParameterNotFound"}
}

// parameterName takes apart what names a parameter: a name or an ARN, with a version behind a colon.
func parameterName(id string) (name, version string) {
	if isARN(id) {
		_, id, _ = strings.Cut(id, ":parameter")
		if strings.Count(id, "/") == 1 { // a name without a leading slash: "parameter/name"
			id = id[1:]
		}
	}
	name, version, _ = strings.Cut(id, ":")
	return name, version
}

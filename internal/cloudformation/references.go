package cloudformation

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// ref resolves a Ref: a pseudo parameter, a parameter, or a resource's physical ID.
func (s *scope) ref(arg any) (any, error) {
	name, ok := arg.(string)
	if !ok {
		return nil, templateError("every Ref object must have a single String value.")
	}
	if v, ok := s.pseudo(name); ok {
		return v, nil
	}
	if v, ok := s.parameters[name]; ok {
		return v, nil
	}
	if r := s.Resource(name); r != nil {
		return r.Ref, nil
	}
	return nil, s.unresolved(name)
}

// unresolved is the error for a reference to nothing.
func (s *scope) unresolved(name string) error {
	if s.block == conditionsBlock || s.block == rulesBlock {
		return fmt.Errorf("Template format error: Unresolved dependencies [%s]. Cannot reference resources in the %s block of the template",
			name, s.block)
	}
	return fmt.Errorf("Template format error: Unresolved resource dependencies [%s] in the %s block of the template", name, s.block)
}

// pseudo is the value of a pseudo parameter. See
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html.
func (s *scope) pseudo(name string) (any, bool) {
	switch name {
	case "AWS::AccountId":
		return s.Account, true
	case "AWS::NoValue":
		return noValue{}, true
	case "AWS::NotificationARNs":
		return []any{}, true
	case "AWS::Partition":
		return s.Partition(), true
	case "AWS::Region":
		return s.Region, true
	case "AWS::StackId":
		return s.ID, true
	case "AWS::StackName":
		return s.Artifact.Name, true
	case "AWS::URLSuffix":
		return s.urlSuffix(), true
	}
	return nil, false
}

// errGetAtt tells how Fn::GetAtt is called.
var errGetAtt = errors.New("Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the " +
	"resource attribute")

// getAttArgs splits the argument of Fn::GetAtt, a text or a list of two, into the logical ID and the attribute. The attribute
// of a list may be a Ref.
func getAttArgs(arg any) (id string, attribute any, err error) {
	if t, ok := arg.(string); ok {
		arg = anys(strings.SplitN(t, ".", 2))
	}
	list, _ := arg.([]any)
	if len(list) != 2 || list[0] == "" || list[1] == "" {
		return "", nil, errGetAtt
	}
	id, ok := list[0].(string)
	if !ok {
		return "", nil, errGetAtt
	}
	return id, list[1], nil
}

// getAtt resolves an Fn::GetAtt.
func (s *scope) getAtt(arg any) (any, error) {
	id, attribute, err := getAttArgs(arg)
	if err != nil {
		return nil, err
	}
	if attribute, err = s.value(attribute); err != nil {
		return nil, err
	}
	name, ok := attribute.(string)
	if !ok {
		return nil, errGetAtt
	}
	r := s.Resource(id)
	if r == nil {
		return nil, templateError("instance of Fn::GetAtt references undefined resource %s", id)
	}
	return r.readAttribute(name, "Fn::GetAtt")
}

// readAttribute is r's attribute name, as the function reads it.
func (d *Deployed) readAttribute(name, function string) (any, error) {
	if v, ok := d.attribute(name); ok {
		return v, nil
	}
	if strings.HasPrefix(d.Type, "Custom::") || d.Type == "AWS::CloudFormation::CustomResource" {
		return nil, fmt.Errorf("CustomResource attribute error: Vendor response doesn't contain %s attribute in object %s", name, d.Ref)
	}
	return nil, templateError("resource %s does not support attribute type %s in %s", d.LogicalID, name, function)
}

var (
	// errSub tells how Fn::Sub is called.
	errSub = errors.New("Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string " +
		"as first argument, and an optional second argument to specify a mapping of values to replace in the string")

	errSubName = errors.New("Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, " +
		"periods, and colons")
)

var (
	subVariable = regexp.MustCompile(`\$\{[^}]*\}`)
	subName     = regexp.MustCompile(`^[A-Za-z0-9_.:]+$`)
)

// subArgs splits the argument of Fn::Sub, a text or a list of a text and the variables' values.
func subArgs(arg any) (format string, variables map[string]any, err error) {
	list := asList(arg)
	switch len(list) {
	case 2:
		var ok bool
		if variables, ok = list[1].(map[string]any); !ok {
			return "", nil, errSub
		}
	case 1:
		if _, ok := arg.(string); !ok {
			return "", nil, errSub
		}
	default:
		return "", nil, errSub
	}
	format, ok := list[0].(string)
	if !ok {
		return "", nil, errSub
	}
	return format, variables, nil
}

// expand replaces each ${name} of format by what replace gives for it, and ${!text} by ${text}.
func expand(format string, replace func(name string) (string, error)) (string, error) {
	var firstErr error
	expanded := subVariable.ReplaceAllStringFunc(format, func(variable string) string {
		name := variable[len("${") : len(variable)-len("}")]
		if literal, ok := strings.CutPrefix(name, "!"); ok {
			return "${" + literal + "}"
		}
		if firstErr != nil {
			return ""
		}
		var value string
		if firstErr = errSubName; subName.MatchString(name) {
			value, firstErr = replace(name)
		}
		return value
	})
	return expanded, firstErr
}

// sub resolves an Fn::Sub.
func (s *scope) sub(arg any) (any, error) {
	format, variables, err := subArgs(arg)
	if err != nil {
		return nil, err
	}
	return expand(format, func(name string) (string, error) {
		v, err := s.variable(name, variables)
		if err != nil {
			return "", err
		}
		t, ok := text(v)
		if !ok {
			return "", templateError("variable %s in Fn::Sub expression does not resolve to a string", name)
		}
		return t, nil
	})
}

// variable resolves one variable of an Fn::Sub: its own, or like Ref, or with a dot like Fn::GetAtt.
func (s *scope) variable(name string, variables map[string]any) (any, error) {
	if v, ok := variables[name]; ok {
		v, err := s.value(v)
		return v, within(name, err)
	}
	id, attribute, dotted := strings.Cut(name, ".")
	if !dotted {
		return s.ref(name)
	}
	r := s.Resource(id)
	if r == nil {
		return nil, templateError("instance of Fn::Sub references invalid resource attribute %s", name)
	}
	return r.readAttribute(attribute, "Fn::Sub")
}

package cloudformation

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// The functions that a template's Resources and Outputs may call, and those that AWS::LanguageExtensions adds to them. Fn::If
// is resolved before the others.
var (
	supported = []string{
		"Fn::Base64", "Fn::Cidr", "Fn::FindInMap", "Fn::GetAZs", "Fn::GetAtt", "Fn::GetStackOutput", "Fn::If", "Fn::ImportValue",
		"Fn::Join", "Fn::Select", "Fn::Split", "Fn::Sub", "Ref",
	}
	supportedExtended = []string{"Fn::Length", "Fn::ToJsonString"}
)

// knows fails on a function that s's block may not call.
func (s *scope) knows(name string) error {
	functions := supported
	if s.details.extended() {
		functions = slices.Concat(supported, supportedExtended)
	}
	if slices.Contains(functions, name) && (name != "Fn::If" || s.block == resourcesBlock || s.block == outputsBlock) {
		return nil
	}
	return templateError("Encountered unsupported function: %s Supported functions are: [%s]", name, strings.Join(functions, ", "))
}

// call resolves a call of the function name.
func (s *scope) call(name string, arg any) (any, error) {
	if err := s.knows(name); err != nil {
		return nil, err
	}
	switch name { // these look at their argument before it is resolved
	case "Ref":
		return s.ref(arg)
	case "Fn::GetAtt":
		return s.getAtt(arg)
	case "Fn::Sub":
		return s.sub(arg)
	}
	arg, err := s.value(arg)
	if err != nil {
		return nil, err
	}
	switch name {
	case "Fn::Base64":
		return encode(arg)
	case "Fn::Cidr":
		return cidr(arg)
	case "Fn::FindInMap":
		return s.findInMap(arg)
	case "Fn::GetAZs":
		return s.zones(arg)
	case "Fn::GetStackOutput":
		return s.stackOutput(arg)
	case "Fn::ImportValue":
		return s.importValue(arg)
	case "Fn::Join":
		return join(arg)
	case "Fn::Length":
		return length(arg)
	case "Fn::Select":
		return choose(arg)
	case "Fn::Split":
		return split(arg)
	case "Fn::ToJsonString":
		return toJSON(arg)
	}
	return nil, templateError("%s is not allowed here", name)
}

func join(arg any) (any, error) {
	list, _ := arg.([]any)
	if len(list) == 2 {
		separator, ok := list[0].(string)
		parts, all := texts(list[1])
		if ok && all {
			return strings.Join(parts, separator), nil
		}
	}
	return nil, templateError("every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to " +
		"be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.")
}

func choose(arg any) (any, error) {
	list, _ := arg.([]any)
	if len(list) == 2 {
		position, _ := text(list[0])
		index, err := strconv.Atoi(position)
		from, ok := list[1].([]any)
		if err == nil && ok {
			if index < 0 || index >= len(from) {
				return nil, templateError("Fn::Select cannot select nonexistent value at index %d", index)
			}
			return from[index], nil
		}
	}
	return nil, templateError("Fn::Select requires a list argument with two elements: an integer index and a list")
}

func split(arg any) (any, error) {
	list, _ := arg.([]any)
	if len(list) == 2 {
		separator, _ := list[0].(string)
		source, ok := text(list[1])
		if separator != "" && ok {
			return anys(strings.Split(source, separator)), nil
		}
	}
	return nil, templateError("every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split " +
		"or a function that returns a string to be split.")
}

func encode(arg any) (any, error) {
	source, ok := text(arg)
	if !ok {
		return nil, templateError("every Fn::Base64 object must have a String-typed value.")
	}
	return base64.StdEncoding.EncodeToString([]byte(source)), nil
}

func length(arg any) (any, error) {
	list, ok := arg.([]any)
	if !ok {
		return nil, templateError("Fn::Length requires a list as argument")
	}
	return float64(len(list)), nil
}

// toJSON renders an object or a list. Keys come sorted, which CloudFormation does not promise.
func toJSON(arg any) (any, error) {
	switch arg.(type) {
	case map[string]any, []any:
		return marshal(arg)
	}
	return nil, templateError("Fn::ToJsonString requires an object or a list as argument")
}

// marshal renders v as compact JSON, without escaping what only HTML gives a meaning to.
func marshal(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// zones are three zones of a Region, by default the stack's own.
func (s *scope) zones(arg any) (any, error) {
	region, ok := arg.(string)
	if !ok {
		return nil, templateError("every Fn::GetAZs object must have a String-typed value.")
	}
	if region == "" {
		region = s.Region
	}
	return []any{region + "a", region + "b", region + "c"}, nil
}

// findInMap looks a value up in the template's mappings.
func (s *scope) findInMap(arg any) (any, error) {
	list, _ := arg.([]any)
	fallback, hasDefault := s.mapDefault(list)
	if hasDefault {
		list = list[:3]
	}
	keys, ok := texts(list)
	if !ok || len(keys) != 3 {
		return nil, templateError("every Fn::FindInMap object requires three parameters, the map name, map key and the attribute " +
			"for return value")
	}
	var found any = s.Artifact.Template.Mappings
	for _, key := range keys {
		object, _ := found.(map[string]any)
		if found, ok = object[key]; !ok {
			break
		}
	}
	switch {
	case ok:
		return mapped(found)
	case hasDefault:
		return fallback, nil
	case s.Artifact.Template.Mappings[keys[0]] == nil:
		return nil, templateError("Mapping named '%s' is not present in the 'Mappings' section of template.", keys[0])
	}
	return nil, templateError("Unable to get mapping for %s", strings.Join(keys, "::"))
}

// mapped is a value of a mapping.
func mapped(v any) (any, error) {
	_, isText := text(v)
	if _, isList := texts(v); isText || isList {
		return v, nil
	}
	return nil, errors.New("Template format error: Every Mappings attribute must be a String or a List.")
}

// mapDefault is the default value of Fn::FindInMap, which AWS::LanguageExtensions adds.
func (s *scope) mapDefault(list []any) (any, bool) {
	if !s.details.extended() || len(list) != 4 {
		return nil, false
	}
	options, _ := list[3].(map[string]any)
	v, ok := options["DefaultValue"]
	return v, ok
}

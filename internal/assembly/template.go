package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// Template is a CloudFormation template as it is given to CloudFormation.
type Template struct {
	// Resources are the resources by logical ID.
	Resources []*Resource

	// Parameters are the parameters by name.
	Parameters []Parameter

	// Outputs are the outputs by name.
	Outputs []Output

	// Conditions maps a condition's name to its definition.
	Conditions map[string]any

	// Mappings maps a mapping's name to its content.
	Mappings map[string]any

	// Size is the size of the template in bytes, as it is uploaded.
	Size int

	resources map[string]*Resource
}

// Resource is one resource of a template.
type Resource struct {
	// LogicalID is the name of the resource in its template.
	LogicalID string

	// Type is the resource type, such as AWS::RDS::DBCluster.
	Type string

	// Properties are the properties as the template has them, intrinsic functions included.
	Properties map[string]any

	// DependsOn are the logical IDs that the resource explicitly depends on, sorted.
	DependsOn []string

	// Condition is the name of the condition the resource is defined under; empty for none.
	Condition string

	// DeletionPolicy says what becomes of the resource when its stack is deleted; empty for CloudFormation's default.
	DeletionPolicy string

	// UpdateReplacePolicy says what becomes of the old resource when an update replaces it; empty for CloudFormation's
	// default.
	UpdateReplacePolicy string

	// Path is the path of the construct that defined the resource, such as Stack/Function/Resource; empty if not known.
	Path string
}

// Parameter is a parameter of a template.
type Parameter struct {
	// Name is the parameter's name.
	Name string

	// Type is the parameter type, such as String.
	Type string

	// Default is the value used when none is given; nil if there is no default.
	Default any

	// NoEcho reports whether CloudFormation hides the value.
	NoEcho bool
}

// Output is an output of a template.
type Output struct {
	// Name is the output's name.
	Name string

	// Value is the value, intrinsic functions included.
	Value any

	// Export is the name that other stacks may import the value by, intrinsic functions included; nil if the output is not
	// exported.
	Export any
}

// Resource is the resource with the logical ID id; nil if there is none.
func (t *Template) Resource(id string) *Resource { return t.resources[id] }

// OfType are the resources whose type is one of types, by logical ID.
func (t *Template) OfType(types ...string) []*Resource {
	var found []*Resource
	for _, r := range t.Resources {
		if slices.Contains(types, r.Type) {
			found = append(found, r)
		}
	}
	return found
}

// readTemplate reads the template in file. Its errors name the file.
func readTemplate(file string) (*Template, error) {
	data, err := readFile(file)
	if err != nil {
		return nil, err
	}
	t, err := ParseTemplate(data)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", file, err)
	}
	return t, nil
}

// ParseTemplate parses a CloudFormation template in JSON.
func ParseTemplate(data []byte) (*Template, error) {
	var raw rawTemplate
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, err
	}
	t := &Template{Conditions: raw.Conditions, Mappings: raw.Mappings, Size: len(data), resources: make(map[string]*Resource)}
	for _, id := range slices.Sorted(maps.Keys(raw.Resources)) {
		r, err := raw.Resources[id].resource(id)
		if err != nil {
			return nil, fmt.Errorf("resource %s: %w", id, err)
		}
		t.Resources = append(t.Resources, r)
		t.resources[id] = r
	}
	for _, name := range slices.Sorted(maps.Keys(raw.Parameters)) {
		p := raw.Parameters[name]
		t.Parameters = append(t.Parameters, Parameter{
			Name: name, Type: p.Type, Default: p.Default, NoEcho: p.NoEcho == true || p.NoEcho == "true",
		})
	}
	for _, name := range slices.Sorted(maps.Keys(raw.Outputs)) {
		o := raw.Outputs[name]
		t.Outputs = append(t.Outputs, Output{Name: name, Value: o.Value, Export: o.Export.Name})
	}
	return t, nil
}

// A template as it is written.
type (
	rawTemplate struct {
		Resources  map[string]*rawResource
		Parameters map[string]struct {
			Type    string
			Default any
			NoEcho  any
		}
		Outputs map[string]struct {
			Value  any
			Export struct{ Name any }
		}
		Conditions map[string]any
		Mappings   map[string]any
	}

	rawResource struct {
		Type                string
		Properties          map[string]any
		DependsOn           any
		Condition           string
		DeletionPolicy      string
		UpdateReplacePolicy string
		Metadata            map[string]any
	}
)

// resource is r with its logical ID.
func (r *rawResource) resource(id string) (*Resource, error) {
	if r == nil || r.Type == "" {
		return nil, errors.New("has no Type")
	}
	path, _ := r.Metadata["aws:cdk:path"].(string)
	res := &Resource{
		LogicalID: id, Type: r.Type, Properties: r.Properties, Condition: r.Condition,
		DeletionPolicy: r.DeletionPolicy, UpdateReplacePolicy: r.UpdateReplacePolicy, Path: path,
	}
	for _, dep := range asList(r.DependsOn) {
		name, ok := dep.(string)
		if !ok {
			return nil, fmt.Errorf("DependsOn must be a logical ID or a list of them, got %v", dep)
		}
		res.DependsOn = append(res.DependsOn, name)
	}
	slices.Sort(res.DependsOn)
	return res, nil
}

// asList is v as a list: itself, or the list of it alone, or nothing for nil.
func asList(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

// walk calls visit with every value in the template's resources and outputs, outer before inner.
func (t *Template) walk(visit func(v any)) {
	for _, r := range t.Resources {
		Walk(r.Properties, func(_ []string, v any) { visit(v) })
	}
	for _, o := range t.Outputs {
		Walk(o.Value, func(_ []string, v any) { visit(v) })
	}
}

// Walk calls visit with v and everything in it, outer before inner and maps by key. The path holds the keys and the indices
// that lead to the value; it is reused, so visit must not keep it.
func Walk(v any, visit func(path []string, v any)) { walk(nil, v, visit) }

// walk is Walk for a value that path leads to.
func walk(path []string, v any, visit func(path []string, v any)) {
	visit(path, v)
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(append(path, k), v[k], visit)
		}
	case []any:
		for i, item := range v {
			walk(append(path, strconv.Itoa(i)), item, visit)
		}
	}
}

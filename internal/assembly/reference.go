package assembly

import "strings"

// maxHops bounds how many outputs are followed from one value, so that a circle of them ends.
const maxHops = 64

// Target is a resource that a value in a template refers to.
type Target struct {
	// Stack holds the resource.
	Stack *Stack

	// Resource is the resource.
	Resource *Resource

	// Attribute is the attribute of Fn::GetAtt, such as Endpoint.Address; empty for Ref.
	Attribute string
}

// Follow finds the resource that v, a value in from's template, refers to: by Ref, by Fn::GetAtt, or through the output of
// another stack (Fn::GetStackOutput for CDK's weak references, Fn::ImportValue for its strong ones). It reports false for
// everything else: literals, parameters, values made of several parts, and outputs of stacks outside the assembly.
func (a *Assembly) Follow(from *Stack, v any) (Target, bool) {
	for range maxHops {
		s, value, ok := a.output(from, v)
		if !ok {
			id, attribute := reference(v)
			r := from.Template.Resource(id)
			return Target{Stack: from, Resource: r, Attribute: attribute}, r != nil
		}
		from, v = s, value
	}
	return Target{}, false
}

// reference is what v names in its own template, if v is a Ref or an Fn::GetAtt.
func reference(v any) (id, attribute string) {
	name, arg := intrinsic(v)
	switch name {
	case "Ref":
		id, _ = arg.(string)
	case "Fn::GetAtt":
		if s, ok := arg.(string); ok {
			id, attribute, _ = strings.Cut(s, ".")
			return id, attribute
		}
		if list, ok := arg.([]any); ok && len(list) == 2 {
			id, _ = list[0].(string)
			attribute, _ = list[1].(string)
		}
	}
	return id, attribute
}

// intrinsic is the name and the argument of the intrinsic function that v is; the name is empty if v is none.
func intrinsic(v any) (name string, arg any) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return "", nil
	}
	for name, arg = range m {
		if name == "Ref" || strings.HasPrefix(name, "Fn::") {
			return name, arg
		}
	}
	return "", nil
}

// output finds the output of another stack that v reads: the stack, and the output's value there.
func (a *Assembly) output(from *Stack, v any) (*Stack, any, bool) {
	switch name, arg := intrinsic(v); name {
	case "Fn::GetStackOutput":
		m, _ := arg.(map[string]any)
		return a.stackOutput(from, m)
	case "Fn::ImportValue":
		export, ok := a.localText(from, arg)
		if !ok {
			return nil, nil, false
		}
		return a.export(from, export)
	}
	return nil, nil, false
}

// stackOutput finds the output that the argument of Fn::GetStackOutput names. The Region is the reader's unless the argument
// names one, and so is the account unless a role in another account is named.
func (a *Assembly) stackOutput(from *Stack, arg map[string]any) (*Stack, any, bool) {
	stack, known := a.localText(from, arg["StackName"])
	name, named := a.localText(from, arg["OutputName"])
	region := from.Region
	if r, ok := a.localText(from, arg["Region"]); ok {
		region = r
	}
	if !known || !named {
		return nil, nil, false
	}
	for _, s := range a.Stacks {
		if s.Name != stack || s.Region != region || (arg["RoleArn"] == nil && s.Account != from.Account) {
			continue
		}
		for _, o := range s.Template.Outputs {
			if o.Name == name {
				return s, o.Value, true
			}
		}
	}
	return nil, nil, false
}

// export finds the output that is exported as name. Exports are of an account and a Region.
func (a *Assembly) export(from *Stack, name string) (*Stack, any, bool) {
	for _, s := range a.Stacks {
		if s.Region != from.Region || s.Account != from.Account {
			continue
		}
		for _, o := range s.Template.Outputs {
			if exported, ok := a.localText(s, o.Export); ok && exported == name {
				return s, o.Value, true
			}
		}
	}
	return nil, nil, false
}

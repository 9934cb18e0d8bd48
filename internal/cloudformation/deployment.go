package cloudformation

import (
	"slices"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// Deployment is a deployed assembly.
type Deployment struct {
	// Stacks are the stacks in the order in which they were deployed.
	Stacks []*Stack
}

// Stack is a deployed stack.
type Stack struct {
	Environment

	// Artifact is the stack in the assembly.
	Artifact *assembly.Stack

	// ID is the stack's ARN, which AWS::StackId gives.
	ID string

	// Parameters are the parameters by name.
	Parameters []Parameter

	// Resources are the resources in the order in which they were deployed. Those that a condition leaves out are not here.
	Resources []*Deployed

	// Outputs are the outputs by name, without those that a condition leaves out.
	Outputs []Output
}

// Deployed is a deployed resource.
type Deployed struct {
	Resource
	Physical

	// NoBearing is why nothing stands behind the resource; empty if its type has a provider.
	NoBearing string
}

// Output is an output of a deployed stack.
type Output struct {
	// Name is the output's name.
	Name string

	// Value is the value.
	Value string

	// Export is the name that other stacks import the value by; empty if it is not exported.
	Export string
}

// Stack is the stack whose artifact ID, display name or stack name is name; nil if there is none.
func (d *Deployment) Stack(name string) *Stack {
	for _, match := range []func(*assembly.Stack) string{
		func(s *assembly.Stack) string { return s.ID },
		func(s *assembly.Stack) string { return s.DisplayName },
		func(s *assembly.Stack) string { return s.Name },
	} {
		for _, s := range d.Stacks {
			if match(s.Artifact) == name {
				return s
			}
		}
	}
	return nil
}

// OfType are the resources whose type is one of types, in the order in which they were deployed.
func (d *Deployment) OfType(types ...string) []*Deployed {
	var found []*Deployed
	for _, s := range d.Stacks {
		for _, r := range s.Resources {
			if slices.Contains(types, r.Type) {
				found = append(found, r)
			}
		}
	}
	return found
}

// Resource is the resource with a logical ID; nil if there is none.
func (s *Stack) Resource(logicalID string) *Deployed {
	for _, r := range s.Resources {
		if r.LogicalID == logicalID {
			return r
		}
	}
	return nil
}

// Output is the value of an output; false if there is none of the name.
func (s *Stack) Output(name string) (string, bool) {
	for _, o := range s.Outputs {
		if o.Name == name {
			return o.Value, true
		}
	}
	return "", false
}

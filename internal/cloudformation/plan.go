package cloudformation

import (
	"errors"
	"fmt"
	"slices"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// plan is what is deployed of a stack, as its conditions leave it, without Fn::If.
type plan struct {
	// nodes are the resources, in the order to deploy them.
	nodes []*node

	// outputs are the outputs by name.
	outputs []assembly.Output
}

// plan checks the whole template and makes the plan. The conditions must be decided.
func (s *scope) plan() (*plan, error) {
	if err := s.checkTemplate(); err != nil {
		return nil, err
	}
	nodes, ids, err := s.in(resourcesBlock).decideResources()
	if err != nil {
		return nil, err
	}
	outputs, err := s.in(outputsBlock).decideOutputs()
	if err != nil {
		return nil, err
	}
	if err := s.checkPlan(ids, nodes, outputs); err != nil {
		return nil, err
	}
	var values []any
	for _, o := range outputs {
		values = append(values, o.Value)
	}
	link(nodes, values)
	ordered, err := order(ids, nodes)
	return &plan{nodes: ordered, outputs: outputs}, err
}

// checkTemplate fails on references to what the template does not hold, whatever its conditions.
func (s *scope) checkTemplate() error {
	t := s.Artifact.Template
	all := make(map[string]bool)
	for _, r := range t.Resources {
		all[r.LogicalID] = true
	}
	var errs []error
	for _, r := range t.Resources {
		errs = append(errs, s.checkResource(r, r.Properties, all))
		for _, id := range r.DependsOn {
			if !all[id] {
				errs = append(errs, resourceError(r, within("DependsOn", s.in(resourcesBlock).unresolved(id))))
			}
		}
	}
	for _, o := range t.Outputs {
		errs = append(errs, s.checkOutput(o, all))
	}
	return errors.Join(errs...)
}

// checkPlan fails on references to resources that a condition leaves out.
func (s *scope) checkPlan(ids []string, nodes map[string]*node, outputs []assembly.Output) error {
	there := make(map[string]bool)
	for _, id := range ids {
		there[id] = true
	}
	var errs []error
	for _, id := range ids {
		errs = append(errs, s.checkResource(nodes[id].Resource, nodes[id].properties, there))
	}
	for _, o := range outputs {
		errs = append(errs, s.checkOutput(o, there))
	}
	return errors.Join(errs...)
}

func (s *scope) checkResource(r *assembly.Resource, properties map[string]any, resources map[string]bool) error {
	return each(s.in(resourcesBlock).check(properties, resources), func(err error) error {
		return resourceError(r, within("Properties", err))
	})
}

func (s *scope) checkOutput(o assembly.Output, resources map[string]bool) error {
	where := func(key string, v any) error {
		return each(s.in(outputsBlock).check(v, resources), func(err error) error { return outputError(o, within(key, err)) })
	}
	return errors.Join(where("Value", o.Value), where("Export.Name", o.Export))
}

// decideResources are the resources that the conditions leave, by logical ID, and their IDs.
func (s *scope) decideResources() (nodes map[string]*node, ids []string, err error) {
	nodes = make(map[string]*node)
	for _, r := range s.Artifact.Template.Resources {
		n, err := s.decideResource(r)
		if err != nil {
			return nil, nil, resourceError(r, err)
		}
		if n != nil {
			nodes[r.LogicalID], ids = n, append(ids, r.LogicalID)
		}
	}
	return nodes, ids, nil
}

// decideResource is r as the conditions leave it; nil if they leave it out.
func (s *scope) decideResource(r *assembly.Resource) (*node, error) {
	if there, err := s.applies(r.Condition); err != nil || !there {
		return nil, within("Condition", err)
	}
	if name, _, ok := function(r.Properties); ok {
		return nil, within("Properties", templateError("%s cannot give all properties of a resource", name))
	}
	properties, err := s.decided(r.Properties)
	if err != nil {
		return nil, within("Properties", err)
	}
	return &node{Resource: r, properties: properties.(map[string]any)}, nil
}

// decideOutputs are the outputs that the conditions leave.
func (s *scope) decideOutputs() ([]assembly.Output, error) {
	var outputs []assembly.Output
	for _, o := range s.Artifact.Template.Outputs {
		there, err := s.applies(s.details.Outputs[o.Name].Condition)
		if err != nil {
			return nil, outputError(o, within("Condition", err))
		}
		if !there {
			continue
		}
		if o.Value, err = s.decided(o.Value); err != nil {
			return nil, outputError(o, within("Value", err))
		}
		if o.Export, err = s.decided(o.Export); err != nil {
			return nil, outputError(o, within("Export.Name", err))
		}
		outputs = append(outputs, o)
	}
	return outputs, nil
}

func resourceError(r *assembly.Resource, err error) error {
	return fmt.Errorf("resource %s (%s): %w", r.LogicalID, r.Type, err)
}

func outputError(o assembly.Output, err error) error {
	return fmt.Errorf("output %s: %w", o.Name, err)
}

// applies reports whether the condition holds that something is defined under; it does if there is none.
func (s *scope) applies(condition string) (bool, error) {
	if condition == "" {
		return true, nil
	}
	return s.decide(condition)
}

// output resolves o, and exports it.
func (s *scope) output(o assembly.Output) error {
	value, err := s.value(o.Value)
	if err != nil {
		return within("Value", err)
	}
	resolved := Output{Name: o.Name}
	var ok bool
	if resolved.Value, ok = text(value); !ok {
		return errors.New("Template format error: The Value field of every Outputs member must evaluate to a String.")
	}
	if o.Export != nil {
		name, err := s.value(o.Export)
		if err != nil {
			return within("Export.Name", err)
		}
		if resolved.Export, ok = text(name); !ok || resolved.Export == "" {
			return errors.New("Template format error: Output " + o.Name + " is malformed. The Name field of every Export member must be " +
				"specified and consist of a non-empty String.")
		}
		if other, _ := exporter(append(slices.Clone(s.earlier), s.Stack), s.Environment, resolved.Export); other != nil {
			return fmt.Errorf("Export with name %s is already exported by stack %s.", resolved.Export, other.Artifact.Name)
		}
	}
	s.Outputs = append(s.Outputs, resolved)
	return nil
}

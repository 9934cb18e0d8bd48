package cloudformation

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// mention is what one function in a template refers to by name.
type mention struct {
	function, id, attribute string
}

// mentions are what v itself, if it is a function, refers to by name. Calls of other shapes than CloudFormation knows mention
// nothing; resolving them fails.
func mentions(v any) []mention {
	name, arg, _ := function(v)
	switch name {
	case "Ref":
		if id, ok := arg.(string); ok {
			return []mention{{name, id, ""}}
		}
	case "Fn::GetAtt":
		if id, attribute, err := getAttArgs(arg); err == nil {
			t, _ := attribute.(string)
			return []mention{{name, id, t}}
		}
	case "Fn::Sub":
		return subMentions(arg)
	}
	return nil
}

// subMentions are what the text of an Fn::Sub refers to.
func subMentions(arg any) []mention {
	format, variables, err := subArgs(arg)
	if err != nil {
		return nil
	}
	var found []mention
	_, _ = expand(format, func(name string) (string, error) {
		if _, own := variables[name]; !own {
			id, attribute, _ := strings.Cut(name, ".")
			found = append(found, mention{"Fn::Sub", id, attribute})
		}
		return "", nil
	})
	return found
}

// check fails on every function in v that is not known, and on every reference to what is neither a parameter nor in resources.
func (s *scope) check(v any, resources map[string]bool) error {
	var errs []error
	assembly.Walk(v, func(path []string, v any) {
		name, _, isFunction := function(v)
		if !isFunction {
			return
		}
		at := strings.Join(append(slices.Clone(path), name), ".")
		if err := s.knows(name); err != nil {
			errs = append(errs, within(at, err))
		}
		for _, m := range mentions(v) {
			if err := s.checkMention(m, resources); err != nil {
				errs = append(errs, within(at, err))
			}
		}
	})
	return errors.Join(errs...)
}

// checkMention fails if m refers to nothing.
func (s *scope) checkMention(m mention, resources map[string]bool) error {
	if resources[m.id] {
		return nil
	}
	_, isParameter := s.parameters[m.id]
	_, isPseudo := s.pseudo(m.id)
	switch {
	case (isParameter || isPseudo) && m.attribute == "" && m.function != "Fn::GetAtt":
		return nil
	case m.function == "Fn::GetAtt":
		return templateError("instance of Fn::GetAtt references undefined resource %s", m.id)
	case m.attribute != "":
		return templateError("instance of Fn::Sub references invalid resource attribute %s.%s", m.id, m.attribute)
	}
	return s.unresolved(m.id)
}

// node is a resource of a template, as its conditions leave it.
type node struct {
	*assembly.Resource

	// properties are the properties without Fn::If.
	properties map[string]any

	// needs are the logical IDs of the resources that must exist before.
	needs []string

	// read are the attributes that the template reads.
	read []string
}

// link fills in what the nodes need, and what is read of them in their properties and in the outputs.
func link(nodes map[string]*node, outputs []any) {
	for _, n := range nodes {
		for _, id := range n.DependsOn {
			if nodes[id] != nil { // one that a condition leaves out is not waited for
				n.needs = append(n.needs, id)
			}
		}
		n.needs = append(n.needs, note(nodes, n.properties)...)
	}
	for _, output := range outputs {
		note(nodes, output)
	}
	for _, n := range nodes {
		slices.Sort(n.read)
		n.read = slices.Compact(n.read)
	}
}

// note notes the attributes that v reads, and returns the logical IDs that v refers to.
func note(nodes map[string]*node, v any) []string {
	var ids []string
	assembly.Walk(v, func(_ []string, v any) {
		for _, m := range mentions(v) {
			n := nodes[m.id]
			if n == nil {
				continue
			}
			ids = append(ids, m.id)
			if m.attribute != "" {
				n.read = append(n.read, m.attribute)
			}
		}
	})
	return ids
}

// order is the nodes in the order to deploy them: a resource follows those that it needs, otherwise they keep the order of ids.
func order(ids []string, nodes map[string]*node) ([]*node, error) {
	var ordered []*node
	placed := make(map[string]bool)
	for len(ordered) < len(ids) {
		next := slices.IndexFunc(ids, func(id string) bool { return !placed[id] && nodes[id].waitsFor(placed) == "" })
		if next < 0 {
			return nil, fmt.Errorf("Circular dependency between resources: [%s]", strings.Join(cycle(ids, nodes, placed), ", "))
		}
		placed[ids[next]] = true
		ordered = append(ordered, nodes[ids[next]])
	}
	return ordered, nil
}

// waitsFor is the first resource that n needs and that is not placed; empty if there is none.
func (n *node) waitsFor(placed map[string]bool) string {
	for _, id := range n.needs {
		if !placed[id] {
			return id
		}
	}
	return ""
}

// cycle is one circle among the nodes that cannot be placed, sorted.
func cycle(ids []string, nodes map[string]*node, placed map[string]bool) []string {
	var path []string
	id := ids[slices.IndexFunc(ids, func(id string) bool { return !placed[id] })]
	for !slices.Contains(path, id) {
		path = append(path, id)
		id = nodes[id].waitsFor(placed)
	}
	circle := path[slices.Index(path, id):]
	slices.Sort(circle)
	return circle
}

package apigateway

import (
	"fmt"
	"net/url"
	"strings"
)

// node is a resource in the tree of an API's paths.
type node struct {
	what     string // for messages
	parentID string
	part     string // its own segment
	path     string // from the root
	children []*node
	methods  map[string]*route

	// What finish makes of the children.
	literals map[string]*node
	variable *node // {name}
	greedy   *node // {name+}
	name     string
}

// finish gives the node and those below it their paths, and prepares them for find. It reports places with two resources where
// API Gateway takes one.
func (n *node) finish() (errs []error) {
	n.methods = make(map[string]*route)
	n.literals = make(map[string]*node)
	for _, c := range n.children {
		c.path = strings.TrimSuffix(n.path, "/") + "/" + c.part
		inner, variable := strings.CutPrefix(strings.TrimSuffix(c.part, "}"), "{")
		var earlier *node
		switch {
		case variable && strings.HasSuffix(inner, "+"):
			c.name = strings.TrimSuffix(inner, "+")
			earlier, n.greedy = n.greedy, c
		case variable:
			c.name = inner
			earlier, n.variable = n.variable, c
		default:
			earlier, n.literals[c.part] = n.literals[c.part], c
		}
		if earlier != nil {
			errs = append(errs, fmt.Errorf("%s: %s is at the place of %s", c.what, c.path, earlier.path))
		}
		errs = append(errs, c.finish()...)
	}
	return errs
}

// find is the resource that serves a path, and the values of its variables, decoded. A literal segment goes before a variable
// one, and that before one that takes all that is left. A slash at the end is ignored. Resources without methods serve nothing.
func (n *node) find(path string) (*node, map[string]string) {
	var segments []string
	if trimmed := strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/"); trimmed != "" {
		segments = strings.Split(trimmed, "/")
	}
	variables := make(map[string]string)
	return n.match(segments, variables), variables
}

func (n *node) match(segments []string, variables map[string]string) *node {
	if len(segments) == 0 {
		if len(n.methods) == 0 {
			return nil
		}
		return n
	}
	first := decode(segments[0])
	if c := n.literals[first]; c != nil {
		if found := c.match(segments[1:], variables); found != nil {
			return found
		}
	}
	if c := n.variable; c != nil && first != "" {
		if found := c.match(segments[1:], variables); found != nil {
			variables[c.name] = first
			return found
		}
	}
	if c := n.greedy; c != nil && len(c.methods) > 0 {
		variables[c.name] = decode(strings.Join(segments, "/"))
		return c
	}
	return nil
}

// decode undoes the encoding of a path, which is always a good one: [url.URL.EscapedPath] sees to that.
func decode(segment string) string {
	decoded, _ := url.PathUnescape(segment)
	return decoded
}

// route is the method that serves verb.
func (n *node) route(verb string) *route {
	if rt := n.methods[verb]; rt != nil {
		return rt
	}
	return n.methods["ANY"]
}

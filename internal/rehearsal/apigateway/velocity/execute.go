package velocity

import (
	"fmt"
	"strings"
)

// Variables are what references are looked up in. A value is a string, an int, a bool, a map of the same kind, or a [Function].
type Variables = map[string]any

// Function is a value that a template can call.
type Function = func(arguments []any) (any, error)

// Execute renders the template. What it sets is in variables afterwards; it adds maps on the way to what it sets, as
// API Gateway's $context.responseOverride needs. It returns an error if a call fails or is not to a function.
func (t *Template) Execute(variables Variables) (string, error) {
	var out strings.Builder
	if err := t.block.render(&out, variables); err != nil {
		return "", err
	}
	return out.String(), nil
}

type (
	// node is a part of a template.
	node interface {
		render(out *strings.Builder, v Variables) error
	}

	block         []node
	textNode      string
	referenceNode struct{ *reference }
	ifNode        []arm
	setNode       struct {
		target *reference
		value  expression
	}

	// arm is one case of an #if. That of #else has no condition.
	arm struct {
		condition expression
		block     block
	}
)

func (b block) render(out *strings.Builder, v Variables) error {
	for _, n := range b {
		if err := n.render(out, v); err != nil {
			return err
		}
	}
	return nil
}

func (n textNode) render(out *strings.Builder, _ Variables) error {
	out.WriteString(string(n))
	return nil
}

// render writes the reference's value. Velocity writes the reference itself if there is none, unless it is quiet.
func (n referenceNode) render(out *strings.Builder, v Variables) error {
	value, err := n.evaluate(v)
	switch {
	case err != nil:
		return err
	case value != nil:
		fmt.Fprint(out, value)
	case !n.quiet:
		out.WriteString(n.source)
	}
	return nil
}

func (n ifNode) render(out *strings.Builder, v Variables) error {
	for _, a := range n {
		if a.condition != nil {
			value, err := a.condition.evaluate(v)
			if err != nil {
				return err
			}
			if !truth(value) {
				continue
			}
		}
		return a.block.render(out, v)
	}
	return nil
}

// render assigns. As in Velocity, a value that is null changes nothing.
func (n setNode) render(_ *strings.Builder, v Variables) error {
	value, err := n.value.evaluate(v)
	if err != nil || value == nil {
		return err
	}
	last := len(n.target.steps) - 1
	for _, s := range n.target.steps[:last] {
		inner, ok := v[s.name].(Variables)
		if !ok {
			if v[s.name] != nil {
				return fmt.Errorf("%s cannot be set: %s is not a map", n.target.source, s.name)
			}
			inner = Variables{}
			v[s.name] = inner
		}
		v = inner
	}
	v[n.target.steps[last].name] = value
	return nil
}

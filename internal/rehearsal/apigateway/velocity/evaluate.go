package velocity

import "fmt"

type (
	// expression is what has a value, which is nil for null.
	expression interface {
		evaluate(v Variables) (any, error)
	}

	constant struct{ value any }
	negation struct{ operand expression }
	equality struct {
		equal       bool
		left, right expression
	}
	logical struct {
		operator    string
		left, right expression
	}

	// reference is a path into the variables.
	reference struct {
		source string // as it is written
		quiet  bool
		steps  []step
	}

	// step is one name of a reference, or a call of it.
	step struct {
		name      string
		call      bool
		arguments []expression
	}
)

// truth is a value as a condition: null and false are not true, and everything else is.
func truth(value any) bool { return value != nil && value != false }

func (c constant) evaluate(Variables) (any, error) { return c.value, nil }

func (n negation) evaluate(v Variables) (any, error) {
	value, err := n.operand.evaluate(v)
	return !truth(value), err
}

func (e equality) evaluate(v Variables) (any, error) {
	left, err := e.left.evaluate(v)
	if err != nil {
		return nil, err
	}
	right, err := e.right.evaluate(v)
	if err != nil {
		return nil, err
	}
	return same(left, right) == e.equal, nil
}

// same compares as Velocity does where the types differ: by what they are as text. Maps and functions equal nothing.
func same(a, b any) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return plain(a) && plain(b) && fmt.Sprint(a) == fmt.Sprint(b)
}

func plain(value any) bool {
	switch value.(type) {
	case string, int, bool:
		return true
	}
	return false
}

func (l logical) evaluate(v Variables) (any, error) {
	left, err := l.left.evaluate(v)
	if err != nil || truth(left) == (l.operator == "||") {
		return truth(left), err
	}
	right, err := l.right.evaluate(v)
	return truth(right), err
}

func (r *reference) evaluate(v Variables) (any, error) {
	var value any = v
	for _, s := range r.steps {
		m, ok := value.(Variables)
		if !ok {
			return nil, nil
		}
		if value = m[s.name]; !s.call {
			continue
		}
		if value == nil && s.name == "get" {
			value = Function(func(arguments []any) (any, error) { return get(m, arguments) })
		}
		f, ok := value.(Function)
		if !ok {
			return nil, fmt.Errorf("%s: there is no %s to call", r.source, s.name)
		}
		var err error
		if value, err = s.apply(f, v); err != nil {
			return nil, fmt.Errorf("%s: %w", r.source, err)
		}
	}
	return value, nil
}

func (s step) apply(f Function, v Variables) (any, error) {
	arguments := make([]any, len(s.arguments))
	for i, a := range s.arguments {
		var err error
		if arguments[i], err = a.evaluate(v); err != nil {
			return nil, err
		}
	}
	return f(arguments)
}

// get is the method of every map. A request's maps have an empty text for what is not in them, which is what templates compare
// with.
func get(m Variables, arguments []any) (any, error) {
	if len(arguments) != 1 {
		return nil, fmt.Errorf("get needs one argument, got %d", len(arguments))
	}
	if value, ok := m[fmt.Sprint(arguments[0])]; ok {
		return value, nil
	}
	return "", nil
}

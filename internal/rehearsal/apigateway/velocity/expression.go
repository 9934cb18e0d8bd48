package velocity

import "strconv"

// expression reads a chain of ||, which binds weakest.
func (p *parser) expression() (expression, error) { return p.chain("||", p.and) }

func (p *parser) and() (expression, error) { return p.chain("&&", p.comparison) }

// chain reads operands that next reads, joined by operator.
func (p *parser) chain(operator string, next func() (expression, error)) (expression, error) {
	left, err := next()
	for err == nil {
		p.space()
		if !p.accept(operator) {
			return left, nil
		}
		var right expression
		right, err = next()
		left = logical{operator, left, right}
	}
	return nil, err
}

func (p *parser) comparison() (expression, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	p.space()
	for _, operator := range []string{"==", "!="} {
		if p.accept(operator) {
			right, err := p.operand()
			return equality{operator == "==", left, right}, err
		}
	}
	return left, nil
}

func (p *parser) operand() (expression, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.errorf("expressions nest deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	p.space()
	switch c := p.peek(); {
	case c == '!':
		p.at++
		e, err := p.operand()
		return negation{e}, err
	case c == '(':
		p.at++
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		return e, p.expect(")")
	case c == '"' || c == '\'':
		s, err := p.str()
		return constant{s}, err
	case isDigit(c):
		start := p.at
		for isDigit(p.peek()) {
			p.at++
		}
		n, err := strconv.Atoi(p.text[start:p.at])
		return constant{n}, err
	case c == '$':
		return p.referenceOperand()
	default:
		return p.word()
	}
}

func (p *parser) referenceOperand() (expression, error) {
	ref, ok, err := p.reference()
	if err == nil && !ok {
		err = p.errorf("expected a reference, got %q", p.rest())
	}
	return ref, err
}

// word is true or false.
func (p *parser) word() (expression, error) {
	start := p.at
	switch word := p.name(false); word {
	case "true":
		return constant{true}, nil
	case "false":
		return constant{false}, nil
	default:
		p.at = start
		return nil, p.errorf("expected a value, got %q", p.rest())
	}
}

// reference reads what begins with $. It is not ok, and no more than a $ is read, if there is none: a lone $ is text.
func (p *parser) reference() (ref *reference, ok bool, err error) {
	start := p.at
	if !p.accept("$") {
		return nil, false, nil
	}
	ref = &reference{quiet: p.accept("!")}
	braces := p.accept("{")
	name := p.name(false)
	if name == "" {
		p.at = start + 1
		return nil, false, nil
	}
	if name == "util" {
		return nil, false, p.errorf("$util is not known")
	}
	ref.steps = []step{{name: name}}
	for p.peek() == '.' && p.at+1 < len(p.text) && isLetter(p.text[p.at+1]) {
		p.at++
		s := step{name: p.name(true)}
		if s.call = p.accept("("); s.call {
			if s.arguments, err = p.arguments(); err != nil {
				return nil, false, err
			}
		}
		ref.steps = append(ref.steps, s)
	}
	if braces && !p.accept("}") {
		return nil, false, p.errorf("${%s has no }", name)
	}
	ref.source = p.text[start:p.at]
	return ref, true, nil
}

// arguments reads a call's arguments after its parenthesis.
func (p *parser) arguments() ([]expression, error) {
	p.space()
	if p.accept(")") {
		return nil, nil
	}
	var arguments []expression
	for {
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		arguments = append(arguments, e)
		p.space()
		if p.accept(")") {
			return arguments, nil
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
}

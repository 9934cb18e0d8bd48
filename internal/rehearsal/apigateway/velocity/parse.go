package velocity

import "strings"

// Template is a compiled template. It can be executed by several goroutines at once.
type Template struct{ block block }

// maxDepth bounds how deep directives and parentheses nest.
const maxDepth = 100

// parser builds a template from its text.
type parser struct {
	reader
	depth int
}

// Parse compiles text. It returns an error that names the line and what is not known there.
func Parse(text string) (*Template, error) {
	p := &parser{reader: reader{text: text}}
	b, end, err := p.block()
	if err != nil {
		return nil, err
	}
	if end != "" {
		return nil, p.errorf("%s has no #if", end)
	}
	return &Template{b}, nil
}

// block reads up to #elseif, #else, #end, which it returns, or the end of the text.
func (p *parser) block() (b block, end string, err error) {
	if p.depth++; p.depth > maxDepth {
		return nil, "", p.errorf("directives nest deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			b = append(b, textNode(literal.String()))
			literal.Reset()
		}
	}
	for !p.done() {
		switch p.peek() {
		case '#':
			flush()
			node, end, err := p.directive()
			if err != nil || end != "" {
				return b, end, err
			}
			if node != nil {
				b = append(b, node)
			}
		case '$':
			ref, ok, err := p.reference()
			if err != nil {
				return nil, "", err
			}
			if !ok {
				literal.WriteByte('$')
				continue
			}
			flush()
			b = append(b, referenceNode{ref})
		default:
			literal.WriteByte(p.peek())
			p.at++
		}
	}
	flush()
	return b, "", nil
}

// directive reads what begins with #. A # before anything but a letter is text.
func (p *parser) directive() (n node, end string, err error) {
	if p.accept("##") {
		if i := strings.IndexByte(p.text[p.at:], '\n'); i >= 0 {
			p.at += i + 1
		} else {
			p.at = len(p.text)
		}
		return nil, "", nil
	}
	start := p.at
	p.at++
	switch word := p.name(false); word {
	case "":
		return textNode("#"), "", nil
	case "set":
		n, err = p.set()
		p.lineEnd()
		return n, "", err
	case "if":
		n, err = p.conditional()
		return n, "", err
	case "elseif", "else", "end":
		if word != "elseif" {
			p.lineEnd()
		}
		return nil, "#" + word, nil
	default:
		p.at = start
		return nil, "", p.errorf("the directive #%s is not known", word)
	}
}

func (p *parser) set() (node, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	p.space()
	ref, ok, err := p.reference()
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, p.errorf("#set needs a reference, got %q", p.rest())
	}
	for _, s := range ref.steps {
		if s.call {
			return nil, p.errorf("#set cannot assign to the call %s", ref.source)
		}
	}
	if err := p.expect("="); err != nil {
		return nil, err
	}
	value, err := p.expression()
	if err != nil {
		return nil, err
	}
	return setNode{ref, value}, p.expect(")")
}

// conditional reads an #if from its condition to its #end.
func (p *parser) conditional() (node, error) {
	var n ifNode
	for end := "#if"; end != "#end"; {
		var arm arm
		var err error
		if end != "#else" {
			if arm.condition, err = p.condition(); err != nil {
				return nil, err
			}
		}
		last := end
		if arm.block, end, err = p.block(); err != nil {
			return nil, err
		}
		if end == "" {
			return nil, p.errorf("%s has no #end", last)
		}
		if last == "#else" && end != "#end" {
			return nil, p.errorf("%s follows #else", end)
		}
		n = append(n, arm)
	}
	return n, nil
}

func (p *parser) condition() (expression, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	err = p.expect(")")
	p.lineEnd()
	return e, err
}

package endpoint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// conditionParser evaluates a condition expression while it reads it (DynamoDB developer guide, "Condition and filter expressions,
// operators, and functions"): comparisons, attribute_exists, attribute_not_exists, begins_with, AND, OR, NOT and parentheses.
type conditionParser struct {
	tokens []string
	item   map[string]any
	names  map[string]any
	values map[string]any
}

var conditionToken = regexp.MustCompile(`\s*([A-Za-z_][A-Za-z0-9_.-]*|#[A-Za-z0-9_]+|:[A-Za-z0-9_]+|<>|<=|>=|[=<>(),])`)

// holdsFor says whether an expression holds for an item. None always does.
func holdsFor(expression string, item, names, values map[string]any) (bool, error) {
	if expression == "" {
		return true, nil
	}
	p := &conditionParser{item: item, names: names, values: values}
	rest := expression
	for strings.TrimSpace(rest) != "" {
		m := conditionToken.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			return false, fmt.Errorf("syntax error at %.40q", rest)
		}
		p.tokens = append(p.tokens, rest[m[2]:m[3]])
		rest = rest[m[1]:]
	}
	holds, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("syntax error at %q", p.tokens[0])
	}
	return holds, err
}

// next takes a token if it is the wanted one, in any case.
func (p *conditionParser) next(wanted string) bool {
	if len(p.tokens) == 0 || !strings.EqualFold(p.tokens[0], wanted) {
		return false
	}
	p.tokens = p.tokens[1:]
	return true
}

func (p *conditionParser) or() (bool, error) {
	holds, err := p.and()
	for err == nil && p.next("OR") {
		var right bool
		right, err = p.and()
		holds = holds || right
	}
	return holds, err
}

func (p *conditionParser) and() (bool, error) {
	holds, err := p.not()
	for err == nil && p.next("AND") {
		var right bool
		right, err = p.not()
		holds = holds && right
	}
	return holds, err
}

func (p *conditionParser) not() (bool, error) {
	if p.next("NOT") {
		holds, err := p.not()
		return !holds, err
	}
	if p.next("(") {
		holds, err := p.or()
		if err == nil && !p.next(")") {
			err = errors.New("a parenthesis is not closed")
		}
		return holds, err
	}
	return p.comparison()
}

// comparison is a function or two operands with an operator between them.
func (p *conditionParser) comparison() (bool, error) {
	for _, function := range []string{"attribute_exists", "attribute_not_exists", "begins_with"} {
		if p.next(function) {
			return p.function(function)
		}
	}
	left, err := p.operand()
	if err != nil {
		return false, err
	}
	if len(p.tokens) == 0 {
		return false, errors.New("an operator is missing")
	}
	operator := p.tokens[0]
	p.tokens = p.tokens[1:]
	right, err := p.operand()
	if err != nil {
		return false, err
	}
	return compareValues(operator, left, right)
}

func (p *conditionParser) function(name string) (bool, error) {
	if !p.next("(") {
		return false, fmt.Errorf("%s needs an argument", name)
	}
	value, err := p.operand()
	if err != nil {
		return false, err
	}
	holds := (value != nil) == (name == "attribute_exists")
	if name == "begins_with" {
		if !p.next(",") {
			return false, errors.New("begins_with needs two arguments")
		}
		prefix, err := p.operand()
		if err != nil {
			return false, err
		}
		text, isText := value["S"].(string)
		want, wantText := prefix["S"].(string)
		holds = isText && wantText && strings.HasPrefix(text, want)
	}
	if !p.next(")") {
		return false, fmt.Errorf("%s is not closed", name)
	}
	return holds, nil
}

// operand is the value of an attribute of the item, nil if it has none, or a value of the expression's.
func (p *conditionParser) operand() (map[string]any, error) {
	if len(p.tokens) == 0 {
		return nil, errors.New("an operand is missing")
	}
	token := p.tokens[0]
	p.tokens = p.tokens[1:]
	if strings.HasPrefix(token, ":") {
		value, ok := p.values[token].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("an expression attribute value used in expression is not defined; attribute value: %s", token)
		}
		return value, nil
	}
	if strings.HasPrefix(token, "#") {
		name, ok := p.names[token].(string)
		if !ok {
			return nil, fmt.Errorf("an expression attribute name used in the document path is not defined; attribute name: %s", token)
		}
		token = name
	}
	value, _ := p.item[token].(map[string]any)
	return value, nil
}

// compareValues compares two attribute values. Values of different types, and absent ones, are never equal, smaller or greater.
func compareValues(operator string, left, right map[string]any) (bool, error) {
	order, comparable := orderOf(left, right)
	equal := comparable && order == 0 || !comparable && left != nil && bytes.Equal(jsonOf(left), jsonOf(right))
	switch operator {
	case "=":
		return equal, nil
	case "<>":
		return !equal, nil
	case "<":
		return comparable && order < 0, nil
	case "<=":
		return comparable && order <= 0, nil
	case ">":
		return comparable && order > 0, nil
	case ">=":
		return comparable && order >= 0, nil
	}
	return false, fmt.Errorf("%q is no operator", operator)
}

// orderOf compares two numbers or two texts.
func orderOf(left, right map[string]any) (order int, ok bool) {
	if l, isText := left["S"].(string); isText {
		r, isText := right["S"].(string)
		return strings.Compare(l, r), isText
	}
	l, leftOK := new(big.Float).SetString(fmt.Sprint(left["N"]))
	r, rightOK := new(big.Float).SetString(fmt.Sprint(right["N"]))
	if !leftOK || !rightOK {
		return 0, false
	}
	return l.Cmp(r), true
}

func jsonOf(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came from JSON
	}
	return text
}

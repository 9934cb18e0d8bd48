package cloudformation

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// decideAll decides all of the template's conditions.
func (s *scope) decideAll() error {
	for _, name := range slices.Sorted(maps.Keys(s.Artifact.Template.Conditions)) {
		if _, err := s.decide(name); err != nil {
			return fmt.Errorf("condition %w", err)
		}
	}
	return nil
}

// decide decides the condition called name.
func (s *scope) decide(name string) (bool, error) {
	if decided, ok := s.conditions[name]; ok {
		return decided, nil
	}
	definition, ok := s.Artifact.Template.Conditions[name]
	if !ok {
		return false, fmt.Errorf("Template format error: Unresolved condition dependency %s in the %s block of the template", name, s.block)
	}
	if slices.Contains(s.deciding, name) {
		return false, templateError("Found circular condition dependency: [%s]", strings.Join(s.deciding, ", "))
	}
	s.deciding = append(s.deciding, name)
	decided, err := s.condition(definition)
	s.deciding = s.deciding[:len(s.deciding)-1]
	if err != nil {
		return false, within(name, err)
	}
	s.conditions[name] = decided
	return decided, nil
}

// errCondition tells what a condition is made of.
var errCondition = errors.New("Template format error: Conditions can only be boolean operations on parameters and other conditions")

// condition decides a call of a condition function, or of a rule function where rules are.
func (s *scope) condition(v any) (bool, error) {
	name, arg, ok := single(v)
	if !ok {
		return false, errCondition
	}
	decided, err := s.decideCall(name, arg)
	return decided, within(name, err)
}

// decideCall decides a call of the function name.
func (s *scope) decideCall(name string, arg any) (bool, error) {
	switch name {
	case "Condition":
		condition, ok := arg.(string)
		if !ok {
			return false, errCondition
		}
		return s.decide(condition)
	case "Fn::And", "Fn::Or":
		return s.combine(name, arg)
	case "Fn::Not":
		list, _ := arg.([]any)
		if len(list) != 1 {
			return false, templateError("every Fn::Not object requires one boolean parameter.")
		}
		decided, err := s.condition(list[0])
		return !decided, err
	case "Fn::Equals":
		return s.equals(arg)
	case "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn":
		if s.block == rulesBlock {
			return s.members(name, arg)
		}
	}
	return false, errCondition
}

// combine decides Fn::And and Fn::Or. All of their conditions are decided, so that a mistake in any is found.
func (s *scope) combine(name string, arg any) (bool, error) {
	const least, most = 2, 10
	list, _ := arg.([]any)
	if len(list) < least || len(list) > most {
		return false, templateError("every %s object requires a list of at least %d and at most %d boolean parameters.", name, least, most)
	}
	all, one := true, false
	for i, v := range list {
		decided, err := s.condition(v)
		if err != nil {
			return false, within(strconv.Itoa(i), err)
		}
		all, one = all && decided, one || decided
	}
	if name == "Fn::And" {
		return all, nil
	}
	return one, nil
}

// equals decides Fn::Equals, which compares texts and minds their case.
func (s *scope) equals(arg any) (bool, error) {
	resolved, err := s.value(arg)
	if err != nil {
		return false, err
	}
	pair, ok := texts(resolved)
	if !ok || len(pair) != 2 {
		return false, templateError("every Fn::Equals object requires a list of 2 string parameters.")
	}
	return pair[0] == pair[1], nil
}

// members decides the functions that only rules have. Each takes a list of texts, and a text or for Fn::EachMemberIn another
// list. See https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-rules.html.
func (s *scope) members(name string, arg any) (bool, error) {
	resolved, err := s.value(arg)
	if err != nil {
		return false, err
	}
	args, _ := resolved.([]any)
	if len(args) != 2 {
		return false, templateError("every %s object requires a list of 2 parameters.", name)
	}
	list, listOK := texts(args[0])
	among, amongOK := texts(args[1])
	if name != "Fn::EachMemberIn" {
		var one string
		one, amongOK = text(args[1])
		among = []string{one}
	}
	if !listOK || !amongOK {
		return false, templateError("every %s object requires a list of strings and what to compare them with.", name)
	}
	if name == "Fn::Contains" {
		return slices.Contains(list, among[0]), nil
	}
	return !slices.ContainsFunc(list, func(member string) bool { return !slices.Contains(among, member) }), nil
}

// rule is a rule about the parameters of a template.
type rule struct {
	RuleCondition any
	Assertions    []struct {
		Assert            any
		AssertDescription string
	}
}

// assert fails with the first of the rules that the parameters break.
func (s *scope) assert(rules map[string]rule) error {
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if err := s.assertRule(rules[name]); err != nil {
			return fmt.Errorf("rule %w", within(name, err))
		}
	}
	return nil
}

// assertRule fails if the parameters break r.
func (s *scope) assertRule(r rule) error {
	if r.RuleCondition != nil {
		if applies, err := s.condition(r.RuleCondition); err != nil || !applies {
			return within("RuleCondition", err)
		}
	}
	for i, assertion := range r.Assertions {
		holds, err := s.condition(assertion.Assert)
		if err != nil {
			return within("Assertions", within(strconv.Itoa(i), err))
		}
		if !holds {
			return fmt.Errorf("Template constraint violated: %s", assertion.AssertDescription)
		}
	}
	return nil
}

// decided is v with every Fn::If replaced by the branch that its condition chooses.
func (s *scope) decided(v any) (any, error) {
	switch v := v.(type) {
	case map[string]any:
		if name, arg, _ := function(v); name == "Fn::If" {
			branch, err := s.branch(arg)
			return branch, within(name, err)
		}
		object := make(map[string]any, len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			inner, err := s.decided(v[key])
			if err != nil {
				return nil, within(key, err)
			}
			object[key] = inner
		}
		return object, nil
	case []any:
		list := make([]any, 0, len(v))
		for i, item := range v {
			inner, err := s.decided(item)
			if err != nil {
				return nil, within(strconv.Itoa(i), err)
			}
			list = append(list, inner)
		}
		return list, nil
	}
	return v, nil
}

// branch is the branch that the argument of an Fn::If chooses. The other is looked at too, so that a mistake in it is found.
func (s *scope) branch(arg any) (any, error) {
	const condition, then, otherwise, count = 0, 1, 2, 3
	list, _ := arg.([]any)
	if len(list) != count {
		return nil, templateError("Fn::If requires a list argument with three elements")
	}
	name, ok := list[condition].(string)
	if !ok {
		return nil, templateError("Fn::If requires a list argument with the first element being a condition")
	}
	chosen, ok := s.conditions[name]
	if !ok {
		return nil, templateError("unresolved condition dependency %s in Fn::If", name)
	}
	thenValue, err := s.decided(list[then])
	if err != nil {
		return nil, within(strconv.Itoa(then), err)
	}
	otherwiseValue, err := s.decided(list[otherwise])
	if err != nil {
		return nil, within(strconv.Itoa(otherwise), err)
	}
	if chosen {
		return thenValue, nil
	}
	return otherwiseValue, nil
}

package assembly

import (
	"strconv"
	"strings"
)

// maxSteps bounds the work of rendering one value, because outputs that are joined with themselves again and again, or in a
// circle, would otherwise take for ever.
const maxSteps = 10_000

// Text renders v, a value in from's template, as CloudFormation would, following parameters' defaults and other stacks'
// outputs. What is known only after deployment is rendered as in Fn::Sub, such as ${Key.Arn}, and makes known false.
func (a *Assembly) Text(from *Stack, v any) (text string, known bool) {
	t := texter{assembly: a, steps: maxSteps}
	s := t.text(from, v)
	return s, !t.unknown
}

// localText is Text without following other stacks' outputs, which names of stacks, outputs and exports cannot use.
func (a *Assembly) localText(from *Stack, v any) (text string, known bool) {
	t := texter{assembly: a, local: true, steps: maxSteps}
	s := t.text(from, v)
	return s, !t.unknown
}

// texter renders one value.
type texter struct {
	assembly *Assembly
	local    bool // outputs of other stacks are not followed
	unknown  bool // part of the value is not known before deployment
	steps    int  // how many more values may be rendered
}

// text renders v.
func (t *texter) text(from *Stack, v any) string {
	if t.steps--; t.steps < 0 {
		return t.placeholder("?")
	}
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	if !t.local {
		if s, value, ok := t.assembly.output(from, v); ok {
			return t.text(s, value)
		}
	}
	return t.intrinsic(from, v)
}

// intrinsic renders the functions that text is made with.
func (t *texter) intrinsic(from *Stack, v any) string {
	switch name, arg := intrinsic(v); name {
	case "Ref":
		id, _ := arg.(string)
		return t.ref(from, id)
	case "Fn::GetAtt":
		id, attribute := reference(v)
		return t.placeholder(id + "." + attribute)
	case "Fn::Join":
		return t.join(from, arg)
	case "Fn::Sub":
		return t.sub(from, arg)
	case "":
		return t.placeholder("?")
	default:
		return t.placeholder(name)
	}
}

// placeholder stands for what is not known.
func (t *texter) placeholder(name string) string {
	t.unknown = true
	return "${" + name + "}"
}

// ref renders a Ref: a pseudo parameter as far as the stack's environment is known, the default of a parameter, or a
// placeholder.
func (t *texter) ref(from *Stack, id string) string {
	if s := pseudoParameter(from, id); s != "" {
		return s
	}
	for _, p := range from.Template.Parameters {
		if p.Name == id && p.Type == "String" && p.Default != nil {
			return t.text(from, p.Default)
		}
	}
	return t.placeholder(id)
}

// join renders an Fn::Join.
func (t *texter) join(from *Stack, arg any) string {
	list, _ := arg.([]any)
	if len(list) != 2 {
		return t.placeholder("Fn::Join")
	}
	parts, ok := list[1].([]any)
	if !ok {
		return t.placeholder("Fn::Join")
	}
	separator, _ := list[0].(string)
	var texts []string
	for _, part := range parts {
		texts = append(texts, t.text(from, part))
	}
	return strings.Join(texts, separator)
}

// sub renders an Fn::Sub: a text, or a list of a text and a map of variables.
func (t *texter) sub(from *Stack, arg any) string {
	var format string
	var variables map[string]any
	switch list := asList(arg); len(list) {
	case 2:
		variables, _ = list[1].(map[string]any)
		fallthrough
	case 1:
		format, _ = list[0].(string)
	}
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(format, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			return b.String() + format
		}
		b.WriteString(before + t.variable(from, name, variables))
		format = after
	}
}

// variable renders one ${name} of an Fn::Sub.
func (t *texter) variable(from *Stack, name string, variables map[string]any) string {
	if literal, ok := strings.CutPrefix(name, "!"); ok {
		return "${" + literal + "}"
	}
	if v, ok := variables[name]; ok {
		return t.text(from, v)
	}
	if strings.Contains(name, ".") {
		return t.placeholder(name)
	}
	return t.ref(from, name)
}

// pseudoParameter is the value of a pseudo parameter in s; empty if it is none, or not known before deployment.
func pseudoParameter(s *Stack, name string) string {
	switch name {
	case "AWS::AccountId":
		return s.Account
	case "AWS::Region":
		return s.Region
	case "AWS::StackName":
		return s.Name
	case "AWS::Partition":
		return partition(s.Region)
	}
	return ""
}

// partition is the partition of a Region; empty if no Region is known.
// See https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html.
func partition(region string) string {
	switch {
	case region == "":
		return ""
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Acknowledgement accepts findings that are deliberate. In Stack, Resource and Value a * stands for any text, slashes
// included.
type Acknowledgement struct {
	// Rule is the ID of the rule. Required.
	Rule string

	// Stack is the display name of the stack. Required.
	Stack string

	// Resource is the resource's logical ID or the path of its construct. Required; "*" also matches findings about a whole
	// template.
	Resource string

	// Value is the part of the resource that is accepted, such as one action of a policy, so that what is added to the
	// resource later is found again.
	//
	// Default: everything that the rule finds in the resource.
	Value string

	// Reason says why the finding is deliberate. Required.
	Reason string
}

// Acknowledged is a finding that was accepted.
type Acknowledged struct {
	Finding

	// Reason says why.
	Reason string `json:"reason"`
}

// The IDs of findings about acknowledgements. They cannot be acknowledged.
const (
	incompleteAcknowledgement = "incomplete-acknowledgement"
	unusedAcknowledgement     = "unused-acknowledgement"
)

// acknowledge separates the findings that acknowledgements match. Acknowledgements that are incomplete or match nothing are
// findings.
func acknowledge(findings []Finding, acknowledgements []Acknowledgement) Result {
	var result Result
	used := make([]bool, len(acknowledgements))
	for _, f := range findings {
		accepted := -1
		for i, a := range acknowledgements {
			if a.problem() == "" && a.matches(f) {
				used[i] = true
				accepted = i
			}
		}
		if accepted < 0 {
			result.Findings = append(result.Findings, f)
			continue
		}
		result.Acknowledged = append(result.Acknowledged, Acknowledged{f, acknowledgements[accepted].Reason})
	}
	for i, a := range acknowledgements {
		if problem := a.problem(); problem != "" {
			result.Findings = append(result.Findings, Finding{Rule: incompleteAcknowledgement, Message: a.String() + " " + problem})
		} else if !used[i] {
			result.Findings = append(result.Findings, Finding{
				Rule: unusedAcknowledgement, Message: a.String() + " matches no finding: remove it, or correct what it names",
			})
		}
	}
	return result
}

// problem says what keeps a from being used; empty if nothing does.
func (a Acknowledgement) problem() string {
	var missing []string
	for _, field := range []struct{ name, value string }{
		{"Rule", a.Rule}, {"Stack", a.Stack}, {"Resource", a.Resource}, {"Reason", a.Reason},
	} {
		if strings.TrimSpace(field.value) == "" {
			missing = append(missing, field.name)
		}
	}
	if len(missing) > 0 {
		return "must set " + strings.Join(missing, ", ")
	}
	if !slices.ContainsFunc(All(), func(r Rule) bool { return r.ID == a.Rule }) {
		return "names no rule: correct Rule"
	}
	return ""
}

// matches reports whether a accepts f.
func (a Acknowledgement) matches(f Finding) bool {
	return a.Rule == f.Rule && glob(a.Stack, f.Stack) &&
		(glob(a.Resource, f.LogicalID) || (f.Path != "" && glob(a.Resource, f.Path))) &&
		glob(cmp.Or(a.Value, "*"), f.Value)
}

// String names the acknowledgement in a message.
func (a Acknowledgement) String() string {
	return fmt.Sprintf("acknowledgement of %q for %q in stack %q", a.Rule, a.Resource, a.Stack)
}

// glob reports whether text matches pattern, in which a * stands for any text.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	rest, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for _, part := range parts[1 : len(parts)-1] {
		if _, rest, ok = strings.Cut(rest, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(rest, last)
}

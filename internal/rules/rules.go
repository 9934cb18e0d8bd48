package rules

import (
	"cmp"
	"slices"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// Rule is something that must not be in a cloud assembly.
type Rule struct {
	// ID names the rule, in kebab-case. Acknowledgements refer to it, so it does not change.
	ID string

	// Summary says what the rule finds, in one line.
	Summary string

	// check returns the findings, without the rule's ID.
	check func(*assembly.Assembly) []Finding
}

// Check returns what breaks the rule in a.
func (r Rule) Check(a *assembly.Assembly) []Finding {
	findings := r.check(a)
	for i := range findings {
		findings[i].Rule = r.ID
	}
	return findings
}

// Finding is one place where a rule is broken.
type Finding struct {
	// Rule is the ID of the rule.
	Rule string `json:"rule"`

	// Stack is the display name of the stack; empty if the finding is about no stack in particular.
	Stack string `json:"stack,omitempty"`

	// LogicalID is the resource's logical ID; empty if the finding is about the whole template.
	LogicalID string `json:"logicalId,omitempty"`

	// Path is the path of the construct that defined the resource; empty if not known.
	Path string `json:"path,omitempty"`

	// Value is the part of the resource that was found, such as one action of a policy.
	Value string `json:"value,omitempty"`

	// Message says what is wrong, what was found and what to change.
	Message string `json:"message"`
}

// All are the rules, by ID.
func All() []Rule {
	return []Rule{
		automationDocumentARN,
		automationParameters,
		functionCannotReachDatabase,
		namesCurrentWriter,
		originGroupWithWrites,
		overlappingCIDRs,
		plaintextSecret,
		proxyCannotReachDatabase,
		secondaryWithCredentials,
		serverlessCapacity,
		templateLimits,
		unpinnedLifecycleRule,
		wildcardActions,
		wildcardResources,
	}
}

// Result is what [Check] found.
type Result struct {
	// Findings are those that nobody acknowledged, by stack in deployment order.
	Findings []Finding

	// Acknowledged are the others, in the same order.
	Acknowledged []Acknowledged
}

// Check runs every rule over a and sets aside the findings that acknowledgements match.
func Check(a *assembly.Assembly, acknowledgements []Acknowledgement) Result {
	var findings []Finding
	for _, rule := range All() {
		findings = append(findings, rule.Check(a)...)
	}
	slices.SortFunc(findings, inOrder(a))
	return acknowledge(slices.Compact(findings), acknowledgements)
}

// inOrder compares findings by stack in deployment order, then by what they say.
func inOrder(a *assembly.Assembly) func(x, y Finding) int {
	position := make(map[string]int)
	for i, s := range a.Stacks {
		position[s.DisplayName] = i + 1
	}
	return func(x, y Finding) int {
		return cmp.Or(
			cmp.Compare(position[x.Stack], position[y.Stack]), cmp.Compare(x.LogicalID, y.LogicalID),
			cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Value, y.Value), cmp.Compare(x.Message, y.Message),
		)
	}
}

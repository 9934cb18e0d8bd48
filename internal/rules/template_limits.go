package rules

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// near is the part of a limit from which a template is reported, in percent. What is added next may be a deployment that fails.
const near = 80

// The limits of what a template may hold. Sizes are in bytes.
//
//   - https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (CDK uploads templates to S3)
//   - https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
//   - https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	maxTemplateSize     = 1_000_000
	maxResources        = 500
	maxParameters       = 200
	maxOutputs          = 200
	maxMappings         = 200
	maxFunctionCode     = 10 * 1024
	maxEnvironment      = 4 * 1024
	maxManagedPolicy    = 6_144
	maxRoleInlinePolicy = 10_240
)

// templateLimits finds templates, and resources in them, that are near a limit or over it.
var templateLimits = Rule{
	ID:      "template-limits",
	Summary: fmt.Sprintf("a template or a resource in it uses more than %d %% of what AWS allows", near),
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for _, s := range a.Stacks {
			findings = append(findings, stackLimits(s)...)
		}
		for x := range each(a) {
			if f, ok := resourceLimit(x); ok {
				findings = append(findings, f)
			}
		}
		return append(findings, inlinePolicyLimits(a)...)
	},
}

// stackLimits are the findings about one whole template.
func stackLimits(s *assembly.Stack) []Finding {
	var findings []Finding
	for _, limit := range []struct {
		what      string
		used, max int
	}{
		{"template size in bytes", s.Template.Size, maxTemplateSize},
		{"resources", len(s.Template.Resources), maxResources},
		{"parameters", len(s.Template.Parameters), maxParameters},
		{"outputs", len(s.Template.Outputs), maxOutputs},
		{"mappings", len(s.Template.Mappings), maxMappings},
	} {
		if message := overLimit(limit.what, limit.used, limit.max); message != "" {
			findings = append(findings, Finding{Stack: s.DisplayName, Value: limit.what, Message: message + ": split the stack"})
		}
	}
	return findings
}

// resourceLimit is the finding about a resource that is too big by itself.
func resourceLimit(x subject) (Finding, bool) {
	var what, message, change string
	switch x.resource.Type {
	case "AWS::CloudFront::Function":
		code, _ := x.text("FunctionCode")
		what, change = "function code in bytes", "shorten the code"
		message = overLimit(what, len(code), maxFunctionCode)
	case "AWS::Lambda::Function":
		what, change = "environment variables in bytes", "pass less, or from a parameter"
		message = overLimit(what, environmentSize(x), maxEnvironment)
	case "AWS::IAM::ManagedPolicy":
		what, change = "policy size in characters", "split the policy"
		message = overLimit(what, x.policySize(x.property("PolicyDocument")), maxManagedPolicy)
	}
	return x.finding(what, "%s: %s", message, change), message != ""
}

// inlinePolicyLimits are the findings about roles whose inline policies, their own and those attached to them, are together
// too long.
func inlinePolicyLimits(a *assembly.Assembly) []Finding {
	size := make(map[string]int)
	for p := range each(a, "AWS::IAM::Policy") {
		for _, role := range list(p.property("Roles")) {
			if r, _, ok := p.follow(role, "AWS::IAM::Role"); ok {
				size[r.key()] += p.policySize(p.property("PolicyDocument"))
			}
		}
	}
	var findings []Finding
	for r := range each(a, "AWS::IAM::Role") {
		for _, inline := range list(r.property("Policies")) {
			size[r.key()] += r.policySize(at(inline, "PolicyDocument"))
		}
		const what = "inline policies in characters"
		if message := overLimit(what, size[r.key()], maxRoleInlinePolicy); message != "" {
			findings = append(findings, r.finding(what, "%s: move statements to a managed policy", message))
		}
	}
	return findings
}

// overLimit says how much of a limit is used; empty if it is far enough away.
func overLimit(what string, used, most int) string {
	if used*100 < most*near {
		return ""
	}
	return fmt.Sprintf("%s: %d of %d, %d %%", what, used, most, used*100/most)
}

// environmentSize is how much of a function's environment is used, as far as it is known.
func environmentSize(x subject) int {
	size := 0
	variables, _ := x.property("Environment", "Variables").(map[string]any)
	for name, v := range variables {
		text, _ := x.render(v)
		size += len(name) + len(text)
	}
	return size
}

// policySize is the size of a policy document as IAM counts it, without white space. What is known only after deployment
// counts with its length in the template.
func (x subject) policySize(document any) int {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if document == nil || encoder.Encode(x.rendered(document)) != nil {
		return 0
	}
	return len(strings.TrimSpace(b.String()))
}

// rendered is v with every intrinsic function in it replaced by its text.
func (x subject) rendered(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if text, _ := x.render(v); text != "${?}" {
			return text
		}
		m := make(map[string]any, len(v))
		for k, item := range v {
			m[k] = x.rendered(item)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, item := range v {
			l[i] = x.rendered(item)
		}
		return l
	}
	return v
}

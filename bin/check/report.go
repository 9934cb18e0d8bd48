package main

import (
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
	"github.com/warmstandby/warmstandby/internal/rules"
)

// report is what the command found; its JSON is what --json prints.
type report struct {
	// Assembly is the directory that was read.
	Assembly string `json:"assembly"`

	// Stacks are the stacks in deployment order.
	Stacks []stackSummary `json:"stacks"`

	// Totals are the sums over all stacks.
	Totals totals `json:"totals"`

	// Validated reports whether the assembly holds a report of CDK's validation.
	Validated bool `json:"validated"`

	// Findings are what must be mended or acknowledged: first what validation found, then what the rules found.
	Findings []finding `json:"findings"`

	// Acknowledged are the findings that are meant to be, each with its reason.
	Acknowledged []finding `json:"acknowledged"`
}

// totals counts what is in a stack, or in all of them.
type totals struct {
	Resources     int `json:"resources"`
	TemplateBytes int `json:"templateBytes"`
	Assets        int `json:"assets"`
}

// stackSummary is one stack.
type stackSummary struct {
	Name      string `json:"name"`
	StackName string `json:"stackName"`
	Account   string `json:"account,omitempty"`
	Region    string `json:"region,omitempty"`
	totals
}

// finding is something wrong, whoever found it.
type finding struct {
	// Source says who found it: the name of a validation plugin, or "rules".
	Source string `json:"source"`

	// Severity is the plugin's; rules have one only, "error".
	Severity string `json:"severity"`

	// Rule is the ID of the rule, as acknowledgements name it.
	Rule string `json:"rule"`

	// Where are the stack and resource, or the paths of the constructs.
	Where []string `json:"where"`

	// Message says what is wrong.
	Message string `json:"message"`

	// Reason says why the finding is acknowledged; empty if it is not.
	Reason string `json:"reason,omitempty"`
}

// newReport brings together what was read, validated and checked.
func newReport(a *assembly.Assembly, result rules.Result) report {
	r := report{
		Assembly: a.Dir, Validated: a.Report != nil,
		Stacks: []stackSummary{}, Findings: []finding{}, Acknowledged: []finding{},
	}
	for _, s := range a.Stacks {
		t := totals{len(s.Template.Resources), s.Template.Size, len(s.Assets)}
		r.Stacks = append(r.Stacks, stackSummary{s.DisplayName, s.Name, s.Account, s.Region, t})
		r.Totals.Resources += t.Resources
		r.Totals.TemplateBytes += t.TemplateBytes
		r.Totals.Assets += t.Assets
	}
	for _, m := range a.Missing {
		r.Findings = append(r.Findings, finding{
			Source: "synthesis", Severity: "error", Rule: "missing-context", Where: []string{m.Key},
			Message: fmt.Sprintf("the assembly holds placeholders, because this context is missing: "+
				"set it in cdk.json, or configure what the provider %s would look up", m.Provider),
		})
	}
	r.addValidation(a.Report)
	for _, f := range result.Findings {
		r.Findings = append(r.Findings, ruleFinding(f, ""))
	}
	for _, f := range result.Acknowledged {
		r.Acknowledged = append(r.Acknowledged, ruleFinding(f.Finding, f.Reason))
	}
	return r
}

// addValidation adds what the validation plugins found. Violations of severity "info" ask for nothing, so they are left out.
func (r *report) addValidation(v *assembly.Report) {
	if v == nil {
		return
	}
	for _, p := range v.Plugins {
		if p.Conclusion == "failure" && len(p.Violations) == 0 {
			r.Findings = append(r.Findings, finding{
				Source: p.Name, Severity: "error", Rule: "plugin-failure", Where: []string{}, Message: p.Metadata["error"],
			})
		}
		for _, violation := range p.Violations {
			if violation.Severity != "info" {
				r.Findings = append(r.Findings, pluginFinding(p.Name, violation))
			}
		}
		for _, violation := range p.Suppressed {
			r.Acknowledged = append(r.Acknowledged, pluginFinding(p.Name, violation))
		}
	}
}

// pluginFinding is a finding of a validation plugin.
func pluginFinding(plugin string, v assembly.Violation) finding {
	message := v.Description
	if v.SuggestedFix != "" {
		message += ": " + v.SuggestedFix
	}
	return finding{plugin, v.Severity, v.Rule, v.Paths(), message, v.Reason}
}

// ruleFinding is a finding of one of the rules.
func ruleFinding(f rules.Finding, reason string) finding {
	where := []string{}
	if place := strings.TrimSpace(f.Stack + " " + f.LogicalID); place != "" {
		where = append(where, place)
	}
	if f.Path != "" {
		where = append(where, f.Path)
	}
	return finding{"rules", "error", f.Rule, where, f.Message, reason}
}

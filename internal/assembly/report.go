package assembly

import (
	"errors"
	"io/fs"
	"slices"
)

// reportFile is where synthesis writes what validation found.
const reportFile = "validation-report.json"

// Report is what the validation plugins of an app, CDK's own and others, found when it was synthesized. CDK leaves out the
// plugins that found nothing.
type Report struct {
	// Plugins are the plugins' reports, in the order in which the plugins ran.
	Plugins []PluginReport `json:"pluginReports"`
}

// PluginReport is what one plugin found.
type PluginReport struct {
	// Name is the plugin's name.
	Name string `json:"pluginName"`

	// Conclusion is "success" or "failure". A plugin that concludes in failure without any violation did not work; its
	// metadata says why.
	Conclusion string `json:"conclusion"`

	// Metadata is what else the plugin said. The key "error" says why a plugin did not work.
	Metadata map[string]string `json:"metadata"`

	// Violations are what the plugin found.
	Violations []Violation `json:"violations"`

	// Suppressed are the violations that the app acknowledges.
	Suppressed []Violation `json:"suppressedViolations"`
}

// Violation is one rule that some constructs break.
type Violation struct {
	// Rule is the name of the rule.
	Rule string `json:"ruleName"`

	// Description says what is wrong.
	Description string `json:"description"`

	// SuggestedFix says what to change; it may be empty.
	SuggestedFix string `json:"suggestedFix"`

	// Severity is "fatal", "error", "warning", "info" or "custom".
	Severity string `json:"severity"`

	// Constructs are the constructs that break the rule.
	Constructs []ViolatingConstruct `json:"violatingConstructs"`

	// Reason says why the app acknowledges the violation; empty if it does not.
	Reason string `json:"reason"`
}

// ViolatingConstruct is a construct that breaks a rule.
type ViolatingConstruct struct {
	// Path is the construct's path.
	Path string `json:"constructPath"`
}

// Paths are the paths of the constructs that break the rule, sorted and without duplicates.
func (v Violation) Paths() []string {
	var paths []string
	for _, c := range v.Constructs {
		paths = append(paths, c.Path)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// readReport reads a validation report; it is nil if there is no such file.
func readReport(file string) (*Report, error) {
	var r Report
	if err := readJSON(file, &r); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	return &r, nil
}

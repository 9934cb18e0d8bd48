package codepipeline

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// comparisons are the operators of VariableCheck (CPUG, rule reference).
var comparisons = map[string]func(variable, value string) (bool, error){
	"EQ":       func(variable, value string) (bool, error) { return variable == value, nil },
	"NE":       func(variable, value string) (bool, error) { return variable != value, nil },
	"CONTAINS": func(variable, value string) (bool, error) { return strings.Contains(variable, value), nil },
	"MATCHES":  matches,
}

// matches says whether all of the variable matches a pattern. Java's patterns that Go's do not know are errors.
func matches(variable, pattern string) (bool, error) {
	compiled, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return false, err
	}
	return compiled.MatchString(variable), nil
}

// checkVariable is the rule VariableCheck.
func (m *machine) checkVariable(a *awssim.ActionExecution) *awssim.ActionError {
	c := a.ResolvedConfiguration
	compare, ok := comparisons[c["Operator"]]
	if !ok {
		return &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf("Operator %q is none of EQ, NE, CONTAINS, MATCHES", c["Operator"])}
	}
	holds, err := compare(c["Variable"], c["Value"])
	if err != nil {
		return &awssim.ActionError{Code: "ConfigurationError", Message: err.Error()}
	}
	if !holds {
		return &awssim.ActionError{Code: "RuleFailed", Message: fmt.Sprintf("Variable %q does not satisfy %s %q", c["Variable"], c["Operator"], c["Value"])}
	}
	end(m.state, m.region, m.execution, a, Succeeded)
	return nil
}

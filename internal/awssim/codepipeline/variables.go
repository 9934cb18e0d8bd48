package codepipeline

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// reference is a reference to a variable, such as #{SourceVariables.ETag} (CPUG, "Variables reference").
var reference = regexp.MustCompile(`#\{([A-Za-z0-9@\-_]+)\.([A-Za-z0-9@\-_.]+)\}`)

// variableKey is what output variables may be called (API reference, PutJobSuccessResult).
var variableKey = regexp.MustCompile(`^[A-Za-z0-9@\-_]+$`)

// Namespaces that CodePipeline itself defines.
const (
	executionNamespace = "codepipeline"
	variableNamespace  = "variables"
)

// resolve replaces the references in an action's configuration. It returns those that refer to nothing.
func resolve(e *awssim.PipelineExecution, configuration map[string]string) (map[string]string, []string) {
	var unknown []string
	resolved := make(map[string]string, len(configuration))
	for _, name := range sortedKeys(configuration) {
		resolved[name] = reference.ReplaceAllStringFunc(configuration[name], func(text string) string {
			parts := reference.FindStringSubmatch(text)
			value, ok := lookup(e, parts[1], parts[2])
			if !ok {
				unknown = append(unknown, text)
			}
			return value
		})
	}
	return resolved, unknown
}

// lookup returns the value of a variable. Those of an action are known once its latest attempt has succeeded.
func lookup(e *awssim.PipelineExecution, namespace, name string) (string, bool) {
	switch namespace {
	case executionNamespace:
		return e.ID, name == "PipelineExecutionId"
	case variableNamespace:
		for _, v := range e.Variables {
			if v.Name == name {
				return v.Value, true
			}
		}
		return "", false
	}
	for i := len(e.Actions) - 1; i >= 0; i-- {
		if a := e.Actions[i]; a.Namespace == namespace {
			value, ok := a.OutputVariables[name]
			return value, ok
		}
	}
	return "", false
}

// unresolved is the failure of an action that refers to variables that there are not.
func unresolved(a *awssim.ActionExecution, references []string) *awssim.ActionError {
	return &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf(
		"An action in this pipeline failed because one or more variables could not be resolved: Action name=%s. Unresolved: %s",
		a.Action, strings.Join(references, ", "))}
}

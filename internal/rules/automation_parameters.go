package rules

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// automationParameters finds EventBridge targets that start no automation because Systems Manager does not accept their input: it
// takes a map from each parameter to a list of texts, and CloudFormation accepts any text.
// See https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_StartAutomationExecution.html.
var automationParameters = Rule{
	ID:      "automation-parameters",
	Summary: "an EventBridge rule starts an automation with a parameter that is no list",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for r := range each(a, "AWS::Events::Rule") {
			for _, target := range list(r.property("Targets")) {
				if arn, _ := r.render(at(target, "Arn")); !strings.Contains(arn, ":automation-definition/") {
					continue
				}
				for _, problem := range r.inputProblems(target) {
					findings = append(findings, r.finding(problem.name, "input of an automation: %s", problem.text))
				}
			}
		}
		return findings
	},
}

type inputProblem struct{ name, text string }

// variable is a placeholder of an input template.
var variable = regexp.MustCompile(`^<[^<>]*>`)

// inputProblems are what Systems Manager would not accept of a target's input. A variable that stands alone may be a list.
func (x subject) inputProblems(target any) []inputProblem {
	text, known := x.render(at(target, "Input"))
	transformer := at(target, "InputTransformer")
	if transformer != nil {
		text, known = x.render(at(transformer, "InputTemplate"))
		text = substituted(text)
	}
	if !known || text == "" {
		return nil
	}
	var parameters map[string]any
	if json.Unmarshal([]byte(text), &parameters) != nil {
		return []inputProblem{{"", "it must be a map from each parameter to a list of texts, such as {\"InstanceId\": [<instance>]}"}}
	}
	var problems []inputProblem
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		value := parameters[name]
		if _, isList := value.([]any); !isList && (transformer == nil || value != "<>") {
			problems = append(problems, inputProblem{name, "parameter " + name + " must be a list: put it in brackets"})
		} else if !isList && !x.listVariable(transformer, name) {
			problems = append(problems, inputProblem{name, "parameter " + name + " must be a list: put its variable in brackets"})
		}
	}
	return problems
}

// substituted is an input template as JSON: <> stands for a variable in a text, and "<>" for one outside.
func substituted(template string) string {
	var out strings.Builder
	inText := false
	for i := 0; i < len(template); i++ {
		match := variable.FindString(template[i:])
		switch {
		case match != "" && inText:
			out.WriteString("<>")
			i += len(match) - 1
		case match != "":
			out.WriteString(`"<>"`)
			i += len(match) - 1
		case template[i] == '\\' && inText && i+1 < len(template):
			out.WriteString(template[i : i+2])
			i++
		default:
			inText = inText != (template[i] == '"')
			out.WriteByte(template[i])
		}
	}
	return out.String()
}

// listFields are the fields of Arpio's events that are lists already.
var listFields = []string{"$.resources", "$.detail.resource-type"}

// listVariable reports whether the variable that stands alone for a parameter is a list in the event.
func (x subject) listVariable(transformer any, name string) bool {
	template, _ := x.render(at(transformer, "InputTemplate"))
	match := regexp.MustCompile(`"` + regexp.QuoteMeta(name) + `"\s*:\s*<([^<>]*)>`).FindStringSubmatch(template)
	if match == nil {
		return false
	}
	path, _ := x.render(at(transformer, "InputPathsMap", match[1]))
	return slices.Contains(listFields, path)
}

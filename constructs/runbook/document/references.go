package document

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// reference is what stands between {{ and }}. Systems Manager takes it with or without spaces.
var reference = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// systemVariables are what every execution can refer to.
//
// Source: AWS Systems Manager User Guide, "Automation system variables".
var systemVariables = []string{"global:ACCOUNT_ID", "global:DATE", "global:DATE_TIME", "global:REGION", "automation:EXECUTION_ID"}

// Ref is a reference to a parameter, or to a step's output such as runScript.Output.
func Ref(name string) string { return "{{ " + name + " }}" }

// References are the names that the text of v refers to, sorted, each once. v is a value as JSON has it.
func References(v any) []string {
	found := make(map[string]bool)
	eachText(v, func(text string) {
		for _, match := range reference.FindAllStringSubmatch(text, -1) {
			found[match[1]] = true
		}
	})
	return slices.Sorted(maps.Keys(found))
}

// eachText calls f with every text in v: values and keys.
func eachText(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, item := range v {
			eachText(item, f)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			f(key)
			eachText(v[key], f)
		}
	}
}

// actionOutputs are the actions that exist and what each returns without being asked to.
//
// Source: AWS Systems Manager User Guide, "Systems Manager Automation actions reference".
var actionOutputs = map[string][]string{
	"aws:approve":                    {"ApprovalStatus", "ApproverDecisions"},
	"aws:assertAwsResourceProperty":  nil,
	"aws:branch":                     nil,
	"aws:changeInstanceState":        {"InstanceStates"},
	"aws:copyImage":                  {"ImageId", "ImageState"},
	"aws:createImage":                {"ImageId", "ImageState"},
	"aws:createStack":                {"StackId", "StackStatus", "StackStatusReason"},
	"aws:createTags":                 nil,
	"aws:deleteImage":                nil,
	"aws:deleteStack":                nil,
	"aws:executeAutomation":          {"Output", "ExecutionId", "Status"},
	"aws:executeAwsApi":              nil,
	"aws:executeScript":              {"Payload"},
	"aws:executeStateMachine":        {"executionArn", "input", "name", "output", "startDate", "stateMachineArn", "status", "stopDate"},
	"aws:invokeLambdaFunction":       {"StatusCode", "FunctionError", "LogResult", "Payload"},
	"aws:invokeWebhook":              {"Response", "ResponseCode"},
	"aws:loop":                       nil,
	"aws:pause":                      nil,
	"aws:runCommand":                 {"CommandId", "Status", "ResponseCode", "Output"},
	"aws:runInstances":               {"InstanceIds", "InstanceStates"},
	"aws:sleep":                      nil,
	"aws:updateVariable":             nil,
	"aws:waitForAwsResourceProperty": nil,
}

// returns reports whether a step has an output of that name.
func (s Step) returns(output string) bool {
	return output == "OutputPayload" || slices.Contains(actionOutputs[s.Action], output) ||
		slices.ContainsFunc(s.Outputs, func(o Output) bool { return o.Name == output })
}

// successors are the steps that can run after the one at index i, in no particular order.
func (d Document) successors(i int) []string {
	s := d.Steps[i]
	var next []string
	if name, ok := strings.CutPrefix(s.OnFailure, "step:"); ok {
		next = append(next, name)
	}
	next = append(next, s.choices()...)
	switch {
	case s.NextStep != "":
		next = append(next, s.NextStep)
	case s.IsEnd || s.alwaysChooses():
	case i+1 < len(d.Steps):
		next = append(next, d.Steps[i+1].Name)
	}
	return next
}

// choices are the steps that an aws:branch step names.
func (s Step) choices() []string {
	if s.Action != "aws:branch" {
		return nil
	}
	var names []string
	choices, _ := s.Inputs["Choices"].([]any)
	for _, c := range choices {
		choice, _ := c.(map[string]any)
		if name, ok := choice["NextStep"].(string); ok {
			names = append(names, name)
		}
	}
	if name, ok := s.Inputs["Default"].(string); ok {
		names = append(names, name)
	}
	return names
}

// alwaysChooses reports whether a step never goes on with the one below it, because it is a branch with a default.
func (s Step) alwaysChooses() bool {
	return s.Action == "aws:branch" && s.Inputs["Default"] != nil
}

// after are the steps that can run after the one called name, itself only if it can run again.
func (d Document) after(name string) map[string]bool {
	reached := make(map[string]bool)
	var visit func(name string)
	visit = func(name string) {
		i := slices.IndexFunc(d.Steps, func(s Step) bool { return s.Name == name })
		if i < 0 {
			return
		}
		for _, next := range d.successors(i) {
			if !reached[next] {
				reached[next] = true
				visit(next)
			}
		}
	}
	visit(name)
	return reached
}

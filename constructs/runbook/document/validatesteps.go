package document

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	rate         = regexp.MustCompile(`^([1-9][0-9]{0,6}|0|([1-9][0-9]?|100|0)%)$`)
	environment  = regexp.MustCompile(`^(export [A-Za-z_][A-Za-z0-9_]*=|\$env:[A-Za-z_][A-Za-z0-9_]* = )'\{\{ ([^{}]*) \}\}'$`)
	outputTypes  = []string{"String", "StringList", "Integer", "Boolean", "MapList", "StringMap"}
	chooseOutput = []string{"aws:executeAwsApi", "aws:executeScript", "aws:invokeLambdaFunction", "aws:executeStateMachine"}
)

func (v *validator) steps() {
	if len(v.Steps) == 0 || len(v.Steps) > maxSteps {
		v.refuse("Steps must be 1 to %d, got %d", maxSteps, len(v.Steps))
		return
	}
	reached := v.after(v.Steps[0].Name)
	for i, s := range v.Steps {
		if !stepName.MatchString(s.Name) {
			v.refuse("step %q must be named with 3 to 128 letters, digits and underscores", s.Name)
		}
		if slices.ContainsFunc(v.Steps[:i], func(t Step) bool { return t.Name == s.Name }) {
			v.refuse("step %s is there twice; names must be unique", s.Name)
		}
		if i > 0 && !reached[s.Name] {
			v.refuse("step %s never runs: no step leads to it", s.Name)
		}
		v.step(s)
	}
}

func (v *validator) step(s Step) {
	if _, known := actionOutputs[s.Action]; !known {
		v.refuse("step %s: action must be one of Systems Manager's such as aws:runCommand, got %q", s.Name, s.Action)
	}
	if s.MaxAttempts < 0 {
		v.refuse("step %s: MaxAttempts must not be negative, got %d", s.Name, s.MaxAttempts)
	}
	v.timeout(s)
	v.flow(s)
	for _, o := range s.Outputs {
		v.output(s, o)
	}
	v.references(s)
	switch s.Action {
	case "aws:runCommand":
		v.runCommand(s)
	case "aws:approve":
		v.approve(s)
	case "aws:executeAwsApi", "aws:waitForAwsResourceProperty", "aws:assertAwsResourceProperty":
		v.apiCall(s)
	case "aws:invokeLambdaFunction":
		v.required(s, "FunctionName")
		v.pasted(s, "Payload")
	case "aws:executeScript":
		v.pasted(s, "Script")
	case "aws:changeInstanceState":
		v.required(s, "InstanceIds", "DesiredState")
	}
}

// timeout checks a step's timeout against the most that its action waits.
func (v *validator) timeout(s Step) {
	most := map[string]int{
		"aws:invokeLambdaFunction": maxFunctionWait, "aws:executeScript": maxScriptWait, "aws:approve": maxApprovalWait,
	}[s.Action]
	if s.TimeoutSeconds < 0 {
		v.refuse("step %s: TimeoutSeconds must not be negative, got %d", s.Name, s.TimeoutSeconds)
	} else if most > 0 && s.TimeoutSeconds > most {
		v.refuse("step %s: TimeoutSeconds of %s must be at most %d, got %d", s.Name, s.Action, most, s.TimeoutSeconds)
	}
}

// flow checks where a step leads.
func (v *validator) flow(s Step) {
	if s.IsEnd && s.NextStep != "" {
		v.refuse("step %s must not have both IsEnd and NextStep %s", s.Name, s.NextStep)
	}
	failure, isStep := strings.CutPrefix(s.OnFailure, "step:")
	if !isStep && !slices.Contains([]string{"", "Abort", "Continue"}, s.OnFailure) {
		v.refuse("step %s: OnFailure must be Abort, Continue or step:NAME, got %q", s.Name, s.OnFailure)
	}
	next := append(s.choices(), s.NextStep)
	if isStep {
		next = append(next, failure)
	}
	for _, name := range next {
		if _, exists := v.Step(name); name != "" && !exists {
			v.refuse("step %s leads to step %q, which does not exist", s.Name, name)
		}
	}
}

func (v *validator) output(s Step, o Output) {
	if !slices.Contains(chooseOutput, s.Action) {
		v.refuse("step %s: %s has outputs of its own only, got %s", s.Name, s.Action, o.Name)
	}
	if !stepName.MatchString(o.Name) || !strings.HasPrefix(o.Selector, "$") || !slices.Contains(outputTypes, o.Type) {
		v.refuse("step %s: output must have a name, a selector that begins with $, and one of the types %s, got %+v",
			s.Name, strings.Join(outputTypes, ", "), o)
	}
}

// references checks that what a step refers to is a parameter, a variable of the system's, or an output of a step that can have run.
func (v *validator) references(s Step) {
	for _, name := range References(s.Inputs) {
		if _, declared := v.Parameters[name]; declared || slices.Contains(systemVariables, name) || strings.HasPrefix(name, "ssm:") {
			continue
		}
		from, output, found := strings.Cut(name, ".")
		earlier, exists := v.Step(from)
		switch {
		case !found || !exists:
			v.refuse("step %s refers to {{ %s }}, which is neither a parameter nor an output of a step", s.Name, name)
		case !earlier.returns(output):
			v.refuse("step %s refers to {{ %s }}, but step %s (%s) has no output %s", s.Name, name, from, earlier.Action, output)
		case !v.after(from)[s.Name]:
			v.refuse("step %s refers to {{ %s }}, but step %s does not run before it", s.Name, name, from)
		}
	}
}

func (v *validator) required(s Step, inputs ...string) {
	for _, name := range inputs {
		if s.Inputs[name] == nil || s.Inputs[name] == "" {
			v.refuse("step %s: %s needs the input %s", s.Name, s.Action, name)
		}
	}
}

func (v *validator) apiCall(s Step) {
	v.required(s, "Service", "Api")
	if s.Action != "aws:executeAwsApi" {
		v.required(s, "PropertySelector", "DesiredValues")
	}
}

func (v *validator) approve(s Step) {
	v.required(s, "Approvers")
	approvers, _ := s.Inputs["Approvers"].([]any)
	if len(approvers) > maxApprovers || len(approvers) == 0 {
		v.refuse("step %s: Approvers must be 1 to %d, got %d", s.Name, maxApprovers, len(approvers))
	}
	if message, _ := s.Inputs["Message"].(string); len(message) > maxMessage {
		v.refuse("step %s: Message must have at most %d characters, got %d", s.Name, maxMessage, len(message))
	}
}

func (v *validator) runCommand(s Step) {
	if name := s.Inputs["DocumentName"]; name != ShellScriptDocument && name != PowerShellScriptDocument {
		v.refuse("step %s: DocumentName must be %s or %s, got %v", s.Name, ShellScriptDocument, PowerShellScriptDocument, name)
	}
	ids, _ := s.Inputs["InstanceIds"].([]any)
	if (len(ids) == 0) == (s.Inputs["Targets"] == nil) {
		v.refuse("step %s must have either InstanceIDs or Targets", s.Name)
	}
	if len(ids) > maxInstances {
		v.refuse("step %s: InstanceIDs must be at most %d, got %d", s.Name, maxInstances, len(ids))
	}
	for _, input := range []string{"MaxConcurrency", "MaxErrors"} {
		if text, ok := s.Inputs[input].(string); ok && !rate.MatchString(text) {
			v.refuse("step %s: %s must be a number or a percentage such as 10%%, got %q", s.Name, input, text)
		}
	}
	if seconds, ok := s.Inputs["TimeoutSeconds"]; ok && !within(seconds, minDelivery, maxDelivery) {
		v.refuse("step %s: DeliveryTimeoutSeconds must be %d to %d, got %v", s.Name, minDelivery, maxDelivery, seconds)
	}
	v.script(s)
}

// script checks what runs on instances: nothing is pasted into it but what cannot do harm there.
func (v *validator) script(s Step) {
	parameters, _ := s.Inputs["Parameters"].(map[string]any)
	if timeout, ok := parameters["executionTimeout"].([]any); ok && !within(timeout[0], 1, maxScriptRunning) {
		v.refuse("step %s: ExecutionTimeoutSeconds must be 1 to %d, got %v", s.Name, maxScriptRunning, timeout[0])
	}
	lines, isList := parameters["commands"].([]any)
	if !isList || len(lines) == 0 {
		v.refuse("step %s: Commands must not be empty", s.Name)
	}
	script := false
	for _, line := range lines {
		text, _ := line.(string)
		match := environment.FindStringSubmatch(text)
		if match == nil || script {
			script = true
			if strings.Contains(text, "{{") {
				v.refuse("step %s: a script must not hold {{, which would paste a value into it, got %q; use Environment", s.Name, text)
			}
			continue
		}
		v.variable(s, match[2])
	}
	for name, value := range parameters {
		if name != "commands" && len(References(value)) > 0 {
			v.refuse("step %s: %s must not refer to anything, got %v", s.Name, name, value)
		}
	}
}

// variable checks a parameter whose value becomes an environment variable.
func (v *validator) variable(s Step, name string) {
	p, declared := v.Parameters[name]
	if !declared || p.Type != "String" {
		v.refuse("step %s: Environment must name parameters of type String, got %q", s.Name, name)
		return
	}
	if err := p.safe(); err != nil {
		v.refuse("step %s: parameter %s cannot be an environment variable: %v; letters, digits and _.:/@+=,- are allowed", s.Name, name, err)
	}
}

// pasted checks a text that is read as JSON or as code after values were pasted into it.
func (v *validator) pasted(s Step, input string) {
	for _, name := range References(s.Inputs[input]) {
		if slices.Contains(systemVariables, name) {
			continue
		}
		p, declared := v.Parameters[name]
		if !declared {
			v.refuse("step %s: %s must refer to parameters only, got {{ %s }}", s.Name, input, name)
		} else if err := p.safe(); err != nil {
			v.refuse("step %s: parameter %s cannot be part of %s: %v", s.Name, name, input, err)
		}
	}
}

// within reports whether a number, or a text with one, is in a range.
func within(v any, least, most float64) bool {
	n, err := strconv.ParseFloat(fmt.Sprint(v), 64)
	return err == nil && n >= least && n <= most
}

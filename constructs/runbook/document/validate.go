package document

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Limits of Systems Manager, with the names that it accepts.
//
// Sources: API Reference, AutomationParameterKey and CreateDocument; User Guide, "SSM document syntax" and the actions' pages.
const (
	maxSteps         = 100
	maxParameters    = 200
	maxContent       = 64 << 10
	maxApprovers     = 10
	maxMessage       = 4096
	maxFunctionWait  = 300
	maxScriptWait    = 600
	maxApprovalWait  = 30 * 24 * 3600
	maxInstances     = 50
	minDelivery      = 30
	maxDelivery      = 2592000
	maxScriptRunning = 172800
)

var (
	parameterName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,49}$`)
	stepName      = regexp.MustCompile(`^[A-Za-z0-9_]{3,128}$`)
	roleArn       = regexp.MustCompile(`^arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]{1,512}$`)
	resourceType  = regexp.MustCompile(`^(AWS::[A-Za-z0-9]+::[A-Za-z]+::(Id|Arn|Name)|List<AWS::[A-Za-z0-9]+::[A-Za-z]+::(Id|Arn|Name)>)$`)
	parameterType = []string{"String", "StringList", "Integer", "Boolean", "MapList", "StringMap"}
)

// Validate reports everything that is wrong with the document, joined, a line each. Tokens, which stand for what is not known before
// deployment, are taken for texts; isToken, which may be nil, says which texts hold one, so that their form is not checked.
func (d Document) Validate(isToken func(string) bool) error {
	if isToken == nil {
		isToken = func(string) bool { return false }
	}
	data, err := d.MarshalJSON()
	if err != nil {
		return fmt.Errorf("render runbook: %w", err)
	}
	v := validator{isToken: isToken, bytes: len(data)}
	if v.Document, err = Parse(data); err != nil { // so that inputs have the types that JSON has, whatever they were made of
		return err
	}
	v.role()
	v.parameters()
	v.steps()
	v.outputs()
	return errors.Join(v.errs...)
}

type validator struct {
	Document
	isToken func(string) bool
	bytes   int
	errs    []error
}

func (v *validator) refuse(format string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf(format, args...))
}

func (v *validator) role() {
	if !v.isToken(v.AssumeRole) && !roleArn.MatchString(v.AssumeRole) {
		v.refuse("AssumeRole must be the ARN of a role, got %q; without one the steps act as whoever starts the execution", v.AssumeRole)
	}
}

func (v *validator) parameters() {
	if len(v.Parameters) > maxParameters {
		v.refuse("Parameters must be at most %d, got %d", maxParameters, len(v.Parameters))
	}
	for _, name := range slices.Sorted(maps.Keys(v.Parameters)) {
		p := v.Parameters[name]
		if !parameterName.MatchString(name) {
			v.refuse("parameter %q must be named with a letter and up to 49 letters, digits and underscores", name)
		}
		if !slices.Contains(parameterType, p.Type) && !resourceType.MatchString(p.Type) {
			v.refuse("parameter %s must be of type %s, or of a resource's such as AWS::EC2::Instance::Id, got %q",
				name, strings.Join(parameterType, ", "), p.Type)
		}
		v.values(name, p)
	}
}

// values checks what a parameter admits.
func (v *validator) values(name string, p Parameter) {
	if _, err := regexp.Compile(p.AllowedPattern); err != nil {
		v.refuse("parameter %s: AllowedPattern is no regular expression: %v", name, err)
		return
	}
	switch {
	case p.AllowedPattern != "" && !anchored(p.AllowedPattern):
		v.refuse("parameter %s: AllowedPattern must be anchored, ^ before and $ behind all of it, got %q", name, p.AllowedPattern)
	case p.AllowedPattern == "" && len(p.AllowedValues) == 0 && !slices.Contains([]string{"Integer", "Boolean"}, p.Type):
		v.refuse("parameter %s must have an AllowedPattern or AllowedValues, so that no event can put anything in", name)
	}
	if text, ok := p.Default.(string); ok && !v.isToken(text) {
		if err := p.Accepts(text); err != nil {
			v.refuse("parameter %s: Default: %v", name, err)
		}
	}
}

// Accepts says why a value is none that the parameter admits, or nothing. Systems Manager refuses an execution with such a value,
// and with a value of more than 512 characters.
//
// Source: AWS Systems Manager API Reference, StartAutomationExecution.
func (p Parameter) Accepts(value string) error {
	const most = 512
	if len([]rune(value)) > most {
		return fmt.Errorf("value must have at most %d characters, got %d", most, len([]rune(value)))
	}
	if len(p.AllowedValues) > 0 && !slices.Contains(p.AllowedValues, value) {
		return fmt.Errorf("value must be one of %q, got %q", p.AllowedValues, value)
	}
	if p.AllowedPattern == "" {
		return nil
	}
	pattern, err := regexp.Compile(p.AllowedPattern)
	if err != nil {
		return fmt.Errorf("read the allowed pattern: %w", err)
	}
	if !pattern.MatchString(value) {
		return fmt.Errorf("value must match %s, got %q", p.AllowedPattern, value)
	}
	return nil
}

func (v *validator) outputs() {
	for _, name := range v.Outputs {
		if strings.HasPrefix(name, "{{") {
			v.refuse("output %q must be written without braces", name)
			continue
		}
		stepName, output, found := strings.Cut(name, ".")
		s, exists := v.Step(stepName)
		if !found || !exists {
			v.refuse("output %q must be STEP.OUTPUT of a step in the document", name)
		} else if !s.returns(output) {
			v.refuse("output %q: step %s (%s) has no output %s", name, s.Name, s.Action, output)
		}
	}
	if v.bytes > maxContent {
		v.refuse("the document must have at most %d bytes, got %d", maxContent, v.bytes)
	}
}

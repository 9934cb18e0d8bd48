package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/rehearsal/jsonpath"
)

// attempt is one attempt of a step.
type attempt struct {
	context.Context

	index  int
	step   step
	inputs map[string]any
}

// action is what steps of a kind do.
type action struct {
	// run makes one attempt. It returns the name of the step that it has chosen to go on with, if it has.
	run func(x *execution, a *attempt) (chosen string, err error)

	// real says that the action runs something that takes real time.
	real bool
}

// actionNamed is the action of that name, and whether it is simulated.
func actionNamed(name string) (action, bool) {
	a, ok := map[string]action{
		"aws:runCommand":                 {(*execution).runCommand, true},
		"aws:invokeLambdaFunction":       {(*execution).invokeFunction, true},
		"aws:executeAwsApi":              {run: (*execution).callAPI},
		"aws:assertAwsResourceProperty":  {run: (*execution).assertProperty},
		"aws:waitForAwsResourceProperty": {run: (*execution).waitForProperty},
		"aws:changeInstanceState":        {run: (*execution).changeInstances},
		"aws:approve":                    {run: (*execution).approve},
		"aws:branch":                     {run: (*execution).branch},
		"aws:sleep":                      {run: (*execution).sleep},
		"aws:pause":                      {run: (*execution).pause},
	}[name]
	return a, ok
}

// pollTime is how long a step waits before it looks again. AWS documents none.
const pollTime = 5 * time.Second

// put makes a value an output of the step.
func (x *execution) put(a *attempt, name string, value any) {
	x.values[a.step.Name+"."+name] = value
	x.changeStep(a.index, func(shown *awssim.AutomationStep) {
		outputs := map[string][]string{name: asTexts(value)}
		for old, texts := range shown.Outputs {
			if old != name {
				outputs[old] = texts
			}
		}
		shown.Outputs = outputs
	})
}

// showInputs shows what a step's inputs have become.
func (x *execution) showInputs(i int, inputs map[string]any) {
	texts := map[string]string{}
	for name, value := range inputs {
		texts[name] = jsonpath.Encode(value)
	}
	x.changeStep(i, func(shown *awssim.AutomationStep) { shown.Inputs = texts })
}

// call calls an operation with the automation's credentials, and returns its answer as JSON has it.
func (x *execution) call(ctx context.Context, service, operation string, input map[string]any) (any, error) {
	out, err := x.Caller.Do(ctx, endpoint.Request{
		Region: x.region, Service: service, Operation: operation, Caller: x.credentials, Input: input,
	})
	if err != nil {
		return nil, err
	}
	return asJSON(out)
}

// asJSON is an answer as JSON has it.
func asJSON(out any) (any, error) {
	if out == nil {
		return map[string]any{}, nil
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	return jsonpath.Decode(text)
}

// at is the value at a path in an answer; nil if there is none.
func at(answer any, path string) any {
	p, err := jsonpath.Parse(path)
	if err != nil {
		return nil
	}
	value, _ := p.Find(answer)
	return value
}

// text is an input that is a text.
func (a *attempt) text(name string) string {
	text, _ := a.inputs[name].(string)
	return text
}

// list is an input that is a list of texts.
func (a *attempt) list(name string) []string {
	list, ok := a.inputs[name].([]any)
	if !ok && a.inputs[name] != nil {
		list = []any{a.inputs[name]}
	}
	var texts []string
	for _, e := range list {
		texts = append(texts, asText(e))
	}
	return texts
}

// apiInputs are the inputs of a step that belong to the operation that it calls.
func (a *attempt) apiInputs() map[string]any {
	own := []string{"Service", "Api", "PropertySelector", "DesiredValues"}
	inputs := map[string]any{}
	for name, value := range a.inputs {
		if !slices.Contains(own, name) {
			inputs[name] = value
		}
	}
	return inputs
}

// callOwnAPI calls the operation that the step names.
func (x *execution) callOwnAPI(a *attempt) (any, error) {
	service, operation := a.text("Service"), a.text("Api")
	if service == "" || operation == "" {
		return nil, errors.New("the inputs Service and Api must be given")
	}
	return x.call(a, signingName(service), pascal(operation), a.apiInputs())
}

// signingName is the name in signatures of a service that a step names as the AWS SDK for Python does.
func signingName(service string) string {
	if service == "cloudwatch" {
		return "monitoring"
	}
	return strings.ToLower(service)
}

// pascal is the name of an operation that may be written as the AWS SDK for Python does, such as describe_instances.
func pascal(operation string) string {
	if !strings.Contains(operation, "_") && strings.ToUpper(operation[:1]) == operation[:1] {
		return operation
	}
	name := ""
	for word := range strings.SplitSeq(operation, "_") {
		if word != "" {
			name += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return name
}

// callAPI is aws:executeAwsApi: it calls an operation and takes outputs out of the answer.
func (x *execution) callAPI(a *attempt) (string, error) {
	answer, err := x.callOwnAPI(a)
	if err != nil {
		return "", err
	}
	for _, o := range a.step.Outputs {
		p, err := jsonpath.Parse(o.Selector)
		if err != nil {
			return "", fmt.Errorf("output %s: %w", o.Name, err)
		}
		value, ok := p.Find(answer)
		if !ok {
			return "", fmt.Errorf("output %s: the answer has nothing at %s", o.Name, o.Selector)
		}
		x.put(a, o.Name, value)
	}
	return "", nil
}

// property is the value that a step looks at, and whether it is among those that it wants.
func (x *execution) property(a *attempt) (value any, desired bool, err error) {
	path, err := jsonpath.Parse(a.text("PropertySelector"))
	if err != nil {
		return nil, false, fmt.Errorf("PropertySelector: %w", err)
	}
	answer, err := x.callOwnAPI(a)
	if err != nil {
		return nil, false, err
	}
	value, _ = path.Find(answer)
	values, ok := value.([]any)
	if !ok {
		values = []any{value}
	}
	want := a.list("DesiredValues")
	for _, v := range values {
		if !slices.Contains(want, asText(v)) {
			return value, false, nil
		}
	}
	return value, len(values) > 0, nil
}

// assertProperty is aws:assertAwsResourceProperty: it fails unless the property has a desired value.
func (x *execution) assertProperty(a *attempt) (string, error) {
	value, ok, err := x.property(a)
	if err == nil && !ok {
		err = fmt.Errorf("Property value from the API output is not in the list of desired values. Property value: %s, desired: %s", //nolint:staticcheck // AWS's words
			asText(value), strings.Join(a.list("DesiredValues"), ", "))
	}
	return "", err
}

// waitForProperty is aws:waitForAwsResourceProperty: it looks again until the property has a desired value.
func (x *execution) waitForProperty(a *attempt) (string, error) {
	for {
		_, ok, err := x.property(a)
		if ok || err != nil {
			return "", err
		}
		if err := x.Cloud.Sleep(a, pollTime); err != nil {
			return "", err
		}
	}
}

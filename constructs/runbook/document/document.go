package document

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// SchemaVersion is the schema of all Automation runbooks.
const SchemaVersion = "0.3"

// Document is an Automation runbook.
type Document struct {
	// Description says what the runbook is for. Markdown is shown as such. Optional.
	Description string

	// AssumeRole is the ARN of the role that the steps act with. Required: without a role they would act as whoever starts the
	// execution.
	AssumeRole string

	// Parameters are what an execution is given, by name.
	Parameters map[string]Parameter

	// Steps run in this order, unless one names its NextStep. At least one is required.
	Steps []Step

	// Outputs are what an execution returns: outputs of steps, such as runScript.Output.
	Outputs []string
}

// Parameter is something that an execution is given.
type Parameter struct {
	// Type is String, StringList, Integer, Boolean, MapList, StringMap or a type of resource such as AWS::EC2::Instance::Id.
	// Required.
	Type string `json:"type"`

	// Description says what it is for. Optional.
	Description string `json:"description,omitempty"`

	// Default is what it is when an execution is not given it. Default: none, so it must be given.
	Default any `json:"default,omitempty"`

	// AllowedPattern is a regular expression that each value must match, anchored at both ends. A String or StringList needs
	// it or AllowedValues.
	AllowedPattern string `json:"allowedPattern,omitempty"`

	// AllowedValues are the only values.
	AllowedValues []string `json:"allowedValues,omitempty"`
}

// Step is one step of a runbook.
type Step struct {
	// Name is unique in the runbook: 3 to 128 letters, digits and underscores. Required.
	Name string `json:"name"`

	// Action is what the step does, such as aws:runCommand. Required.
	Action string `json:"action"`

	// Description says what the step is for. Optional.
	Description string `json:"description,omitempty"`

	// MaxAttempts is how often the step is tried. Default: 1.
	MaxAttempts int `json:"maxAttempts,omitempty"`

	// TimeoutSeconds is how long one attempt may take. Default: the action's.
	TimeoutSeconds int `json:"timeoutSeconds,omitempty"`

	// OnFailure is Abort, Continue, or step:NAME for the step to go on with. Default: Abort.
	OnFailure string `json:"onFailure,omitempty"`

	// NextStep is the step that follows. Default: the next one in order.
	NextStep string `json:"nextStep,omitempty"`

	// IsEnd ends the execution after the step.
	IsEnd bool `json:"isEnd,omitempty"`

	// IsCritical says whether the step's failure makes the execution fail. Default: true, or false when OnFailure is Continue.
	IsCritical *bool `json:"isCritical,omitempty"`

	// Inputs are the action's.
	Inputs map[string]any `json:"inputs"`

	// Outputs are what later steps can refer to, for the actions that let a step choose: API calls, scripts and functions.
	Outputs []Output `json:"outputs,omitempty"`
}

// Output is part of what an action returned.
type Output struct {
	// Name is what later steps call it. Required.
	Name string `json:"Name"`

	// Selector is the JSONPath to it in the response. Required.
	Selector string `json:"Selector"`

	// Type is String, StringList, Integer, Boolean, StringMap or MapList. Required.
	Type string `json:"Type"`
}

// content is the document's JSON form.
type content struct {
	SchemaVersion string               `json:"schemaVersion"`
	Description   string               `json:"description,omitempty"`
	AssumeRole    string               `json:"assumeRole"`
	Parameters    map[string]Parameter `json:"parameters,omitempty"`
	MainSteps     []Step               `json:"mainSteps"`
	Outputs       []string             `json:"outputs,omitempty"`
}

// MarshalJSON renders the document as Systems Manager reads it.
func (d Document) MarshalJSON() ([]byte, error) {
	return json.Marshal(content{SchemaVersion, d.Description, d.AssumeRole, d.Parameters, d.Steps, d.Outputs})
}

// UnmarshalJSON reads the document. Elements that this package does not know are errors, so that none is overlooked.
func (d *Document) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var c content
	if err := decoder.Decode(&c); err != nil {
		return fmt.Errorf("read runbook: %w", err)
	}
	if c.SchemaVersion != SchemaVersion {
		return fmt.Errorf("read runbook: schemaVersion must be %q, got %q", SchemaVersion, c.SchemaVersion)
	}
	*d = Document{c.Description, c.AssumeRole, c.Parameters, c.MainSteps, c.Outputs}
	return nil
}

// Parse reads a document from its JSON form, without validating it.
func Parse(data []byte) (Document, error) {
	var d Document
	err := json.Unmarshal(data, &d)
	return d, err
}

// Map is the document as nested maps, as templates hold it.
func (d Document) Map() (map[string]any, error) {
	data, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("render runbook: %w", err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("render runbook: %w", err)
	}
	return m, nil
}

// Step is the step with a name, and whether there is one.
func (d Document) Step(name string) (Step, bool) {
	for _, s := range d.Steps {
		if s.Name == name {
			return s, true
		}
	}
	return Step{}, false
}

package automation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// content is an automation document.
type content struct {
	SchemaVersion string               `json:"schemaVersion"`
	Description   string               `json:"description"`
	AssumeRole    string               `json:"assumeRole"`
	Parameters    map[string]parameter `json:"parameters"`
	MainSteps     []step               `json:"mainSteps"`
	Outputs       []string             `json:"outputs"`
	Files         json.RawMessage      `json:"files"`
	Variables     json.RawMessage      `json:"variables"`
}

// parameter is a parameter of a document.
type parameter struct {
	Type           string          `json:"type"`
	Description    string          `json:"description"`
	Default        any             `json:"default"`
	AllowedValues  json.RawMessage `json:"allowedValues"`  // the endpoint checks them when the automation is started
	AllowedPattern string          `json:"allowedPattern"` // as above
	MinItems       *int            `json:"minItems"`       // as above
	MaxItems       *int            `json:"maxItems"`       // as above
	MinChars       *int            `json:"minChars"`       // as above
	MaxChars       *int            `json:"maxChars"`       // as above
}

// step is a step of a document.
type step struct {
	Name           string         `json:"name"`
	Action         string         `json:"action"`
	Description    string         `json:"description"`
	MaxAttempts    int            `json:"maxAttempts"`
	TimeoutSeconds int            `json:"timeoutSeconds"`
	OnFailure      string         `json:"onFailure"`
	OnCancel       string         `json:"onCancel"`
	NextStep       string         `json:"nextStep"`
	IsEnd          bool           `json:"isEnd"`
	IsCritical     *bool          `json:"isCritical"`
	Inputs         map[string]any `json:"inputs"`
	Outputs        []stepOutput   `json:"outputs"`
}

// stepOutput is a value that a step takes out of what a call answered.
type stepOutput struct {
	Name     string
	Selector string
	Type     string
}

// Check says what Systems Manager would refuse when an automation document is created.
func Check(document []byte) error {
	_, err := parse(document)
	return err
}

// parse reads a document. Members that are not known are errors.
func parse(document []byte) (content, error) {
	var c content
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("read the document: %w", err)
	}
	if c.SchemaVersion != "0.3" {
		return c, fmt.Errorf("schemaVersion must be 0.3, got %q", c.SchemaVersion)
	}
	if c.Files != nil || c.Variables != nil {
		return c, fmt.Errorf("files and variables of automation documents are not simulated")
	}
	if len(c.MainSteps) == 0 {
		return c, fmt.Errorf("mainSteps must have a step")
	}
	names := map[string]bool{}
	for _, s := range c.MainSteps {
		if s.Name == "" || names[s.Name] {
			return c, fmt.Errorf("step %q must have a name of its own", s.Name)
		}
		names[s.Name] = true
	}
	for _, s := range c.MainSteps {
		for _, next := range []string{s.NextStep, strings.TrimPrefix(s.OnFailure, "step:")} {
			if next != "" && next != "Abort" && next != "Continue" && !names[next] {
				return c, fmt.Errorf("step %s leads to %s, which is no step", s.Name, next)
			}
		}
	}
	return c, nil
}

// find is the place of a step, or -1.
func (c content) find(name string) int {
	for i, s := range c.MainSteps {
		if s.Name == name {
			return i
		}
	}
	return -1
}

// attempts is how often a step is tried.
func (s step) attempts() int { return max(1, s.MaxAttempts) }

// critical says whether the step's failure makes the automation fail in the end.
func (s step) critical() bool {
	if s.IsCritical != nil {
		return *s.IsCritical
	}
	return s.OnFailure != "Continue"
}

// approvalTime is how long an approval may take (Systems Manager user guide, "aws:approve").
const approvalTime = 7 * 24 * time.Hour

// timeout is how long an attempt may take; zero if it may take any time.
func (s step) timeout() time.Duration {
	if s.TimeoutSeconds == 0 && s.Action == "aws:approve" {
		return approvalTime
	}
	return time.Duration(s.TimeoutSeconds) * time.Second
}

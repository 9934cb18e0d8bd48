package automation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/runbook/document"
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

// parameter is a parameter of a document. All but its default and type is checked by the endpoint when the automation is started.
type parameter struct {
	document.Parameter

	AllowedValues json.RawMessage `json:"allowedValues"` // which need not be texts
	MinItems      *int            `json:"minItems"`
	MaxItems      *int            `json:"maxItems"`
	MinChars      *int            `json:"minChars"`
	MaxChars      *int            `json:"maxChars"`
}

// step is a step of a document.
type step struct {
	document.Step

	OnCancel string `json:"onCancel"`
}

// Check says what Systems Manager would refuse when an automation document is created.
func Check(text []byte) error {
	_, err := parse(text)
	return err
}

// parse reads a document. Members that are not known are errors.
func parse(text []byte) (content, error) {
	var c content
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&c); err != nil {
		return c, fmt.Errorf("read the document: %w", err)
	}
	if c.SchemaVersion != document.SchemaVersion {
		return c, fmt.Errorf("schemaVersion must be %s, got %q", document.SchemaVersion, c.SchemaVersion)
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

package endpoint

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// automationOperations are those of automations. Whoever runs the state runs their steps ([awssim.Runners]). There are no rate
// controls over targets, no child executions but by steps, and no change requests.
func automationOperations() []operation {
	execution := on(func(c *Call) string {
		return c.arn(func(r *awssim.Region) string { return r.AutomationExecutionARN(c.Str("AutomationExecutionId")) })
	})
	return []operation{
		{name: "StartAutomationExecution", resources: automationDefinition, also: passAutomationRole, do: startAutomation},
		{name: "GetAutomationExecution", resources: execution, do: getAutomation},
		{name: "DescribeAutomationExecutions", do: describeAutomations},
		{name: "DescribeAutomationStepExecutions", resources: execution, do: describeAutomationSteps},
		{name: "SendAutomationSignal", resources: execution, do: sendAutomationSignal},
		{name: "StopAutomationExecution", resources: execution, do: stopAutomation},
	}
}

// automationDefinition is what starting is allowed on.
func automationDefinition(c *Call) []string {
	name := c.Str("DocumentName")
	if isARN(name) {
		name = name[strings.LastIndex(name, "/")+1:]
	}
	return []string{c.arn(func(r *awssim.Region) string { return r.AutomationDefinitionARN(name, c.Str("DocumentVersion")) })}
}

// startInput is what starts an automation.
type startInput struct {
	DocumentName, DocumentVersion, ClientToken string
	Parameters                                 map[string][]string
}

// passAutomationRole is the permission to pass the role that the automation is to assume, which the document or a parameter names
// (Systems Manager user guide, "Setting up Automation", "Attach the iam:PassRole policy").
func passAutomationRole(c *Call) []need {
	var in startInput
	if c.Bind(&in) != nil {
		return nil
	}
	_, content, _, err := findDocument(c, in.DocumentName, in.DocumentVersion)
	if err != nil {
		return nil
	}
	role := AutomationRole(content, in.Parameters)
	if role == "" {
		return nil
	}
	return []need{{action: "iam:PassRole", resource: role, context: map[string][]string{"iam:PassedToService": {"ssm.amazonaws.com"}}}}
}

// AutomationRole is the role that an automation of the document with the parameters assumes; empty if it runs as whoever starts
// it.
func AutomationRole(content json.RawMessage, given map[string][]string) string {
	var body struct {
		AssumeRole string `json:"assumeRole"`
		Parameters map[string]struct {
			Default any `json:"default"`
		} `json:"parameters"`
	}
	if json.Unmarshal(content, &body) != nil {
		return ""
	}
	name, ok := strings.CutPrefix(strings.TrimSpace(body.AssumeRole), "{{")
	if !ok {
		return body.AssumeRole
	}
	name = strings.TrimSpace(strings.TrimSuffix(name, "}}"))
	if values := given[name]; len(values) > 0 {
		return values[0]
	}
	role, _ := body.Parameters[name].Default.(string)
	return role
}

func startAutomation(_ context.Context, c *Call) (any, error) {
	var in startInput
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	d, content, number, err := findDocument(c, in.DocumentName, in.DocumentVersion)
	if err != nil || d.Type != "Automation" {
		return nil, failure(http.StatusBadRequest, "AutomationDefinitionNotFoundException",
			"Automation Definition %s version %s could not be found", in.DocumentName, in.DocumentVersion)
	}
	if err := checkParameters(content, in.Parameters); err != nil {
		return nil, failure(http.StatusBadRequest, "InvalidAutomationExecutionParametersException", "%v", err)
	}
	var started awssim.Automation
	again := false
	c.do(func(_ *awssim.State, r *awssim.Region) {
		for _, a := range r.Automations.All() {
			if in.ClientToken != "" && a.ClientToken == in.ClientToken {
				started, again = a, true
				return
			}
		}
		started = r.CreateAutomation(awssim.Automation{
			Document: d.Name, Version: number, Parameters: in.Parameters, Caller: c.Caller, ClientToken: in.ClientToken,
		})
	})
	if !again {
		c.Cloud.Automate(c.Region, started.ID)
	}
	return struct {
		AutomationExecutionID string `json:"AutomationExecutionId"`
	}{started.ID}, nil
}

func findAutomation(c *Call) (awssim.Automation, error) {
	id := c.Str("AutomationExecutionId")
	a, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Automation, bool) { return r.Automations.Get(id) })
	if !ok {
		return a, failure(http.StatusBadRequest, "AutomationExecutionNotFoundException",
			"Automation Execution with ID: %s does not exist or the user is not authorized to perform this action on it.", id)
	}
	return a, nil
}

// signalTypes are what can be told to a running automation (Systems Manager API reference, SendAutomationSignal).
var signalTypes = []string{"Approve", "Reject", "StartStep", "StopStep", "Resume"}

func sendAutomationSignal(_ context.Context, c *Call) (any, error) {
	var in struct {
		SignalType string
		Payload    map[string][]string
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	a, err := findAutomation(c)
	switch {
	case err != nil:
		return nil, err
	case !slices.Contains(signalTypes, in.SignalType):
		return nil, failure(http.StatusBadRequest, "InvalidAutomationSignalException", "the signal must be one of %s, got %q",
			strings.Join(signalTypes, ", "), in.SignalType)
	case a.HasEnded():
		return nil, failure(http.StatusBadRequest, "AutomationStepNotFoundException", "The automation has ended: it is %s.", a.Status)
	case !slices.ContainsFunc(a.Steps, func(s awssim.AutomationStep) bool { return s.Status == "Waiting" }):
		return nil, failure(http.StatusBadRequest, "AutomationStepNotFoundException", "No step waits for a signal.")
	}
	if (in.SignalType == "Approve" || in.SignalType == "Reject") && !c.approves(a) {
		return nil, failure(http.StatusBadRequest, "InvalidAutomationSignalException", "%s is not one of the step's approvers.", c.Caller.ARN)
	}
	c.do(func(_ *awssim.State, r *awssim.Region) {
		r.ChangeAutomation(a.ID, func(a *awssim.Automation) {
			a.Signals = append(a.Signals, awssim.AutomationSignal{Type: in.SignalType, Payload: in.Payload, From: c.Caller.ARN})
		})
	})
	c.Cloud.Automate(c.Region, a.ID)
	return nil, nil
}

// approves says whether the caller is an approver of a step that waits: its user name, its ARN, or the ARN of its role (Systems
// Manager user guide, "aws:approve").
func (c *Call) approves(a awssim.Automation) bool {
	names := []string{c.Caller.ARN, c.Caller.User}
	c.do(func(s *awssim.State, _ *awssim.Region) { names = append(names, s.RoleARN(c.Caller)) })
	return slices.ContainsFunc(a.Steps, func(s awssim.AutomationStep) bool {
		var approvers []string
		return s.Status == "Waiting" && json.Unmarshal([]byte(s.Inputs["Approvers"]), &approvers) == nil &&
			slices.ContainsFunc(approvers, func(name string) bool { return name != "" && slices.Contains(names, name) })
	})
}

func stopAutomation(_ context.Context, c *Call) (any, error) {
	a, err := findAutomation(c)
	if err != nil {
		return nil, err
	}
	kind := c.Str("Type")
	if kind != "" && kind != "Cancel" && kind != "Complete" {
		return nil, failure(http.StatusBadRequest, "InvalidAutomationStatusUpdateException", "Type must be Cancel or Complete, got %q", kind)
	}
	if a.HasEnded() {
		return nil, failure(http.StatusBadRequest, "InvalidAutomationStatusUpdateException", "The automation has ended: it is %s.", a.Status)
	}
	if kind == "" {
		kind = "Cancel"
	}
	c.do(func(_ *awssim.State, r *awssim.Region) {
		r.ChangeAutomation(a.ID, func(a *awssim.Automation) {
			a.Signals = append(a.Signals, awssim.AutomationSignal{Type: kind, From: c.Caller.ARN})
			if a.Status == "InProgress" || a.Status == "Waiting" {
				a.Status = "Cancelling"
			}
		})
	})
	c.Cloud.Automate(c.Region, a.ID)
	return nil, nil
}

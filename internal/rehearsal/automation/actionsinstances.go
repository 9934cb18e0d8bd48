package automation

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/rehearsal/jsonpath"
)

// changes are the operations that bring instances to a state.
var changes = map[string]string{"running": "StartInstances", "stopped": "StopInstances", "terminated": "TerminateInstances"}

// changeInstances is aws:changeInstanceState: it changes instances unless CheckStateOnly, and waits until all are in the state.
func (x *execution) changeInstances(a *attempt) (string, error) {
	state := a.text("DesiredState")
	operation, ok := changes[state]
	if !ok || len(a.list("InstanceIds")) == 0 {
		return "", fmt.Errorf("InstanceIds must be given, and DesiredState must be running, stopped or terminated, got %q", state)
	}
	ids := []any{}
	for _, id := range a.list("InstanceIds") {
		ids = append(ids, id)
	}
	if check, _ := a.inputs["CheckStateOnly"].(bool); !check {
		if err := x.settle(a, ids, state); err != nil {
			return "", err
		}
		if _, err := x.call(a, "ec2", operation, map[string]any{"InstanceIds": ids}); err != nil {
			return "", err
		}
	}
	for {
		reached, states, err := x.reached(a, ids, state)
		if err != nil {
			return "", err
		}
		if reached {
			x.put(a, "InstanceStates", states)
			return "", nil
		}
		if err := x.Cloud.Sleep(a, pollTime); err != nil {
			return "", err
		}
	}
}

// settle waits while an instance is on its way to another state: one that is stopping cannot be started.
func (x *execution) settle(a *attempt, ids any, state string) error {
	for state == "running" {
		answer, err := x.call(a, "ec2", "DescribeInstances", map[string]any{"InstanceIds": ids})
		if err != nil {
			return err
		}
		states := asTexts(at(answer, "$.Reservations[*].Instances[*].State.Name"))
		if !strings.Contains(strings.Join(states, " "), "stopping") {
			return nil
		}
		if err := x.Cloud.Sleep(a, pollTime); err != nil {
			return err
		}
	}
	return nil
}

// reached says whether all instances are in a state; for running, whether their status checks pass.
func (x *execution) reached(a *attempt, ids any, state string) (bool, []any, error) {
	answer, err := x.call(a, "ec2", "DescribeInstanceStatus", map[string]any{"InstanceIds": ids, "IncludeAllInstances": true})
	if err != nil {
		return false, nil, err
	}
	found, _ := at(answer, "$.InstanceStatuses").([]any)
	var states []any
	for _, status := range found {
		name := asText(at(status, "$.InstanceState.Name"))
		states = append(states, name)
		if name == "terminated" && state != "terminated" {
			return false, nil, errors.New("an instance is terminated")
		}
		if name != state || state == "running" && asText(at(status, "$.InstanceStatus.Status")) != "ok" {
			return false, nil, nil
		}
	}
	return len(found) > 0, states, nil
}

// runCommand is aws:runCommand: it sends a command and waits until it has ended on all instances.
func (x *execution) runCommand(a *attempt) (string, error) {
	sent, err := x.call(a, "ssm", "SendCommand", listed(a.inputs))
	if err != nil {
		return "", err
	}
	id := asText(at(sent, "$.Command.CommandId"))
	x.put(a, "CommandId", id)
	status := ""
	for !slices.Contains([]string{"Success", "Failed", "TimedOut", "Cancelled"}, status) {
		if err := sleep(a, commandPollTime); err != nil {
			return "", errors.Join(err, x.cancelCommand(id))
		}
		answer, err := x.call(a, "ssm", "ListCommands", map[string]any{"CommandId": id})
		if err != nil {
			return "", err
		}
		status = asText(at(answer, "$.Commands[0].Status"))
	}
	answer, err := x.call(a, "ssm", "ListCommandInvocations", map[string]any{"CommandId": id, "Details": true})
	if err != nil {
		return "", err
	}
	output, code := strings.Join(asTexts(at(answer, "$.CommandInvocations[*].CommandPlugins[0].Output")), "\n"), "0"
	for _, c := range asTexts(at(answer, "$.CommandInvocations[*].CommandPlugins[0].ResponseCode")) {
		if c != "0" {
			code = c
		}
	}
	x.put(a, "Status", status)
	x.put(a, "ResponseCode", code)
	x.put(a, "Output", output)
	x.put(a, "OutputPayload", jsonpath.Encode(map[string]any{"Status": status, "ResponseCode": code, "Output": output, "CommandId": id}))
	if status != "Success" {
		return "", fmt.Errorf("Command %s returns unexpected invocation result: {Status=[%s], ResponseCode=[%s], Output=[%s]}", id, status, code, output) //nolint:staticcheck // AWS's words
	}
	return "", nil
}

// listed are the inputs of SendCommand. Parameters and InstanceIds are lists, also where the document has one text.
func listed(inputs map[string]any) map[string]any {
	out := map[string]any{}
	for name, value := range inputs {
		out[name] = value
	}
	if _, ok := out["InstanceIds"].(string); ok {
		out["InstanceIds"] = []any{out["InstanceIds"]}
	}
	if parameters, ok := out["Parameters"].(map[string]any); ok {
		lists := map[string]any{}
		for name, value := range parameters {
			if _, isList := value.([]any); !isList {
				value = []any{asText(value)}
			}
			lists[name] = value
		}
		out["Parameters"] = lists
	}
	return out
}

// cancelCommand keeps a command from instances that it has not reached.
func (x *execution) cancelCommand(id string) error {
	_, err := x.call(x.ctx, "ssm", "CancelCommand", map[string]any{"CommandId": id})
	return err
}

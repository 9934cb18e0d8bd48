package automation_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestFlow(t *testing.T) {
	sleep := func(name, more string) string {
		return `{"name": "` + name + `", "action": "aws:sleep", "inputs": {"Duration": "PT1M"}` + more + `}`
	}
	const fails = `, "action": "aws:executeScript", "inputs": {}`
	tests := []struct{ name, steps, ran, status string }{
		{"in order", sleep("a", "") + "," + sleep("b", ""), "a b", "Success"},
		{"next step", sleep("a", `, "nextStep": "c"`) + "," + sleep("b", "") + "," + sleep("c", ""), "a c", "Success"},
		{"end", sleep("a", `, "isEnd": true`) + "," + sleep("b", ""), "a", "Success"},
		{"abort", `{"name": "a"` + fails + `},` + sleep("b", ""), "a", "Failed"},
		{"continue", `{"name": "a"` + fails + `, "onFailure": "Continue"},` + sleep("b", ""), "a b", "Success"},
		{"continue, critical", `{"name": "a"` + fails + `, "onFailure": "Continue", "isCritical": true},` + sleep("b", ""), "a b", "Failed"},
		{"jump", `{"name": "a"` + fails + `, "onFailure": "step:c", "isCritical": false},` + sleep("b", "") + "," + sleep("c", ""), "a c", "Success"},
		{
			"branch", `{"name": "a", "action": "aws:branch", "inputs": {"Choices": [{"NextStep": "b", "Variable": "{{ Choice }}", "StringEquals": "yes"},
				{"NextStep": "c", "Not": {"Variable": "{{ Choice }}", "StringEquals": "yes"}}], "Default": "b"}},` + sleep("b", "") + "," + sleep("c", ""), "a c", "Success",
		},
		{"no choice", `{"name": "a", "action": "aws:branch", "isEnd": true, "inputs": {"Choices": [{"NextStep": "b", "Variable": "1", "NumericGreater": 2}]}},` + sleep("b", ""), "a", "Success"},
		{"time-out", sleep("a", `, "timeoutSeconds": 30`), "a", "TimedOut"},
		{"reference to nothing", `{"name": "a", "action": "aws:sleep", "inputs": {"Duration": "{{ b.Output }}"}}`, "a", "Failed"},
		{
			"assert", `{"name": "a", "action": "aws:assertAwsResourceProperty", "inputs": {"Service": "ec2", "Api": "DescribeInstances", "InstanceIds": ["` + instance + `"],
				"PropertySelector": "$.Reservations[0].Instances[0].State.Name", "DesiredValues": ["stopped"]}}`, "a", "Failed",
		},
		{
			"call", `{"name": "a", "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": "describe_instances", "InstanceIds": ["{{ InstanceId }}"]},
				"outputs": [{"Name": "State", "Selector": "$.Reservations[0].Instances[0].State.Name", "Type": "String"}]},
				{"name": "b", "action": "aws:branch", "inputs": {"Choices": [{"NextStep": "d", "Variable": "{{ a.State }}", "StartsWith": "pend"}]}},` +
				sleep("c", "") + "," + sleep("d", ""), "a b d", "Success",
		},
		{"unknown operation", `{"name": "a", "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": "RunInstances"}}`, "a", "Failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				a := w.ended(w.start(document("all", tt.steps), nil))
				var ran []string
				for _, s := range a.Steps {
					if s.ID != "" {
						ran = append(ran, s.Name)
					}
				}
				w.want("steps", strings.Join(ran, " "), tt.ran)
				w.want("status", a.Status, tt.status)
			})
		})
	}
}

const approve = `{"name": "ask", "action": "aws:approve", "inputs": {"NotificationArn": "arn:aws:sns:us-east-2:123456789012:Automation", "Message": "Go on?",
	"Approvers": ["arn:aws:iam::123456789012:role/approver", "arn:aws:iam::123456789012:user/operator"]}}`

func TestApproval(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.start(document("all", approve), nil)
		w.want("status", w.now(id).Status, "Waiting")
		w.cloud.Do(func(s *awssim.State) {
			topic, _ := s.Region(region).Topics.Get("arn:aws:sns:us-east-2:123456789012:Automation")
			w.want("messages", len(topic.Messages), 1)
		})
		if _, err := w.call("SendAutomationSignal", map[string]any{"AutomationExecutionId": id, "SignalType": "Hello"}); err == nil {
			t.Error("an unknown signal is taken")
		}
		if _, err := w.call("SendAutomationSignal", map[string]any{"AutomationExecutionId": id, "SignalType": "Approve", "Payload": map[string]any{"Comment": []any{"fine"}}}); err != nil {
			t.Fatal(err)
		}
		a := w.now(id)
		w.want("status", a.Status, "Success")
		w.want("decision", strings.Contains(a.Steps[0].Outputs["ApproverDecisions"][0], `"Comment":"fine"`), true)
	})
	inWorld(t, func(w *world) {
		id := w.start(document("all", approve), nil)
		synctest.Wait()
		if _, err := w.call("SendAutomationSignal", map[string]any{"AutomationExecutionId": id, "SignalType": "Reject"}); err != nil {
			t.Fatal(err)
		}
		w.want("status", w.now(id).Status, "Failed")
	})
	inWorld(t, func(w *world) { // nobody answers
		a := w.ended(w.start(document("all", approve), nil))
		w.want("status", a.Status, "TimedOut")
		w.want("time", a.Ended.Sub(a.Started), 7*24*time.Hour)
	})
}

func TestApprovalOfSomebodyElse(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.start(document("all", strings.ReplaceAll(approve, "user/operator", "user/boss")), nil)
		synctest.Wait()
		_, err := w.call("SendAutomationSignal", map[string]any{"AutomationExecutionId": id, "SignalType": "Approve"})
		if err == nil || !strings.Contains(err.Error(), "is not one of the step's approvers") {
			t.Errorf("got %v", err)
		}
	})
}

func TestStop(t *testing.T) {
	inWorld(t, func(w *world) {
		id := w.start(document("all", `{"name": "a", "action": "aws:sleep", "inputs": {"Duration": "PT1H"}}`), nil)
		synctest.Wait()
		if _, err := w.call("StopAutomationExecution", map[string]any{"AutomationExecutionId": id}); err != nil {
			t.Fatal(err)
		}
		a := w.now(id)
		w.want("status", a.Status+" "+a.Steps[0].Status, "Cancelled Cancelled")
		if _, err := w.call("StopAutomationExecution", map[string]any{"AutomationExecutionId": id}); err == nil {
			t.Error("what has ended can be stopped")
		}
	})
}

func TestParameters(t *testing.T) {
	for name, parameters := range map[string]map[string]any{
		"not defined":       {"Other": []any{"x"}},
		"against pattern":   {"InstanceId": []any{"i-1'; rm -rf /; '"}},
		"pattern, newline":  {"InstanceId": []any{instance + "\n"}},
		"several values":    {"InstanceId": []any{instance, instance}},
		"no value":          {"InstanceId": []any{}},
		"not a list at all": {"InstanceId": instance},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.ended(w.start(document("all", `{"name": "a", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}`), nil))
				if _, err := w.call("StartAutomationExecution", map[string]any{"DocumentName": "doc", "Parameters": parameters}); err == nil {
					t.Error("it was started")
				}
			})
		})
	}
}

func TestAnnounces(t *testing.T) {
	inWorld(t, func(w *world) {
		var events []string
		w.cloud.SetRunners(awssim.Runners{Automate: w.engine.Automate, Deliver: func(_ string, e awssim.Event) {
			var detail struct{ Status, Definition string }
			if err := json.Unmarshal(e.Detail, &detail); err != nil || e.Source != "aws.ssm" || e.Bus != "default" || detail.Definition != "doc" {
				t.Errorf("got %+v", e)
			}
			w.mu.Lock()
			defer w.mu.Unlock()
			events = append(events, strings.Fields(e.DetailType)[2]+" "+detail.Status)
		}})
		w.ended(w.start(document("all", `{"name": "a", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}`), nil))
		synctest.Wait()
		w.want("events", events, "[Execution InProgress Step InProgress Step Success Execution Success]")
	})
}

package automation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal/automation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/sandbox"
)

const (
	region   = "us-east-2"
	account  = "123456789012"
	instance = "i-8009bfbb5bee5ad33"
)

// world is a cloud with an engine, a role that may do everything, and an instance with a tag.
type world struct {
	*testing.T

	cloud    *awssim.Cloud
	aws      *endpoint.Handler
	engine   *automation.Engine
	operator awssim.Credentials

	mu      sync.Mutex
	scripts []sandbox.Script
	result  func(sandbox.Script) (sandbox.Result, error)
}

// Run notes a script instead of running it.
func (w *world) Run(_ context.Context, _ string, s sandbox.Script) (sandbox.Result, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.scripts = append(w.scripts, s)
	if w.result != nil {
		return w.result(s)
	}
	return sandbox.Result{Stdout: "done\n"}, nil
}

// inWorld runs a test in virtual time.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, cloud: awssim.New(awssim.Options{Account: account, Seed: 1})}
		w.aws = endpoint.New(w.cloud)
		w.engine = automation.New(automation.Options{Cloud: w.cloud, Caller: w.aws, Shell: w})
		w.cloud.SetRunners(awssim.Runners{Automate: w.engine.Automate, Command: w.engine.Command})
		w.role("all", `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)
		w.cloud.Do(func(s *awssim.State) {
			_, w.operator = s.CreateUser(awssim.User{Name: "operator", Policies: []*iam.Policy{w.parse(iam.Identity, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)}})
			s.Region(region).Launch(instance, []awssim.Tag{{Key: "Recovery", Value: "yes"}})
			s.Region(region).CreateTopic(awssim.Topic{Name: "Automation"})
		})
		defer w.aws.Close()
		defer w.engine.Close()
		test(w)
	})
}

func (w *world) parse(kind iam.Kind, statement string) *iam.Policy {
	w.Helper()
	var document any
	if err := json.Unmarshal([]byte(`{"Statement": [`+statement+`]}`), &document); err != nil {
		w.Fatal(err)
	}
	p, err := iam.Parse(kind, "policy", document)
	if err != nil {
		w.Fatal(err)
	}
	return p
}

// role makes a role that Systems Manager may assume, with a statement.
func (w *world) role(name, statement string) {
	trust := w.parse(iam.Trust, `{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole",
		"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:ssm:us-east-2:123456789012:automation-execution/*"}}}`)
	policy := w.parse(iam.Identity, statement)
	w.cloud.Do(func(s *awssim.State) {
		s.CreateRole(awssim.Role{Name: name, Trust: trust, Policies: []*iam.Policy{policy}})
	})
}

// document is a document with steps that runs as a role.
func document(role, steps string) string {
	return `{"schemaVersion": "0.3", "assumeRole": "arn:aws:iam::123456789012:role/` + role + `",
		"parameters": {"InstanceId": {"type": "String", "default": "` + instance + `", "allowedPattern": "^i-[0-9a-f]{17}$"}, "Choice": {"type": "String", "default": "no"}},
		"mainSteps": [` + steps + `]}`
}

// start starts an automation of a document and returns its id.
func (w *world) start(content string, parameters map[string]any) string {
	w.Helper()
	w.cloud.Do(func(s *awssim.State) {
		s.Region(region).CreateDocument(awssim.Document{Name: "doc", Type: "Automation", Versions: []json.RawMessage{json.RawMessage(content)}, Default: 1})
	})
	out, err := w.call("StartAutomationExecution", map[string]any{"DocumentName": "doc", "Parameters": parameters})
	if err != nil {
		w.Fatal(err)
	}
	return out["AutomationExecutionId"].(string)
}

// call calls Systems Manager as the operator.
func (w *world) call(operation string, input map[string]any) (map[string]any, error) {
	w.Helper()
	out, err := w.aws.Do(w.Context(), endpoint.Request{Region: region, Service: "ssm", Operation: operation, Caller: w.operator, Input: input})
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(out)
	if err != nil {
		w.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		w.Fatal(err)
	}
	return m, nil
}

// ended is the automation once it has ended.
func (w *world) ended(id string) (a awssim.Automation) {
	w.Helper()
	for range 20_000 {
		w.cloud.Do(func(s *awssim.State) { a, _ = s.Region(region).Automations.Get(id) })
		if a.HasEnded() {
			return a
		}
		time.Sleep(time.Minute)
	}
	w.Fatalf("it has not ended: %+v", a)
	return a
}

// now is the automation as soon as nothing more happens.
func (w *world) now(id string) (a awssim.Automation) {
	synctest.Wait()
	w.cloud.Do(func(s *awssim.State) { a, _ = s.Region(region).Automations.Get(id) })
	return a
}

func (w *world) want(what string, got, want any) {
	w.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// script are the steps of the recovery stack's runbook.
const script = `
	{"name": "start", "action": "aws:changeInstanceState", "timeoutSeconds": 900, "inputs": {"InstanceIds": ["{{ InstanceId }}"], "CheckStateOnly": false, "DesiredState": "running"}},
	{"name": "wait", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 900, "inputs": {"Service": "ssm", "Api": "DescribeInstanceInformation",
		"Filters": [{"Key": "InstanceIds", "Values": ["{{ InstanceId }}"]}], "PropertySelector": "$.InstanceInformationList[0].PingStatus", "DesiredValues": ["Online"]}},
	{"name": "run", "action": "aws:runCommand", "maxAttempts": 3, "timeoutSeconds": 60, "inputs": {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["{{InstanceId}}"],
		"Parameters": {"commands": ["export ID='{{ InstanceId }}'", "echo $ID"], "executionTimeout": ["30"]}}}`

func TestRunbook(t *testing.T) {
	inWorld(t, func(w *world) {
		a := w.ended(w.start(document("all", script), map[string]any{"InstanceId": []any{instance}}))
		w.want("status", a.Status+a.Failure, "Success")
		w.want("script", w.scripts[0].Text, "export ID='"+instance+"'\necho $ID\n")
		w.want("time", w.scripts[0].Timeout, 30*time.Second)
		w.want("environment", w.scripts[0].Env, "[AWS_SSM_INSTANCE_ID="+instance+" AWS_SSM_REGION_NAME="+region+"]")
		w.want("output", a.Steps[2].Outputs["Output"], "[done\n]")
		w.want("waited for the checks", a.Steps[0].Ended.Sub(a.Started) >= time.Minute, true)
	})
}

func TestStartsAStoppedServer(t *testing.T) {
	inWorld(t, func(w *world) {
		time.Sleep(time.Hour)
		w.cloud.Do(func(s *awssim.State) { s.Region(region).StopInstance(instance) })
		a := w.ended(w.start(document("all", script), nil)) // while it is stopping
		w.want("status", a.Status+a.Failure, "Success")
		w.want("scripts", len(w.scripts), 1)
	})
}

// The role decides over every call of a step.
func TestRoles(t *testing.T) {
	const restricted = `{"Effect": "Allow", "Action": ["ec2:Describe*", "ssm:Describe*", "ssm:List*"], "Resource": "*"},
		{"Effect": "Allow", "Action": "ec2:StartInstances", "Resource": "arn:aws:ec2:us-east-2:123456789012:instance/*", "Condition": {"StringEquals": {"aws:ResourceTag/Recovery": "%s"}}},
		{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "arn:aws:ssm:us-east-2::document/AWS-RunShellScript"},
		{"Effect": "Allow", "Action": "ssm:SendCommand", "Resource": "arn:aws:ec2:us-east-2:123456789012:instance/*", "Condition": {"StringEquals": {"ssm:resourceTag/Recovery": "%s"}}}`
	tests := []struct{ name, role, status, failure string }{
		{"tagged", fmt.Sprintf(restricted, "yes", "yes"), "Success", ""},
		{"another tag", fmt.Sprintf(restricted, "no", "yes"), "Failed", "ec2:StartInstances on resource: arn:aws:ec2:us-east-2:123456789012:instance/" + instance},
		{"another tag for scripts", fmt.Sprintf(restricted, "yes", "no"), "Failed", "ssm:SendCommand on resource: arn:aws:ec2:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				w.role("own", tt.role)
				a := w.ended(w.start(document("own", script), nil))
				if a.Status != tt.status || !strings.Contains(a.Failure, tt.failure) {
					t.Errorf("got %s: %s", a.Status, a.Failure)
				}
			})
		})
	}
	inWorld(t, func(w *world) {
		w.cloud.Do(func(s *awssim.State) {
			trust := w.parse(iam.Trust, `{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}`)
			s.CreateRole(awssim.Role{Name: "foreign", Trust: trust})
		})
		a := w.ended(w.start(document("foreign", script), nil))
		w.want("not assumed", strings.Contains(a.Failure, "sts:AssumeRole"), true)
	})
}

func TestAttempts(t *testing.T) {
	inWorld(t, func(w *world) {
		failures := 2
		w.result = func(sandbox.Script) (sandbox.Result, error) {
			if failures--; failures >= 0 {
				return sandbox.Result{ExitCode: 3, Stderr: "no\n"}, nil
			}
			return sandbox.Result{}, nil
		}
		a := w.ended(w.start(document("all", script), nil))
		w.want("status", a.Status, "Success")
		failures = 3
		a = w.ended(w.start(document("all", script), nil))
		w.want("status", a.Status, "Failed")
		w.want("why", strings.Contains(a.Failure, "Status=[Failed], ResponseCode=[3], Output=[no\n]"), true)
		w.want("runs", len(w.scripts), 6)
	})
}

func TestScriptThatCannotBeConfined(t *testing.T) {
	inWorld(t, func(w *world) {
		w.result = func(sandbox.Script) (sandbox.Result, error) { return sandbox.Result{}, sandbox.ErrRefused }
		a := w.ended(w.start(document("all", script), nil))
		if a.Status != "Failed" || !strings.Contains(a.Failure, sandbox.ErrRefused.Error()) {
			t.Errorf("got %s: %s", a.Status, a.Failure)
		}
	})
}

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

func TestManyAtATime(t *testing.T) {
	inWorld(t, func(w *world) {
		content := document("all", `{"name": "a", "action": "aws:sleep", "inputs": {"Duration": "PT1H"}}`)
		for range 150 {
			w.start(content, nil)
		}
		synctest.Wait()
		statuses := map[string]int{}
		w.cloud.Do(func(s *awssim.State) {
			for _, a := range s.Region(region).Automations.Values() {
				statuses[a.Status]++
			}
		})
		w.want("statuses", statuses, map[string]int{"InProgress": 100, "Pending": 50})
	})
}

func TestCommandRateControl(t *testing.T) {
	inWorld(t, func(w *world) {
		ids := []any{}
		w.cloud.Do(func(s *awssim.State) {
			for i := range 10 {
				ids = append(ids, s.Region(region).Launch(fmt.Sprintf("i-%017d", i), nil).ID)
			}
		})
		time.Sleep(time.Hour)
		w.result = func(sandbox.Script) (sandbox.Result, error) { return sandbox.Result{ExitCode: 1}, nil }
		out, err := w.call("SendCommand", map[string]any{
			"DocumentName": "AWS-RunShellScript", "InstanceIds": ids, "MaxConcurrency": "1", "MaxErrors": "20%",
			"Parameters": map[string]any{"commands": []any{"false"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		w.want("runs", len(w.scripts), 3) // two may fail, and the third ends it
		w.cloud.Do(func(s *awssim.State) {
			c, _ := s.Region(region).Commands.Get(out["Command"].(map[string]any)["CommandId"].(string))
			statuses := map[string]int{}
			for _, i := range c.Invocations {
				statuses[i.Status]++
			}
			w.want("statuses", statuses, map[string]int{"Failed": 3, "Cancelled": 7})
			w.want("status", c.Status, "Failed")
		})
	})
}

func TestPowerShellIsRefused(t *testing.T) {
	inWorld(t, func(w *world) {
		steps := strings.ReplaceAll(script, "AWS-RunShellScript", "AWS-RunPowerShellScript")
		a := w.ended(w.start(document("all", steps), nil))
		if !strings.Contains(a.Failure, "scripts for PowerShell are not run") || len(w.scripts) > 0 {
			t.Errorf("got %s", a.Failure)
		}
	})
}

func TestCheck(t *testing.T) {
	good := document("all", script)
	if err := automation.Check([]byte(good)); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]string{
		"no JSON":        "{",
		"other schema":   strings.Replace(good, "0.3", "2.2", 1),
		"unknown member": strings.Replace(good, `"mainSteps"`, `"steps"`, 1),
		"unknown step":   strings.Replace(good, `"action": "aws:runCommand"`, `"action": "aws:runCommand", "nextStep": "none"`, 1),
		"same name":      strings.Replace(good, `"name": "wait"`, `"name": "start"`, 1),
		"no steps":       document("all", ""),
	} {
		if automation.Check([]byte(bad)) == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

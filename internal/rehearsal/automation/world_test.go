package automation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/awssim/iam/iamtest"
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
			_, w.operator = s.CreateUser(awssim.User{Name: "operator", Policies: []*iam.Policy{iamtest.Policy(w, iam.Identity, `{"Effect": "Allow", "Action": "*", "Resource": "*"}`)}})
			s.Region(region).Launch(instance, []awssim.Tag{{Key: "Recovery", Value: "yes"}})
			s.Region(region).CreateTopic(awssim.Topic{Name: "Automation"})
		})
		defer w.aws.Close()
		defer w.engine.Close()
		test(w)
	})
}

// role makes a role that Systems Manager may assume, with a statement.
func (w *world) role(name, statement string) {
	trust := iamtest.Policy(w, iam.Trust, `{"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole",
		"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:ssm:us-east-2:123456789012:automation-execution/*"}}}`)
	policy := iamtest.Policy(w, iam.Identity, statement)
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

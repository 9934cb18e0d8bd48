package automation_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/awssim/iam/iamtest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/automation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/sandbox"
)

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
			trust := iamtest.Policy(w, iam.Trust, `{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}`)
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

package provision_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

// runs runs a pipeline of the deployed application whose functions succeed, with everything that is asked for approved, and returns
// its last state, and the functions with the phases that they were invoked for.
func (d deployment) runs(t *testing.T, region, pipeline string, variables map[string]string) (e awssim.PipelineExecution, invoked []string) {
	t.Helper()
	d.do(func(s *awssim.State) {
		r := s.Region(region)
		for name, f := range r.Functions.All() {
			if strings.HasPrefix(name, pipeline+"-") {
				f.Invoke = func(_ context.Context, _ string, payload []byte) (awssim.InvokeResult, error) {
					return awssim.InvokeResult{}, d.succeed(region, payload, func(phase string) {
						invoked = append(invoked, strings.TrimPrefix(name, pipeline+"-")+" "+phase)
					})
				}
				r.Functions.Put(name, f)
			}
		}
	})
	changed := make(chan struct{}, 1000)
	executor := codepipeline.New(codepipeline.Options{
		Cloud: d.cloud, Event: func(awssim.PipelineEvent) { changed <- struct{}{} },
		Refused: func(r codepipeline.Refusal) { t.Errorf("%s may not %s %s", r.Role, r.Action, r.Resource) },
	})
	defer executor.Close()
	d.do(func(s *awssim.State) {
		id, err := codepipeline.Start(s, s.Region(region), codepipeline.StartInput{Pipeline: pipeline, Variables: variables})
		if err != nil {
			t.Error(err)
		}
		e.ID, e.Status = id, codepipeline.InProgress
	})
	for e.Status == codepipeline.InProgress {
		<-changed
		d.do(func(s *awssim.State) { e = approveAll(t, s, region, pipeline, e.ID) })
	}
	return e, invoked
}

// approveAll says yes to what waits for it, and returns the execution.
func approveAll(t *testing.T, s *awssim.State, region, pipeline, id string) awssim.PipelineExecution {
	t.Helper()
	e, _ := s.Region(region).PipelineExecutions.Get(id)
	for _, a := range e.Actions {
		if a.Token == "" || a.Status != codepipeline.InProgress {
			continue
		}
		_, err := codepipeline.Approve(s, s.Region(region), codepipeline.Decision{
			Pipeline: pipeline, Stage: a.Stage, Action: a.Action, Token: a.Token, Approved: true, Summary: "yes",
		})
		if err != nil {
			t.Error(err)
		}
	}
	return e
}

// succeed answers a job with the variables that later actions refer to.
func (d deployment) succeed(region string, payload []byte, note func(phase string)) (err error) {
	var event struct {
		Job struct {
			ID   string
			Data struct {
				ActionConfiguration struct {
					Configuration struct{ UserParameters string }
				}
			}
		} `json:"CodePipeline.job"`
	}
	var parameters struct{ Phase string }
	if err := json.Unmarshal(payload, &event); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(event.Job.Data.ActionConfiguration.Configuration.UserParameters), &parameters); err != nil {
		return err
	}
	d.do(func(s *awssim.State) {
		note(parameters.Phase)
		err = codepipeline.Succeed(s, s.Region(region), event.Job.ID, codepipeline.JobResult{OutputVariables: map[string]string{"Summary": "fine"}})
	})
	return err
}

// TestFailoverPipelinesRun runs the pipelines as they are synthesized: source, permissions, variables, approvals, and the conditions
// that skip the stages of drills.
func TestFailoverPipelinesRun(t *testing.T) {
	there := []string{"Assess there", "Move there", "Verify there", "Report there"}
	for _, test := range []struct {
		region, pipeline, mode string
		want                   []string
	}{
		{"us-east-2", "ToDoMgmt-failover", "switchover", there},
		{"us-east-1", "ToDoMgmt-failback", "failback", there},
		{"us-east-2", "ToDoMgmt-failover", "drill", append(there, "Move back", "Verify back", "Report back")},
	} {
		t.Run(test.pipeline+" "+test.mode, func(t *testing.T) {
			d := deployApplication(t)
			e, invoked := d.runs(t, test.region, test.pipeline, map[string]string{"reason": "a test", "mode": test.mode})
			if e.Status != codepipeline.Succeeded {
				t.Errorf("got status %s: %+v", e.Status, e.Actions[len(e.Actions)-1])
			}
			if diff := cmp.Diff(test.want, invoked); diff != "" {
				t.Errorf("invoked (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFailoverPipelinesDoNotStartByThemselves: they begin with nothing but somebody's reason.
func TestFailoverPipelinesDoNotStartByThemselves(t *testing.T) {
	d := deployApplication(t)
	d.do(func(s *awssim.State) {
		for pipeline, region := range map[string]string{"ToDoMgmt-failover": "us-east-2", "ToDoMgmt-failback": "us-east-1"} {
			p, ok := s.Region(region).Pipelines.Get(pipeline)
			if !ok || len(p.Executions) > 0 {
				t.Errorf("%s: got executions %v when it was created", pipeline, p.Executions)
			}
			if _, err := codepipeline.Start(s, s.Region(region), codepipeline.StartInput{Pipeline: pipeline}); err == nil {
				t.Errorf("%s starts without a reason", pipeline)
			}
		}
	})
}

package endpoint_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	runner "github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// pipelineFixture is a fixture with a pipeline that is run: a source, a function, an approval. The function's jobs come in the channel.
type pipelineFixture struct {
	*fixture

	client *codepipeline.Client
	jobs   chan string
	events chan awssim.PipelineEvent
}

func newPipelineFixture(t *testing.T) *pipelineFixture {
	t.Helper()
	f := &pipelineFixture{fixture: newFixture(t), jobs: make(chan string, 100), events: make(chan awssim.PipelineEvent, 1000)}
	f.client = codepipeline.NewFromConfig(f.config(primary))
	everything := f.policy("Everything", `{"Statement": {"Effect": "Allow", "Action": ["s3:*", "lambda:*"], "Resource": "*"}}`)
	var role awssim.Role
	f.do(func(s *awssim.State) {
		role = s.CreateRole(awssim.Role{Name: "Pipeline", Policies: []*iam.Policy{everything}})
		s.CreateBucket(awssim.Bucket{Name: "source", Region: primary})
		s.CreateBucket(awssim.Bucket{Name: "artifacts", Region: primary})
		s.PutObject("source", awssim.Object{Key: "nominal.zip"})
	})
	f.in(primary, func(r *awssim.Region) {
		r.CreateFunction(awssim.Function{Name: "assess", Invoke: f.invoke})
		r.CreatePipeline(awssim.Pipeline{PipelineDeclaration: declaration(role.ARN)})
	})
	executor := runner.New(runner.Options{Cloud: f.cloud, Event: func(e awssim.PipelineEvent) { f.events <- e }})
	t.Cleanup(executor.Close)
	return f
}

func declaration(role string) awssim.PipelineDeclaration {
	action := func(name, category, provider string, configuration map[string]string) awssim.PipelineAction {
		return awssim.PipelineAction{
			Name: name, RunOrder: 1, TypeID: awssim.ActionType{Category: category, Owner: "AWS", Provider: provider, Version: "1"},
			Configuration: configuration, Namespace: name + "Variables",
		}
	}
	source := action("Nominal", "Source", "S3", map[string]string{"S3Bucket": "source", "S3ObjectKey": "nominal.zip"})
	source.OutputArtifacts = []awssim.OutputArtifact{{Name: "Nothing"}}
	check := &awssim.StageConditions{Conditions: []awssim.StageCondition{{Result: "FAIL", Rules: []awssim.PipelineRule{{
		Name: "IsDrill", TypeID: awssim.ActionType{Category: "Rule", Owner: "AWS", Provider: "VariableCheck", Version: "1"},
		Configuration: map[string]string{"Variable": "#{variables.mode}", "Operator": "EQ", "Value": "drill"},
	}}}}}
	return awssim.PipelineDeclaration{
		Name: "failover", RoleARN: role, PipelineType: "V2", ExecutionMode: runner.Queued,
		ArtifactStore: &awssim.ArtifactStore{Location: "artifacts", Type: "S3"},
		Variables:     []awssim.PipelineVariable{{Name: "mode", DefaultValue: "drill", Description: "What to do"}},
		Stages: []awssim.PipelineStage{
			{Name: "Source", Actions: []awssim.PipelineAction{source}},
			{Name: "Assess", BeforeEntry: check, Actions: []awssim.PipelineAction{action("Ask", "Invoke", "Lambda", map[string]string{"FunctionName": "assess"})}},
			{Name: "Approve", Actions: []awssim.PipelineAction{action("Decide", "Approval", "Manual", map[string]string{"CustomData": "#{AskVariables.lag}"})}},
		},
	}
}

// invoke passes the job's id on.
func (f *pipelineFixture) invoke(_ context.Context, _ string, payload []byte) (awssim.InvokeResult, error) {
	var event struct {
		Job struct{ ID string } `json:"CodePipeline.job"`
	}
	err := json.Unmarshal(payload, &event)
	f.jobs <- event.Job.ID
	return awssim.InvokeResult{}, err
}

// await returns when the stage, or, without one, the pipeline, has got to the state.
func (f *pipelineFixture) await(stage, state string) {
	f.Helper()
	for {
		select {
		case e := <-f.events:
			name, _ := e.Detail["stage"].(string)
			if _, action := e.Detail["action"]; name == stage && e.Detail["state"] == state && !action {
				return
			}
		case <-time.After(10 * time.Second):
			f.Fatalf("stage %q does not get to state %s", stage, state)
		}
	}
}

// awaitApproval returns the token of the approval once it is asked for.
func (f *pipelineFixture) awaitApproval() *string {
	f.Helper()
	for e := range f.events {
		if e.Detail["action"] == "Decide" && e.Detail["state"] == "STARTED" {
			break
		}
	}
	state := must(f.client.GetPipelineState(f.Context(), &codepipeline.GetPipelineStateInput{Name: aws.String("failover")}))(f.T)
	return state.StageStates[2].ActionStates[0].LatestExecution.Token
}

func (f *pipelineFixture) start(mode string) string {
	f.Helper()
	return *must(f.client.StartPipelineExecution(f.Context(), &codepipeline.StartPipelineExecutionInput{
		Name: aws.String("failover"), Variables: []types.PipelineVariable{{Name: aws.String("mode"), Value: &mode}},
	}))(f.T).PipelineExecutionId
}

func TestPipelineRun(t *testing.T) {
	f := newPipelineFixture(t)
	ctx, name := t.Context(), aws.String("failover")
	id := f.start("drill")
	job := <-f.jobs
	details := must(f.client.GetJobDetails(ctx, &codepipeline.GetJobDetailsInput{JobId: &job}))(t)
	equal(t, "function", details.JobDetails.Data.ActionConfiguration.Configuration["FunctionName"], "assess")
	must(f.client.PutJobSuccessResult(ctx, &codepipeline.PutJobSuccessResultInput{JobId: &job, ContinuationToken: aws.String("more")}))(t)
	next := <-f.jobs
	must(f.client.PutJobSuccessResult(ctx, &codepipeline.PutJobSuccessResultInput{
		JobId: &next, OutputVariables: map[string]string{"lag": "3 s"},
		ExecutionDetails: &types.ExecutionDetails{Summary: aws.String("go"), ExternalExecutionId: aws.String("run-1"), PercentComplete: aws.Int32(100)},
	}))(t)
	token := f.awaitApproval()
	approved := must(f.client.PutApprovalResult(ctx, &codepipeline.PutApprovalResultInput{
		PipelineName: name, StageName: aws.String("Approve"), ActionName: aws.String("Decide"), Token: token,
		Result: &types.ApprovalResult{Status: types.ApprovalStatusApproved, Summary: aws.String("do it")},
	}))(t)
	if approved.ApprovedAt == nil {
		t.Error("no time of the approval")
	}
	f.await("", "SUCCEEDED")
	execution := must(f.client.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: name, PipelineExecutionId: &id}))(t).PipelineExecution
	equal(t, "status", execution.Status, types.PipelineExecutionStatusSucceeded)
	equal(t, "mode", *execution.Variables[0].ResolvedValue, "drill")
	equal(t, "trigger", execution.Trigger.TriggerType, types.TriggerTypeStartPipelineExecution)
	equal(t, "revision", *execution.ArtifactRevisions[0].Name, "Nothing")
	f.wantHistory(id)
}

// wantHistory fails unless the lists show the execution that has succeeded.
func (f *pipelineFixture) wantHistory(id string) {
	f.Helper()
	ctx, name, t := f.Context(), aws.String("failover"), f.T
	summaries := must(f.client.ListPipelineExecutions(ctx, &codepipeline.ListPipelineExecutionsInput{PipelineName: name}))(t).PipelineExecutionSummaries
	equal(t, "executions", len(summaries), 1)
	equal(t, "execution", *summaries[0].PipelineExecutionId, id)
	equal(t, "source", *summaries[0].SourceRevisions[0].ActionName, "Nominal")
	first := must(f.client.ListActionExecutions(ctx, &codepipeline.ListActionExecutionsInput{PipelineName: name, MaxResults: aws.Int32(2)}))(t)
	rest := must(f.client.ListActionExecutions(ctx, &codepipeline.ListActionExecutionsInput{PipelineName: name, NextToken: first.NextToken}))(t)
	var got []string
	for _, d := range append(first.ActionExecutionDetails, rest.ActionExecutionDetails...) {
		got = append(got, *d.ActionName+" "+string(d.Status))
	}
	if diff := cmp.Diff([]string{"Decide Succeeded", "Ask Succeeded", "Nominal Succeeded"}, got); diff != "" {
		t.Errorf("actions (-want +got):\n%s", diff)
	}
	decide, ask := first.ActionExecutionDetails[0], first.ActionExecutionDetails[1]
	equal(t, "resolved", decide.Input.ResolvedConfiguration["CustomData"], "3 s")
	equal(t, "approver", *decide.UpdatedBy, f.operator.ARN)
	equal(t, "variable", ask.Output.OutputVariables["lag"], "3 s")
	equal(t, "summary", *ask.Output.ExecutionResult.ExternalExecutionSummary, "go")
	none := must(f.client.ListActionExecutions(ctx, &codepipeline.ListActionExecutionsInput{
		PipelineName: name, Filter: &types.ActionExecutionFilter{PipelineExecutionId: aws.String("other")},
	}))(t)
	equal(t, "actions of another execution", len(none.ActionExecutionDetails), 0)
}

func TestPipelineFailsAndIsRetried(t *testing.T) {
	f := newPipelineFixture(t)
	ctx, name := t.Context(), aws.String("failover")
	id := f.start("drill")
	must(f.client.PutJobFailureResult(ctx, &codepipeline.PutJobFailureResultInput{
		JobId: aws.String(<-f.jobs), FailureDetails: &types.FailureDetails{Type: types.FailureTypeJobFailed, Message: aws.String("too far behind")},
	}))(t)
	f.await("", "FAILED")
	state := must(f.client.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: name}))(t).StageStates[1]
	equal(t, "stage", state.LatestExecution.Status, types.StageExecutionStatusFailed)
	equal(t, "rule", state.BeforeEntryConditionState.ConditionStates[0].RuleStates[0].LatestExecution.Status, types.RuleExecutionStatusSucceeded)
	equal(t, "error", *state.ActionStates[0].LatestExecution.ErrorDetails.Message, "too far behind")
	must(f.client.RetryStageExecution(ctx, &codepipeline.RetryStageExecutionInput{
		PipelineName: name, StageName: aws.String("Assess"), PipelineExecutionId: &id, RetryMode: types.StageRetryModeFailedActions,
	}))(t)
	<-f.jobs
	must(f.client.StopPipelineExecution(ctx, &codepipeline.StopPipelineExecutionInput{
		PipelineName: name, PipelineExecutionId: &id, Abandon: true, Reason: aws.String("enough"),
	}))(t)
	f.await("", "STOPPED")
	summary := must(f.client.ListPipelineExecutions(ctx, &codepipeline.ListPipelineExecutionsInput{PipelineName: name}))(t).PipelineExecutionSummaries[0]
	equal(t, "reason", *summary.StopTrigger.Reason, "enough")
}

func TestPipelineStructure(t *testing.T) {
	f := newPipelineFixture(t)
	ctx, name := t.Context(), aws.String("failover")
	equal(t, "name", *must(f.client.ListPipelines(ctx, nil))(t).Pipelines[0].Name, "failover")
	p := must(f.client.GetPipeline(ctx, &codepipeline.GetPipelineInput{Name: name}))(t)
	equal(t, "ARN", *p.Metadata.PipelineArn, "arn:aws:codepipeline:us-east-1:123456789012:failover")
	equal(t, "mode", p.Pipeline.ExecutionMode, types.ExecutionModeQueued)
	equal(t, "variable", *p.Pipeline.Variables[0].DefaultValue, "drill")
	equal(t, "rule", *p.Pipeline.Stages[1].BeforeEntry.Conditions[0].Rules[0].RuleTypeId.Provider, "VariableCheck")
	must(f.client.DisableStageTransition(ctx, &codepipeline.DisableStageTransitionInput{
		PipelineName: name, StageName: aws.String("Assess"), TransitionType: types.StageTransitionTypeInbound, Reason: aws.String("not now"),
	}))(t)
	id := f.start("drill")
	f.await("Source", "SUCCEEDED")
	state := must(f.client.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: name}))(t).StageStates[1]
	equal(t, "transition", state.InboundTransitionState.Enabled, false)
	equal(t, "reason", *state.InboundTransitionState.DisabledReason, "not now")
	equal(t, "inbound", *state.InboundExecutions[0].PipelineExecutionId, id)
	must(f.client.EnableStageTransition(ctx, &codepipeline.EnableStageTransitionInput{
		PipelineName: name, StageName: aws.String("Assess"), TransitionType: types.StageTransitionTypeInbound,
	}))(t)
	<-f.jobs
}

// TestPipelineErrors asks for what there is not.
func TestPipelineErrors(t *testing.T) {
	f := newPipelineFixture(t)
	ctx, name, other := t.Context(), aws.String("failover"), aws.String("other")
	tests := map[string]func() error{
		"PipelineNotFoundException": func() error {
			_, err := f.client.GetPipelineState(ctx, &codepipeline.GetPipelineStateInput{Name: other})
			return err
		},
		"PipelineExecutionNotFoundException": func() error {
			_, err := f.client.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: name, PipelineExecutionId: other})
			return err
		},
		"JobNotFoundException": func() error {
			_, err := f.client.PutJobSuccessResult(ctx, &codepipeline.PutJobSuccessResultInput{JobId: other})
			return err
		},
		"InvalidNextTokenException": func() error {
			_, err := f.client.ListPipelineExecutions(ctx, &codepipeline.ListPipelineExecutionsInput{PipelineName: name, NextToken: other})
			return err
		},
		"ValidationException": func() error {
			_, err := f.client.ListActionExecutions(ctx, &codepipeline.ListActionExecutionsInput{PipelineName: name, MaxResults: aws.Int32(0)})
			return err
		},
		"InvalidApprovalTokenException": func() error {
			_, err := f.client.PutApprovalResult(ctx, &codepipeline.PutApprovalResultInput{
				PipelineName: name, StageName: aws.String("Approve"), ActionName: aws.String("Decide"), Token: other,
				Result: &types.ApprovalResult{Status: types.ApprovalStatusApproved, Summary: aws.String("")},
			})
			return err
		},
	}
	for code, call := range tests {
		f.wantCode(call(), code)
	}
	status, _, body := f.send(raw{"POST", "/", `{"jobId": "x", "outputVariables": {"a": 1}}`, map[string]string{"X-Amz-Target": "CodePipeline_20150709.PutJobSuccessResult"}, "codepipeline"})
	if status != 400 || !cmp.Equal(body, `{"__type":"SerializationException","message":"outputVariables.a: expected string"}`) {
		t.Errorf("got %d %s", status, body)
	}
}

// TestPipelinePermissions asks with roles that may do other things.
func TestPipelinePermissions(t *testing.T) {
	f := newPipelineFixture(t)
	const arn = "arn:aws:codepipeline:us-east-1:123456789012:failover"
	name := aws.String("failover")
	decide := func(c *codepipeline.Client) error {
		_, err := c.PutApprovalResult(t.Context(), &codepipeline.PutApprovalResultInput{
			PipelineName: name, StageName: aws.String("Approve"), ActionName: aws.String("Decide"), Token: aws.String("x"),
			Result: &types.ApprovalResult{Status: types.ApprovalStatusRejected, Summary: aws.String("")},
		})
		return err
	}
	client := func(role, action, resource string) *codepipeline.Client {
		return codepipeline.NewFromConfig(f.configOf(primary, f.role(role, `{"Statement": {"Effect": "Allow", "Action": "`+action+`", "Resource": "`+resource+`"}}`)))
	}
	f.wantCode(decide(client("Whole", "codepipeline:PutApprovalResult", arn)), "AccessDeniedException")
	f.wantCode(decide(client("Other", "codepipeline:PutApprovalResult", arn+"/Approve/Other")), "AccessDeniedException")
	f.wantCode(decide(client("Approver", "codepipeline:PutApprovalResult", arn+"/Approve/Decide")), "InvalidApprovalTokenException")
	_, err := client("Starter", "codepipeline:StartPipelineExecution", arn).StartPipelineExecution(t.Context(), &codepipeline.StartPipelineExecutionInput{Name: name})
	if err != nil {
		t.Error(err)
	}
	_, err = client("Narrow", "codepipeline:PutJobSuccessResult", arn).PutJobSuccessResult(t.Context(), &codepipeline.PutJobSuccessResultInput{JobId: aws.String("x")})
	f.wantCode(err, "AccessDeniedException") // the action has no resource types
	<-f.jobs
}

package endpoint

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

// codePipeline is CodePipeline. What changes pipelines, job workers, webhooks, rollback, and overriding conditions are left out.
// Package codepipeline runs the pipelines.
func codePipeline() *service {
	pipeline := func(member string, levels ...string) func(*Call) []string {
		return on(func(c *Call) string {
			path := []string{c.arn(func(r *awssim.Region) string { return r.PipelineARN(c.Str(member)) })}
			for _, level := range levels {
				path = append(path, c.Str(level))
			}
			return strings.Join(path, "/")
		})
	}
	return &service{
		name:      "codepipeline",
		protocols: []protocol{jsonRPC{version: "1.1"}},
		operations: []operation{
			{name: "ListPipelines", do: listPipelines},
			{name: "GetPipeline", resources: pipeline("name"), do: getPipeline},
			{name: "GetPipelineState", resources: pipeline("name"), do: getPipelineState},
			{name: "GetPipelineExecution", resources: pipeline("pipelineName"), do: getPipelineExecution},
			{name: "ListPipelineExecutions", resources: pipeline("pipelineName"), do: listPipelineExecutions},
			{name: "ListActionExecutions", resources: pipeline("pipelineName"), do: listActionExecutions},
			{name: "StartPipelineExecution", resources: pipeline("name"), do: startPipelineExecution},
			{name: "StopPipelineExecution", resources: pipeline("pipelineName"), do: stopPipelineExecution},
			{name: "RetryStageExecution", resources: pipeline("pipelineName", "stageName"), do: retryStageExecution},
			{name: "EnableStageTransition", resources: pipeline("pipelineName", "stageName"), do: enableStageTransition},
			{name: "DisableStageTransition", resources: pipeline("pipelineName", "stageName"), do: disableStageTransition},
			{name: "PutApprovalResult", resources: pipeline("pipelineName", "stageName", "actionName"), do: putApprovalResult},
			{name: "PutJobSuccessResult", do: putJobSuccessResult},
			{name: "PutJobFailureResult", do: putJobFailureResult},
			{name: "GetJobDetails", do: getJobDetails},
		},
	}
}

// pipelineFailure is how CodePipeline answers what package codepipeline refuses.
func pipelineFailure(err error) error {
	if refused, ok := errors.AsType[*codepipeline.Error](err); ok {
		return failure(http.StatusBadRequest, refused.Code, "%s", refused.Message)
	}
	return err
}

// onPipelines runs an operation of package codepipeline.
func onPipelines(c *Call, f func(*awssim.State, *awssim.Region) error) (err error) {
	c.do(func(s *awssim.State, r *awssim.Region) { err = f(s, r) })
	return pipelineFailure(err)
}

// executionID is the answer of operations on executions.
type executionID struct {
	ID string `json:"pipelineExecutionId"`
}

func startPipelineExecution(_ context.Context, c *Call) (any, error) {
	var in struct {
		Name        string `json:"name"`
		ClientToken string `json:"clientRequestToken"`
		Variables   []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"variables"`
		Revisions []struct {
			Action string `json:"actionName"`
			Type   string `json:"revisionType"`
			Value  string `json:"revisionValue"`
		} `json:"sourceRevisions"`
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	start := codepipeline.StartInput{
		Pipeline: in.Name, ClientToken: in.ClientToken, Variables: map[string]string{}, Overrides: map[string]awssim.RevisionOverride{},
		Trigger: awssim.ExecutionTrigger{Type: "StartPipelineExecution", Detail: c.Caller.ARN},
	}
	for _, v := range in.Variables {
		start.Variables[v.Name] = v.Value
	}
	for _, r := range in.Revisions {
		start.Overrides[r.Action] = awssim.RevisionOverride{Type: r.Type, Value: r.Value}
	}
	var out executionID
	err := onPipelines(c, func(s *awssim.State, r *awssim.Region) (err error) {
		out.ID, err = codepipeline.Start(s, r, start)
		return err
	})
	return out, err
}

func stopPipelineExecution(_ context.Context, c *Call) (any, error) {
	var in struct {
		Pipeline string `json:"pipelineName"`
		ID       string `json:"pipelineExecutionId"`
		Abandon  bool   `json:"abandon"`
		Reason   string `json:"reason"`
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	return executionID{in.ID}, onPipelines(c, func(s *awssim.State, r *awssim.Region) error {
		return codepipeline.Stop(s, r, in.Pipeline, in.ID, in.Reason, in.Abandon)
	})
}

func retryStageExecution(_ context.Context, c *Call) (any, error) {
	id := c.Str("pipelineExecutionId")
	return executionID{id}, onPipelines(c, func(s *awssim.State, r *awssim.Region) error {
		return codepipeline.Retry(s, r, c.Str("pipelineName"), c.Str("stageName"), id, c.Str("retryMode"))
	})
}

func enableStageTransition(_ context.Context, c *Call) (any, error) {
	return nil, onPipelines(c, func(s *awssim.State, r *awssim.Region) error {
		return codepipeline.SetTransition(s, r, c.Str("pipelineName"), c.Str("stageName"), c.Str("transitionType"), nil)
	})
}

func disableStageTransition(_ context.Context, c *Call) (any, error) {
	if c.Str("reason") == "" {
		return nil, failure(http.StatusBadRequest, "ValidationException", "reason must not be empty")
	}
	disabled := awssim.DisabledTransition{Reason: c.Str("reason"), By: c.Caller.ARN}
	return nil, onPipelines(c, func(s *awssim.State, r *awssim.Region) error {
		return codepipeline.SetTransition(s, r, c.Str("pipelineName"), c.Str("stageName"), c.Str("transitionType"), &disabled)
	})
}

func putApprovalResult(_ context.Context, c *Call) (any, error) {
	var in struct {
		Pipeline string `json:"pipelineName"`
		Stage    string `json:"stageName"`
		Action   string `json:"actionName"`
		Token    string `json:"token"`
		Result   struct {
			Status  string `json:"status"`
			Summary string `json:"summary"`
		} `json:"result"`
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	if in.Result.Status != "Approved" && in.Result.Status != "Rejected" {
		return nil, failure(http.StatusBadRequest, "ValidationException", "result.status must be Approved or Rejected, got '%s'", in.Result.Status)
	}
	var out struct {
		ApprovedAt *stamp `json:"approvedAt"`
	}
	err := onPipelines(c, func(s *awssim.State, r *awssim.Region) error {
		at, err := codepipeline.Approve(s, r, codepipeline.Decision{
			Pipeline: in.Pipeline, Stage: in.Stage, Action: in.Action, Token: in.Token,
			Approved: in.Result.Status == "Approved", Summary: in.Result.Summary, By: c.Caller.ARN,
		})
		out.ApprovedAt = stampOf(at)
		return err
	})
	return out, err
}

func putJobSuccessResult(_ context.Context, c *Call) (any, error) {
	var in struct {
		ID      string `json:"jobId"`
		Token   string `json:"continuationToken"`
		Details struct {
			Summary  string `json:"summary"`
			External string `json:"externalExecutionId"`
			Percent  int    `json:"percentComplete"`
		} `json:"executionDetails"`
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	result := codepipeline.JobResult{
		ContinuationToken: in.Token, ExternalID: in.Details.External, Summary: in.Details.Summary, PercentComplete: in.Details.Percent,
	}
	variables, _ := c.Input["outputVariables"].(map[string]any)
	for name, value := range variables {
		text, ok := value.(string)
		if !ok {
			return nil, failure(http.StatusBadRequest, "SerializationException", "outputVariables.%s: expected string", name)
		}
		if result.OutputVariables == nil {
			result.OutputVariables = map[string]string{}
		}
		result.OutputVariables[name] = text
	}
	return nil, onPipelines(c, func(s *awssim.State, r *awssim.Region) error { return codepipeline.Succeed(s, r, in.ID, result) })
}

func putJobFailureResult(_ context.Context, c *Call) (any, error) {
	var in struct {
		ID      string `json:"jobId"`
		Details struct {
			Type     string `json:"type"`
			Message  string `json:"message"`
			External string `json:"externalExecutionId"`
		} `json:"failureDetails"`
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	return nil, onPipelines(c, func(s *awssim.State, r *awssim.Region) error {
		return codepipeline.Fail(s, r, in.ID, awssim.ActionError{Code: in.Details.Type, Message: in.Details.Message}, in.Details.External)
	})
}

// getJobDetails shows what the function was invoked with. The type of action and the pipeline's context are left out.
func getJobDetails(_ context.Context, c *Call) (any, error) {
	j, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.PipelineJob, bool) {
		return r.PipelineJobs.Get(c.Str("jobId"))
	})
	if !ok {
		return nil, failure(http.StatusBadRequest, "JobNotFoundException", "No job with id '%s' was found in Region %s", c.Str("jobId"), c.Region)
	}
	var event struct {
		Details json.RawMessage `json:"CodePipeline.job"`
	}
	if err := json.Unmarshal(j.Details, &event); err != nil {
		return nil, err
	}
	return struct {
		Details json.RawMessage `json:"jobDetails"`
	}{event.Details}, nil
}

package endpoint

import (
	"context"
	"net/http"
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

// pageOf is the part of a list that a call asks for, and the token of the rest.
func pageOf[T any](c *Call, all []T) ([]T, string, error) {
	in := struct {
		Token string `json:"nextToken"`
		Max   int    `json:"maxResults"`
	}{Max: maxPipelines}
	if err := c.Bind(&in); err != nil {
		return nil, "", err
	}
	if in.Max < 1 {
		return nil, "", failure(http.StatusBadRequest, "ValidationException", "maxResults must be between 1 and %d", maxPipelines)
	}
	part, next, ok := page(all, in.Token, min(in.Max, maxPipelines))
	if !ok {
		return nil, "", failure(http.StatusBadRequest, "InvalidNextTokenException", "The next token is not valid")
	}
	return append([]T{}, part...), next, nil
}

// Members of GetPipelineExecution's answer, named and shown as in the CodePipeline API reference.
type (
	artifactRevision struct {
		Name    string `json:"name"`
		ID      string `json:"revisionId"`
		Summary string `json:"revisionSummary,omitempty"`
		Created *stamp `json:"created,omitempty"`
	}
	pipelineExecution struct {
		Pipeline  string                    `json:"pipelineName"`
		Version   int                       `json:"pipelineVersion"`
		ID        string                    `json:"pipelineExecutionId"`
		Status    string                    `json:"status"`
		Summary   string                    `json:"statusSummary,omitempty"`
		Revisions []artifactRevision        `json:"artifactRevisions"`
		Variables []awssim.ResolvedVariable `json:"variables,omitempty"`
		Trigger   awssim.ExecutionTrigger   `json:"trigger"`
		Mode      string                    `json:"executionMode"`
		Type      string                    `json:"executionType"`
	}
)

func getPipelineExecution(_ context.Context, c *Call) (any, error) {
	var e awssim.PipelineExecution
	err := onPipelines(c, func(_ *awssim.State, r *awssim.Region) (err error) {
		_, e, err = codepipeline.FindExecution(r, c.Str("pipelineName"), c.Str("pipelineExecutionId"))
		return err
	})
	if err != nil {
		return nil, err
	}
	out := pipelineExecution{
		Pipeline: e.Pipeline, Version: e.Version, ID: e.ID, Status: e.Status, Summary: e.Summary, Revisions: []artifactRevision{},
		Variables: e.Variables, Trigger: e.Trigger, Mode: e.Mode, Type: "STANDARD",
	}
	for _, a := range e.Actions {
		if a.Revision != nil && !a.Retried && len(a.Outputs) > 0 {
			out.Revisions = append(out.Revisions, artifactRevision{a.Outputs[0], a.Revision.ID, a.Revision.Summary, stampOf(a.Updated)})
		}
	}
	return struct {
		Execution pipelineExecution `json:"pipelineExecution"`
	}{out}, nil
}

// Members of ListPipelineExecutions' answer, named and shown as in the CodePipeline API reference.
type (
	stopTrigger struct {
		Reason string `json:"reason,omitempty"`
	}
	executionSummary struct {
		ID        string                  `json:"pipelineExecutionId"`
		Status    string                  `json:"status"`
		Summary   string                  `json:"statusSummary,omitempty"`
		Started   *stamp                  `json:"startTime"`
		Updated   *stamp                  `json:"lastUpdateTime"`
		Revisions []awssim.SourceRevision `json:"sourceRevisions"`
		Trigger   awssim.ExecutionTrigger `json:"trigger"`
		Stop      *stopTrigger            `json:"stopTrigger,omitempty"`
		Mode      string                  `json:"executionMode"`
		Type      string                  `json:"executionType"`
	}
)

func listPipelineExecutions(_ context.Context, c *Call) (any, error) {
	p, err := pipelineNamed(c, "pipelineName")
	if err != nil {
		return nil, err
	}
	all := []executionSummary{}
	for _, e := range executionsOf(c, p) {
		s := executionSummary{
			ID: e.ID, Status: e.Status, Summary: e.Summary, Started: stampOf(e.Started), Updated: stampOf(e.Updated),
			Revisions: []awssim.SourceRevision{}, Trigger: e.Trigger, Mode: e.Mode, Type: "STANDARD",
		}
		if e.Status == codepipeline.Stopping || e.Status == codepipeline.Stopped {
			s.Stop = &stopTrigger{e.StopReason}
		}
		for _, a := range e.Actions {
			if a.Revision != nil && !a.Retried {
				s.Revisions = append(s.Revisions, *a.Revision)
			}
		}
		all = append(all, s)
	}
	part, next, err := pageOf(c, all)
	return struct {
		Summaries []executionSummary `json:"pipelineExecutionSummaries"`
		Next      string             `json:"nextToken,omitempty"`
	}{part, next}, err
}

// pipelineNamed is the pipeline that a member of the input names.
func pipelineNamed(c *Call, member string) (p awssim.Pipeline, err error) {
	err = onPipelines(c, func(_ *awssim.State, r *awssim.Region) (err error) {
		p, err = codepipeline.FindPipeline(r, c.Str(member))
		return err
	})
	return p, err
}

// Members of ListActionExecutions' answer, named and shown as in the CodePipeline API reference.
type (
	actionDetail struct {
		ExecutionID string       `json:"pipelineExecutionId"`
		ID          string       `json:"actionExecutionId"`
		Version     int          `json:"pipelineVersion"`
		Stage       string       `json:"stageName"`
		Action      string       `json:"actionName"`
		Started     *stamp       `json:"startTime"`
		Updated     *stamp       `json:"lastUpdateTime"`
		UpdatedBy   string       `json:"updatedBy,omitempty"`
		Status      string       `json:"status"`
		Input       actionInput  `json:"input"`
		Output      actionOutput `json:"output"`
	}
	actionInput struct {
		Type      awssim.ActionType `json:"actionTypeId"`
		Given     map[string]string `json:"configuration,omitempty"`
		Resolved  map[string]string `json:"resolvedConfiguration,omitempty"`
		RoleARN   string            `json:"roleArn,omitempty"`
		Region    string            `json:"region"`
		Artifacts []artifactDetail  `json:"inputArtifacts"`
		Namespace string            `json:"namespace,omitempty"`
	}
	actionOutput struct {
		Artifacts []artifactDetail  `json:"outputArtifacts"`
		Result    actionResult      `json:"executionResult"`
		Variables map[string]string `json:"outputVariables,omitempty"`
	}
	actionResult struct {
		ExternalID string              `json:"externalExecutionId,omitempty"`
		Summary    string              `json:"externalExecutionSummary,omitempty"`
		Error      *awssim.ActionError `json:"errorDetails,omitempty"`
	}
	artifactDetail struct {
		Name     string  `json:"name"`
		Location s3Place `json:"s3location"`
	}
	s3Place struct {
		Bucket string `json:"bucket"`
		Key    string `json:"key"`
	}
)

// listActionExecutions shows each attempt of each action, the latest first.
func listActionExecutions(_ context.Context, c *Call) (any, error) {
	p, err := pipelineNamed(c, "pipelineName")
	if err != nil {
		return nil, err
	}
	var in struct {
		Filter struct {
			ID     string `json:"pipelineExecutionId"`
			Latest struct {
				ID string `json:"pipelineExecutionId"`
			} `json:"latestInPipelineExecution"`
		} `json:"filter"`
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	all := []actionDetail{}
	for _, e := range executionsOf(c, p) {
		if in.Filter.ID != "" && e.ID != in.Filter.ID || in.Filter.Latest.ID != "" && e.ID != in.Filter.Latest.ID {
			continue
		}
		for _, a := range slices.Backward(e.Actions) {
			if a.Condition == "" && (in.Filter.Latest.ID == "" || !a.Retried) {
				all = append(all, actionDetailOf(e, a))
			}
		}
	}
	part, next, err := pageOf(c, all)
	return struct {
		Details []actionDetail `json:"actionExecutionDetails"`
		Next    string         `json:"nextToken,omitempty"`
	}{part, next}, err
}

func actionDetailOf(e awssim.PipelineExecution, a awssim.ActionExecution) actionDetail {
	return actionDetail{
		ExecutionID: e.ID, ID: a.ID, Version: e.Version, Stage: a.Stage, Action: a.Action, Started: stampOf(a.Started),
		Updated: stampOf(a.Updated), UpdatedBy: a.UpdatedBy, Status: a.Status,
		Input: actionInput{
			Type: a.Type, Given: a.Configuration, Resolved: a.ResolvedConfiguration, RoleARN: a.RoleARN, Region: a.Region,
			Artifacts: artifactDetails(e, a.Inputs), Namespace: a.Namespace,
		},
		Output: actionOutput{
			Artifacts: artifactDetails(e, a.Outputs), Variables: a.OutputVariables,
			Result: actionResult{a.ExternalID, a.ExternalSummary, a.Error},
		},
	}
}

// artifactDetails are those of the artifacts that have been made.
func artifactDetails(e awssim.PipelineExecution, names []string) []artifactDetail {
	details := []artifactDetail{}
	for _, name := range names {
		if artifact, ok := e.Artifacts[name]; ok {
			details = append(details, artifactDetail{name, s3Place{artifact.Bucket, artifact.Key}})
		}
	}
	return details
}

package pipelineaction

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"

	"github.com/warmstandby/warmstandby/internal/failover/report"
)

// Executions tells of pipeline executions. [codepipeline.Client] satisfies it.
type Executions interface {
	GetPipelineExecution(context.Context, *codepipeline.GetPipelineExecutionInput, ...func(*codepipeline.Options)) (*codepipeline.GetPipelineExecutionOutput, error)
	ListActionExecutions(context.Context, *codepipeline.ListActionExecutionsInput, ...func(*codepipeline.Options)) (*codepipeline.ListActionExecutionsOutput, error)
}

// Attribute adds to the report of a run what only CodePipeline knows of the execution with the run's id: who started it, and who
// decided about its approvals. What cannot be read is left as it is, and the error says what.
func Attribute(ctx context.Context, e Executions, pipeline string, r *report.Report) error {
	starter, err := starter(ctx, e, pipeline, r.Run)
	r.StartedBy = cmp.Or(starter, r.StartedBy)
	approvals, approvalsErr := approvals(ctx, e, pipeline, r.Run)
	if approvalsErr == nil {
		r.Approvals = approvals
	}
	return errors.Join(err, approvalsErr)
}

// starter is who started a pipeline's execution, or empty if that is not known.
func starter(ctx context.Context, e Executions, pipeline, run string) (string, error) {
	out, err := e.GetPipelineExecution(ctx, &codepipeline.GetPipelineExecutionInput{PipelineName: &pipeline, PipelineExecutionId: &run})
	if err != nil {
		return "", fmt.Errorf("ask who started execution %s: %w", run, err)
	}
	if out.PipelineExecution == nil || out.PipelineExecution.Trigger == nil {
		return "", nil
	}
	return aws.ToString(out.PipelineExecution.Trigger.TriggerDetail), nil
}

// approvals are the decisions about an execution's approvals, in order. One that nobody has made yet is not among them. CodePipeline
// shows who decided as the action's updatedBy ("ActionExecutionDetail" in its API reference).
func approvals(ctx context.Context, e Executions, pipeline, run string) ([]report.Approval, error) {
	var all []report.Approval
	pages := codepipeline.NewListActionExecutionsPaginator(e, &codepipeline.ListActionExecutionsInput{
		PipelineName: &pipeline, Filter: &types.ActionExecutionFilter{PipelineExecutionId: &run},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("ask who approved execution %s: %w", run, err)
		}
		for _, a := range page.ActionExecutionDetails {
			if a.Input == nil || a.Input.ActionTypeId == nil || a.Input.ActionTypeId.Category != types.ActionCategoryApproval || a.Status == types.ActionExecutionStatusInProgress {
				continue
			}
			all = append(all, report.Approval{
				Action: aws.ToString(a.ActionName), Approved: a.Status == types.ActionExecutionStatusSucceeded,
				By: aws.ToString(a.UpdatedBy), At: aws.ToTime(a.LastUpdateTime).UTC(),
			})
		}
	}
	slices.SortStableFunc(all, func(a, b report.Approval) int { return a.At.Compare(b.At) })
	return all, nil
}

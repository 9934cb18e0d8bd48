package pipelineaction

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline"
	"github.com/aws/aws-sdk-go-v2/service/codepipeline/types"
)

// Jobs is what is asked of CodePipeline. [codepipeline.Client] satisfies it. It should retry: a job that is not answered keeps
// its pipeline waiting for an hour.
type Jobs interface {
	PutJobSuccessResult(context.Context, *codepipeline.PutJobSuccessResultInput, ...func(*codepipeline.Options)) (*codepipeline.PutJobSuccessResultOutput, error)
	PutJobFailureResult(context.Context, *codepipeline.PutJobFailureResultInput, ...func(*codepipeline.Options)) (*codepipeline.PutJobFailureResultOutput, error)
}

// Limits of answers, in characters: of a variable, of the summary and of a failure's message. See the API reference of
// CodePipeline (ExecutionDetails, FailureDetails) and "Quotas in CodePipeline" in its user guide.
const (
	maxVariable = 1000
	maxSummary  = 2048
	maxMessage  = 5000
)

// again is the continuation token. The engine keeps nothing between calls, so the token says nothing.
const again = "again"

// answer answers a job. An answer that CodePipeline refuses becomes a failure, so that the job does not stay open.
func (h *Handler) answer(ctx context.Context, job string, a Answer) error {
	err := h.put(ctx, job, a)
	var taken *types.InvalidJobStateException
	if errors.As(err, &taken) {
		h.Log.Warn("the job was answered before", "job", job)
		return nil
	}
	if err != nil && a.Failure == nil {
		h.Log.Error("answer job", "job", job, "err", err.Error())
		err = h.put(ctx, job, Answer{Failure: fmt.Errorf("CodePipeline refused the function's answer: %w; retry the stage", err)})
	}
	if err != nil {
		return fmt.Errorf("answer job %s: %w", job, err)
	}
	return nil
}

func (h *Handler) put(ctx context.Context, job string, a Answer) error {
	if a.Failure != nil {
		_, err := h.Jobs.PutJobFailureResult(ctx, &codepipeline.PutJobFailureResultInput{
			JobId: &job, FailureDetails: &types.FailureDetails{Type: failureType(a.Failure), Message: aws.String(cut(a.Failure.Error(), maxMessage))},
		})
		return err
	}
	in := &codepipeline.PutJobSuccessResultInput{
		JobId: &job, ExecutionDetails: &types.ExecutionDetails{Summary: aws.String(cut(a.Summary, maxSummary))},
	}
	if a.Again {
		in.ContinuationToken = aws.String(again)
	} else {
		in.OutputVariables = variables(a.Variables)
	}
	_, err := h.Jobs.PutJobSuccessResult(ctx, in)
	return err
}

func failureType(err error) types.FailureType {
	var bad misconfigured
	if errors.As(err, &bad) {
		return types.FailureTypeConfigurationError
	}
	return types.FailureTypeJobFailed
}

// variables are variables that actions can refer to.
func variables(all map[string]string) map[string]string {
	fit := make(map[string]string, len(all))
	for name, value := range all {
		fit[name] = cut(value, maxVariable)
	}
	return fit
}

// cut is a text of at most limit characters, and at least one.
func cut(text string, limit int) string {
	if text == "" {
		return "-"
	}
	if runes := []rune(text); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return text
}

package codepipeline

import (
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// maxVariables is how many bytes an action's output variables may have together (CPUG, "Quotas in AWS CodePipeline").
const maxVariables = 122880

// JobResult is what a function reports.
type JobResult struct {
	ContinuationToken string
	OutputVariables   map[string]string
	ExternalID        string
	Summary           string
	PercentComplete   int
}

// Succeed takes the success of a job of a function in Region r. With a continuation token the action goes on, with a job of its own.
func Succeed(s *awssim.State, r *awssim.Region, id string, result JobResult) error {
	if result.ContinuationToken != "" && len(result.OutputVariables) > 0 {
		return invalid("outputVariables can be given only without a continuationToken")
	}
	size := 0
	for name, value := range result.OutputVariables {
		if !variableKey.MatchString(name) {
			return invalid("The name of output variable '%s' must match %s", name, variableKey)
		}
		size += len(name) + len(value)
	}
	if size > maxVariables {
		return refuse("OutputVariablesSizeExceededException", "Output variables must not have more than %d bytes, got %d", maxVariables, size)
	}
	return answer(s, r, id, Succeeded, func(home *awssim.Region, e *awssim.PipelineExecution, a *awssim.ActionExecution) {
		a.ExternalID, a.ExternalSummary, a.PercentComplete = result.ExternalID, result.Summary, result.PercentComplete
		if result.ContinuationToken != "" {
			renewJob(s, home, e, a, result.ContinuationToken)
			return
		}
		a.Job, a.OutputVariables = "", result.OutputVariables
		end(s, home, e, a, Succeeded)
	})
}

// failureTypes are the kinds of failures (API reference, FailureDetails).
var failureTypes = []string{"JobFailed", "ConfigurationError", "PermissionError", "RevisionOutOfSync", "RevisionUnavailable", "SystemUnavailable"}

// Fail takes the failure of a job of a function in Region r.
func Fail(s *awssim.State, r *awssim.Region, id string, failure awssim.ActionError, externalID string) error {
	if !slices.Contains(failureTypes, failure.Code) {
		return invalid("failureDetails.type must be one of %v, got '%s'", failureTypes, failure.Code)
	}
	const maxMessage = 5000 // characters
	if n := len([]rune(failure.Message)); n == 0 || n > maxMessage {
		return invalid("failureDetails.message must have 1 to %d characters, got %d", maxMessage, n)
	}
	return answer(s, r, id, Failed, func(home *awssim.Region, e *awssim.PipelineExecution, a *awssim.ActionExecution) {
		a.Job, a.ExternalID, a.Error = "", externalID, &failure
		end(s, home, e, a, Failed)
	})
}

// taker changes the execution and the action, of a pipeline of Region home, that wait for an answer.
type taker func(home *awssim.Region, e *awssim.PipelineExecution, a *awssim.ActionExecution)

// answer takes the answer to a job, unless there was one or it comes too late.
func answer(s *awssim.State, r *awssim.Region, id, status string, take taker) error {
	j, ok := r.PipelineJobs.Get(id)
	if !ok {
		return refuse("JobNotFoundException", "No job with id '%s' was found in Region %s", id, r.Name())
	}
	home := s.Region(j.Home)
	found, _ := home.PipelineExecutions.Get(j.ExecutionID)
	e := clone(found)
	i := slices.IndexFunc(e.Actions, func(a awssim.ActionExecution) bool { return a.ID == j.ActionID })
	if e.Actions[i].Job != id || !s.Now().Before(j.Deadline) {
		return refuse("InvalidJobStateException", "Job '%s' is not in progress: it was answered before, has timed out, or was abandoned", id)
	}
	j.Status = status
	r.PipelineJobs.Put(id, j)
	take(home, e, &e.Actions[i])
	e.Updated = s.Now()
	home.PipelineExecutions.Put(e.ID, *e)
	s.WakePipelines()
	return nil
}

// Decision is what somebody says of an approval.
type Decision struct {
	Pipeline, Stage, Action, Token string

	// Approved says yes, or else no.
	Approved bool

	// Summary is the reason, and By who decided, an ARN.
	Summary, By string
}

// Approve takes a decision and returns when.
func Approve(s *awssim.State, r *awssim.Region, d Decision) (time.Time, error) {
	p, err := FindPipeline(r, d.Pipeline)
	if err != nil {
		return time.Time{}, err
	}
	stage, err := findStage(p, d.Stage)
	if err != nil {
		return time.Time{}, err
	}
	if !slices.ContainsFunc(p.Stages[stage].Actions, func(a awssim.PipelineAction) bool { return a.Name == d.Action }) {
		return time.Time{}, refuse("ActionNotFoundException", "Stage '%s' does not have an action with name '%s'", d.Stage, d.Action)
	}
	e, a := findApproval(r, p, d)
	if a == nil {
		return time.Time{}, invalidToken()
	}
	if a.Status != InProgress || !s.Now().Before(a.Deadline) {
		if a.UpdatedBy != "" {
			return time.Time{}, refuse("ApprovalAlreadyCompletedException", "The approval action has already been approved or rejected.")
		}
		return time.Time{}, invalidToken()
	}
	a.Summary, a.UpdatedBy = d.Summary, d.By
	if d.Approved {
		end(s, r, e, a, Succeeded)
	} else {
		a.Error = &awssim.ActionError{Code: "JobFailed", Message: "Rejected by " + d.By}
		end(s, r, e, a, Failed)
	}
	r.PipelineExecutions.Put(e.ID, *e)
	s.WakePipelines()
	return s.Now(), nil
}

func invalidToken() *Error {
	return refuse("InvalidApprovalTokenException", "The approval request already received a response or has expired.")
}

// findApproval returns the approval with the decision's token, and a copy of its execution to change, or nil.
func findApproval(r *awssim.Region, p awssim.Pipeline, d Decision) (*awssim.PipelineExecution, *awssim.ActionExecution) {
	for _, id := range p.Executions {
		found, _ := r.PipelineExecutions.Get(id)
		e := clone(found)
		for i := range e.Actions {
			if a := &e.Actions[i]; a.Stage == d.Stage && a.Action == d.Action && a.Condition == "" && a.Token != "" && a.Token == d.Token {
				return e, a
			}
		}
	}
	return nil, nil
}

// end ends an action.
func end(s *awssim.State, r *awssim.Region, e *awssim.PipelineExecution, a *awssim.ActionExecution, status string) {
	a.Status, a.Updated = status, s.Now()
	e.Updated = a.Updated
	announceAction(s, r, e, a)
}

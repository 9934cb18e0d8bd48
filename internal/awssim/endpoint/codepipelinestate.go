package endpoint

import (
	"context"
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

// maxPipelines is how many pipelines, executions and actions an answer has at most.
const maxPipelines = 100

func listPipelines(_ context.Context, c *Call) (any, error) {
	type summary struct {
		Name    string `json:"name"`
		Version int    `json:"version"`
		Type    string `json:"pipelineType"`
		Mode    string `json:"executionMode"`
		Created *stamp `json:"created"`
		Updated *stamp `json:"updated"`
	}
	all := []summary{}
	for _, p := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Pipeline { return r.Pipelines.Values() }) {
		all = append(all, summary{p.Name, p.Version, p.PipelineType, p.ExecutionMode, stampOf(p.Created), stampOf(p.Updated)})
	}
	part, next, err := pageOf(c, all)
	return struct {
		Pipelines []summary `json:"pipelines"`
		Next      string    `json:"nextToken,omitempty"`
	}{part, next}, err
}

func getPipeline(_ context.Context, c *Call) (any, error) {
	p, err := pipelineNamed(c, "name")
	if err != nil {
		return nil, err
	}
	type metadata struct {
		ARN     string `json:"pipelineArn"`
		Created *stamp `json:"created"`
		Updated *stamp `json:"updated"`
	}
	return struct {
		Pipeline awssim.PipelineDeclaration `json:"pipeline"`
		Metadata metadata                   `json:"metadata"`
	}{p.PipelineDeclaration, metadata{p.ARN, stampOf(p.Created), stampOf(p.Updated)}}, nil
}

// Members of GetPipelineState's answer, named and shown as in the CodePipeline API reference.
type (
	stageState struct {
		Name        string           `json:"stageName"`
		Inbound     []stageRun       `json:"inboundExecutions,omitempty"`
		Transition  transitionState  `json:"inboundTransitionState"`
		Actions     []actionState    `json:"actionStates"`
		Latest      *stageRun        `json:"latestExecution,omitempty"`
		BeforeEntry *conditionsState `json:"beforeEntryConditionState,omitempty"`
		OnSuccess   *conditionsState `json:"onSuccessConditionState,omitempty"`
		OnFailure   *conditionsState `json:"onFailureConditionState,omitempty"`
	}
	stageRun struct {
		ID     string `json:"pipelineExecutionId"`
		Status string `json:"status"`
		Type   string `json:"type,omitempty"`
	}
	transitionState struct {
		Enabled bool   `json:"enabled"`
		Reason  string `json:"disabledReason,omitempty"`
		By      string `json:"lastChangedBy,omitempty"`
		At      *stamp `json:"lastChangedAt,omitempty"`
	}
	actionState struct {
		Name   string     `json:"actionName"`
		Latest *actionRun `json:"latestExecution,omitempty"`
	}
	actionRun struct {
		ID         string              `json:"actionExecutionId"`
		Status     string              `json:"status"`
		Summary    string              `json:"summary,omitempty"`
		Changed    *stamp              `json:"lastStatusChange,omitempty"`
		Token      string              `json:"token,omitempty"`
		By         string              `json:"lastUpdatedBy,omitempty"`
		ExternalID string              `json:"externalExecutionId,omitempty"`
		Percent    int                 `json:"percentComplete,omitempty"`
		Error      *awssim.ActionError `json:"errorDetails,omitempty"`
	}
	conditionsState struct {
		Conditions []conditionState `json:"conditionStates"`
	}
	conditionState struct {
		Rules []ruleState `json:"ruleStates"`
	}
	ruleState struct {
		Name   string   `json:"ruleName"`
		Latest *ruleRun `json:"latestExecution,omitempty"`
	}
	ruleRun struct {
		ID      string              `json:"ruleExecutionId"`
		Status  string              `json:"status"`
		Changed *stamp              `json:"lastStatusChange,omitempty"`
		Error   *awssim.ActionError `json:"errorDetails,omitempty"`
	}
)

func getPipelineState(_ context.Context, c *Call) (any, error) {
	p, err := pipelineNamed(c, "name")
	if err != nil {
		return nil, err
	}
	executions := executionsOf(c, p)
	states := make([]stageState, len(p.Stages))
	for i, stage := range p.Stages {
		states[i] = stateOf(p, i, stage, executions)
	}
	return struct {
		Name    string       `json:"pipelineName"`
		Version int          `json:"pipelineVersion"`
		Stages  []stageState `json:"stageStates"`
		Created *stamp       `json:"created"`
		Updated *stamp       `json:"updated"`
	}{p.Name, p.Version, states, stampOf(p.Created), stampOf(p.Updated)}, nil
}

// executionsOf are a pipeline's executions, the latest first.
func executionsOf(c *Call, p awssim.Pipeline) []awssim.PipelineExecution {
	all := list(c, func(_ *awssim.State, r *awssim.Region) (all []awssim.PipelineExecution) {
		for _, id := range p.Executions {
			e, _ := r.PipelineExecutions.Get(id)
			all = append(all, e)
		}
		return all
	})
	slices.Reverse(all)
	return all
}

// stateOf is the state of one stage, as the latest execution in it has it.
func stateOf(p awssim.Pipeline, index int, stage awssim.PipelineStage, executions []awssim.PipelineExecution) stageState {
	s := stageState{Name: stage.Name, Transition: transitionState{Enabled: true}}
	if d, ok := p.Disabled[stage.Name]; ok {
		s.Transition = transitionState{Reason: d.Reason, By: d.By, At: stampOf(d.At)}
	}
	var latest awssim.PipelineExecution
	for _, e := range executions {
		entered := slices.IndexFunc(e.Stages, func(in awssim.StageExecution) bool { return in.Name == stage.Name })
		switch {
		case entered >= 0 && s.Latest == nil:
			latest, s.Latest = e, &stageRun{e.ID, e.Stages[entered].Status, "STANDARD"}
		case entered < 0 && e.Next == index && e.Status == codepipeline.InProgress:
			s.Inbound = append([]stageRun{{ID: e.ID, Status: codepipeline.InProgress, Type: "STANDARD"}}, s.Inbound...)
		}
	}
	for _, a := range stage.Actions {
		s.Actions = append(s.Actions, actionState{a.Name, actionRunOf(latest, stage.Name, a.Name)})
	}
	if stage.BeforeEntry != nil {
		s.BeforeEntry = conditionsStateOf(latest, stage.Name, "beforeEntry", stage.BeforeEntry.Conditions)
	}
	if stage.OnSuccess != nil {
		s.OnSuccess = conditionsStateOf(latest, stage.Name, "onSuccess", stage.OnSuccess.Conditions)
	}
	if stage.OnFailure != nil {
		s.OnFailure = conditionsStateOf(latest, stage.Name, "onFailure", stage.OnFailure.Conditions)
	}
	return s
}

// latestAttempt is the latest attempt of an action, or of a rule of a condition, in an execution.
func latestAttempt(e awssim.PipelineExecution, stage, condition, name string) (awssim.ActionExecution, bool) {
	for _, a := range slices.Backward(e.Actions) {
		if a.Stage == stage && a.Condition == condition && a.Action == name {
			return a, true
		}
	}
	return awssim.ActionExecution{}, false
}

func actionRunOf(e awssim.PipelineExecution, stage, name string) *actionRun {
	a, ok := latestAttempt(e, stage, "", name)
	if !ok {
		return nil
	}
	run := &actionRun{
		ID: a.ID, Status: a.Status, Summary: a.Summary, Changed: stampOf(a.Updated), By: a.UpdatedBy, ExternalID: a.ExternalID,
		Percent: a.PercentComplete, Error: a.Error,
	}
	if run.Summary == "" {
		run.Summary = a.ExternalSummary
	}
	if a.Status == codepipeline.InProgress && e.Mode != codepipeline.Parallel {
		run.Token = a.Token
	}
	return run
}

func conditionsStateOf(e awssim.PipelineExecution, stage, condition string, declared []awssim.StageCondition) *conditionsState {
	state := &conditionsState{}
	for _, d := range declared {
		var c conditionState
		for _, rule := range d.Rules {
			r := ruleState{Name: rule.Name}
			if a, ok := latestAttempt(e, stage, condition, rule.Name); ok {
				r.Latest = &ruleRun{a.ID, a.Status, stampOf(a.Updated), a.Error}
			}
			c.Rules = append(c.Rules, r)
		}
		state.Conditions = append(state.Conditions, c)
	}
	return state
}

package codepipeline

import (
	"maps"
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Stop stops an execution: once its actions have ended, or at once if they are to be abandoned.
func Stop(s *awssim.State, r *awssim.Region, pipeline, id, reason string, abandon bool) error {
	_, found, err := FindExecution(r, pipeline, id)
	if err != nil {
		return err
	}
	e := clone(found)
	switch {
	case !running(e):
		return refuse("PipelineExecutionNotStoppableException", "Unable to stop pipeline execution '%s': it is in the terminal state %s", id, e.Status)
	case e.Status == Stopping && (e.Abandon || !abandon):
		return refuse("DuplicatedStopRequestException", "Pipeline execution '%s' is already being stopped", id)
	}
	e.Status, e.StopReason, e.Abandon, e.Updated = Stopping, reason, abandon, s.Now()
	announcePipeline(s, r, e, states[Stopping])
	r.PipelineExecutions.Put(id, *e)
	s.WakePipelines()
	return nil
}

// Retry modes (API reference, RetryStageExecution).
const (
	FailedActions = "FAILED_ACTIONS"
	AllActions    = "ALL_ACTIONS"
)

// Retry resumes an execution whose stage has failed or was stopped: with the actions that did not succeed, or with all of the stage.
func Retry(s *awssim.State, r *awssim.Region, pipeline, stage, id, mode string) error {
	if mode != FailedActions && mode != AllActions {
		return invalid("retryMode must be %s or %s, got '%s'", FailedActions, AllActions, mode)
	}
	p, err := FindPipeline(r, pipeline)
	if err != nil {
		return err
	}
	index, err := findStage(p, stage)
	if err != nil {
		return err
	}
	_, found, err := FindExecution(r, pipeline, id)
	if err != nil {
		return err
	}
	e := clone(found)
	entered := current(p, e)
	if running(e) || e.Next != index || entered == nil || entered.Status != Failed && entered.Status != Stopped {
		return refuse("StageNotRetryableException", "Stage '%s' of pipeline execution '%s' has not failed and was not stopped", stage, id)
	}
	if e.Mode != Parallel && overtaken(r, p, id, stage) {
		return refuse("NotLatestPipelineExecutionException", "Pipeline execution '%s' is not the latest in stage '%s'", id, stage)
	}
	for i := range e.Actions {
		if a := &e.Actions[i]; a.Stage == stage && (mode == AllActions || a.Condition != "" || a.Status != Succeeded) {
			a.Retried = true
		}
	}
	e.Status, e.Abandon, e.StopReason, e.Summary, e.Updated = InProgress, false, "", "", s.Now()
	e.Stages = e.Stages[:len(e.Stages)-1] // it enters the stage again
	e.Resumed = true
	announcePipeline(s, r, e, eventResumed)
	r.PipelineExecutions.Put(id, *e)
	s.WakePipelines()
	return nil
}

// overtaken says whether an execution that started later has entered the stage.
func overtaken(r *awssim.Region, p awssim.Pipeline, id, stage string) bool {
	for _, later := range p.Executions[slices.Index(p.Executions, id)+1:] {
		e, _ := r.PipelineExecutions.Get(later)
		if slices.ContainsFunc(e.Stages, func(s awssim.StageExecution) bool { return s.Name == stage }) {
			return true
		}
	}
	return false
}

// SetTransition lets executions enter a stage, or, if disabled is not nil, keeps them from it.
func SetTransition(s *awssim.State, r *awssim.Region, pipeline, stage, direction string, disabled *awssim.DisabledTransition) error {
	p, err := FindPipeline(r, pipeline)
	if err != nil {
		return err
	}
	index, err := findStage(p, stage)
	if err != nil {
		return err
	}
	switch direction {
	case "Inbound":
	case "Outbound":
		index++
	default:
		return invalid("transitionType must be Inbound or Outbound, got '%s'", direction)
	}
	if index == 0 || index == len(p.Stages) {
		return invalid("Stage '%s' has no %s transition", stage, direction)
	}
	p.Disabled = maps.Clone(p.Disabled)
	if p.Disabled == nil {
		p.Disabled = map[string]awssim.DisabledTransition{}
	}
	delete(p.Disabled, p.Stages[index].Name)
	if disabled != nil {
		disabled.At = s.Now()
		p.Disabled[p.Stages[index].Name] = *disabled
	}
	r.Pipelines.Put(pipeline, p)
	s.WakePipelines()
	return nil
}

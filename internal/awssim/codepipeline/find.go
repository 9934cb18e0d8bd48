package codepipeline

import (
	"maps"
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// FindPipeline returns the pipeline with that name.
func FindPipeline(r *awssim.Region, name string) (awssim.Pipeline, error) {
	p, ok := r.Pipelines.Get(name)
	if !ok {
		return p, refuse("PipelineNotFoundException", "Account '%s' does not have a pipeline with name '%s'", r.Account(), name)
	}
	return p, nil
}

// FindExecution returns the execution of a pipeline with that id.
func FindExecution(r *awssim.Region, pipeline, id string) (awssim.Pipeline, awssim.PipelineExecution, error) {
	p, err := FindPipeline(r, pipeline)
	if err != nil {
		return p, awssim.PipelineExecution{}, err
	}
	e, ok := r.PipelineExecutions.Get(id)
	if !ok || e.Pipeline != pipeline {
		return p, e, refuse("PipelineExecutionNotFoundException", "A pipeline execution with ID '%s' does not exist in pipeline '%s'", id, pipeline)
	}
	return p, e, nil
}

// findStage returns the index of a stage.
func findStage(p awssim.Pipeline, name string) (int, error) {
	i := p.Stage(name)
	if i < 0 {
		return i, refuse("StageNotFoundException", "Pipeline '%s' does not have a stage with name '%s'", p.Name, name)
	}
	return i, nil
}

// clone is a copy of an execution that may be changed.
func clone(e awssim.PipelineExecution) *awssim.PipelineExecution {
	e.Stages = slices.Clone(e.Stages)
	e.Actions = slices.Clone(e.Actions)
	e.Artifacts = maps.Clone(e.Artifacts)
	return &e
}

// running says whether an execution has not ended.
func running(e *awssim.PipelineExecution) bool {
	return e.Status == InProgress || e.Status == Stopping
}

// current is the execution in the stage that it entered last, or nil if it waits to enter the next one.
func current(p awssim.Pipeline, e *awssim.PipelineExecution) *awssim.StageExecution {
	if len(e.Stages) == 0 || e.Next >= len(p.Stages) {
		return nil
	}
	if s := &e.Stages[len(e.Stages)-1]; s.Name == p.Stages[e.Next].Name {
		return s
	}
	return nil
}

// attempt returns the attempt that counts of an action, or of a rule of a condition, or nil.
func attempt(e *awssim.PipelineExecution, stage, condition, name string) *awssim.ActionExecution {
	for i := len(e.Actions) - 1; i >= 0; i-- {
		a := &e.Actions[i]
		if a.Stage == stage && a.Condition == condition && a.Action == name && !a.Retried {
			return a
		}
	}
	return nil
}

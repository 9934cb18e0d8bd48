package local

import (
	"encoding/json"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

// startPipelines runs the deployed pipelines. Each has an execution that waits already, as CodePipeline starts one when it creates a
// pipeline. Changes of their state go to the default event bus of their Region.
func (s *system) startPipelines() error {
	executor := codepipeline.New(codepipeline.Options{
		Cloud:   s.cloud,
		Event:   s.emit,
		Refused: func(r codepipeline.Refusal) { s.refused.add(r.Role, r.Action, r.Resource, 1) },
	})
	s.closers = append(s.closers, func() error { executor.Close(); return nil })
	return nil
}

// emit puts a pipeline's change of state on the default event bus.
func (s *system) emit(e awssim.PipelineEvent) {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		s.logger("pipelines").Error("an event cannot be written as JSON", "type", e.DetailType, "error", err)
		return
	}
	s.cloud.Emit(e.Region, awssim.Event{
		DetailType: e.DetailType, Source: e.Source, Time: e.Time, Resources: e.Resources, Detail: detail,
	})
}

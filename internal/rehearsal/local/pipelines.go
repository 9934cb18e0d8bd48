package local

import "github.com/warmstandby/warmstandby/internal/awssim/codepipeline"

// startPipelines runs the deployed pipelines. Each has an execution that waits already, as CodePipeline starts one when it creates a
// pipeline.
func (s *system) startPipelines() error {
	executor := codepipeline.New(codepipeline.Options{
		Cloud:   s.cloud,
		Refused: func(r codepipeline.Refusal) { s.refused.add(r.Role, r.Action, r.Resource, 1) },
	})
	s.closers = append(s.closers, func() error { executor.Close(); return nil })
	return nil
}

package codepipeline

import "github.com/warmstandby/warmstandby/internal/awssim"

// States that only events have (CPUG, "Monitoring CodePipeline events").
const (
	eventStarted = "STARTED"
	eventResumed = "RESUMED"
)

// states are the states in events that the statuses of executions are.
var states = map[string]string{
	InProgress: eventStarted, Succeeded: "SUCCEEDED", Failed: "FAILED", Stopping: "STOPPING",
	Stopped: "STOPPED", SupersededRun: "SUPERSEDED", Abandoned: "ABANDONED", Skipped: "SKIPPED",
}

// announce queues an event about an execution: of a pipeline, or, if they are named, of its stage and action.
func announce(s *awssim.State, r *awssim.Region, e *awssim.PipelineExecution, kind, state string, more map[string]any) {
	detail := map[string]any{
		"pipeline": e.Pipeline, "execution-id": e.ID, "state": state, "version": float64(e.Version),
	}
	for name, value := range more {
		detail[name] = value
	}
	s.PipelineEvents = append(s.PipelineEvents, awssim.PipelineEvent{
		ID: s.NewUUID(), Version: "0", DetailType: "CodePipeline " + kind + " Execution State Change", Source: "aws.codepipeline",
		Account: s.Account(), Time: s.Now(), Region: r.Name(), Resources: []string{r.PipelineARN(e.Pipeline)}, Detail: detail,
	})
}

// announcePipeline queues an event about the pipeline's execution.
func announcePipeline(s *awssim.State, r *awssim.Region, e *awssim.PipelineExecution, state string) {
	announce(s, r, e, "Pipeline", state, nil)
}

// announceStage queues an event about the execution of a stage.
func announceStage(s *awssim.State, r *awssim.Region, e *awssim.PipelineExecution, stage, state string) {
	announce(s, r, e, "Stage", state, map[string]any{"stage": stage})
}

// announceAction queues an event about the execution of an action. Rules have no events.
func announceAction(s *awssim.State, r *awssim.Region, e *awssim.PipelineExecution, a *awssim.ActionExecution) {
	if a.Condition != "" {
		return
	}
	more := map[string]any{
		"stage": a.Stage, "action": a.Action, "action-execution-id": a.ID, "region": a.Region,
		"type": map[string]any{"owner": a.Type.Owner, "category": a.Type.Category, "provider": a.Type.Provider, "version": a.Type.Version},
	}
	if a.Error != nil {
		more["execution-result"] = map[string]any{"error-code": a.Error.Code, "external-execution-summary": a.Error.Message}
	}
	announce(s, r, e, "Action", states[a.Status], more)
}

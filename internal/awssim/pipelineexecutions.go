package awssim

import (
	"encoding/json"
	"time"
)

// PipelineExecution is one run of a pipeline.
type PipelineExecution struct {
	ID        string
	Pipeline  string // its name
	Version   int    // the pipeline's
	Mode      string // the pipeline's, when the execution started
	Status    string
	Summary   string
	Variables []ResolvedVariable
	Trigger   ExecutionTrigger
	Started   time.Time
	Updated   time.Time

	// ClientToken is what the caller gave so that the same start is not made twice.
	ClientToken string

	// StopReason and Abandon are what the last request to stop said.
	StopReason string
	Abandon    bool

	// Resumed is set from a retry until the stage is entered again.
	Resumed bool

	// Overrides are the revisions that the start asked for, by source action.
	Overrides map[string]RevisionOverride

	// Next is the index of the stage that the execution is in, or waits to enter.
	Next int

	// Stages are those that were entered, the latest last.
	Stages []StageExecution

	// Actions are the executions of actions and rules, each attempt, oldest first.
	Actions []ActionExecution

	// Artifacts are what actions have made, by name.
	Artifacts map[string]Artifact
}

// ResolvedVariable is a pipeline's variable in an execution.
type ResolvedVariable struct {
	Name  string `json:"name"`
	Value string `json:"resolvedValue"`
}

// ExecutionTrigger is what started an execution.
type ExecutionTrigger struct {
	Type   string `json:"triggerType,omitempty"`
	Detail string `json:"triggerDetail,omitempty"`
}

// RevisionOverride is the revision that a source action is to take.
type RevisionOverride struct {
	Type  string // S3_OBJECT_VERSION_ID or S3_OBJECT_KEY
	Value string
}

// StageExecution is an execution in one stage.
type StageExecution struct {
	Name   string
	Status string
	Phase  string // beforeEntry, actions, onSuccess, or onFailure
}

// ActionExecution is one attempt of an action, or of a rule of a condition.
type ActionExecution struct {
	ID        string
	Stage     string
	Action    string // the name of the action or rule
	Condition string // beforeEntry, onSuccess or onFailure for a rule; empty for an action
	Type      ActionType
	Namespace string
	RoleARN   string
	Region    string
	Status    string
	Started   time.Time
	Updated   time.Time
	UpdatedBy string // an ARN; empty if it was the service

	Configuration         map[string]string // as declared
	ResolvedConfiguration map[string]string
	Inputs                []string // artifacts
	Outputs               []string
	OutputVariables       map[string]string

	// Deadline is when it fails if it has not ended.
	Deadline time.Time

	// Token is an approval's; empty for others.
	Token string

	// Job is the id of the job that the action waits for; empty if it waits for none.
	Job string

	// Retried is set once the action is to be made again.
	Retried bool

	ExternalID      string
	ExternalSummary string
	PercentComplete int
	Summary         string
	Error           *ActionError // nil unless it failed
	Revision        *SourceRevision
}

// ActionError is why an action failed.
type ActionError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// SourceRevision is what a source action has taken.
type SourceRevision struct {
	ActionName string `json:"actionName"`
	ID         string `json:"revisionId"`
	Summary    string `json:"revisionSummary,omitempty"`
	URL        string `json:"revisionUrl,omitempty"`
}

// Artifact is an object in an artifact store.
type Artifact struct {
	Name     string
	Bucket   string
	Key      string
	Revision string
}

// PipelineJob is what a function is invoked with and answers. It is in the function's Region.
type PipelineJob struct {
	ID          string
	Home        string // the pipeline's Region
	Pipeline    string
	ExecutionID string
	ActionID    string // of the [ActionExecution]
	FunctionARN string // with its qualifier, if it has one
	Details     json.RawMessage
	Status      string // Created until the function is invoked, then InProgress, then Succeeded, Failed or TimedOut

	// Deadline is when the answer is due.
	Deadline time.Time
}

// PipelineEvent is a change of state as EventBridge gets it.
type PipelineEvent struct {
	ID         string         `json:"id"`
	Version    string         `json:"version"`
	DetailType string         `json:"detail-type"`
	Source     string         `json:"source"`
	Account    string         `json:"account"`
	Time       time.Time      `json:"time"`
	Region     string         `json:"region"`
	Resources  []string       `json:"resources"`
	Detail     map[string]any `json:"detail"`
}

// WakePipelines calls [State.PipelineHook], if there is one.
func (s *State) WakePipelines() {
	if s.PipelineHook != nil {
		s.PipelineHook()
	}
}

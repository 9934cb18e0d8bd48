package awssim

import (
	"slices"
	"time"
)

// Pipeline is a CodePipeline pipeline. Package codepipeline runs it.
type Pipeline struct {
	PipelineDeclaration

	ARN     string
	Created time.Time
	Updated time.Time

	// Disabled are the stages whose inbound transition is disabled.
	Disabled map[string]DisabledTransition

	// Executions are the ids of its executions, in the order in which they started.
	Executions []string
}

// PipelineDeclaration is a pipeline's structure. Its fields, and those of the types below, are named and shown as in the
// CodePipeline API reference.
type PipelineDeclaration struct {
	Name           string                   `json:"name"`
	RoleARN        string                   `json:"roleArn"`
	ArtifactStore  *ArtifactStore           `json:"artifactStore,omitempty"`
	ArtifactStores map[string]ArtifactStore `json:"artifactStores,omitempty"` // by Region, instead of ArtifactStore
	Stages         []PipelineStage          `json:"stages"`
	Version        int                      `json:"version"`
	ExecutionMode  string                   `json:"executionMode"`
	PipelineType   string                   `json:"pipelineType"`
	Variables      []PipelineVariable       `json:"variables,omitempty"`
}

// ArtifactStore is where a pipeline keeps its artifacts.
type ArtifactStore struct {
	Location      string         `json:"location"` // the bucket
	Type          string         `json:"type"`     // S3
	EncryptionKey *EncryptionKey `json:"encryptionKey,omitempty"`
}

// EncryptionKey is the KMS key that encrypts artifacts.
type EncryptionKey struct {
	ID   string `json:"id"`   // its ARN, id or alias
	Type string `json:"type"` // KMS
}

// PipelineVariable is a variable that a start of the pipeline may set.
type PipelineVariable struct {
	Name         string `json:"name"`
	DefaultValue string `json:"defaultValue,omitempty"`
	Description  string `json:"description,omitempty"`
}

// PipelineStage is a stage of a pipeline.
type PipelineStage struct {
	Name        string             `json:"name"`
	Actions     []PipelineAction   `json:"actions"`
	Blockers    []StageBlocker     `json:"blockers,omitempty"`
	BeforeEntry *StageConditions   `json:"beforeEntry,omitempty"`
	OnSuccess   *StageConditions   `json:"onSuccess,omitempty"`
	OnFailure   *FailureConditions `json:"onFailure,omitempty"`
}

// StageBlocker is reserved by AWS.
type StageBlocker struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// StageConditions are what is checked before a stage is entered or left.
type StageConditions struct {
	Conditions []StageCondition `json:"conditions"`
}

// FailureConditions are what happens when a stage fails.
type FailureConditions struct {
	Result             string              `json:"result,omitempty"`
	RetryConfiguration *RetryConfiguration `json:"retryConfiguration,omitempty"`
	Conditions         []StageCondition    `json:"conditions,omitempty"`
}

// RetryConfiguration is how a failed stage is retried.
type RetryConfiguration struct {
	RetryMode string `json:"retryMode"`
}

// StageCondition is met if all its rules succeed.
type StageCondition struct {
	Result string         `json:"result,omitempty"` // what happens if it is not met
	Rules  []PipelineRule `json:"rules"`
}

// PipelineRule is a rule of a condition.
type PipelineRule struct {
	Name             string            `json:"name"`
	TypeID           ActionType        `json:"ruleTypeId"`
	Configuration    map[string]string `json:"configuration,omitempty"`
	Commands         []string          `json:"commands,omitempty"`
	InputArtifacts   []InputArtifact   `json:"inputArtifacts,omitempty"`
	RoleARN          string            `json:"roleArn,omitempty"`
	Region           string            `json:"region,omitempty"`
	TimeoutInMinutes int               `json:"timeoutInMinutes,omitempty"`
}

// ActionType says what an action or a rule does, and who provides it.
type ActionType struct {
	Category string `json:"category"`
	Owner    string `json:"owner,omitempty"`
	Provider string `json:"provider"`
	Version  string `json:"version,omitempty"`
}

// PipelineAction is an action of a stage.
type PipelineAction struct {
	Name                 string                `json:"name"`
	TypeID               ActionType            `json:"actionTypeId"`
	RunOrder             int                   `json:"runOrder"`
	Configuration        map[string]string     `json:"configuration,omitempty"`
	Commands             []string              `json:"commands,omitempty"`
	EnvironmentVariables []EnvironmentVariable `json:"environmentVariables,omitempty"`
	InputArtifacts       []InputArtifact       `json:"inputArtifacts"`
	OutputArtifacts      []OutputArtifact      `json:"outputArtifacts"`
	OutputVariables      []string              `json:"outputVariables,omitempty"`
	RoleARN              string                `json:"roleArn,omitempty"` // Default: the pipeline's
	Region               string                `json:"region,omitempty"`  // Default: the pipeline's
	Namespace            string                `json:"namespace,omitempty"`
	TimeoutInMinutes     int                   `json:"timeoutInMinutes,omitempty"`
}

// EnvironmentVariable is a variable of an action that computes.
type EnvironmentVariable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

// InputArtifact names what an action works on.
type InputArtifact struct {
	Name string `json:"name"`
}

// OutputArtifact names what an action makes.
type OutputArtifact struct {
	Name  string   `json:"name"`
	Files []string `json:"files,omitempty"`
}

// DisabledTransition is why nothing may enter a stage.
type DisabledTransition struct {
	Reason string
	By     string // an ARN
	At     time.Time
}

// CreatePipeline stores a pipeline as its first version. It fills in ARN and dates.
func (r *Region) CreatePipeline(p Pipeline) Pipeline {
	p.ARN = r.PipelineARN(p.Name)
	p.Version = 1
	p.Created = r.state.Now()
	p.Updated = p.Created
	r.Pipelines.Put(p.Name, p)
	return p
}

// PipelineARN is the ARN of the pipeline with that name.
func (r *Region) PipelineARN(name string) string { return r.arn("codepipeline", name) }

// Stage returns the index of the stage with that name, or -1.
func (p Pipeline) Stage(name string) int {
	return slices.IndexFunc(p.Stages, func(s PipelineStage) bool { return s.Name == name })
}

// Store is the artifact store that the pipeline uses in a Region, and whether there is one.
func (p Pipeline) Store(region string) (ArtifactStore, bool) {
	if p.ArtifactStore != nil {
		return *p.ArtifactStore, true
	}
	store, ok := p.ArtifactStores[region]
	return store, ok
}

package provision

import (
	"cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// pipelineProperties have the structure that the API has, in other letters, but for what is here.
type pipelineProperties struct {
	awssim.PipelineDeclaration

	ArtifactStores []struct {
		ArtifactStore awssim.ArtifactStore
		Region        string
	}
	Stages                         []stageProperties
	DisableInboundStageTransitions []struct{ Reason, StageName string }

	RestartExecutionOnUpdate properties.Ignored // nothing is updated
	Tags                     properties.Ignored // no policy asks for them
	Triggers                 properties.Ignored // nobody pushes to a repository
}

type stageProperties struct {
	awssim.PipelineStage

	Actions []actionProperties
}

type actionProperties struct {
	awssim.PipelineAction

	Configuration map[string]scalar
}

// codePipeline creates a pipeline. Default values are those of AWS::CodePipeline::Pipeline in the CloudFormation template reference.
func (c *call) codePipeline(p pipelineProperties) (cloudformation.Physical, error) {
	d := p.PipelineDeclaration
	d.Name = cmp.Or(d.Name, c.GeneratedName(100))
	d.PipelineType = cmp.Or(d.PipelineType, "V1")
	d.ExecutionMode = cmp.Or(d.ExecutionMode, codepipeline.Superseded)
	for _, store := range p.ArtifactStores {
		if d.ArtifactStores == nil {
			d.ArtifactStores = make(map[string]awssim.ArtifactStore)
		}
		d.ArtifactStores[store.Region] = store.ArtifactStore
	}
	for _, stage := range p.Stages {
		d.Stages = append(d.Stages, stage.state())
	}
	if _, taken := c.region.Pipelines.Get(d.Name); taken {
		return failf("A pipeline with the name '%s' already exists", d.Name)
	}
	if err := c.assumable(d.RoleARN, "codepipeline.amazonaws.com"); err != nil {
		return failf("property RoleArn: %w", err)
	}
	if err := codepipeline.Check(d); err != nil {
		return cloudformation.Physical{}, err
	}
	disabled := make(map[string]awssim.DisabledTransition)
	for _, t := range p.DisableInboundStageTransitions {
		disabled[t.StageName] = awssim.DisabledTransition{Reason: t.Reason, By: d.RoleARN, At: c.state.Now()}
	}
	created := c.region.CreatePipeline(awssim.Pipeline{PipelineDeclaration: d, Disabled: disabled})
	if err := codepipeline.Created(c.state, c.region, created); err != nil {
		return cloudformation.Physical{}, err
	}
	return physical(d.Name, attributes{"Version": "1"})
}

// state is the stage as the API has it.
func (p stageProperties) state() awssim.PipelineStage {
	stage := p.PipelineStage
	stage.Actions = make([]awssim.PipelineAction, len(p.Actions))
	for i, a := range p.Actions {
		action := a.PipelineAction
		action.RunOrder = max(action.RunOrder, 1)
		if len(a.Configuration) > 0 {
			action.Configuration = make(map[string]string, len(a.Configuration))
		}
		for name, value := range a.Configuration {
			action.Configuration[name] = string(value)
		}
		stage.Actions[i] = action
	}
	return stage
}

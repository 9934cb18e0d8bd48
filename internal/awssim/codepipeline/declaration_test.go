package codepipeline_test

import (
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

const pipelineRole = "arn:aws:iam::123456789012:role/Pipeline"

// lambda is an action that invokes a function.
func lambda(name, function, parameters string) awssim.PipelineAction {
	return awssim.PipelineAction{
		Name: name, RunOrder: 1, TypeID: awssim.ActionType{Category: "Invoke", Owner: "AWS", Provider: "Lambda", Version: "1"},
		Configuration: map[string]string{"FunctionName": function, "UserParameters": parameters},
	}
}

// rule is a rule of a condition.
func rule(name, provider string, configuration map[string]string) awssim.PipelineRule {
	return awssim.PipelineRule{
		Name: name, TypeID: awssim.ActionType{Category: "Rule", Owner: "AWS", Provider: provider, Version: "1"}, Configuration: configuration,
	}
}

// failover is a pipeline that takes a nominal source, assesses, asks for an approval, and moves.
func failover(change ...func(*awssim.PipelineDeclaration)) awssim.PipelineDeclaration {
	source := awssim.PipelineAction{
		Name: "Nominal", RunOrder: 1, Namespace: "Source", TypeID: awssim.ActionType{Category: "Source", Owner: "AWS", Provider: "S3", Version: "1"},
		Configuration:   map[string]string{"S3Bucket": "source", "S3ObjectKey": "nominal.zip", "PollForSourceChanges": "false"},
		OutputArtifacts: []awssim.OutputArtifact{{Name: "Nothing"}},
	}
	assess := lambda("Assess", "assess", `{"mode":"#{variables.mode}","execution":"#{codepipeline.PipelineExecutionId}"}`)
	assess.Namespace = "Assessment"
	decide := awssim.PipelineAction{
		Name: "Decide", RunOrder: 1, TypeID: awssim.ActionType{Category: "Approval", Owner: "AWS", Provider: "Manual", Version: "1"},
		Configuration: map[string]string{"CustomData": "Lag: #{Assessment.lag}, source #{Source.ETag}"}, TimeoutInMinutes: 60,
	}
	d := awssim.PipelineDeclaration{
		Name: "failover", RoleARN: pipelineRole, PipelineType: "V2", ExecutionMode: codepipeline.Queued,
		ArtifactStore: &awssim.ArtifactStore{Location: "artifacts", Type: "S3"},
		Variables:     []awssim.PipelineVariable{{Name: "mode", DefaultValue: "drill"}},
		Stages: []awssim.PipelineStage{
			{Name: "Source", Actions: []awssim.PipelineAction{source}},
			{Name: "Assess", Actions: []awssim.PipelineAction{assess}},
			{Name: "Approve", Actions: []awssim.PipelineAction{decide}},
			{Name: "Move", Actions: []awssim.PipelineAction{lambda("Move", "move", "#{Assessment.lag}")}},
		},
	}
	for _, f := range change {
		f(&d)
	}
	return d
}

// short is a pipeline of a source and an action that invokes the function "assess".
func short(change ...func(*awssim.PipelineDeclaration)) awssim.PipelineDeclaration {
	return failover(append([]func(*awssim.PipelineDeclaration){func(d *awssim.PipelineDeclaration) { d.Stages = d.Stages[:2] }}, change...)...)
}

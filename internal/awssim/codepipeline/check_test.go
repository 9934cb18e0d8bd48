package codepipeline_test

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/codepipeline"
)

func TestCheck(t *testing.T) {
	type change = func(*awssim.PipelineDeclaration)
	tests := map[string]struct {
		change change
		want   string // empty if it is right
	}{
		"right":     {func(*awssim.PipelineDeclaration) {}, ""},
		"one stage": {func(d *awssim.PipelineDeclaration) { d.Stages = d.Stages[:1] }, "a pipeline must have 2 to 50 stages, got 1"},
		"no store":  {func(d *awssim.PipelineDeclaration) { d.ArtifactStore = nil }, "a pipeline must have either ArtifactStore or ArtifactStores"},
		"mode":      {func(d *awssim.PipelineDeclaration) { d.ExecutionMode = "FAST" }, `ExecutionMode must be one of [SUPERSEDED QUEUED PARALLEL] and PipelineType one of [V1 V2], got "FAST" and "V2"`},
		"V1":        {func(d *awssim.PipelineDeclaration) { d.PipelineType = "V1" }, "the execution modes QUEUED and PARALLEL, variables, and conditions of stages need PipelineType V2, got V1"},
		"V1 with conditions": {func(d *awssim.PipelineDeclaration) {
			d.PipelineType, d.ExecutionMode, d.Variables = "V1", codepipeline.Superseded, nil
			d.Stages[1].BeforeEntry = condition("FAIL", "EQ", "x")
		}, "the execution modes QUEUED and PARALLEL, variables, and conditions of stages need PipelineType V2, got V1"},
		"skipped success": {func(d *awssim.PipelineDeclaration) { d.Stages[1].OnSuccess = condition("SKIP", "EQ", "x") }, "stage Assess: OnSuccess: a stage that has succeeded cannot be skipped"},
		"variables":       {func(d *awssim.PipelineDeclaration) { d.Variables = make([]awssim.PipelineVariable, 51) }, "a pipeline must not have more than 50 variables, got 51"},
		"variable":        {func(d *awssim.PipelineDeclaration) { d.Variables[0].DefaultValue = strings.Repeat("x", 1001) }, `variable "mode": the name must match ^[A-Za-z0-9@\-_]{1,128}$ and the default value must not have more than 1000 characters, got 1001`},
		"same stage":      {func(d *awssim.PipelineDeclaration) { d.Stages[1].Name = "Source" }, "stage Source: its name must be its own, and it must have actions"},
		"same action": {func(d *awssim.PipelineDeclaration) {
			d.Stages[3].Actions = append(d.Stages[3].Actions, d.Stages[3].Actions[0])
		}, "stage Move: more than one action is called Move"},
		"source later":       {func(d *awssim.PipelineDeclaration) { d.Stages[1].Actions[0].TypeID.Category = "Source" }, "stage Assess, action Assess: source actions must be in the first stage, and all others behind it"},
		"no source":          {func(d *awssim.PipelineDeclaration) { d.Stages = d.Stages[1:] }, "stage Assess, action Assess: source actions must be in the first stage, and all others behind it"},
		"same namespace":     {func(d *awssim.PipelineDeclaration) { d.Stages[1].Actions[0].Namespace = "Source" }, "stage Assess, action Assess: namespaces must be unique across the pipeline, and neither codepipeline nor variables, got Source"},
		"reserved namespace": {func(d *awssim.PipelineDeclaration) { d.Stages[1].Actions[0].Namespace = "variables" }, "stage Assess, action Assess: namespaces must be unique across the pipeline, and neither codepipeline nor variables, got variables"},
		"unknown input": {func(d *awssim.PipelineDeclaration) {
			d.Stages[1].Actions[0].InputArtifacts = []awssim.InputArtifact{{Name: "X"}}
		}, "stage Assess, action Assess: no action before it makes input artifact X"},
		"same output": {func(d *awssim.PipelineDeclaration) {
			d.Stages[1].Actions[0].OutputArtifacts = []awssim.OutputArtifact{{Name: "Nothing"}}
		}, "stage Assess, action Assess: output artifact Nothing is made by another action"},
		"time of a function": {func(d *awssim.PipelineDeclaration) { d.Stages[1].Actions[0].TimeoutInMinutes = 60 }, "stage Assess, action Assess: only manual approvals may have TimeoutInMinutes"},
		"time of approval":   {func(d *awssim.PipelineDeclaration) { d.Stages[2].Actions[0].TimeoutInMinutes = 4 }, "stage Approve, action Decide: TimeoutInMinutes must be 5 to 86400, got 4"},
		"no function":        {func(d *awssim.PipelineDeclaration) { delete(d.Stages[1].Actions[0].Configuration, "FunctionName") }, "stage Assess, action Assess: configuration FunctionName must be given"},
		"configuration":      {func(d *awssim.PipelineDeclaration) { d.Stages[1].Actions[0].Configuration["Function"] = "x" }, "stage Assess, action Assess: configuration Function is not known"},
		"long configuration": {func(d *awssim.PipelineDeclaration) {
			d.Stages[1].Actions[0].Configuration["UserParameters"] = strings.Repeat("x", 1001)
		}, "stage Assess, action Assess: configuration UserParameters must have 1 to 1000 characters, got 1001"},
		"other provider": {func(d *awssim.PipelineDeclaration) {
			d.Stages[1].Actions[0].TypeID.Provider = "StepFunctions"
			d.Stages[1].Actions[0].Configuration = map[string]string{"Input": strings.Repeat("x", 5000)}
		}, ""},
		"result": {func(d *awssim.PipelineDeclaration) { d.Stages[1].OnSuccess = condition("ROLLBACK", "EQ", "x") }, `stage Assess: only the results FAIL and SKIP of conditions are rehearsed, got "ROLLBACK"`},
		"rollback": {func(d *awssim.PipelineDeclaration) {
			d.Stages[1].OnFailure = &awssim.FailureConditions{Result: "ROLLBACK"}
		}, `stage Assess: OnFailure: only the result FAIL is rehearsed, got "ROLLBACK"`},
		"rule": {func(d *awssim.PipelineDeclaration) {
			d.Stages[1].BeforeEntry = ruled(rule("R", "CloudWatchAlarm", map[string]string{"AlarmName": "a"}))
		}, "stage Assess: rule R: rules of provider CloudWatchAlarm are not rehearsed, only those of LambdaInvoke and VariableCheck"},
		"rule's value": {func(d *awssim.PipelineDeclaration) { d.Stages[1].BeforeEntry = ruled(rule("R", "LambdaInvoke", nil)) }, "stage Assess: rule R: configuration FunctionName must be given"},
		"no rule":      {func(d *awssim.PipelineDeclaration) { d.Stages[1].BeforeEntry = ruled() }, "stage Assess: a condition must have 1 to 5 rules, got 0"},
		"all mistakes": {func(d *awssim.PipelineDeclaration) { d.ArtifactStore, d.ExecutionMode = nil, "FAST" }, "a pipeline must have either ArtifactStore or ArtifactStores\nExecutionMode must be one of [SUPERSEDED QUEUED PARALLEL] and PipelineType one of [V1 V2], got \"FAST\" and \"V2\""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := codepipeline.Check(failover(tt.change))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// ruled is a condition of rules.
func ruled(rules ...awssim.PipelineRule) *awssim.StageConditions {
	return &awssim.StageConditions{Conditions: []awssim.StageCondition{{Result: "FAIL", Rules: rules}}}
}

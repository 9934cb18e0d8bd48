package rules_test

import "testing"

func TestUnknownPipelineVariable(t *testing.T) {
	// action is a stage with one action.
	action := func(name, namespace, parameters string) string {
		return `{"Name": "` + name + `", "Actions": [{"Name": "` + name + `", "Namespace": "` + namespace + `", "Configuration": {"UserParameters": "` + parameters + `"}}]}`
	}
	pipeline := func(stages string) stacks {
		return one(`"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Variables": [{"Name": "mode"}], "Stages": [` + stages + `]}}`)
	}
	skipped := func(variable string) string {
		return `{"Name": "Hold", "Actions": [{"Name": "Hold", "Namespace": "Hold"}], "BeforeEntry": {"Conditions": [{"Result": "SKIP",
			"Rules": [{"Name": "OnlyInDrills", "Configuration": {"Variable": "` + variable + `"}}]}]}}`
	}
	testRule(t, "unknown-pipeline-variable", map[string]ruleTest{
		"noncompliant 1: no such namespace": {
			stacks: pipeline(action("Assess", "Assess", "") + "," + action("Approve", "", "#{Asess.Summary}")),
			want:   []string{"Test P #{Asess.Summary}"},
			says:   "Approve refers to #{Asess.Summary}, but no action up to its stage has the namespace Asess",
		},
		"noncompliant 2: later namespace": {
			stacks: pipeline(action("Approve", "", "#{Move.Outcome}") + "," + action("Move", "Move", "")), want: []string{"Test P #{Move.Outcome}"},
		},
		"noncompliant 3: not declared": {
			stacks: pipeline(action("Move", "Move", "#{variables.reason}")),
			want:   []string{"Test P #{variables.reason}"},
			says:   "which the pipeline does not declare: add it to Variables",
		},
		"noncompliant 4: of CodePipeline": {
			stacks: pipeline(action("Move", "Move", "#{codepipeline.StartedBy}")), want: []string{"Test P #{codepipeline.StartedBy}"},
		},
		"noncompliant 5: in a condition": {
			stacks: pipeline(skipped("#{variables.drill}")), want: []string{"Test P #{variables.drill}"}, says: "OnlyInDrills refers to",
		},
		"compliant 1: all kinds": {stacks: pipeline(action("Assess", "Assess", "#{codepipeline.PipelineExecutionId} #{variables.mode}") + "," +
			action("Approve", "", "#{Assess.Summary}") + "," + skipped("#{variables.mode}"))},
		"compliant 2: no reference":      {stacks: pipeline(action("Assess", "", "#variables.none {x}"))},
		"compliant 3: known later":       {stacks: one(`"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": [{"Actions": [{"Configuration": {"Topic": {"Ref": "T"}}}]}]}}, "T": {"Type": "AWS::SNS::Topic"}`)},
		"not applicable 1: another type": {stacks: one(`"Q": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "#{a.b}"}}`)},
	})
}

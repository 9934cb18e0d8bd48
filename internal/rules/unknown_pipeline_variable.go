package rules

import (
	"regexp"
	"slices"

	"github.com/warmstandby/warmstandby/internal/assembly"
)

// unknownPipelineVariable finds references to variables that a pipeline will not have when it comes to them: of a namespace that no
// earlier action has, of a pipeline's variable that is not declared. Nothing notices before the action runs, and then the run
// fails, perhaps on the day of a failover. See "Variables reference" in the CodePipeline user guide.
var unknownPipelineVariable = Rule{
	ID:      "unknown-pipeline-variable",
	Summary: "an action of a pipeline refers to a variable that will not be there",
	check: func(a *assembly.Assembly) []Finding {
		var findings []Finding
		for r := range each(a, "AWS::CodePipeline::Pipeline") {
			findings = append(findings, unknownVariables(r)...)
		}
		return findings
	},
}

// pipelineReference is a reference to a variable.
var pipelineReference = regexp.MustCompile(`#\{([A-Za-z0-9@\-_]+)\.([A-Za-z0-9@\-_]+)\}`)

// unknownVariables are the findings about a pipeline. Actions with the same RunOrder run side by side, so only what a stage before
// has made is known to be there; within a stage the order of actions decides, and a reference is given the benefit of the doubt.
func unknownVariables(r subject) []Finding {
	declared := []string{}
	for _, v := range list(r.property("Variables")) {
		if name, ok := r.render(at(v, "Name")); ok {
			declared = append(declared, name)
		}
	}
	known := map[string]bool{"codepipeline": true, "variables": true}
	var findings []Finding
	for _, stage := range list(r.property("Stages")) {
		var actions []any
		for _, condition := range list(at(stage, "BeforeEntry", "Conditions")) {
			actions = append(actions, list(at(condition, "Rules"))...)
		}
		for _, action := range list(at(stage, "Actions")) {
			actions = append(actions, action)
			if namespace, ok := r.render(at(action, "Namespace")); ok {
				known[namespace] = true
			}
		}
		for _, action := range actions {
			findings = append(findings, r.unknownIn(action, known, declared)...)
		}
	}
	return findings
}

// unknownIn are the findings about an action or a rule.
func (x subject) unknownIn(action any, known map[string]bool, declared []string) []Finding {
	name, _ := x.render(at(action, "Name"))
	configuration, _ := at(action, "Configuration").(map[string]any)
	var findings []Finding
	for _, value := range configuration {
		text, _ := x.render(value)
		for _, m := range pipelineReference.FindAllStringSubmatch(text, -1) {
			switch namespace, variable := m[1], m[2]; {
			case !known[namespace]:
				findings = append(findings, x.finding(m[0],
					"%s refers to %s, but no action up to its stage has the namespace %s: give it to the action whose variable is meant", name, m[0], namespace))
			case namespace == "variables" && !slices.Contains(declared, variable):
				findings = append(findings, x.finding(m[0], "%s refers to %s, which the pipeline does not declare: add it to Variables", name, m[0]))
			case namespace == "codepipeline" && variable != "PipelineExecutionId":
				findings = append(findings, x.finding(m[0], "%s refers to %s, but the namespace codepipeline has PipelineExecutionId only", name, m[0]))
			}
		}
	}
	return findings
}

package codepipeline

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Limits of an execution (CPUG, "Quotas in AWS CodePipeline").
const (
	maxValue      = 1000 // characters of a variable's value, and of an action's configuration value
	maxConcurrent = 50   // executions of a pipeline in the modes QUEUED and PARALLEL
)

// StartInput is what StartPipelineExecution is asked.
type StartInput struct {
	Pipeline    string
	Variables   map[string]string
	Overrides   map[string]awssim.RevisionOverride // by source action
	ClientToken string
	Trigger     awssim.ExecutionTrigger
}

// Start starts an execution of a pipeline and returns its id. With the token of an earlier start it returns that one's.
func Start(s *awssim.State, r *awssim.Region, in StartInput) (string, error) {
	p, err := FindPipeline(r, in.Pipeline)
	if err != nil {
		return "", err
	}
	waiting := 0
	for _, id := range p.Executions {
		e, _ := r.PipelineExecutions.Get(id)
		if in.ClientToken != "" && e.ClientToken == in.ClientToken {
			return id, nil
		}
		if running(&e) {
			waiting++
		}
	}
	if p.ExecutionMode != Superseded && waiting >= maxConcurrent {
		return "", refuse("ConcurrentPipelineExecutionsLimitExceededException",
			"Pipeline '%s' has %d executions in progress, and must not have more than %d", p.Name, waiting, maxConcurrent)
	}
	variables, err := resolveVariables(p, in.Variables)
	if err == nil {
		err = checkOverrides(p, in.Overrides)
	}
	if err != nil {
		return "", err
	}
	e := awssim.PipelineExecution{
		ID: s.NewUUID(), Pipeline: p.Name, Version: p.Version, Mode: p.ExecutionMode, Status: InProgress, Variables: variables,
		Trigger: in.Trigger, Started: s.Now(), Updated: s.Now(), ClientToken: in.ClientToken, Overrides: maps.Clone(in.Overrides),
		Artifacts: map[string]awssim.Artifact{},
	}
	p.Executions = append(slices.Clone(p.Executions), e.ID)
	r.Pipelines.Put(p.Name, p)
	r.PipelineExecutions.Put(e.ID, e)
	announcePipeline(s, r, &e, eventStarted)
	s.WakePipelines()
	return e.ID, nil
}

// variableName is what variables may be called (API reference, PipelineVariable).
var variableName = regexp.MustCompile(`^[A-Za-z0-9@\-_]{1,128}$`)

// resolveVariables gives each of the pipeline's variables the value that the start or its declaration gives it.
func resolveVariables(p awssim.Pipeline, given map[string]string) ([]awssim.ResolvedVariable, error) {
	var resolved []awssim.ResolvedVariable
	declared := map[string]bool{}
	for _, v := range p.Variables {
		declared[v.Name] = true
		value := cmp.Or(given[v.Name], v.DefaultValue)
		if value == "" {
			return nil, invalid("Pipeline variable '%s' has no default value: give it one when you start pipeline '%s'", v.Name, p.Name)
		}
		resolved = append(resolved, awssim.ResolvedVariable{Name: v.Name, Value: value})
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		switch value := given[name]; {
		case !variableName.MatchString(name):
			return nil, invalid("The name of pipeline variable '%s' must match %s", name, variableName)
		case !declared[name]:
			return nil, invalid("Pipeline '%s' has no variable with name '%s'", p.Name, name)
		case value == "" || len([]rune(value)) > maxValue:
			return nil, invalid("The value of pipeline variable '%s' must have 1 to %d characters, got %d", name, maxValue, len([]rune(value)))
		}
	}
	return resolved, nil
}

// checkOverrides refuses revisions for what is no S3 source action.
func checkOverrides(p awssim.Pipeline, overrides map[string]awssim.RevisionOverride) error {
	for name, o := range overrides {
		i := slices.IndexFunc(p.Stages[0].Actions, func(a awssim.PipelineAction) bool { return a.Name == name })
		switch {
		case i < 0:
			return invalid("Pipeline '%s' has no source action with name '%s'", p.Name, name)
		case o.Type != versionOverride && o.Type != keyOverride:
			return invalid("The revision type of source action '%s' must be %s or %s, got '%s'", name, versionOverride, keyOverride, o.Type)
		case o.Value == "":
			return invalid("The revision value of source action '%s' must not be empty", name)
		}
	}
	return nil
}

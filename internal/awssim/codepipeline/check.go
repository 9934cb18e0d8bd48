package codepipeline

import (
	"errors"
	"fmt"
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Limits of a pipeline's structure (CPUG, "Quotas in AWS CodePipeline" and "CodePipeline pipeline structure reference").
const (
	minStages   = 2
	maxStages   = 50
	maxDeclared = 50 // variables
	maxRules    = 5  // of a condition
	minApproval = 5  // minutes
	maxApproval = 86400
)

// Check returns everything for which CodePipeline would refuse the pipeline, and what it would take but is not known here. Actions
// of providers that are not rehearsed are taken as they are: they fail when they are to run.
func Check(p awssim.PipelineDeclaration) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if n := len(p.Stages); n < minStages || n > maxStages {
		bad("a pipeline must have %d to %d stages, got %d", minStages, maxStages, n)
	}
	if (p.ArtifactStore == nil) == (len(p.ArtifactStores) == 0) {
		bad("a pipeline must have either ArtifactStore or ArtifactStores")
	}
	errs = append(errs, checkMode(p), checkVariables(p.Variables))
	c := checker{stages: map[string]bool{}, namespaces: map[string]bool{}, artifacts: map[string]bool{}}
	for i, stage := range p.Stages {
		errs = append(errs, c.stage(i, stage))
	}
	return errors.Join(errs...)
}

func checkMode(p awssim.PipelineDeclaration) error {
	modes, types := []string{Superseded, Queued, Parallel}, []string{"V1", "V2"}
	if !slices.Contains(modes, p.ExecutionMode) || !slices.Contains(types, p.PipelineType) {
		return fmt.Errorf("ExecutionMode must be one of %v and PipelineType one of %v, got %q and %q", modes, types, p.ExecutionMode, p.PipelineType)
	}
	conditional := func(s awssim.PipelineStage) bool {
		return s.BeforeEntry != nil || s.OnSuccess != nil || s.OnFailure != nil
	}
	if p.PipelineType == "V1" && (p.ExecutionMode != Superseded || len(p.Variables) > 0 || slices.ContainsFunc(p.Stages, conditional)) {
		return errors.New("the execution modes QUEUED and PARALLEL, variables, and conditions of stages need PipelineType V2, got V1")
	}
	return nil
}

func checkVariables(all []awssim.PipelineVariable) error {
	var errs []error
	if len(all) > maxDeclared {
		errs = append(errs, fmt.Errorf("a pipeline must not have more than %d variables, got %d", maxDeclared, len(all)))
	}
	for _, v := range all {
		if !variableName.MatchString(v.Name) || len([]rune(v.DefaultValue)) > maxValue {
			errs = append(errs, fmt.Errorf("variable %q: the name must match %s and the default value must not have more than %d characters, got %d",
				v.Name, variableName, maxValue, len([]rune(v.DefaultValue))))
		}
	}
	return errors.Join(errs...)
}

// checker knows what the stages before have named.
type checker struct{ stages, namespaces, artifacts map[string]bool }

func (c checker) stage(index int, stage awssim.PipelineStage) error {
	var errs []error
	if c.stages[stage.Name] || len(stage.Actions) == 0 {
		errs = append(errs, fmt.Errorf("stage %s: its name must be its own, and it must have actions", stage.Name))
	}
	c.stages[stage.Name] = true
	names := map[string]bool{}
	actions := slices.SortedStableFunc(slices.Values(stage.Actions), func(a, b awssim.PipelineAction) int { return a.RunOrder - b.RunOrder })
	for _, a := range actions {
		if names[a.Name] {
			errs = append(errs, fmt.Errorf("stage %s: more than one action is called %s", stage.Name, a.Name))
		}
		names[a.Name] = true
		if err := c.action(index == 0, a); err != nil {
			errs = append(errs, fmt.Errorf("stage %s, action %s: %w", stage.Name, a.Name, err))
		}
	}
	if err := checkConditions(stage); err != nil {
		errs = append(errs, fmt.Errorf("stage %s: %w", stage.Name, err))
	}
	return errors.Join(errs...)
}

func (c checker) action(first bool, a awssim.PipelineAction) error {
	if first != (a.TypeID.Category == "Source") {
		return errors.New("source actions must be in the first stage, and all others behind it")
	}
	if a.Namespace != "" && (c.namespaces[a.Namespace] || a.Namespace == executionNamespace || a.Namespace == variableNamespace) {
		return fmt.Errorf("namespaces must be unique across the pipeline, and neither %s nor %s, got %s", executionNamespace, variableNamespace, a.Namespace)
	}
	c.namespaces[a.Namespace] = true
	for _, in := range a.InputArtifacts {
		if !c.artifacts[in.Name] {
			return fmt.Errorf("no action before it makes input artifact %s", in.Name)
		}
	}
	for _, out := range a.OutputArtifacts {
		if c.artifacts[out.Name] {
			return fmt.Errorf("output artifact %s is made by another action", out.Name)
		}
		c.artifacts[out.Name] = true
	}
	if _, ok := runnerOf(a.TypeID); !ok {
		return nil
	}
	return errors.Join(checkTimeout(a), checkConfiguration(a.TypeID.Provider, a.Configuration))
}

func checkTimeout(a awssim.PipelineAction) error {
	switch n := a.TimeoutInMinutes; {
	case n == 0:
	case a.TypeID.Category != "Approval":
		return errors.New("only manual approvals may have TimeoutInMinutes")
	case n < minApproval || n > maxApproval:
		return fmt.Errorf("TimeoutInMinutes must be %d to %d, got %d", minApproval, maxApproval, n)
	}
	return nil
}

// configurations are what providers' actions and rules may be configured with; true means that they must.
var configurations = map[string]map[string]bool{
	"S3":            {"S3Bucket": true, "S3ObjectKey": true, "PollForSourceChanges": false, "AllowOverrideForS3ObjectKey": false},
	"Lambda":        {functionName: true, "UserParameters": false},
	"Manual":        {"NotificationArn": false, "CustomData": false, "ExternalEntityLink": false},
	"LambdaInvoke":  {functionName: true, "UserParameters": false},
	"VariableCheck": {"Variable": true, "Value": true, "Operator": true},
}

func checkConfiguration(provider string, configuration map[string]string) error {
	var errs []error
	known := configurations[provider]
	for _, name := range sortedKeys(known) {
		if known[name] && configuration[name] == "" {
			errs = append(errs, fmt.Errorf("configuration %s must be given", name))
		}
	}
	for _, name := range sortedKeys(configuration) {
		value := []rune(configuration[name])
		if _, ok := known[name]; !ok {
			errs = append(errs, fmt.Errorf("configuration %s is not known", name))
		}
		if len(value) == 0 || len(value) > maxValue {
			errs = append(errs, fmt.Errorf("configuration %s must have 1 to %d characters, got %d", name, maxValue, len(value)))
		}
	}
	return errors.Join(errs...)
}

func checkConditions(stage awssim.PipelineStage) error {
	var errs []error
	all := slices.Concat(conditionsOf(stage.BeforeEntry), conditionsOf(stage.OnSuccess))
	for _, c := range conditionsOf(stage.OnSuccess) {
		if c.Result == resultSkip {
			errs = append(errs, errors.New("OnSuccess: a stage that has succeeded cannot be skipped"))
		}
	}
	if f := stage.OnFailure; f != nil {
		if f.Result != "" && f.Result != resultFail || f.RetryConfiguration != nil {
			return fmt.Errorf("OnFailure: only the result %s is rehearsed, got %q", resultFail, f.Result)
		}
		all = append(all, f.Conditions...)
	}
	for _, c := range all {
		if c.Result != resultFail && c.Result != resultSkip {
			errs = append(errs, fmt.Errorf("only the results %s and %s of conditions are rehearsed, got %q", resultFail, resultSkip, c.Result))
		}
		if len(c.Rules) == 0 || len(c.Rules) > maxRules {
			errs = append(errs, fmt.Errorf("a condition must have 1 to %d rules, got %d", maxRules, len(c.Rules)))
		}
		for _, r := range c.Rules {
			errs = append(errs, checkRule(r))
		}
	}
	return errors.Join(errs...)
}

func checkRule(r awssim.PipelineRule) error {
	if _, ok := runnerOf(r.TypeID); !ok || r.TypeID.Category != "Rule" {
		return fmt.Errorf("rule %s: rules of provider %s are not rehearsed, only those of LambdaInvoke and VariableCheck", r.Name, r.TypeID.Provider)
	}
	if err := checkConfiguration(r.TypeID.Provider, r.Configuration); err != nil {
		return fmt.Errorf("rule %s: %w", r.Name, err)
	}
	return nil
}

// Created starts the execution that CodePipeline starts when a pipeline is created. A pipeline with a variable that has no default
// value cannot start by itself.
func Created(s *awssim.State, r *awssim.Region, p awssim.Pipeline) error {
	if slices.ContainsFunc(p.Variables, func(v awssim.PipelineVariable) bool { return v.DefaultValue == "" }) {
		return nil
	}
	_, err := Start(s, r, StartInput{Pipeline: p.Name, Trigger: awssim.ExecutionTrigger{Type: "CreatePipeline"}})
	return err
}

package codepipeline

import (
	"cmp"
	"fmt"
	"maps"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Times that an action or a rule may take (CPUG, "Quotas in AWS CodePipeline").
const (
	defaultTimeout  = 24 * time.Hour
	approvalTimeout = 7 * 24 * time.Hour
)

// maxConfiguration is how many bytes a resolved configuration may have (CPUG, "Quotas in AWS CodePipeline").
const maxConfiguration = 100 << 10

// runner starts an action whose configuration is resolved. The action has ended, or waits for something, when it returns; a failure
// ends it.
type runner func(*machine, *awssim.ActionExecution) *awssim.ActionError

// runners are what can be run, by category and provider.
var runners = map[awssim.ActionType]runner{
	{Category: "Source", Provider: "S3"}:          (*machine).source,
	{Category: "Invoke", Provider: "Lambda"}:      (*machine).invoke,
	{Category: "Approval", Provider: "Manual"}:    (*machine).requestApproval,
	{Category: "Rule", Provider: "LambdaInvoke"}:  (*machine).invoke,
	{Category: "Rule", Provider: "VariableCheck"}: (*machine).checkVariable,
}

// runnerOf returns the runner of actions of a type, and whether there is one.
func runnerOf(t awssim.ActionType) (runner, bool) {
	if t.Owner != "AWS" && (t.Category != "Rule" || t.Owner != "") {
		return nil, false
	}
	run, ok := runners[awssim.ActionType{Category: t.Category, Provider: t.Provider}]
	return run, ok
}

// start starts an attempt of an action, or of a rule of a condition.
func (m *machine) start(stage, condition string, declared awssim.PipelineAction) {
	a := newAttempt(m, stage, condition, declared)
	m.execution.Actions = append(m.execution.Actions, *a)
	a = &m.execution.Actions[len(m.execution.Actions)-1]
	m.execution.Updated = a.Started
	announceAction(m.state, m.region, m.execution, a)
	if failure := m.run(a); failure != nil {
		m.fail(a, failure)
	}
}

func newAttempt(m *machine, stage, condition string, declared awssim.PipelineAction) *awssim.ActionExecution {
	now := m.state.Now()
	a := &awssim.ActionExecution{
		ID: m.state.NewUUID(), Stage: stage, Action: declared.Name, Condition: condition, Type: declared.TypeID,
		Namespace: declared.Namespace, RoleARN: declared.RoleARN, Region: cmp.Or(declared.Region, m.region.Name()),
		Status: InProgress, Started: now, Updated: now, Configuration: maps.Clone(declared.Configuration),
		Deadline: now.Add(timeout(declared)),
	}
	for _, in := range declared.InputArtifacts {
		a.Inputs = append(a.Inputs, in.Name)
	}
	for _, out := range declared.OutputArtifacts {
		a.Outputs = append(a.Outputs, out.Name)
	}
	return a
}

// timeout is how long an action may take.
func timeout(a awssim.PipelineAction) time.Duration {
	switch {
	case a.TimeoutInMinutes > 0:
		return time.Duration(a.TimeoutInMinutes) * time.Minute
	case a.TypeID.Category == "Approval":
		return approvalTimeout
	}
	return defaultTimeout
}

// run resolves an action's configuration and starts what it does.
func (m *machine) run(a *awssim.ActionExecution) *awssim.ActionError {
	run, ok := runnerOf(a.Type)
	if !ok {
		return &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf(
			"Actions of provider %s (category %s, owner %s) are not rehearsed", a.Type.Provider, a.Type.Category, a.Type.Owner)}
	}
	resolved, unknown := resolve(m.execution, a.Configuration)
	if len(unknown) > 0 {
		return unresolved(a, unknown)
	}
	size := 0
	for name, value := range resolved {
		size += len(name) + len(value)
	}
	if size > maxConfiguration {
		return &awssim.ActionError{Code: "ConfigurationError", Message: fmt.Sprintf(
			"The resolved configuration of action %s must not have more than %d bytes, got %d", a.Action, maxConfiguration, size)}
	}
	a.ResolvedConfiguration = resolved
	return run(m, a)
}

// timedOut is the failure of an action whose time has run out.
func timedOut(a *awssim.ActionExecution) *awssim.ActionError {
	if a.Token != "" {
		return &awssim.ActionError{Code: "Timeout", Message: "The approval was not given in time"}
	}
	return &awssim.ActionError{Code: "JobFailed", Message: fmt.Sprintf("The AWS Lambda function %s failed to return a result. Check the "+
		"function to verify that it has permission to call the PutJobSuccessResult action and that it made a call to PutJobSuccessResult.",
		a.ResolvedConfiguration[functionName])}
}

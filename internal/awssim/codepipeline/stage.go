package codepipeline

import (
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Phases of the execution in a stage.
const (
	beforeEntry = "beforeEntry"
	inActions   = "actions"
	onSuccess   = "onSuccess"
	onFailure   = "onFailure"
)

// Results of a condition that is not met.
const (
	resultFail = "FAIL"
	resultSkip = "SKIP"
)

// outcome is how far a part of a stage has come.
type outcome int

const (
	pending outcome = iota // nothing more can be done now
	started                // something was started
	passed
	failed
	skipped
)

// proceed goes on in the stage, and says whether it could.
func (m *machine) proceed(stage *awssim.StageExecution, declared awssim.PipelineStage) bool {
	switch stage.Phase {
	case beforeEntry:
		return m.then(stage, m.conditions(declared.Name, beforeEntry, conditionsOf(declared.BeforeEntry)), inActions, "")
	case inActions:
		return m.then(stage, m.actions(declared), onSuccess, onFailure)
	case onSuccess:
		return m.then(stage, m.conditions(declared.Name, onSuccess, conditionsOf(declared.OnSuccess)), "", "")
	default:
		return m.afterFailure(stage, declared)
	}
}

// then goes to the phase that follows from an outcome; where none is named, the stage ends. It says whether anything has happened.
func (m *machine) then(stage *awssim.StageExecution, o outcome, pass, fail string) bool {
	switch {
	case o == pending:
		return false
	case o == started:
	case o == skipped:
		m.complete(stage, Skipped)
	case o == passed && pass != "":
		stage.Phase = pass
	case o == passed:
		m.complete(stage, Succeeded)
	case fail != "":
		stage.Phase = fail
	default:
		m.leave(stage, Failed)
		m.finish(Failed, "")
	}
	return true
}

// afterFailure asks the conditions of a failed stage. If they are not met and say so, the stage is skipped after all.
func (m *machine) afterFailure(stage *awssim.StageExecution, declared awssim.PipelineStage) bool {
	var conditions []awssim.StageCondition
	if declared.OnFailure != nil {
		conditions = declared.OnFailure.Conditions
	}
	o := m.conditions(declared.Name, onFailure, conditions)
	if o == passed {
		o = failed // the actions have failed, whatever the conditions say
	}
	return m.then(stage, o, "", "")
}

// complete leaves a stage for the next one, or ends the execution after the last.
func (m *machine) complete(stage *awssim.StageExecution, status string) {
	m.leave(stage, status)
	m.execution.Next++
	if m.execution.Next == len(m.pipeline.Stages) {
		m.finish(Succeeded, "")
	}
}

func conditionsOf(c *awssim.StageConditions) []awssim.StageCondition {
	if c == nil {
		return nil
	}
	return c.Conditions
}

// conditions evaluates conditions, one after the other. A condition is met if all its rules succeed; they run at the same time.
func (m *machine) conditions(stage, condition string, all []awssim.StageCondition) outcome {
	for _, c := range all {
		var rules []awssim.PipelineAction
		for _, rule := range c.Rules {
			rules = append(rules, asAction(rule))
		}
		o := m.group(stage, condition, rules)
		if o == failed && c.Result == resultSkip {
			return skipped
		}
		if o != passed {
			return o
		}
	}
	return passed
}

// asAction is a rule as an action, which runs like one.
func asAction(r awssim.PipelineRule) awssim.PipelineAction {
	return awssim.PipelineAction{
		Name: r.Name, TypeID: r.TypeID, Configuration: r.Configuration, InputArtifacts: r.InputArtifacts,
		RoleARN: r.RoleARN, Region: r.Region, TimeoutInMinutes: r.TimeoutInMinutes,
	}
}

// actions runs the stage's actions: those of the same run order at the same time, a greater one after a smaller one.
func (m *machine) actions(stage awssim.PipelineStage) outcome {
	byOrder := map[int][]awssim.PipelineAction{}
	var orders []int
	for _, a := range stage.Actions {
		if len(byOrder[a.RunOrder]) == 0 {
			orders = append(orders, a.RunOrder)
		}
		byOrder[a.RunOrder] = append(byOrder[a.RunOrder], a)
	}
	slices.Sort(orders)
	for _, order := range orders {
		if o := m.group(stage.Name, "", byOrder[order]); o != passed {
			return o
		}
	}
	return passed
}

// group runs actions, or rules, at the same time. It has failed when all have ended and one has failed.
func (m *machine) group(stage, condition string, all []awssim.PipelineAction) outcome {
	o := passed
	for _, declared := range all {
		a := attempt(m.execution, stage, condition, declared.Name)
		switch {
		case a == nil:
			m.start(stage, condition, declared)
			o = started
		case o == started:
		case a.Status == InProgress:
			o = pending
		case a.Status != Succeeded && o == passed:
			o = failed
		}
	}
	return o
}

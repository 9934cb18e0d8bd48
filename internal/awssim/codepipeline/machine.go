package codepipeline

import (
	"maps"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// work is what is to be done once the cloud's lock is released.
type work struct {
	events   []awssim.PipelineEvent
	invoke   []invocation
	refusals []Refusal
	next     time.Time // when time will run out for something; zero if it will not
}

// invocation is a function to be invoked asynchronously.
type invocation struct {
	function awssim.Function
	version  string
	payload  []byte
}

// machine moves one execution on, with the cloud's lock.
type machine struct {
	state     *awssim.State
	region    *awssim.Region
	pipeline  awssim.Pipeline
	execution *awssim.PipelineExecution // a copy
	work      *work
}

// advance moves all executions of all Regions as far as they get now.
func advance(s *awssim.State) work {
	w := &work{}
	for _, r := range s.Regions() {
		for _, p := range r.Pipelines.All() {
			for advancePipeline(s, r, p, w) {
			}
		}
		dispatch(r, w)
	}
	w.events, s.PipelineEvents = s.PipelineEvents, nil
	return *w
}

// advancePipeline moves each execution of a pipeline on, the oldest first, and says whether one has left a stage: then another may
// enter it.
func advancePipeline(s *awssim.State, r *awssim.Region, p awssim.Pipeline, w *work) (left bool) {
	for _, id := range p.Executions {
		found, _ := r.PipelineExecutions.Get(id)
		if !running(&found) {
			continue
		}
		m := &machine{state: s, region: r, pipeline: p, execution: clone(found), work: w}
		moved := false
		for running(m.execution) && m.step() {
			moved = true
		}
		r.PipelineExecutions.Put(id, *m.execution)
		left = left || moved && (m.execution.Next != found.Next || m.execution.Status != found.Status)
	}
	return left
}

// step does one thing for the execution, and says whether it could.
func (m *machine) step() bool {
	stage := current(m.pipeline, m.execution)
	if stage == nil {
		return m.enter()
	}
	if m.expire() || m.execution.Status == Stopping && m.stop(stage) {
		return true
	}
	return m.proceed(stage, m.pipeline.Stages[m.execution.Next])
}

// enter enters the next stage, unless something keeps the execution from it.
func (m *machine) enter() bool {
	e, name := m.execution, m.pipeline.Stages[m.execution.Next].Name
	if e.Status == Stopping {
		m.finish(Stopped, e.StopReason)
		return true
	}
	if _, disabled := m.pipeline.Disabled[name]; disabled || m.locked(name) {
		superseded := e.Mode == Superseded && m.superseded()
		if superseded {
			m.finish(SupersededRun, "")
		}
		return superseded
	}
	e.Stages = append(e.Stages, awssim.StageExecution{Name: name, Status: InProgress, Phase: beforeEntry})
	state := eventStarted
	if e.Resumed {
		state, e.Resumed = eventResumed, false
	}
	announceStage(m.state, m.region, e, name, state)
	return true
}

// locked says whether the stage is another execution's (CPUG, "How pipeline executions work").
func (m *machine) locked(stage string) bool {
	if m.execution.Mode == Parallel {
		return false
	}
	return m.others(func(e *awssim.PipelineExecution, earlier bool) bool {
		in := current(m.pipeline, e)
		waits := in == nil && e.Next == m.execution.Next
		return in != nil && in.Name == stage || waits && earlier && e.Mode == Queued
	})
}

// superseded says whether a later execution waits for the same stage.
func (m *machine) superseded() bool {
	return m.others(func(e *awssim.PipelineExecution, earlier bool) bool {
		return !earlier && current(m.pipeline, e) == nil && e.Next == m.execution.Next
	})
}

// others says whether the condition holds for another execution of the pipeline that has not ended.
func (m *machine) others(holds func(e *awssim.PipelineExecution, earlier bool) bool) bool {
	earlier := true
	for _, id := range m.pipeline.Executions {
		if id == m.execution.ID {
			earlier = false
			continue
		}
		if e, _ := m.region.PipelineExecutions.Get(id); running(&e) && holds(&e, earlier) {
			return true
		}
	}
	return false
}

// expire fails the actions whose time has run out, and notes when it will for others.
func (m *machine) expire() bool {
	expired := false
	for i := range m.execution.Actions {
		a := &m.execution.Actions[i]
		if a.Status != InProgress {
			continue
		}
		due := a.Deadline
		jobs := &m.state.Region(a.Region).PipelineJobs
		j, waits := jobs.Get(a.Job)
		if waits {
			due = j.Deadline
		}
		if m.state.Now().Before(due) {
			if m.work.next.IsZero() || due.Before(m.work.next) {
				m.work.next = due
			}
			continue
		}
		if waits {
			j.Status, a.Job = JobTimedOut, ""
			jobs.Put(j.ID, j)
		}
		m.fail(a, timedOut(a))
		expired = true
	}
	return expired
}

// stop stops the execution in its stage as soon as none of its actions runs, or at once if they are to be abandoned.
func (m *machine) stop(stage *awssim.StageExecution) bool {
	e := m.execution
	if stage.Status != Stopping {
		stage.Status = Stopping
		announceStage(m.state, m.region, e, stage.Name, states[Stopping])
	}
	for i := range e.Actions {
		a := &e.Actions[i]
		if a.Status != InProgress {
			continue
		}
		if !e.Abandon {
			return false
		}
		a.Job = ""
		end(m.state, m.region, e, a, Abandoned)
	}
	m.leave(stage, Stopped)
	m.finish(Stopped, e.StopReason)
	return true
}

// leave ends the execution in a stage.
func (m *machine) leave(stage *awssim.StageExecution, status string) {
	stage.Status = status
	announceStage(m.state, m.region, m.execution, stage.Name, states[status])
}

// finish ends the execution.
func (m *machine) finish(status, summary string) {
	e := m.execution
	e.Status, e.Summary, e.Updated = status, summary, m.state.Now()
	announcePipeline(m.state, m.region, e, states[status])
}

// fail ends an action with a failure.
func (m *machine) fail(a *awssim.ActionExecution, failure *awssim.ActionError) {
	a.Error = failure
	end(m.state, m.region, m.execution, a, Failed)
}

// sortedKeys are the keys of m in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package automation

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
)

// execution is an automation that runs.
type execution struct {
	*Engine

	region      string
	id          string
	bell        *bell // rings when there are signals
	content     content
	values      values
	credentials awssim.Credentials
	failed      bool // whether a critical step failed
}

// Ways in which an attempt ends beside success and failure.
var (
	errTimedOut  = errors.New("the step took longer than it may")
	errCancelled = errors.New("the automation was stopped")
)

// run runs the automation to its end.
func (x *execution) run() {
	if err := x.begin(); err != nil {
		x.end("Failed", err.Error())
		return
	}
	for next := 0; next >= 0; {
		var status, message string
		next, status, message = x.step(next)
		if x.ctx.Err() != nil {
			return // the engine is closed
		}
		if status != "" {
			x.end(status, message)
			return
		}
	}
	if x.failed {
		x.end("Failed", "A critical step failed.")
		return
	}
	x.end("Success", "")
}

// begin reads the document, assumes the role, and shows the steps.
func (x *execution) begin() error {
	var a awssim.Automation
	var document []byte
	var account string
	x.Cloud.Do(func(s *awssim.State) {
		r := s.Region(x.region)
		a, _ = r.Automations.Get(x.id)
		d, _ := r.Documents.Get(a.Document)
		document, _, _ = d.Content(fmt.Sprint(a.Version))
		account = s.Account()
	})
	x.change(func(a *awssim.Automation) { a.Status = "InProgress" })
	x.announce("InProgress")
	var err error
	if x.content, err = parse(document); err != nil {
		return err
	}
	now := x.Cloud.Now()
	x.values = values{
		"automation:EXECUTION_ID": x.id, "global:ACCOUNT_ID": account, "global:REGION": x.region,
		"global:DATE": now.Format("2006-01-02"), "global:DATE_TIME": now.Format("2006-01-02_15.04.05"),
	}
	for name, p := range x.content.Parameters {
		x.values[name] = p.Default
		if texts, ok := a.Parameters[name]; ok {
			x.values[name] = p.given(texts)
		}
	}
	x.showSteps()
	x.credentials = a.Caller
	if role := endpoint.AutomationRole(document, a.Parameters); role != "" {
		x.credentials, err = endpoint.AssumeRole(x.Cloud, role, "ssm.amazonaws.com", x.arn(), "Automation-"+x.id)
		if err != nil {
			return fmt.Errorf("The automation's role cannot be assumed: %w", err) //nolint:staticcheck // a message for people, as AWS's are
		}
	}
	return nil
}

// arn is the execution's ARN.
func (x *execution) arn() (arn string) {
	x.Cloud.Do(func(s *awssim.State) { arn = s.Region(x.region).AutomationExecutionARN(x.id) })
	return arn
}

// showSteps shows all steps as pending.
func (x *execution) showSteps() {
	x.change(func(a *awssim.Automation) {
		a.Steps = nil
		for _, s := range x.content.MainSteps {
			a.Steps = append(a.Steps, awssim.AutomationStep{
				Name: s.Name, Action: s.Action, Status: "Pending", OnFailure: s.OnFailure, MaxAttempts: s.attempts(), Timeout: s.timeout(),
				Critical: s.critical(), End: s.IsEnd, Next: s.NextStep,
			})
		}
	})
}

// end ends the automation.
func (x *execution) end(status, message string) {
	outputs := map[string][]string{}
	for _, name := range x.content.Outputs {
		if v, ok := x.values[name]; ok {
			outputs[name] = asTexts(v)
		}
	}
	now := x.Cloud.Now()
	x.change(func(a *awssim.Automation) { a.Status, a.Failure, a.Outputs, a.Ended = status, message, outputs, now })
	x.announce(status)
}

// change changes the automation as it is shown.
func (x *execution) change(change func(*awssim.Automation)) {
	x.Cloud.Do(func(s *awssim.State) { s.Region(x.region).ChangeAutomation(x.id, change) })
}

// changeStep changes a step as it is shown.
func (x *execution) changeStep(i int, change func(*awssim.AutomationStep)) {
	x.change(func(a *awssim.Automation) { change(&a.Steps[i]) })
}

// step runs a step with all its attempts. It returns the place of the next one, -1 if it was the last, or the status that the
// automation ends with.
func (x *execution) step(i int) (next int, status, message string) {
	s := x.content.MainSteps[i]
	id, now := x.Cloud.NewRequestID(), x.Cloud.Now()
	x.changeStep(i, func(shown *awssim.AutomationStep) { shown.ID, shown.Status, shown.Started = id, "InProgress", now })
	x.announceStep(i)
	chosen, err := x.try(i, s)
	if x.ctx.Err() != nil {
		return 0, "", ""
	}
	x.showEnd(i, err)
	x.announceStep(i)
	switch {
	case errors.Is(err, errCancelled):
		return 0, "Cancelled", ""
	case err == nil && chosen != "":
		return x.content.find(chosen), "", ""
	case err == nil:
		return x.after(i, s), "", ""
	}
	return x.afterFailure(i, s, err)
}

// after is the step that follows a step.
func (x *execution) after(i int, s step) int {
	switch {
	case s.IsEnd:
		return -1
	case s.NextStep != "":
		return x.content.find(s.NextStep)
	case i+1 < len(x.content.MainSteps):
		return i + 1
	}
	return -1
}

// afterFailure is what follows a step that failed.
func (x *execution) afterFailure(i int, s step, err error) (next int, status, message string) {
	message = fmt.Sprintf("Step fails when it is %s. %v", s.Action, err)
	x.failed = x.failed || s.critical()
	if name, ok := strings.CutPrefix(s.OnFailure, "step:"); ok {
		return x.content.find(name), "", ""
	}
	if s.OnFailure == "Continue" {
		return x.after(i, s), "", ""
	}
	if errors.Is(err, errTimedOut) {
		return 0, "TimedOut", message
	}
	return 0, "Failed", message
}

// showEnd shows how a step ended.
func (x *execution) showEnd(i int, err error) {
	now := x.Cloud.Now()
	x.changeStep(i, func(shown *awssim.AutomationStep) {
		shown.Status, shown.Ended = "Success", now
		switch {
		case errors.Is(err, errCancelled):
			shown.Status = "Cancelled"
		case errors.Is(err, errTimedOut):
			shown.Status = "TimedOut"
		case err != nil:
			shown.Status = "Failed"
		}
		if err != nil {
			shown.Failure, shown.FailureType = err.Error(), "Invocation"
		}
	})
}

// try makes the attempts of a step, until one succeeds or there are no more.
func (x *execution) try(i int, s step) (chosen string, err error) {
	for range s.attempts() {
		chosen, err = x.attempt(i, s)
		if err == nil || errors.Is(err, errCancelled) || x.ctx.Err() != nil {
			return chosen, err
		}
	}
	return "", err
}

// attempt makes one attempt, for as long as it may take. It ends early if the automation is stopped.
func (x *execution) attempt(i int, s step) (chosen string, err error) {
	filled, err := x.values.fill(s.Inputs)
	if err != nil {
		return "", err
	}
	inputs, _ := filled.(map[string]any)
	x.showInputs(i, inputs)
	act, ok := actionNamed(s.Action)
	if !ok {
		return "", fmt.Errorf("the action %s is not simulated", s.Action)
	}
	ctx, cancel := context.WithCancelCause(x.ctx)
	defer cancel(nil)
	stop := x.limit(ctx, cancel, s, act.real)
	defer stop()
	chosen, err = act.run(x, &attempt{Context: ctx, index: i, step: s, inputs: inputs})
	if cause := context.Cause(ctx); err != nil && (errors.Is(cause, errTimedOut) || errors.Is(cause, errCancelled)) {
		return "", cause
	}
	return chosen, err
}

// limit ends an attempt when its time is over, in real time if the attempt runs something real, and when the automation is
// stopped. What it returns ends the watch and waits until it has ended.
func (x *execution) limit(ctx context.Context, cancel context.CancelCauseFunc, s step, real bool) (stop func()) {
	watch, end := context.WithCancel(ctx)
	var done [2]chan struct{}
	for i, wait := range []func(){
		func() {
			pause := x.Cloud.Sleep
			if real {
				pause = sleep
			}
			if d := s.timeout(); d > 0 && pause(watch, d) == nil {
				cancel(errTimedOut)
			}
		},
		func() {
			if x.stopped(watch) {
				cancel(errCancelled)
			}
		},
	} {
		done[i] = make(chan struct{})
		go func() {
			defer close(done[i])
			wait()
		}()
	}
	return func() {
		end()
		<-done[0]
		<-done[1]
	}
}

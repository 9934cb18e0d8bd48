package awssim

import (
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Automation is one execution of an automation document.
type Automation struct {
	ID          string
	Document    string
	Version     int
	Parameters  map[string][]string
	Caller      Credentials // who started it
	Status      string      // Pending, InProgress, Waiting, Success, TimedOut, Cancelling, Cancelled or Failed
	Failure     string      // why it failed
	Started     time.Time
	Ended       time.Time // zero until it has
	Steps       []AutomationStep
	Outputs     map[string][]string
	Signals     []AutomationSignal // those not yet taken
	ClientToken string
}

// AutomationStep is a step of an [Automation].
type AutomationStep struct {
	Name        string
	Action      string
	ID          string // empty until it runs
	Status      string // Pending, InProgress, Waiting, Success, TimedOut, Cancelled or Failed
	OnFailure   string
	MaxAttempts int
	Timeout     time.Duration // zero if it may take any time
	Critical    bool
	End         bool
	Next        string
	Inputs      map[string]string // as JSON
	Outputs     map[string][]string
	Started     time.Time
	Ended       time.Time
	Code        string // the response code
	Failure     string // why it failed
	FailureType string
}

// AutomationSignal is what somebody tells a running automation.
type AutomationSignal struct {
	Type    string // Approve, Reject, StartStep, StopStep or Resume
	Payload map[string][]string
	From    string // the ARN of who sent it
}

// HasEnded says whether nothing more will happen.
func (a Automation) HasEnded() bool {
	return slices.Contains([]string{"Success", "TimedOut", "Cancelled", "Failed"}, a.Status)
}

// CreateAutomation stores an execution that is pending. It fills in id, status and time.
func (r *Region) CreateAutomation(a Automation) Automation {
	a.ID, a.Status, a.Started = r.state.newUUID(), "Pending", r.state.Now()
	r.Automations.Put(a.ID, a)
	return a
}

// ChangeAutomation changes an execution, and says whether it exists. What change does to maps and lists must not show in the old
// value; the steps are a copy.
func (r *Region) ChangeAutomation(id string, change func(*Automation)) bool {
	a, ok := r.Automations.Get(id)
	if !ok {
		return false
	}
	a.Steps, a.Outputs, a.Signals = slices.Clone(a.Steps), maps.Clone(a.Outputs), slices.Clone(a.Signals)
	change(&a)
	r.Automations.Put(id, a)
	return true
}

// Command is a command that was sent to instances.
type Command struct {
	ID          string
	Document    string
	Comment     string
	Parameters  map[string][]string
	Instances   []string
	Concurrency string        // how many instances run it at a time, as a number or a percentage
	MaxErrors   string        // after how many failures it is sent to no more of them
	Timeout     time.Duration // how long it may wait for an instance
	Requested   time.Time
	Status      string // Pending, InProgress, Success, Failed, TimedOut or Cancelled
	Invocations map[string]Invocation
	OutputS3    string // the bucket that the output goes to; empty if to none
	S3Prefix    string
	LogGroup    string // the log group that the output goes to; empty if to none
}

// Invocation is a command on one instance.
type Invocation struct {
	Status         string // Pending, InProgress, Delayed, Success, Failed, TimedOut or Cancelled
	Details        string
	ExitCode       int
	Stdout, Stderr string
	Started, Ended time.Time
}

// CreateCommand stores a command that is pending on its instances. It fills in id, time and status.
func (r *Region) CreateCommand(c Command) Command {
	c.ID, c.Status, c.Requested = r.state.newUUID(), "Pending", r.state.Now()
	c.Invocations = map[string]Invocation{}
	for _, id := range c.Instances {
		c.Invocations[id] = Invocation{Status: "Pending", Details: "Pending", ExitCode: -1}
	}
	r.Commands.Put(c.ID, c)
	return c
}

// ChangeCommand changes a command, and says whether it exists. Its invocations are a copy.
func (r *Region) ChangeCommand(id string, change func(*Command)) bool {
	c, ok := r.Commands.Get(id)
	if !ok {
		return false
	}
	c.Invocations = maps.Clone(c.Invocations)
	change(&c)
	r.Commands.Put(id, c)
	return true
}

// JSONText is a value as JSON, for inputs of steps.
func JSONText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

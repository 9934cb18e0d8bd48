package automation

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// announced is the detail of the events that tell what becomes of an automation (Systems Manager user guide, "Amazon EventBridge
// event patterns and types for Systems Manager").
type announced struct {
	ExecutionID       string `json:"ExecutionId"`
	Definition        string
	DefinitionVersion string
	Status            string
	StepName          string `json:",omitempty"`
	Action            string `json:",omitempty"`
	StartTime         string
	EndTime           string `json:",omitempty"`
	ExecutedBy        string
}

// announce tells the default bus of the automation's status.
func (x *execution) announce(status string) {
	a := x.now()
	detail := x.announcement(a)
	detail.Status, detail.EndTime = status, shown(a.Ended)
	x.emit("EC2 Automation Execution Status-change Notification", detail)
}

// announceStep tells it of a step's.
func (x *execution) announceStep(i int) {
	a := x.now()
	s := a.Steps[i]
	detail := x.announcement(a)
	detail.Status, detail.StepName, detail.Action, detail.EndTime = s.Status, s.Name, s.Action, shown(s.Ended)
	x.emit("EC2 Automation Step Status-change Notification", detail)
}

// now is the automation as it is shown.
func (x *execution) now() (a awssim.Automation) {
	x.Cloud.Do(func(s *awssim.State) { a, _ = s.Region(x.region).Automations.Get(x.id) })
	return a
}

func (x *execution) announcement(a awssim.Automation) announced {
	return announced{
		ExecutionID: a.ID, Definition: a.Document, DefinitionVersion: fmt.Sprint(a.Version), StartTime: shown(a.Started), ExecutedBy: a.Caller.ARN,
	}
}

// shown is a time as these events have it.
func shown(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("Jan 2, 2006 3:04:05 PM")
}

func (x *execution) emit(kind string, detail announced) {
	text, err := json.Marshal(detail)
	if err != nil {
		panic(err) // texts always can be written
	}
	x.Cloud.Emit(x.region, awssim.Event{Source: "aws.ssm", DetailType: kind, Resources: []string{x.arn()}, Detail: text})
}

package endpoint

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

type automationOutput struct {
	AutomationExecutionID     string `json:"AutomationExecutionId"`
	AutomationExecutionStatus string
	AutomationType            string `json:",omitempty"`
	DocumentName              string
	DocumentVersion           string
	ExecutionStartTime        *stamp
	ExecutionEndTime          *stamp              `json:",omitempty"`
	ExecutedBy                string              `json:",omitempty"`
	FailureMessage            string              `json:",omitempty"`
	Mode                      string              `json:",omitempty"`
	CurrentStepName           string              `json:",omitempty"`
	CurrentAction             string              `json:",omitempty"`
	Parameters                map[string][]string `json:",omitempty"`
	Outputs                   map[string][]string
	StepExecutions            []stepOutput `json:",omitempty"`
	StepExecutionsTruncated   *bool        `json:",omitempty"`
}

func automationOutputOf(a awssim.Automation) automationOutput {
	out := automationOutput{
		AutomationExecutionID: a.ID, AutomationExecutionStatus: a.Status, DocumentName: a.Document, DocumentVersion: strconv.Itoa(a.Version),
		ExecutionStartTime: stampOf(a.Started), ExecutionEndTime: stampOf(a.Ended), ExecutedBy: a.Caller.ARN, FailureMessage: a.Failure,
		Mode: "Auto", Outputs: a.Outputs,
	}
	if out.Outputs == nil {
		out.Outputs = map[string][]string{}
	}
	for _, s := range a.Steps {
		if s.Status == "InProgress" || s.Status == "Waiting" {
			out.CurrentStepName, out.CurrentAction = s.Name, s.Action
		}
	}
	return out
}

type stepOutput struct {
	StepName           string
	StepExecutionID    string `json:"StepExecutionId,omitempty"`
	Action             string
	StepStatus         string
	OnFailure          string              `json:",omitempty"`
	MaxAttempts        int                 `json:",omitempty"`
	TimeoutSeconds     int                 `json:",omitempty"`
	IsCritical         bool                `json:",omitempty"`
	IsEnd              bool                `json:",omitempty"`
	NextStep           string              `json:",omitempty"`
	Inputs             map[string]string   `json:",omitempty"`
	Outputs            map[string][]string `json:",omitempty"`
	ExecutionStartTime *stamp              `json:",omitempty"`
	ExecutionEndTime   *stamp              `json:",omitempty"`
	ResponseCode       string              `json:",omitempty"`
	FailureMessage     string              `json:",omitempty"`
	FailureDetails     *failureDetails     `json:",omitempty"`
}

type failureDetails struct {
	FailureStage string
	FailureType  string
}

func stepOutputOf(s awssim.AutomationStep) stepOutput {
	out := stepOutput{
		StepName: s.Name, StepExecutionID: s.ID, Action: s.Action, StepStatus: s.Status, OnFailure: s.OnFailure, MaxAttempts: s.MaxAttempts,
		TimeoutSeconds: int(s.Timeout / time.Second), IsCritical: s.Critical, IsEnd: s.End, NextStep: s.Next, Inputs: s.Inputs,
		Outputs: s.Outputs, ExecutionStartTime: stampOf(s.Started), ExecutionEndTime: stampOf(s.Ended), ResponseCode: s.Code,
		FailureMessage: s.Failure,
	}
	if s.Failure != "" {
		out.FailureDetails = &failureDetails{"Invocation", s.FailureType}
	}
	return out
}

func getAutomation(_ context.Context, c *Call) (any, error) {
	a, err := findAutomation(c)
	if err != nil {
		return nil, err
	}
	out := automationOutputOf(a)
	out.Parameters, out.StepExecutionsTruncated = a.Parameters, new(bool)
	for _, s := range a.Steps {
		out.StepExecutions = append(out.StepExecutions, stepOutputOf(s))
	}
	return struct{ AutomationExecution automationOutput }{out}, nil
}

func describeAutomationSteps(_ context.Context, c *Call) (any, error) {
	a, err := findAutomation(c)
	if err != nil {
		return nil, err
	}
	steps := []stepOutput{}
	for _, s := range a.Steps {
		if s.ID != "" { // those that ran
			steps = append(steps, stepOutputOf(s))
		}
	}
	return struct{ StepExecutions []stepOutput }{steps}, nil
}

// automationFilters are what DescribeAutomationExecutions can be asked for here.
var automationFilters = map[string]func(awssim.Automation, string) bool{
	"ExecutionId":        func(a awssim.Automation, v string) bool { return a.ID == v },
	"ExecutionStatus":    func(a awssim.Automation, v string) bool { return a.Status == v },
	"DocumentNamePrefix": func(a awssim.Automation, v string) bool { return strings.HasPrefix(a.Document, v) },
	"StartTimeAfter": func(a awssim.Automation, v string) bool {
		t, err := time.Parse(time.RFC3339, v)
		return err == nil && a.Started.After(t)
	},
	"StartTimeBefore": func(a awssim.Automation, v string) bool {
		t, err := time.Parse(time.RFC3339, v)
		return err == nil && a.Started.Before(t)
	},
}

// describeAutomations lists executions, the last one first.
func describeAutomations(_ context.Context, c *Call) (any, error) {
	var in struct {
		Filters []struct {
			Key    string
			Values []string
		}
		MaxResults *int
		NextToken  string
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	all := list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Automation { return r.Automations.Values() })
	for _, f := range in.Filters {
		passes, ok := automationFilters[f.Key]
		if !ok {
			return nil, failure(http.StatusBadRequest, "InvalidFilterKey", "The filter key %s is not valid.", f.Key)
		}
		all = slices.DeleteFunc(all, func(a awssim.Automation) bool {
			return !slices.ContainsFunc(f.Values, func(v string) bool { return passes(a, v) })
		})
	}
	slices.SortStableFunc(all, func(a, b awssim.Automation) int { return b.Started.Compare(a.Started) })
	const most = 50
	count := most
	if in.MaxResults != nil && *in.MaxResults >= 1 && *in.MaxResults < most {
		count = *in.MaxResults
	}
	part, next, ok := page(all, in.NextToken, count)
	if !ok {
		return nil, failure(http.StatusBadRequest, "InvalidNextToken", "The specified token is not valid.")
	}
	out := struct {
		AutomationExecutionMetadataList []automationOutput
		NextToken                       string `json:",omitempty"`
	}{[]automationOutput{}, next}
	for _, a := range part {
		shown := automationOutputOf(a)
		shown.AutomationType = "Local"
		out.AutomationExecutionMetadataList = append(out.AutomationExecutionMetadataList, shown)
	}
	return out, nil
}

package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/rehearsal/jsonpath"
)

// take waits for signals until it finds one that wanted accepts, and removes it. Others stay.
func (x *execution) take(ctx context.Context, wanted func(awssim.AutomationSignal) bool) (awssim.AutomationSignal, error) {
	for {
		rings := x.bell.next()
		var found awssim.AutomationSignal
		ok := false
		x.change(func(a *awssim.Automation) {
			if i := slices.IndexFunc(a.Signals, wanted); i >= 0 {
				found, ok = a.Signals[i], true
				a.Signals = slices.Delete(a.Signals, i, i+1)
			}
		})
		if ok {
			return found, nil
		}
		select {
		case <-rings:
		case <-ctx.Done():
			return found, ctx.Err()
		}
	}
}

// stopped waits until the automation is to stop, and says whether it is.
func (x *execution) stopped(ctx context.Context) bool {
	_, err := x.take(ctx, func(s awssim.AutomationSignal) bool { return s.Type == "Cancel" || s.Type == "Complete" })
	return err == nil
}

// waiting shows that a step waits for people.
func (x *execution) waiting(a *attempt) {
	x.change(func(shown *awssim.Automation) {
		shown.Steps[a.index].Status = "Waiting"
		if shown.Status == "InProgress" {
			shown.Status = "Waiting"
		}
	})
	x.announceStep(a.index)
}

// goesOn shows that people have answered.
func (x *execution) goesOn(a *attempt) {
	x.change(func(shown *awssim.Automation) {
		shown.Steps[a.index].Status = "InProgress"
		if shown.Status == "Waiting" {
			shown.Status = "InProgress"
		}
	})
}

// approve is aws:approve: it tells a topic, and waits for approvals of different approvers, or for one rejection.
func (x *execution) approve(a *attempt) (string, error) {
	if topic := a.text("NotificationArn"); topic != "" {
		input := map[string]any{"TopicArn": topic, "Subject": "Approval is required for an Automation", "Message": a.text("Message") + "\n\n" + x.arn()}
		if _, err := x.call(a, "sns", "Publish", input); err != nil {
			return "", err
		}
	}
	need := 1
	if n, err := strconv.Atoi(asText(a.inputs["MinRequiredApprovals"])); err == nil {
		need = max(1, n)
	}
	x.waiting(a)
	decisions, approved := []any{}, []string{}
	for len(approved) < need {
		s, err := x.take(a, func(s awssim.AutomationSignal) bool { return s.Type == "Approve" || s.Type == "Reject" })
		if err != nil {
			return "", err
		}
		if slices.Contains(approved, s.From) {
			continue
		}
		decisions = append(decisions, map[string]any{"Approver": s.From, "Decision": s.Type, "Comment": strings.Join(s.Payload["Comment"], " ")})
		x.put(a, "ApproverDecisions", decisions)
		if s.Type == "Reject" {
			x.put(a, "ApprovalStatus", "Rejected")
			return "", fmt.Errorf("Approver %s rejected the step: %s", s.From, strings.Join(s.Payload["Comment"], " ")) //nolint:staticcheck // a message for people
		}
		approved = append(approved, s.From)
	}
	x.goesOn(a)
	x.put(a, "ApprovalStatus", "Approved")
	return "", nil
}

// pause is aws:pause: it waits until somebody resumes the automation.
func (x *execution) pause(a *attempt) (string, error) {
	x.waiting(a)
	_, err := x.take(a, func(s awssim.AutomationSignal) bool { return s.Type == "Resume" })
	x.goesOn(a)
	return "", err
}

// duration is the part of ISO 8601 that aws:sleep takes.
var duration = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$`)

// sleep is aws:sleep: it waits for a time, or until one.
func (x *execution) sleep(a *attempt) (string, error) {
	if until := a.text("Timestamp"); until != "" {
		t, err := time.Parse(time.RFC3339, until)
		if err != nil {
			return "", fmt.Errorf("Timestamp: %w", err)
		}
		return "", x.Cloud.Sleep(a, t.Sub(x.Cloud.Now()))
	}
	m := duration.FindStringSubmatch(a.text("Duration"))
	if m == nil {
		return "", fmt.Errorf("Duration must be like PT10M, got %q", a.text("Duration"))
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi(m[i+1]) // digits, or nothing
		d += time.Duration(n) * unit
	}
	return "", x.Cloud.Sleep(a, d)
}

// invokeFunction is aws:invokeLambdaFunction: it invokes a function and fails if the function does.
func (x *execution) invokeFunction(a *attempt) (string, error) {
	payload := []byte(a.text("Payload"))
	if _, isText := a.inputs["Payload"].(string); !isText && a.inputs["Payload"] != nil {
		payload = []byte(jsonpath.Encode(a.inputs["Payload"]))
	}
	if len(payload) == 0 && a.inputs["InputPayload"] != nil {
		payload = []byte(jsonpath.Encode(a.inputs["InputPayload"]))
	}
	kind := a.text("InvocationType")
	if kind == "" {
		kind = "RequestResponse"
	}
	out, err := x.Caller.Do(a, endpoint.Request{
		Region: x.region, Service: "lambda", Operation: "Invoke", Caller: x.credentials, Body: payload,
		Input:  map[string]any{"FunctionName": a.text("FunctionName"), "Qualifier": a.text("Qualifier")},
		Header: http.Header{"X-Amz-Invocation-Type": {kind}},
	})
	if err != nil {
		return "", err
	}
	answer, _ := out.([]byte)
	x.put(a, "StatusCode", "200")
	x.put(a, "Payload", string(answer))
	var failure struct {
		ErrorMessage *string `json:"errorMessage"`
	}
	if json.Unmarshal(answer, &failure) == nil && failure.ErrorMessage != nil {
		x.put(a, "FunctionError", "Unhandled")
		return "", errors.New("the function failed: " + *failure.ErrorMessage)
	}
	return "", nil
}

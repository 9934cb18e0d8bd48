package failbackcheck

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/aws/smithy-go"

	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks"
)

// stacks is a CloudFormation with one stack, none, or an error.
type stacks struct {
	status string
	err    error
	asked  string
}

func (s *stacks) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	s.asked = *in.StackName
	if s.err != nil {
		return nil, s.err
	}
	return &cloudformation.DescribeStacksOutput{Stacks: []types.Stack{{StackStatus: types.StackStatus(s.status)}}}, nil
}

func apiError(code, message string) error {
	return &smithy.GenericAPIError{Code: code, Message: message}
}

func TestAccess(t *testing.T) {
	none := apiError("ValidationError", "Stack with id ArpioFailback does not exist")
	for name, tc := range map[string]struct {
		stacks  stacks
		check   string
		found   string
		problem string
	}{
		"present":                 {stacks{status: "CREATE_COMPLETE"}, checks.AccessPresent, "stack ArpioFailback is CREATE_COMPLETE", ""},
		"updated":                 {stacks{status: "UPDATE_ROLLBACK_COMPLETE"}, checks.AccessPresent, "UPDATE_ROLLBACK_COMPLETE", ""},
		"gone":                    {stacks{err: none}, checks.AccessAbsent, "there is no stack ArpioFailback", ""},
		"fails on no stack":       {stacks{err: none}, checks.AccessPresent, "", "there is no stack ArpioFailback"},
		"fails while it is made":  {stacks{status: "CREATE_IN_PROGRESS"}, checks.AccessPresent, "", "is CREATE_IN_PROGRESS, want CREATE_COMPLETE"},
		"fails on a failed one":   {stacks{status: "ROLLBACK_COMPLETE"}, checks.AccessPresent, "", "is ROLLBACK_COMPLETE"},
		"fails while it is there": {stacks{status: "CREATE_COMPLETE"}, checks.AccessAbsent, "", "still exists, it is CREATE_COMPLETE"},
		"fails while it goes":     {stacks{status: "DELETE_IN_PROGRESS"}, checks.AccessAbsent, "", "still exists"},
		"fails without access":    {stacks{err: apiError("AccessDenied", "no")}, checks.AccessAbsent, "", "describe stack ArpioFailback"},
		"fails on other mistakes": {stacks{err: apiError("ValidationError", "bad name")}, checks.AccessAbsent, "", "bad name"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			c := Checker{AccessStack: "ArpioFailback", Stacks: &tc.stacks, Log: slog.New(slog.NewTextHandler(&log, nil))}
			answer, err := c.Handle(t.Context(), checks.Request{Check: tc.check})
			expect(t, answer, err, tc.found, tc.problem)
			if tc.stacks.asked != "ArpioFailback" || !strings.Contains(log.String(), tc.check) {
				t.Errorf("asked for %q, logged %q", tc.stacks.asked, log.String())
			}
		})
	}
}

func TestAnswers(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/ok":
		case "/moved":
			http.Redirect(w, r, "/ok", http.StatusFound)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	for name, tc := range map[string]struct{ url, found, problem string }{
		"works":               {server.URL + "/ok", "/ok answers with status 200", ""},
		"fails when down":     {server.URL + "/down", "", "answers with status 503, want 2xx"},
		"fails when moved":    {server.URL + "/moved", "", "answers with status 302"},
		"fails without a URL": {"", "", "no URL is configured"},
		"fails on no URL":     {"http://[", "", "missing ']'"},
		"fails on no server":  {"http://127.0.0.1:1/", "", "connect"},
	} {
		t.Run(name, func(t *testing.T) {
			c := Checker{PrimaryURL: tc.url, PublicURL: tc.url, HTTP: NewHTTPClient(), Log: slog.New(slog.DiscardHandler)}
			for _, check := range []string{checks.Primary, checks.Public} {
				answer, err := c.Handle(t.Context(), checks.Request{Check: check})
				expect(t, answer, err, tc.found, tc.problem)
			}
		})
	}
}

func TestHandleFails(t *testing.T) {
	c := Checker{Log: slog.New(slog.DiscardHandler)}
	for check, problem := range map[string]string{
		"":                   `check "": must be primary, public`,
		"destroy":            `check "destroy"`,
		checks.AccessAbsent:  "no stack is configured",
		checks.AccessPresent: "no stack is configured",
	} {
		answer, err := c.Handle(t.Context(), checks.Request{Check: check})
		expect(t, answer, err, "", problem)
	}
}

// A cancelled invocation ends.
func TestHandleHonoursItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := Checker{PrimaryURL: "http://127.0.0.1:1/", HTTP: NewHTTPClient(), Log: slog.New(slog.DiscardHandler)}
	if _, err := c.Handle(ctx, checks.Request{Check: checks.Primary}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func expect(t *testing.T, answer checks.Answer, err error, found, problem string) {
	t.Helper()
	if problem != "" {
		if err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("got %+v, %v, want an error with %q", answer, err, problem)
		}
		return
	}
	if err != nil || !strings.Contains(answer.Found, found) {
		t.Errorf("got %+v, %v, want %q", answer, err, found)
	}
}

// executions is a Systems Manager with one execution.
type executions struct{ asked string }

func (e *executions) GetAutomationExecution(_ context.Context, in *ssm.GetAutomationExecutionInput, _ ...func(*ssm.Options)) (*ssm.GetAutomationExecutionOutput, error) {
	e.asked = *in.AutomationExecutionId
	if e.asked != "c115abad" {
		return nil, apiError("AutomationExecutionNotFoundException", "none")
	}
	return &ssm.GetAutomationExecutionOutput{AutomationExecution: &ssmtypes.AutomationExecution{
		AutomationExecutionId: in.AutomationExecutionId, AutomationExecutionStatus: ssmtypes.AutomationExecutionStatusFailed,
		StepExecutions: []ssmtypes.StepExecution{{
			StepName: aws.String("primaryReady"), Outputs: map[string][]string{"ApproverDecisions": {`{"Approver":"someone","Comment":"not yet"}`}},
		}},
	}}, nil
}

// The whole execution is in the log, with who approved what, as JSON.
func TestRecord(t *testing.T) {
	var log bytes.Buffer
	c := Checker{Executions: &executions{}, Log: slog.New(slog.NewJSONHandler(&log, nil))}
	answer, err := c.Handle(t.Context(), checks.Request{Check: checks.Record, Execution: "c115abad"})
	expect(t, answer, err, "execution c115abad is Failed", "")
	var line struct{ Execution ssmtypes.AutomationExecution }
	first, _, _ := bytes.Cut(log.Bytes(), []byte("\n"))
	if err := json.Unmarshal(first, &line); err != nil || len(line.Execution.StepExecutions) != 1 ||
		line.Execution.StepExecutions[0].Outputs["ApproverDecisions"][0] != `{"Approver":"someone","Comment":"not yet"}` {
		t.Errorf("%v: %s", err, log.String())
	}
	answer, err = c.Handle(t.Context(), checks.Request{Check: checks.Record, Execution: "other"})
	expect(t, answer, err, "", "get execution other")
	answer, err = c.Handle(t.Context(), checks.Request{Check: checks.Record})
	expect(t, answer, err, "", "must be the id of an execution")
}

package failbackcheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go"

	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks"
)

// Stacks is the part of CloudFormation that is used.
type Stacks interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

// Executions is the part of Systems Manager that is used.
type Executions interface {
	GetAutomationExecution(context.Context, *ssm.GetAutomationExecutionInput, ...func(*ssm.Options)) (*ssm.GetAutomationExecutionOutput, error)
}

// HTTPClient is the part of an HTTP client that is used.
type HTTPClient interface {
	Do(*http.Request) (*http.Response, error)
}

// NewHTTPClient is a client that gives up after 10 seconds and follows no redirect, which would lead to something else than what
// is checked.
func NewHTTPClient() *http.Client {
	const patience = 10 * time.Second
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Checker checks. The texts may be empty where nothing is to be checked.
type Checker struct {
	// PrimaryURL answers with a status of 2xx when the application works in its primary environment.
	PrimaryURL string

	// PublicURL is what clients call, likewise.
	PublicURL string

	// AccessStack is the name of the stack with Arpio's extra access.
	AccessStack string

	// Stacks asks CloudFormation in the stack's Region.
	Stacks Stacks

	// Executions asks Systems Manager in the Region of the runbook.
	Executions Executions

	// HTTP calls the URLs.
	HTTP HTTPClient

	// Log takes a record of each check, and executions that are to be recorded.
	Log *slog.Logger
}

// Handle checks what is asked. The error says what was found instead of what should be.
func (c *Checker) Handle(ctx context.Context, r checks.Request) (checks.Answer, error) {
	found, err := c.check(ctx, r)
	if err != nil {
		err = fmt.Errorf("check %q: %w", r.Check, err)
		c.Log.ErrorContext(ctx, "failback check", "check", r.Check, "error", err.Error())
		return checks.Answer{}, err
	}
	c.Log.InfoContext(ctx, "failback check", "check", r.Check, "found", found)
	return checks.Answer{Check: r.Check, Found: found}, nil
}

func (c *Checker) check(ctx context.Context, r checks.Request) (string, error) {
	switch r.Check {
	case checks.Primary:
		return c.answers(ctx, c.PrimaryURL)
	case checks.Public:
		return c.answers(ctx, c.PublicURL)
	case checks.AccessPresent:
		return c.access(ctx, true)
	case checks.AccessAbsent:
		return c.access(ctx, false)
	case checks.Record:
		return c.record(ctx, r.Execution)
	default:
		return "", fmt.Errorf("must be %s, %s, %s, %s or %s", checks.Primary, checks.Public, checks.AccessPresent, checks.AccessAbsent, checks.Record)
	}
}

func (c *Checker) answers(ctx context.Context, url string) (string, error) {
	if url == "" {
		return "", errors.New("no URL is configured")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return "", err
	}
	const most = 64 << 10 // enough for the connection to be used again
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, most))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return "", fmt.Errorf("read %s: %w", url, err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return "", fmt.Errorf("%s answers with status %d, want 2xx", url, response.StatusCode)
	}
	return fmt.Sprintf("%s answers with status %d", url, response.StatusCode), nil
}

// access checks the stack. A stack that CloudFormation has deleted is not found by its name.
func (c *Checker) access(ctx context.Context, wanted bool) (string, error) {
	if c.AccessStack == "" {
		return "", errors.New("no stack is configured")
	}
	out, err := c.Stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(c.AccessStack)})
	if absent(err) || err == nil && len(out.Stacks) == 0 {
		if wanted {
			return "", fmt.Errorf("there is no stack %s", c.AccessStack)
		}
		return "there is no stack " + c.AccessStack, nil
	}
	if err != nil {
		return "", fmt.Errorf("describe stack %s: %w", c.AccessStack, err)
	}
	status := string(out.Stacks[0].StackStatus)
	if !wanted {
		return "", fmt.Errorf("stack %s still exists, it is %s", c.AccessStack, status)
	}
	if !complete(status) {
		return "", fmt.Errorf("stack %s is %s, want CREATE_COMPLETE", c.AccessStack, status)
	}
	return "stack " + c.AccessStack + " is " + status, nil
}

// absent reports whether CloudFormation says that there is no such stack, which has no code of its own.
func absent(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "does not exist")
}

func complete(status string) bool {
	return strings.HasSuffix(status, "_COMPLETE") && status != "DELETE_COMPLETE" && status != "ROLLBACK_COMPLETE"
}

// record logs an execution as Systems Manager has it.
func (c *Checker) record(ctx context.Context, id string) (string, error) {
	if id == "" {
		return "", errors.New("execution must be the id of an execution")
	}
	out, err := c.Executions.GetAutomationExecution(ctx, &ssm.GetAutomationExecutionInput{AutomationExecutionId: &id})
	if err != nil {
		return "", fmt.Errorf("get execution %s: %w", id, err)
	}
	c.Log.InfoContext(ctx, "failback record", "execution", out.AutomationExecution)
	return fmt.Sprintf("execution %s is %s", id, out.AutomationExecution.AutomationExecutionStatus), nil
}

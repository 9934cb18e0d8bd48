package arpio

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// put puts events on the bus, and returns what became of each.
func (b *Bus) put(ctx context.Context, events ...Event) ([]types.PutEventsResultEntry, error) {
	in := &eventbridge.PutEventsInput{}
	for _, e := range events {
		entry := types.PutEventsRequestEntry{
			EventBusName: &b.Name, Source: &e.Source, DetailType: &e.DetailType, Resources: e.Resources, Detail: aws.String(string(e.Detail)),
		}
		if !e.Time.IsZero() {
			entry.Time = &e.Time
		}
		in.Entries = append(in.Entries, entry)
	}
	out, err := b.events.PutEvents(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("put events on %s: %w", b.Name, err)
	}
	return out.Entries, nil
}

// matches are the rules that match an event, by their places, and why the others do not.
func (b *Bus) matches(e Event) (matched []int, why map[int]string, err error) {
	text, err := json.Marshal(e)
	if err != nil {
		return nil, nil, err
	}
	why = map[int]string{}
	for i, r := range b.rules {
		mismatches, err := r.pattern.Explain(text)
		switch {
		case err != nil:
			return nil, nil, err
		case !r.enabled:
			why[i] = "the rule is disabled"
		case len(mismatches) == 0:
			matched = append(matched, i)
		default:
			why[i] = mismatches[0].String()
			if n := len(mismatches) - 1; n > 0 {
				why[i] += fmt.Sprintf(" (and %d more)", n)
			}
		}
	}
	return matched, why, nil
}

// pollTime is how long to wait before looking again.
const pollTime = 200 * time.Millisecond

// pause waits for a time, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle waits until the rules have called their targets as often as expected, by the rules' places, and all automations that were
// started have ended or wait for somebody.
func (b *Bus) settle(ctx context.Context, before map[int]int, expected map[int]int) error {
	for i, n := range expected {
		for {
			calls, err := b.metric(ctx, "Invocations", b.rules[i].name)
			if err != nil {
				return err
			}
			if calls >= before[i]+n*len(b.rules[i].targets) {
				break
			}
			if err := pause(ctx, pollTime); err != nil {
				return fmt.Errorf("rule %s has called its targets %d times, not %d: %w", b.rules[i].name, calls-before[i], n*len(b.rules[i].targets), err)
			}
		}
	}
	for {
		out, err := b.ssm.DescribeAutomationExecutions(ctx, &ssm.DescribeAutomationExecutionsInput{Filters: []ssmtypes.AutomationExecutionFilter{{
			Key: ssmtypes.AutomationExecutionFilterKeyExecutionStatus, Values: []string{"Pending", "InProgress", "Cancelling"},
		}}})
		if err != nil {
			return fmt.Errorf("list automations: %w", err)
		}
		if len(out.AutomationExecutionMetadataList) == 0 {
			return nil
		}
		if err := pause(ctx, pollTime); err != nil {
			return fmt.Errorf("%d automations have not ended: %w", len(out.AutomationExecutionMetadataList), err)
		}
	}
}

// invocations are how often each rule has called its targets, by the rules' places.
func (b *Bus) invocations(ctx context.Context) (map[int]int, error) {
	counts := map[int]int{}
	for i, r := range b.rules {
		n, err := b.metric(ctx, "Invocations", r.name)
		if err != nil {
			return nil, err
		}
		counts[i] = n
	}
	return counts, nil
}

// executions are the automations that were started, the first one first, but for those known.
func (b *Bus) executions(ctx context.Context, known map[string]bool) ([]Execution, error) {
	var all []Execution
	var next *string
	for {
		page, err := b.ssm.DescribeAutomationExecutions(ctx, &ssm.DescribeAutomationExecutionsInput{NextToken: next})
		if err != nil {
			return nil, fmt.Errorf("list automations: %w", err)
		}
		for _, a := range page.AutomationExecutionMetadataList {
			if known[*a.AutomationExecutionId] {
				continue
			}
			all = append([]Execution{{
				ID: *a.AutomationExecutionId, Document: *a.DocumentName, Status: string(a.AutomationExecutionStatus),
				Failure: aws.ToString(a.FailureMessage),
			}}, all...)
		}
		if next = page.NextToken; next == nil {
			return all, nil
		}
	}
}

// Execution is an automation that was started.
type Execution struct {
	ID         string              `json:"id"`
	Document   string              `json:"document"`
	Status     string              `json:"status"`
	Parameters map[string][]string `json:"parameters,omitempty"`
	Failure    string              `json:"failure,omitempty"`
}

// describe adds the parameters that an execution was started with.
func (b *Bus) describe(ctx context.Context, e *Execution) error {
	out, err := b.ssm.GetAutomationExecution(ctx, &ssm.GetAutomationExecutionInput{AutomationExecutionId: &e.ID})
	if err != nil {
		return fmt.Errorf("get automation %s: %w", e.ID, err)
	}
	e.Parameters = out.AutomationExecution.Parameters
	return nil
}

package eventbridge

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
)

// principal is who EventBridge is when it calls in its own name, and when it assumes a role.
const principal = "events.amazonaws.com"

// delivery is one event on its way to one target.
type delivery struct {
	*Engine

	region  string
	rule    awssim.EventRule
	target  awssim.EventTarget
	event   awssim.Event
	retries int
	waited  time.Duration // as it would be in AWS
}

// refusal is why a target was not called, or did not take the event.
type refusal struct {
	code    string // as ERROR_CODE has it
	message string
	retry   bool // whether trying again may help
}

func (r *refusal) Error() string { return r.code + ": " + r.message }

// run delivers the event, or drops it.
func (d *delivery) run() {
	exhausted := ""
	for {
		err := d.attempt()
		if err == nil {
			d.count(d.region, d.rule, "Invocations")
			return
		}
		if d.ctx.Err() != nil {
			return // the engine is closed
		}
		if !err.retry {
			d.drop(err, "")
			return
		}
		wait := d.backoff()
		if d.retries >= d.target.MaxRetries {
			exhausted = "MaximumRetryAttempts"
		} else if d.waited+wait > d.target.MaxAge {
			exhausted = "MaximumEventAgeInSeconds"
		}
		if exhausted != "" {
			d.drop(err, exhausted)
			return
		}
		if d.Cloud.Sleep(d.ctx, wait) != nil {
			return
		}
		d.waited += wait
		d.retries++
		d.count(d.region, d.rule, "RetryInvocationAttempts")
	}
}

// Bounds of the time between two attempts. With them 185 attempts take about as long as the 24 hours that they may.
const (
	firstWait = time.Second
	maxWait   = 10 * time.Minute
)

// backoff is the time until the next attempt: twice as long each time, half of it random.
func (d *delivery) backoff() time.Duration {
	wait := maxWait
	if d.retries < 10 {
		wait = min(maxWait, firstWait<<d.retries)
	}
	return wait/2 + d.jitter(wait/2)
}

// attempt calls the target once.
func (d *delivery) attempt() *refusal {
	d.count(d.region, d.rule, "InvocationAttempts")
	in, err := input(d.target, d.rule, d.event)
	if err != nil {
		return &refusal{code: "INVALID_PARAMETER", message: err.Error()}
	}
	send, err := sender(d.target.ARN, d.rule.ARN)
	if err != nil {
		return &refusal{code: "NO_RESOURCE", message: err.Error()}
	}
	requests, err := send(d, in)
	if err != nil {
		return &refusal{code: "INVALID_PARAMETER", message: err.Error()}
	}
	for _, r := range requests {
		if err := d.call(r); err != nil {
			return err
		}
	}
	return nil
}

// call makes one call, with the target's role if it has one. Where the Region is cut off, nothing is called until it is back.
func (d *delivery) call(r endpoint.Request) *refusal {
	r.Region = d.region
	reachable := true
	d.Cloud.Do(func(s *awssim.State) { reachable = s.Reachable(d.region) })
	if !reachable {
		return &refusal{"INTERNAL_ERROR", d.region + " is cut off", true}
	}
	if d.target.Role == "" {
		r.Principal, r.Source = principal, d.rule.ARN
	} else {
		credentials, err := endpoint.AssumeRole(d.Cloud, d.target.Role, principal, d.rule.ARN, "EventBridge")
		if err != nil {
			return &refusal{code: "FAILED_TO_ASSUME_ROLE", message: err.Error()}
		}
		r.Caller = credentials
	}
	_, err := d.Caller.Do(d.ctx, r)
	return classify(err)
}

// classify is what an answer means for the delivery (EventBridge user guide, "Using dead-letter queues to process undelivered
// events", lists codes; which error becomes which is inferred from their names).
func classify(err error) *refusal {
	if err == nil {
		return nil
	}
	var e *endpoint.Error
	if !errors.As(err, &e) {
		return &refusal{"INTERNAL_ERROR", err.Error(), true}
	}
	switch {
	case e.Status >= http.StatusInternalServerError:
		return &refusal{"ERROR_FROM_TARGET", e.Error(), true}
	case e.Status == http.StatusTooManyRequests, e.Code == "ThrottlingException", e.Code == "AutomationExecutionLimitExceededException":
		return &refusal{"THROTTLING", e.Error(), true}
	case e.Status == http.StatusForbidden:
		return &refusal{"NO_PERMISSIONS", e.Error(), false}
	case missing[e.Code]:
		return &refusal{"NO_RESOURCE", e.Error(), false}
	}
	return &refusal{"INVALID_PARAMETER", e.Error(), false}
}

// missing are the codes of services for what does not exist.
var missing = map[string]bool{
	"AutomationDefinitionNotFoundException": true, "ResourceNotFoundException": true, "NotFound": true,
	"com.amazonaws.sqs#QueueDoesNotExist": true,
}

// drop gives up: the event goes to the dead-letter queue, if there is one.
func (d *delivery) drop(err *refusal, exhausted string) {
	d.count(d.region, d.rule, "Invocations")
	d.count(d.region, d.rule, "FailedInvocations")
	if d.target.DeadLetterARN == "" {
		return
	}
	attributes := map[string]any{}
	for name, value := range map[string]string{
		"RULE_ARN": d.rule.ARN, "TARGET_ARN": d.target.ARN, "ERROR_CODE": err.code, "ERROR_MESSAGE": limited(err.message),
		"RETRY_ATTEMPTS": strconv.Itoa(d.retries), "EXHAUSTED_RETRY_CONDITION": exhausted,
	} {
		if value != "" {
			attributes[name] = map[string]any{"DataType": "String", "StringValue": value}
		}
	}
	_, failed := d.Caller.Do(context.WithoutCancel(d.ctx), endpoint.Request{
		Region: d.region, Service: "sqs", Operation: "SendMessage", Principal: principal, Source: d.rule.ARN,
		Input: map[string]any{
			"QueueUrl": d.target.DeadLetterARN, "MessageBody": string(d.event.JSON()), "MessageAttributes": attributes,
		},
	})
	if failed != nil {
		d.count(d.region, d.rule, "InvocationsFailedToBeSentToDlq")
		return
	}
	d.count(d.region, d.rule, "InvocationsSentToDlq")
}

// limited is the beginning of a message.
func limited(message string) string {
	const most = 1024
	return message[:min(len(message), most)]
}

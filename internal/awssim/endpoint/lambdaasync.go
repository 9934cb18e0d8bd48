package endpoint

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// asyncInvocation is an invocation that nobody waits for.
type asyncInvocation struct {
	call     *Call
	function foundFunction
	config   awssim.AsyncInvoke
	payload  []byte
}

// asyncOf is what is configured for asynchronous invocations of the version or alias that a call names.
func asyncOf(c *Call, f foundFunction) awssim.AsyncInvoke {
	arn := c.arn(func(r *awssim.Region) string { return r.FunctionARN(c.Str("FunctionName"), c.Str("Qualifier")) })
	qualifier := "$LATEST"
	if len(arn) > len(f.ARN) {
		qualifier = arn[len(f.ARN)+1:]
	}
	if config, ok := f.Async[qualifier]; ok {
		return config
	}
	return awssim.DefaultAsyncInvoke
}

// asyncWaits are the times before the first retry and the second (Lambda developer guide, "How Lambda handles errors and retries
// with asynchronous invocation").
var asyncWaits = []time.Duration{time.Minute, 2 * time.Minute}

// run invokes the function until it succeeds, or as often as is configured, and then tells the destination.
func (a asyncInvocation) run(ctx context.Context) {
	var result awssim.InvokeResult
	var age time.Duration
	for try := 0; ; try++ {
		var err error
		result, err = a.function.Invoke(ctx, a.function.version, a.payload)
		if err == nil && result.FunctionError == "" {
			return
		}
		if try >= min(a.config.Retries, len(asyncWaits)) || age+asyncWaits[try] > a.config.MaxAge {
			a.fail(ctx, result, try+1)
			return
		}
		if a.call.Cloud.Sleep(ctx, asyncWaits[try]) != nil {
			return
		}
		age += asyncWaits[try]
	}
}

// fail sends what failed for good to the destination, in the form of "Configuring destinations for asynchronous invocation" in
// the Lambda developer guide, and as the function's role.
func (a asyncInvocation) fail(ctx context.Context, result awssim.InvokeResult, tries int) {
	if a.config.OnFailure == "" {
		return
	}
	record, err := json.Marshal(map[string]any{
		"version": "1.0", "timestamp": a.call.Cloud.Now().Format("2006-01-02T15:04:05.000Z"),
		"requestContext": map[string]any{
			"requestId": a.call.RequestID, "functionArn": a.function.ARN + ":" + a.function.version, "condition": "RetriesExhausted",
			"approximateInvokeCount": tries,
		},
		"requestPayload": json.RawMessage(cmp.Or(string(a.payload), "null")),
		"responseContext": map[string]any{
			"statusCode": 200, "executedVersion": a.function.version, "functionError": cmp.Or(result.FunctionError, "Unhandled"),
		},
		"responsePayload": json.RawMessage(cmp.Or(string(result.Payload), "null")),
	})
	if err != nil {
		return // a function's answer that is no JSON; runtimeapi gives none
	}
	var session awssim.Credentials
	a.call.Cloud.Do(func(s *awssim.State) { session, _ = s.AssumeRole(a.function.Role, a.function.Name, sessionLifetime) })
	// A refusal is noted in the journal; Lambda tells nobody else either.
	_, _ = a.call.Handler.Do(ctx, Request{
		Region: a.call.Region, Service: "sqs", Operation: "SendMessage", Caller: session,
		Input: map[string]any{"QueueUrl": a.config.OnFailure, "MessageBody": string(record)},
	})
}

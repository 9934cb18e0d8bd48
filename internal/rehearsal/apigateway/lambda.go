package apigateway

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Invoker invokes a function with an event, and returns its output. It returns a [FunctionError] if the function has run and
// failed, and any other error if Lambda has not run it. It stops when the context does.
type Invoker func(ctx context.Context, functionARN string, event []byte) ([]byte, error)

// FunctionError is the error of a function that failed, or took longer than it may.
type FunctionError struct {
	// Payload is what Lambda returns instead of the function's output: JSON with errorMessage and errorType.
	Payload []byte
}

func (e *FunctionError) Error() string { return "the function failed: " + string(e.Payload) }

const (
	maxBody     = 10 << 20 // "Payload size" in "Quotas for configuring and running a REST API" in the developer guide
	maxEvent    = 6 << 20  // "Invocation payload" in "Lambda quotas" in the Lambda developer guide
	maxResponse = maxBody
)

// lambda is a Lambda proxy integration.
type lambda struct {
	function  string // ARN
	partition string
	timeout   time.Duration
}

// invocationURI is where API Gateway invokes a function.
var invocationURI = regexp.MustCompile(
	`^arn:([a-z-]+):apigateway:[a-z0-9-]+:lambda:path/2015-03-31/functions/(arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[^/{}]+)/invocations$`)

func newLambda(p *properties) *lambda {
	l := &lambda{timeout: defaultTimeout}
	uri := p.text("Uri")
	if m := invocationURI.FindStringSubmatch(uri); m != nil {
		l.partition, l.function = m[1], m[2]
	} else {
		p.failf("Uri", "must be that of a function's invocations, got %q", uri)
	}
	if verb := p.text("IntegrationHttpMethod"); verb != http.MethodPost {
		p.failf("IntegrationHttpMethod", "must be POST, which is how functions are invoked, got %q", verb)
	}
	if limit, ok := p.number("TimeoutInMillis"); ok {
		if l.timeout = time.Duration(limit) * time.Millisecond; l.timeout < minTimeout {
			p.failf("TimeoutInMillis", "must be at least %d", minTimeout.Milliseconds())
		}
	}
	p.only("ConnectionType", "INTERNET")
	p.only("ResponseTransferMode", "BUFFERED")
	// Templates and responses are for integrations that are no proxies, and nothing is cached.
	p.ignore("PassthroughBehavior", "RequestTemplates", "IntegrationResponses", "CacheNamespace", "CacheKeyParameters")
	return l
}

func (l *lambda) serve(x *exchange) (*response, *refusal) {
	payload := x.event()
	if len(payload) > maxEvent {
		return nil, x.failed(&tooLarge, http.StatusRequestEntityTooLarge, "the event is larger than Lambda takes")
	}
	if err := x.api.authorizeInvoke(x.context(), l.function, x.sourceARN(l.partition)); err != nil {
		return nil, x.failed(&misconfigured, http.StatusForbidden,
			"Execution failed due to configuration error: Invalid permissions on Lambda function: "+err.Error())
	}
	output, r := l.invoke(x, payload)
	if r != nil {
		return nil, r
	}
	answer, err := parseOutput(output)
	if err != nil {
		return nil, x.failed(&functionFailed, http.StatusOK,
			"Execution failed due to configuration error: Malformed Lambda proxy response: "+err.Error())
	}
	x.integrationStatus = http.StatusOK
	return l.decode(x, answer)
}

// invoke tells the ways apart in which an invocation fails: see "Handling Lambda errors with an API Gateway API" in the Lambda
// developer guide.
func (l *lambda) invoke(x *exchange, payload []byte) ([]byte, *refusal) {
	ctx, cancel := context.WithTimeout(x.context(), l.timeout)
	defer cancel()
	began := x.api.now()
	output, err := x.api.invoke(ctx, l.function, payload)
	x.integrationTime = x.api.now().Sub(began)
	var failure *FunctionError
	switch {
	case err == nil:
		return output, nil
	case errors.As(err, &failure):
		return nil, x.failed(&functionFailed, http.StatusOK, "The Lambda function returned the following error: "+string(failure.Payload))
	case ctx.Err() == context.DeadlineExceeded && x.context().Err() == nil:
		return nil, x.failed(&timedOut, http.StatusGatewayTimeout, "Execution failed due to a timeout error")
	default:
		return nil, x.failed(&lambdaRejected, lambdaStatus(err), err.Error())
	}
}

// lambdaStatus is the status of an error as the AWS SDK has it, which Lambda's API answered with.
func lambdaStatus(err error) int {
	var status interface{ HTTPStatusCode() int }
	if errors.As(err, &status) {
		return status.HTTPStatusCode()
	}
	return http.StatusInternalServerError
}

// decode turns a function's answer into a response. A body in base64 becomes binary if the API takes what the client accepts for
// that: see "Content type conversions in API Gateway" in the developer guide.
func (l *lambda) decode(x *exchange, answer *answer) (*response, *refusal) {
	out := answer.response()
	if answer.encoded && x.api.definition.isBinary(x.headers.Get("Accept")) {
		body, err := base64.StdEncoding.DecodeString(string(out.body))
		if err != nil {
			return nil, x.failed(&misconfigured, http.StatusOK, "Execution failed due to configuration error: Unable to base64 decode the body.")
		}
		out.body = body
	}
	if len(out.body) > maxResponse {
		return nil, x.failed(&functionFailed, http.StatusOK, fmt.Sprintf("the response is larger than %d bytes", maxResponse))
	}
	return out, nil
}

// failed notes for the log what has become of the integration.
func (x *exchange) failed(r *refusal, status int, reason string) *refusal {
	x.integrationStatus, x.integrationError = status, strings.TrimSpace(reason)
	return r
}

package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// RegionHeader names the response header that carries the Region that served.
const RegionHeader = topology.ServedRegionHeader

// Handler is what one function does, without what all functions have in common.
type Handler interface {
	// Method is the HTTP method that the function serves.
	Method() string

	// Serve answers one request. An error becomes a problem; see the package documentation.
	Serve(ctx context.Context, r Request) (Reply, error)
}

// Reply is a successful answer.
type Reply struct {
	// Status is the HTTP status.
	Status int

	// Location is the address of what was created, relative to the request's. Default: no Location header.
	Location string

	// Body is marshalled as JSON.
	Body any
}

// Function is a Lambda function: it implements lambda.Handler.
type Function struct {
	region  string
	handler Handler
	log     *slog.Logger

	// AllowOrigins are the web origins whose scripts may read the answers; "*" stands for all. API Gateway answers the
	// preflight requests before them. Default: none.
	AllowOrigins []string

	// Check answers the events that it knows, instead of the function, with its own answers and function errors. Default:
	// none.
	Check Checker
}

// Checker answers events that are not for clients.
type Checker interface {
	// Invoke answers an event, or returns false if the event is none of its.
	Invoke(ctx context.Context, event []byte) (answer []byte, asked bool, err error)
}

// New returns the function that answers with what h does, in the Region given. Causes of 5xx answers go to log.
func New(region string, h Handler, log *slog.Logger) *Function {
	return &Function{region: region, handler: h, log: log}
}

// Invoke answers one invocation. Only a check returns an error.
func (f *Function) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	if f.Check != nil {
		if answer, asked, err := f.Check.Invoke(ctx, payload); asked {
			return answer, err
		}
	}
	r, method, err := parse(payload)
	response := f.respond(f.serve(ctx, r, method, err))
	f.share(response.Headers, r.Origin)
	data, _ := json.Marshal(response) // strings and numbers only: it cannot fail
	return data, nil
}

// serve calls the handler, if it serves what was asked for; err says why that is not known.
func (f *Function) serve(ctx context.Context, r Request, method string, err error) (Reply, *problem) {
	if err != nil {
		return Reply{}, f.problem(http.StatusBadRequest, err.Error())
	}
	if method != "" && method != f.handler.Method() {
		return Reply{}, f.notAllowed(method)
	}
	reply, err := f.handler.Serve(ctx, r)
	if err != nil {
		return Reply{}, f.explain(ctx, err)
	}
	return reply, nil
}

// respond puts a reply, or the problem that took its place, into the form that API Gateway expects.
func (f *Function) respond(reply Reply, p *problem) events.APIGatewayProxyResponse {
	headers := map[string]string{
		"Cache-Control": "no-store",
		"Content-Type":  "application/json",
		RegionHeader:    f.region,
	}
	if p != nil {
		reply = Reply{Status: p.Status, Body: p}
		headers["Content-Type"] = "application/problem+json"
		p.addHeaders(headers)
	}
	if reply.Location != "" {
		headers["Location"] = reply.Location
	}
	body, _ := json.Marshal(reply.Body) // structs of strings and numbers: it cannot fail
	return events.APIGatewayProxyResponse{StatusCode: reply.Status, Headers: headers, Body: string(body)}
}

// share lets scripts of an allowed origin read the answer.
func (f *Function) share(headers map[string]string, origin string) {
	switch {
	case slices.Contains(f.AllowOrigins, "*"):
		headers["Access-Control-Allow-Origin"] = "*"
	case slices.Contains(f.AllowOrigins, origin):
		headers["Access-Control-Allow-Origin"] = origin
		headers["Vary"] = "Origin"
	}
}

// logFailure records why the answer is a 5xx. It is the one place that logs an error.
func (f *Function) logFailure(ctx context.Context, status int, err error) {
	attrs := []any{"status", status, "error", err.Error()}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		attrs = append(attrs, "requestId", lc.AwsRequestID)
	}
	f.log.ErrorContext(ctx, "answer "+f.handler.Method(), attrs...)
}

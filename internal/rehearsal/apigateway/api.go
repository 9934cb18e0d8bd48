package apigateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options are what an API needs from outside. Invoke is required if a route calls a function, and Verify if one needs a token.
type Options struct {
	// Invoke invokes functions.
	Invoke Invoker

	// AuthorizeInvoke says whether the API may invoke a function, as the function's resource policy has it. It returns an error that
	// says why not. The source ARN is like arn:aws:execute-api:us-east-1:123456789012:abcde12345/prod/GET/v1.
	//
	// Default: it may.
	AuthorizeInvoke func(ctx context.Context, functionARN, sourceARN string) error

	// Verify checks tokens.
	Verify Verifier

	// AccessLog gets one line for each request, in one call of Write, if the stage has an access log.
	//
	// Default: there is no log.
	AccessLog io.Writer

	// Now is the clock.
	//
	// Default: time.Now.
	Now func() time.Time

	// Random is where identifiers come from. It is read by one goroutine at a time.
	//
	// Default: crypto/rand.
	Random io.Reader
}

// API serves one stage of a REST API. It is an [http.Handler] for the host name that the stage has in AWS.
type API struct {
	definition      *Definition
	invoke          Invoker
	authorizeInvoke func(ctx context.Context, functionARN, sourceARN string) error
	verify          Verifier
	accessLog       io.Writer
	logging         sync.Mutex
	now             func() time.Time
	random          io.Reader
	buckets         map[*route]*bucket
}

// New makes an API from a definition. It returns an error if an option is missing that the definition needs.
func New(d *Definition, o Options) (*API, error) {
	a := &API{
		definition: d, invoke: o.Invoke, authorizeInvoke: o.AuthorizeInvoke, verify: o.Verify, accessLog: o.AccessLog,
		now: o.Now, random: &lockedReader{reader: o.Random}, buckets: make(map[*route]*bucket),
	}
	if o.AuthorizeInvoke == nil {
		a.authorizeInvoke = func(context.Context, string, string) error { return nil }
	}
	if o.Now == nil {
		a.now = time.Now
	}
	if o.Random == nil {
		a.random = rand.Reader
	}
	var errs []error
	for _, rt := range d.routes {
		if _, ok := rt.integration.(*lambda); ok && o.Invoke == nil {
			errs = append(errs, fmt.Errorf("Invoke is required: %s %s calls a function", rt.method, rt.path))
		}
		if rt.authorizer != nil && o.Verify == nil {
			errs = append(errs, fmt.Errorf("Verify is required: %s %s needs a token", rt.method, rt.path))
		}
		if l, ok := d.throttling[rt]; ok {
			a.buckets[rt] = &bucket{limit: l}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return a, nil
}

// ServeHTTP answers as API Gateway would. A path of another stage is forbidden, which no gateway response can change. If the client
// goes before its answer it panics with [http.ErrAbortHandler], as handlers do.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ok := cutStage(r.URL.EscapedPath(), a.definition.stage)
	x, err := a.newExchange(r, path)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if !ok {
		x.write(w, forbidden())
		return
	}
	out, refused := x.serve()
	if refused != nil {
		out = a.definition.refuse(x, refused)
	}
	if r.Context().Err() != nil {
		x.status = 0
		a.log(x)
		panic(http.ErrAbortHandler) // nobody is there for an answer, and returning would be one
	}
	x.write(w, out)
	a.log(x)
}

// cutStage takes the stage off a path.
func cutStage(path, stage string) (string, bool) {
	rest, ok := strings.CutPrefix(path, "/"+stage)
	if !ok || rest != "" && rest[0] != '/' {
		return path, false
	}
	if rest == "" {
		rest = "/"
	}
	return rest, true
}

func forbidden() *response {
	out := newResponse(http.StatusForbidden)
	out.header.Set("Content-Type", jsonType)
	out.header["x-amzn-ErrorType"] = []string{"ForbiddenException"}
	out.body = []byte(`{"message":"Forbidden"}`)
	return out
}

// serve takes a request through the checks in API Gateway's order. AWS documents that authorization comes before the integration, and
// the execution log shows it before throttling by usage plans, and that before validation.
func (x *exchange) serve() (*response, *refusal) {
	if !x.find() {
		return nil, &noRoute
	}
	if r := x.readBody(); r != nil {
		return nil, r
	}
	if r := x.authorize(x.api.verify); r != nil {
		return nil, r
	}
	if b := x.api.buckets[x.route]; b != nil && !b.take(x.start) {
		return nil, &rateExceeded
	}
	x.traced = true
	if r := x.route.checkParameters(x); r != nil {
		return nil, r
	}
	if x.route.body != nil {
		if r := x.route.body.check(x.headers.Get("Content-Type"), x.body); r != nil {
			return nil, r
		}
	}
	return x.route.integration.serve(x)
}

// find sets the request's route.
func (x *exchange) find() bool {
	n, parameters := x.api.definition.root.find(x.path)
	if n == nil {
		return false
	}
	x.route, x.pathParameters = n.route(x.request.Method), parameters
	return x.route != nil
}

func (x *exchange) readBody() *refusal {
	if x.request.ContentLength > maxBody {
		return &tooLarge
	}
	body, err := io.ReadAll(io.LimitReader(x.request.Body, maxBody+1))
	switch {
	case err != nil:
		return invalidBody([]string{"the body could not be read: " + err.Error()})
	case len(body) > maxBody:
		return &tooLarge
	}
	x.body = body
	return nil
}

// write sends a response with the headers that every response has.
func (x *exchange) write(w http.ResponseWriter, out *response) {
	x.status = out.status
	header := w.Header()
	for name, values := range out.header {
		header[name] = values
	}
	for name, value := range map[string]string{"x-amzn-RequestId": x.requestID, "x-amz-apigw-id": x.extendedID} {
		header.Del(name)
		header[name] = []string{value} // as API Gateway writes them
	}
	if x.traced {
		header.Set(traceHeader, "Root="+x.traceID)
	}
	if bodyAllowed(out.status) {
		header.Set("Content-Length", strconv.Itoa(len(out.body)))
		x.responseLength = len(out.body)
	}
	w.WriteHeader(out.status)
	if x.responseLength > 0 {
		_, _ = w.Write(out.body) // a client that has gone cannot be told
	}
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// log writes the request's line of the access log. A variable without a value is a hyphen.
func (a *API) log(x *exchange) {
	if a.accessLog == nil || a.definition.accessLog == nil {
		return
	}
	line := a.definition.accessLog.render(func(name string) string {
		if value, ok := x.variable(name); ok {
			return value
		}
		return "-"
	})
	line = strings.NewReplacer("\n", `\n`, "\r", `\r`).Replace(line) + "\n"
	a.logging.Lock()
	defer a.logging.Unlock()
	_, _ = io.WriteString(a.accessLog, line) // a request does not fail for its log
}

// lockedReader lets one goroutine read at a time.
type lockedReader struct {
	mu     sync.Mutex
	reader io.Reader
}

func (l *lockedReader) Read(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reader.Read(p)
}

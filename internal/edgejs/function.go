package edgejs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/parser"
)

// maxCodeBytes is CloudFront's quota for the size of a function, 10 KB.
const maxCodeBytes = 10_000

// importStatement is the import of CloudFront's module, which has to be the first line.
var importStatement = regexp.MustCompile(`^import\s+([A-Za-z_$][\w$]*)\s+from\s+(?:'cloudfront'|"cloudfront")[ \t]*;?`)

// Store is the key-value store associated with a function.
type Store interface {
	// Get reads key. found tells a missing key from an empty value; an error means that the store cannot be read.
	Get(ctx context.Context, key string) (value string, found bool, err error)
}

// Function is a CloudFront Function, ready to run. It is safe for use by several goroutines.
type Function struct {
	program *goja.Program
	module  string // the name that the code gives to CloudFront's module; empty if it does not import it
}

// New prepares code to run. Its errors are those for which CloudFront would not accept or not run the code: it is too
// large, does not parse, or uses syntax that runtime 2.0 does not list.
func New(code string) (*Function, error) {
	if len(code) > maxCodeBytes {
		return nil, fmt.Errorf("the code has %d bytes, CloudFront takes %d", len(code), maxCodeBytes)
	}
	f := &Function{}
	if match := importStatement.FindStringSubmatch(code); match != nil {
		f.module = match[1]
		code = strings.Repeat(" ", len(match[0])) + code[len(match[0]):] // positions in errors stay right
	}
	// The value of the program is its handler, however that was declared.
	tree, err := parser.ParseFile(nil, "function.js", code+"\n;handler", 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, fmt.Errorf("parse the code: %w", err)
	}
	if err := checkSyntax(tree); err != nil {
		return nil, err
	}
	if f.program, err = goja.CompileAST(tree, true); err != nil {
		return nil, fmt.Errorf("compile the code: %w", err)
	}
	return f, nil
}

// Run runs the function's handler for event. store may be nil, as for a function without one. An error means that the
// function threw, did not come to an end before ctx did, or returned what CloudFront would refuse; the viewer would get an
// error from CloudFront.
//
// Each run has a JavaScript runtime of its own, which keeps runs apart as CloudFront does and takes some 20 microseconds.
func (f *Function) Run(ctx context.Context, event Event, store Store) (Result, error) {
	r := &run{ctx: ctx, vm: goja.New(), store: store}
	stop := context.AfterFunc(ctx, func() { r.vm.Interrupt(context.Cause(ctx)) })
	defer stop()

	event.Request = event.Request.withMaps()
	returned, err := r.handle(f, event)
	if err != nil {
		return Result{}, fmt.Errorf("run the function: %w", err)
	}
	if err := r.accept(event.Request, returned); err != nil {
		return Result{}, fmt.Errorf("check what the function returned: %w", err)
	}
	return r.result, nil
}

// handle calls the handler and waits for it. It returns what the handler returned, as JSON.
func (r *run) handle(f *Function, event Event) (json.RawMessage, error) {
	if err := r.define(f.module); err != nil {
		return nil, err
	}
	loaded, err := r.vm.RunProgram(f.program)
	if err != nil {
		return nil, err
	}
	handler, ok := goja.AssertFunction(loaded)
	if !ok {
		return nil, errors.New("handler is not a function")
	}
	argument, err := r.fromGo(event)
	if err != nil {
		return nil, err
	}
	value, err := handler(goja.Undefined(), argument)
	if err != nil {
		return nil, err
	}
	if value, err = settled(value); err != nil {
		return nil, err
	}
	return r.toJSON(value)
}

// settled is the value that an async handler's promise came to, or value itself.
func settled(value goja.Value) (goja.Value, error) {
	promise, ok := value.Export().(*goja.Promise)
	if !ok {
		return value, nil
	}
	switch promise.State() {
	case goja.PromiseStateFulfilled:
		return promise.Result(), nil
	case goja.PromiseStateRejected:
		return nil, fmt.Errorf("the handler rejected: %v", promise.Result())
	default:
		return nil, errors.New("the handler waits for a promise that nothing settles")
	}
}

// accept takes what the handler returned, unless CloudFront would refuse it.
func (r *run) accept(before Request, returned json.RawMessage) error {
	var kind struct{ StatusCode *int }
	if err := json.Unmarshal(returned, &kind); err != nil {
		return err
	}
	if kind.StatusCode != nil {
		if err := strict(returned, &r.result.Response); err != nil {
			return err
		}
		return checkResponse(*r.result.Response)
	}
	if err := strict(returned, &r.result.Request); err != nil {
		return err
	}
	if r.result.Request == nil {
		return errors.New("the handler returned neither a request nor a response")
	}
	*r.result.Request = r.result.Request.withMaps()
	return checkRequest(before, *r.result.Request)
}

// strict decodes data into target. A field that the event structure does not have is an error.
func strict(data []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(target)
}

// withMaps is q with empty maps for missing ones, because functions may rely on them.
func (q Request) withMaps() Request {
	for _, m := range []*map[string]Value{&q.Querystring, &q.Headers, &q.Cookies} {
		if *m == nil {
			*m = map[string]Value{}
		}
	}
	return q
}

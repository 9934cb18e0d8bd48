package edgejs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/dop251/goja"
)

// failoverStatuses are the statuses that may make CloudFront ask the second origin of a group.
var failoverStatuses = []int{400, 403, 404, 416, 429, 500, 502, 503, 504}

// run is one run of a function.
type run struct {
	ctx    context.Context //nolint:containedctx // a run lives as long as its context
	vm     *goja.Runtime
	store  Store
	result Result
}

// define makes CloudFront's module, under the name the code imports it as, and the console known to the runtime.
func (r *run) define(module string) error {
	console := r.object(map[string]any{"log": r.log})
	if err := r.vm.Set("console", console); err != nil || module == "" {
		return err
	}
	return r.vm.Set(module, r.object(map[string]any{
		"kvs":                      r.kvs,
		"selectRequestOriginById":  r.selectOrigin,
		"createRequestOriginGroup": r.createGroup,
	}))
}

// object is a JavaScript object with methods.
func (r *run) object(methods map[string]any) *goja.Object {
	o := r.vm.NewObject()
	for name, method := range methods {
		if err := o.Set(name, method); err != nil {
			panic(err) // a new object takes every property
		}
	}
	return o
}

// log is console.log, which takes one argument.
func (r *run) log(call goja.FunctionCall) goja.Value {
	r.result.Logs = append(r.result.Logs, call.Argument(0).String())
	return goja.Undefined()
}

// kvs is cf.kvs(): a handle for the associated store.
func (r *run) kvs(goja.FunctionCall) goja.Value {
	if r.store == nil {
		panic(r.throw("the function has no key value store"))
	}
	return r.object(map[string]any{"get": r.get, "exists": r.exists})
}

// get is the handle's get(key, options).
func (r *run) get(call goja.FunctionCall) goja.Value {
	if options, ok := call.Argument(1).(*goja.Object); ok {
		if format := options.Get("format"); format != nil && format.String() != "string" {
			panic(r.throw("get with format %s is not emulated", format))
		}
	}
	return r.read(call, func(key, value string, found bool) (any, error) {
		if !found {
			return nil, fmt.Errorf("KeyNotFound: %s", key)
		}
		return value, nil
	})
}

// exists is the handle's exists(key).
func (r *run) exists(call goja.FunctionCall) goja.Value {
	return r.read(call, func(_, _ string, found bool) (any, error) { return found, nil })
}

// read is a promise for what answer makes of the key that call names.
func (r *run) read(call goja.FunctionCall, answer func(key, value string, found bool) (any, error)) goja.Value {
	promise, resolve, reject := r.vm.NewPromise()
	key := call.Argument(0).String()
	value, found, err := r.store.Get(r.ctx, key)
	var result any
	if err == nil {
		result, err = answer(key, value, found)
	}
	if err != nil {
		err = reject(r.throw("%v", err))
	} else {
		err = resolve(result)
	}
	if err != nil {
		panic(err) // the run was interrupted, which the code cannot catch
	}
	return r.vm.ToValue(promise)
}

// selectOrigin is cf.selectRequestOriginById(id).
func (r *run) selectOrigin(call goja.FunctionCall) goja.Value {
	if len(call.Arguments) != 1 {
		panic(r.throw("selectRequestOriginById is emulated with the origin's ID only, got %d arguments", len(call.Arguments)))
	}
	r.result.Origins = Origins{IDs: []string{call.Argument(0).String()}}
	return goja.Undefined()
}

// group is the argument of createRequestOriginGroup.
type group struct {
	OriginIDs []struct {
		OriginID string `json:"originId"`
	} `json:"originIds"`
	SelectionCriteria string `json:"selectionCriteria"`
	FailoverCriteria  struct {
		StatusCodes []int `json:"statusCodes"`
	} `json:"failoverCriteria"`
}

// createGroup is cf.createRequestOriginGroup(properties).
func (r *run) createGroup(call goja.FunctionCall) goja.Value {
	var g group
	data, err := r.toJSON(call.Argument(0))
	if err == nil {
		err = strict(data, &g)
	}
	if err == nil {
		err = g.validate()
	}
	if err != nil {
		panic(r.throw("createRequestOriginGroup: %v", err))
	}
	r.result.Origins = Origins{
		IDs:        []string{g.OriginIDs[0].OriginID, g.OriginIDs[1].OriginID},
		FailoverOn: g.FailoverCriteria.StatusCodes,
	}
	return goja.Undefined()
}

// validate reports what CloudFront would refuse, and what is not emulated.
func (g group) validate() error {
	if len(g.OriginIDs) != 2 {
		return fmt.Errorf("originIds must have two origins, got %d", len(g.OriginIDs))
	}
	if g.OriginIDs[0] == g.OriginIDs[1] {
		return fmt.Errorf("originIds has %q twice", g.OriginIDs[0].OriginID)
	}
	if s := g.SelectionCriteria; s != "" && s != "default" {
		return fmt.Errorf("selectionCriteria %q is not emulated", s)
	}
	if len(g.FailoverCriteria.StatusCodes) == 0 {
		return errors.New("failoverCriteria must have statusCodes")
	}
	for _, status := range g.FailoverCriteria.StatusCodes {
		if !slices.Contains(failoverStatuses, status) {
			return fmt.Errorf("statusCodes must be of %v, got %d", failoverStatuses, status)
		}
	}
	return nil
}

// throw is a JavaScript error with a message.
func (r *run) throw(format string, args ...any) *goja.Object {
	return r.vm.NewGoError(fmt.Errorf(format, args...))
}

// fromGo is value as a JavaScript object of its own.
func (r *run) fromGo(value any) (goja.Value, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return r.json("parse", r.vm.ToValue(string(data)))
}

// toJSON is value as JSON, and null for undefined.
func (r *run) toJSON(value goja.Value) (json.RawMessage, error) {
	text, err := r.json("stringify", value)
	if err != nil {
		return nil, err
	}
	if goja.IsUndefined(text) {
		return json.RawMessage("null"), nil
	}
	return json.RawMessage(text.String()), nil
}

// json calls a method of the runtime's JSON object.
func (r *run) json(method string, argument goja.Value) (goja.Value, error) {
	call, ok := goja.AssertFunction(r.vm.Get("JSON").ToObject(r.vm).Get(method))
	if !ok {
		return nil, fmt.Errorf("JSON.%s is not a function", method)
	}
	return call(goja.Undefined(), argument)
}

package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/todo"
)

// retryAfter is what clients of a Region that cannot serve are told to wait, in seconds. A promotion takes minutes,
// but the edge sends the next request to another Region long before.
const retryAfter = "5"

// problem is an RFC 9457 problem. Its type is "about:blank": the status says it all, the detail says what about it.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Region string `json:"region"`

	allow string
}

// problem describes an answer other than success.
func (f *Function) problem(status int, detail string) *problem {
	return &problem{Title: http.StatusText(status), Status: status, Detail: detail, Region: f.region}
}

// notAllowed answers a method that the function does not serve.
func (f *Function) notAllowed(method string) *problem {
	p := f.problem(http.StatusMethodNotAllowed, fmt.Sprintf("the method must be %s, got %.20q", f.handler.Method(), method))
	p.allow = f.handler.Method()
	return p
}

// addHeaders adds what the status promises.
func (p *problem) addHeaders(headers map[string]string) {
	switch p.Status {
	case http.StatusMethodNotAllowed:
		headers["Allow"] = p.allow
	case http.StatusServiceUnavailable:
		headers["Retry-After"] = retryAfter
	}
}

// invalid is an error about the input, for the caller to read.
type invalid struct{ error }

// explain turns a handler's error into what the caller may know, and logs the rest if the caller is not to blame.
func (f *Function) explain(ctx context.Context, err error) *problem {
	if bad, ok := errors.AsType[invalid](err); ok {
		return f.problem(http.StatusBadRequest, strings.ReplaceAll(bad.Error(), "\n", "; "))
	}
	if errors.Is(err, todo.ErrNotFound) {
		return f.problem(http.StatusNotFound, "no to-do has this id")
	}
	p := f.failure(err)
	f.logFailure(ctx, p.Status, err)
	return p
}

// failure describes an error that is the application's.
func (f *Function) failure(err error) *problem {
	switch {
	case errors.Is(err, todo.ErrReadOnly):
		return f.problem(http.StatusServiceUnavailable,
			f.region+" stands by and cannot write; nothing was changed, send the request to the active Region")
	case errors.Is(err, todo.ErrNotSetUp):
		return f.problem(http.StatusServiceUnavailable,
			"the database is not set up; invoke CreateTableFunction in the primary Region first")
	case errors.Is(err, todo.ErrUnavailable):
		return f.problem(http.StatusServiceUnavailable, "the database cannot be reached from "+f.region+" at the moment")
	default:
		return f.problem(http.StatusInternalServerError, "something went wrong that should not have; the function's log says what")
	}
}

package endpoint

import (
	"context"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Call is one request that was decoded, whose signature is good and which the caller's policies allow.
type Call struct {
	// Cloud is what the operation reads and changes.
	Cloud *awssim.Cloud

	// Region is the one that the signature is for.
	Region string

	// Caller is who signed.
	Caller awssim.Credentials

	// RequestID is the answer's.
	RequestID string

	// Input is the decoded request: body, labels of the path and query.
	Input map[string]any

	// Header and Body are the request's.
	Header http.Header
	Body   []byte

	// Background runs something that goes on after the answer, until it ends or the handler is closed.
	Background func(func(context.Context))

	// Status and Reply are the answer's; the status is 200 unless an operation sets it.
	Status int
	Reply  http.Header
}

// Str is a text in the input; it is empty if it is absent or something else.
func (c *Call) Str(name string) string {
	text, _ := c.Input[name].(string)
	return text
}

// Bind reads the input into the struct that in points to, see bind.
func (c *Call) Bind(in any) error {
	if err := bind(c.Input, in); err != nil {
		return failure(http.StatusBadRequest, "SerializationException", "%v", err)
	}
	return nil
}

// do runs f with the state and the call's Region.
func (c *Call) do(f func(*awssim.State, *awssim.Region)) {
	c.Cloud.Do(func(s *awssim.State) { f(s, s.Region(c.Region)) })
}

// lookup returns what find finds in the state, or puts there, and whether it could.
func lookup[T any](c *Call, find func(*awssim.State, *awssim.Region) (T, bool)) (value T, ok bool) {
	c.do(func(s *awssim.State, r *awssim.Region) { value, ok = find(s, r) })
	return value, ok
}

// list returns what all returns of the state.
func list[T any](c *Call, all func(*awssim.State, *awssim.Region) []T) (values []T) {
	c.do(func(s *awssim.State, r *awssim.Region) { values = all(s, r) })
	return values
}

// arn asks the call's Region for an ARN.
func (c *Call) arn(f func(*awssim.Region) string) (arn string) {
	c.do(func(_ *awssim.State, r *awssim.Region) { arn = f(r) })
	return arn
}

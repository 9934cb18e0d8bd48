package endpoint

import (
	"context"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// Call is one request that was decoded, whose signature is good and which the caller's policies allow.
type Call struct {
	// Handler is what the operation belongs to, for the calls that it makes of other services.
	Handler *Handler

	// Cloud is what the operation reads and changes.
	Cloud *awssim.Cloud

	// Region is the one that the signature is for.
	Region string

	// Caller is who signed; empty if Principal is set.
	Caller awssim.Credentials

	// Principal is the AWS service that calls in its own name, such as events.amazonaws.com, and Source the ARN of the resource
	// that it does it for. Both are empty for callers with credentials.
	Principal, Source string

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

// account is the number of the account.
func (c *Call) account() (number string) {
	c.Cloud.Do(func(s *awssim.State) { number = s.Account() })
	return number
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

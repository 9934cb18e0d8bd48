// Package regioncheck is the contract between a failover and the function that checks a Region for it: what the function is
// invoked with, and what it answers.
//
// A failover trusts a Region when the application's own way to the database works there: the function's role, the network,
// the proxy and the database. So the function that it asks is one of the application's, deployed like the others. It is
// invoked directly, with a [Request]; a function that also serves API Gateway tells the two apart with [Parse].
//
// The package is plain Go, for use in functions of any application.
package regioncheck

import (
	"encoding/json"
	"fmt"
)

// What can be checked.
const (
	// Read asks for the role of the Region's database, over a read through the proxy.
	Read = "read"

	// Write asks for a write through the proxy that a later read of the same row sees.
	Write = "write"
)

// Roles of a Region's database.
const (
	Writer = "writer"
	Reader = "reader"
)

// Request is what the function is invoked with.
type Request struct {
	// Check is [Read] or [Write].
	Check string `json:"check"`

	// Run names the run that asks. A write stores it.
	Run string `json:"run"`
}

// Answer is what the function answers with if the check succeeded. A check that fails is a function error, whose message
// says why; it is shown to operators, and so holds no secret.
type Answer struct {
	// Region is where the function ran.
	Region string `json:"region"`

	// Role is the database's: [Writer] or [Reader]. After a write it is [Writer].
	Role string `json:"role"`
}

// envelope sets a Request apart from any other event: API Gateway's have no such member.
type envelope struct {
	Check *Request `json:"warmstandbyCheck"`
}

// Marshal is the event that carries r.
func (r Request) Marshal() []byte {
	data, _ := json.Marshal(envelope{&r}) // two texts: it cannot fail
	return data
}

// Parse reads the Request that an event carries. It returns false for any other event, and an error for a Request that asks
// for something unknown.
func Parse(event []byte) (Request, bool, error) {
	var e envelope
	if json.Unmarshal(event, &e) != nil || e.Check == nil {
		return Request{}, false, nil
	}
	if e.Check.Check != Read && e.Check.Check != Write {
		return Request{}, true, fmt.Errorf("check must be %q or %q, got %q", Read, Write, e.Check.Check)
	}
	return *e.Check, true, nil
}

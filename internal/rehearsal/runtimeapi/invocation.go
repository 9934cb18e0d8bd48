package runtimeapi

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// unhandled is the only kind of function error that Lambda reports for runtimes of one's own.
const unhandled = "Unhandled"

// The error types that Lambda itself reports, as opposed to the function's runtime.
const (
	exitError          = "Runtime.ExitError"
	invalidEntrypoint  = "Runtime.InvalidEntrypoint"
	timedOut           = "Sandbox.Timedout"
	responseTooLarge   = "Function.ResponseSizeTooLarge"
	tooLargeForRuntime = "RequestEntityTooLarge"
)

// invocation is one event on its way through an instance.
type invocation struct {
	id       string
	traceID  string
	payload  []byte
	arn      string // set, like the deadline, when it is handed to the function's process
	deadline time.Time
}

func newInvocation(payload []byte) *invocation {
	return &invocation{id: uuid.NewString(), traceID: newTraceID(), payload: payload}
}

// newTraceID is a tracing header that tells the function not to sample. Its format is in the AWS X-Ray Developer Guide,
// "Tracing header".
func newTraceID() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // it never fails
	return fmt.Sprintf("Root=1-%08x-%x;Parent=%x;Sampled=0", time.Now().Unix(), b[:12], b[12:])
}

// answer is what an invocation came to: the function's response, or an error's description.
type answer struct {
	payload []byte
	failed  bool
}

// message is the body of an error, in the form that every Lambda runtime uses.
type message struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

func (m message) json() []byte {
	b, _ := json.Marshal(m) // two strings always can be
	return b
}

// failure is an error that Lambda itself describes, with the invocation's identifier where Lambda says it.
func failure(kind, id, format string, args ...any) *answer {
	text := fmt.Sprintf(format, args...)
	if id != "" {
		text = "RequestId: " + id + " Error: " + text
	}
	return &answer{payload: message{kind, text}.json(), failed: true}
}

// failedExit describes the end of a process that should have gone on.
func failedExit(id string, err error) *answer {
	if err == nil {
		return failure(exitError, id, "Runtime exited without providing a reason")
	}
	return failure(exitError, id, "Runtime exited with error: %v", err)
}

// failedTimeout describes an invocation that took too long.
func failedTimeout(id string, timeout time.Duration) *answer {
	return failure(timedOut, id, "Task timed out after %.2f seconds", timeout.Seconds())
}

// failedResponse describes a response that is too large to be passed on.
func failedResponse() *answer {
	return failure(responseTooLarge, "",
		"Response payload size exceeded maximum allowed payload size (%d bytes).", maxResponse)
}

// newLogStream names a log stream as Lambda does: by day, version and instance.
func newLogStream(now time.Time) string {
	id := uuid.New()
	return now.UTC().Format("2006/01/02/") + "[" + version + "]" + hex.EncodeToString(id[:])
}

package endpoint

import (
	"net/http"
	"strconv"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// protocol is how requests and answers of a service look on the wire.
type protocol interface {
	// speaks says whether the request is of this protocol.
	speaks(r *request) bool

	// family says what codes of errors look like that all services have.
	family() sigv4.Protocol

	// decode names the operation and returns the request's members.
	decode(s *service, r *request) (name string, input map[string]any, failed *Error)

	// unknown is the answer to an operation that there is not.
	unknown(name string) *Error

	// answer writes what an operation returned.
	answer(w *reply, s *service, op *operation, out any)

	// fail writes an error.
	fail(w *reply, err *Error)
}

// reply is an answer being written.
type reply struct {
	http.ResponseWriter
	request   *http.Request
	requestID string
	status    int
}

// send writes the answer: the header that carries the request id, type and length, then the status and the body.
func (r *reply) send(status int, idHeader, contentType string, body []byte) {
	h := r.Header()
	h.Set(idHeader, r.requestID)
	if len(body) > 0 && h.Get("Content-Type") == "" {
		h.Set("Content-Type", contentType)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	r.WriteHeader(status)
	_, _ = r.Write(body) // a client that has gone needs no answer
}

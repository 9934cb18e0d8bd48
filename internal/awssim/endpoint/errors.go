package endpoint

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// Error is an answer that says what is wrong, as a service would.
type Error struct {
	Status  int
	Code    string
	Message string

	// Fields are further members of the error's shape.
	Fields map[string]string
}

// Error is the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// failure returns an Error with a formatted message.
func failure(status int, code, format string, args ...any) *Error {
	return &Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// asError returns the Error in err's chain, or an internal failure with its text.
func asError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	var refused *awssim.RDSError
	if errors.As(err, &refused) {
		return rdsError(refused)
	}
	return failure(http.StatusInternalServerError, "InternalFailure", "%v", err)
}

// rdsError is RDS's refusal with its status: 404 for what is not there, 400 for all else (RDS API reference).
func rdsError(e *awssim.RDSError) *Error {
	if strings.Contains(e.Code, "NotFound") {
		return failure(http.StatusNotFound, e.Code, "%s", e.Message)
	}
	return failure(http.StatusBadRequest, e.Code, "%s", e.Message)
}

// fault is the side of a failure, as the query protocol names it.
func (e *Error) fault() string {
	if e.Status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

// signatureError is how a protocol words why a signature is refused.
func signatureError(err error, p sigv4.Protocol) *Error {
	var refused *sigv4.Error
	if !errors.As(err, &refused) {
		return asError(err)
	}
	r := refused.Response(p)
	return failure(r.Status, r.Code, "%s", r.Message)
}

package endpoint

import (
	"errors"
	"fmt"
	"net/http"
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
	return failure(http.StatusInternalServerError, "InternalFailure", "%v", err)
}

// fault is the side of a failure, as the query protocol names it.
func (e *Error) fault() string {
	if e.Status >= http.StatusInternalServerError {
		return "Receiver"
	}
	return "Sender"
}

// Why a request's signature is refused. A [Verifier] returns one of them, or an error that wraps one.
var (
	ErrUnsigned   = errors.New("the request is not signed")
	ErrIncomplete = errors.New("the signature is incomplete")
	ErrUnknownKey = errors.New("the access key is not known")
	ErrToken      = errors.New("the session token is not the access key's")
	ErrSignature  = errors.New("the signature does not match")
	ErrExpired    = errors.New("the request or its signature has expired")
	ErrKeyExpired = errors.New("the credentials have expired")
)

// family is what a protocol's error codes look like.
type family int

const (
	queryCodes family = iota // query and REST-XML
	jsonCodes                // JSON, REST-JSON and CBOR
	s3Codes                  // S3
)

// signatureErrors are codes and messages of the common errors ("Common errors" in each service's API reference; "Error
// responses" in that of S3), by cause.
var signatureErrors = []struct {
	cause   error
	codes   [3]string
	message string
}{
	{ErrUnsigned, [3]string{"MissingAuthenticationToken", "MissingAuthenticationTokenException", "AccessDenied"}, "Request is missing Authentication Token"},
	{ErrIncomplete, [3]string{"IncompleteSignature", "IncompleteSignatureException", "AuthorizationHeaderMalformed"}, ""},
	{ErrUnknownKey, [3]string{"InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId"}, "The security token included in the request is invalid."},
	{ErrToken, [3]string{"InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken"}, "The security token included in the request is invalid."},
	{ErrKeyExpired, [3]string{"ExpiredToken", "ExpiredTokenException", "ExpiredToken"}, "The security token included in the request is expired"},
	{ErrExpired, [3]string{"SignatureDoesNotMatch", "InvalidSignatureException", "RequestTimeTooSkewed"}, ""},
	{ErrSignature, [3]string{"SignatureDoesNotMatch", "InvalidSignatureException", "SignatureDoesNotMatch"}, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."},
}

// signatureError is how a family words why a signature is refused. It is not 400, as some services answer, but 403 for all.
func signatureError(err error, f family) *Error {
	for _, known := range signatureErrors {
		if errors.Is(err, known.cause) {
			message := known.message
			if message == "" {
				message = err.Error()
			}
			return failure(http.StatusForbidden, known.codes[f], "%s", message)
		}
	}
	return failure(http.StatusForbidden, signatureErrors[1].codes[f], "%v", err)
}

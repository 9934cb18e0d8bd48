package apigateway

import (
	"net/http"
	"strings"
)

// refusal is a request that API Gateway answers itself. Its kind is one of those in "Gateway response types for API Gateway" in
// the developer guide.
type refusal struct {
	kind       string
	status     int    // of this case, where no gateway response sets another
	errorType  string // the header x-amzn-ErrorType, or "" where it is not known what API Gateway sends
	message    string // $context.error.message, or "" for null
	validation string // $context.error.validationErrorString
}

// The refusals that are always the same. AWS documents kinds and statuses, and shows some of the messages; the rest of the
// messages and the error types are as people have published them.
var (
	noRoute               = refusal{kind: "MISSING_AUTHENTICATION_TOKEN", status: http.StatusForbidden, errorType: "MissingAuthenticationTokenException", message: "Missing Authentication Token"}
	noToken               = refusal{kind: "UNAUTHORIZED", status: http.StatusUnauthorized, errorType: "UnauthorizedException", message: "Unauthorized"}
	tokenExpired          = refusal{kind: "EXPIRED_TOKEN", status: http.StatusUnauthorized, errorType: "UnauthorizedException", message: "The incoming token has expired"}
	scopeMissing          = refusal{kind: "ACCESS_DENIED", status: http.StatusForbidden, errorType: "AccessDeniedException", message: "User is not authorized to access this resource"}
	authorizerUnreachable = refusal{kind: "AUTHORIZER_CONFIGURATION_ERROR", status: http.StatusInternalServerError, errorType: "AuthorizerConfigurationException"}
	rateExceeded          = refusal{kind: "THROTTLED", status: http.StatusTooManyRequests, errorType: "TooManyRequestsException", message: "Too Many Requests"}
	tooLarge              = refusal{kind: "REQUEST_TOO_LARGE", status: http.StatusRequestEntityTooLarge, message: "Request Too Long"}
	mediaTypeUnknown      = refusal{kind: "UNSUPPORTED_MEDIA_TYPE", status: http.StatusUnsupportedMediaType, message: "Unsupported Media Type"}
	misconfigured         = refusal{kind: "API_CONFIGURATION_ERROR", status: http.StatusInternalServerError, errorType: internalError, message: internalMessage}
	lambdaRejected        = refusal{kind: "INTEGRATION_FAILURE", status: http.StatusInternalServerError, errorType: internalError, message: internalMessage}
	functionFailed        = refusal{kind: "INTEGRATION_FAILURE", status: http.StatusBadGateway, errorType: internalError, message: internalMessage}
	timedOut              = refusal{kind: "INTEGRATION_TIMEOUT", status: http.StatusGatewayTimeout, errorType: internalError, message: "Endpoint request timed out"}
	bodyInvalid           = refusal{kind: "BAD_REQUEST_BODY", status: http.StatusBadRequest, errorType: badRequest, message: "Invalid request body"}
)

const (
	internalError   = "InternalServerErrorException"
	internalMessage = "Internal server error"
	badRequest      = "BadRequestException"
)

// missingParameters is the refusal of a request without parameters that it must have.
func missingParameters(names []string) *refusal {
	return &refusal{
		kind: "BAD_REQUEST_PARAMETERS", status: http.StatusBadRequest, errorType: badRequest,
		message: "Missing required request parameters: [" + strings.Join(names, ", ") + "]",
	}
}

// invalidBody is the refusal of a body for these reasons.
func invalidBody(reasons []string) *refusal {
	r := bodyInvalid
	r.validation = "[" + strings.Join(reasons, ", ") + "]"
	return &r
}

// responseTypes are the kinds that a template may define responses for.
var responseTypes = []string{
	"ACCESS_DENIED", "API_CONFIGURATION_ERROR", "AUTHORIZER_CONFIGURATION_ERROR", "AUTHORIZER_FAILURE", "BAD_REQUEST_BODY",
	"BAD_REQUEST_PARAMETERS", default4xx, default5xx, "EXPIRED_TOKEN", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT",
	"INVALID_API_KEY", "INVALID_SIGNATURE", "MISSING_AUTHENTICATION_TOKEN", "QUOTA_EXCEEDED", "REQUEST_TOO_LARGE",
	"RESOURCE_NOT_FOUND", "THROTTLED", "UNAUTHORIZED", "UNSUPPORTED_MEDIA_TYPE", "WAF_FILTERED",
}

const (
	default4xx = "DEFAULT_4XX"
	default5xx = "DEFAULT_5XX"
)

// fallback is the kind of gateway response for what has none of its own.
func (r *refusal) fallback() string {
	if r.status >= http.StatusInternalServerError {
		return default5xx
	}
	return default4xx
}

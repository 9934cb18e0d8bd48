package fault

import "net/http"

// throttling is how a service refuses too many calls.
func throttling(service string) (status int, code, message string) {
	switch service {
	case "rds", "cloudformation", "cloudfront", "sts", "monitoring":
		return http.StatusBadRequest, "Throttling", "Rate exceeded"
	case "lambda":
		return http.StatusTooManyRequests, "TooManyRequestsException", "Rate exceeded"
	case "cognito-idp":
		return http.StatusBadRequest, "TooManyRequestsException", "Rate exceeded"
	case "sns":
		return http.StatusTooManyRequests, "Throttled", "Rate exceeded"
	case "s3":
		return http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."
	case "cloudfront-keyvaluestore":
		return http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded" // its API reference has no code
	}
	return http.StatusBadRequest, "ThrottlingException", "Rate exceeded"
}

// internal is how a service says that it has failed, or that it is not available.
func internal(service string, unavailable bool) (status int, code, message string) {
	if unavailable {
		return http.StatusServiceUnavailable, "ServiceUnavailable", "Service is unavailable. Please try again later."
	}
	code = map[string]string{
		"lambda": "ServiceException", "cloudfront-keyvaluestore": "InternalServerException", "ssm": "InternalServerError",
		"secretsmanager": "InternalServiceError", "s3": "InternalError", "cognito-idp": "InternalErrorException",
	}[service]
	if code == "" {
		code = "InternalFailure"
	}
	return http.StatusInternalServerError, code, "An internal error has occurred. Please try your query again at a later time."
}

package restapi

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// refusal is a response that API Gateway makes up itself, without calling a function.
type refusal struct {
	// kind is API Gateway's name for it. See
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html.
	kind string

	// status is the HTTP status, or 0 for the one of the case at hand.
	status int

	// detail is JSON: a string, or a variable that holds a quoted one.
	detail string
}

const (
	message    = "$context.error.messageString"
	validation = `"$context.error.validationErrorString"`
	noRoute    = `"This API has no such path and method."`
)

// refusals are what an API without API keys, usage plans and IAM authorization can answer itself. The two defaults are for failed
// integrations, whose status varies, and for what API Gateway may add.
var refusals = []refusal{
	{"BAD_REQUEST_BODY", http.StatusBadRequest, validation},
	{"BAD_REQUEST_PARAMETERS", http.StatusBadRequest, message},
	{"UNAUTHORIZED", http.StatusUnauthorized, message},
	// API Gateway would answer 403, although a new token is all that is needed.
	{"EXPIRED_TOKEN", http.StatusUnauthorized, message},
	{"ACCESS_DENIED", http.StatusForbidden, message},
	{"WAF_FILTERED", http.StatusForbidden, message},
	// For an unknown path or method API Gateway asks for a signature, and with an Authorization header finds that bad.
	{"MISSING_AUTHENTICATION_TOKEN", http.StatusNotFound, noRoute},
	{"INVALID_SIGNATURE", http.StatusNotFound, noRoute},
	{"RESOURCE_NOT_FOUND", http.StatusNotFound, noRoute},
	{"REQUEST_TOO_LARGE", http.StatusRequestEntityTooLarge, message},
	{"UNSUPPORTED_MEDIA_TYPE", http.StatusUnsupportedMediaType, message},
	{"THROTTLED", http.StatusTooManyRequests, message},
	{"API_CONFIGURATION_ERROR", http.StatusInternalServerError, message},
	{"AUTHORIZER_CONFIGURATION_ERROR", http.StatusInternalServerError, message},
	{"AUTHORIZER_FAILURE", http.StatusInternalServerError, message},
	{"INTEGRATION_TIMEOUT", http.StatusGatewayTimeout, message},
	{"DEFAULT_4XX", 0, message},
	{"DEFAULT_5XX", 0, message},
}

// problem is the refusal as a problem document of RFC 9457. It is a template of API Gateway, which replaces variables and knows
// no conditions, so the document of a status that varies does not repeat it.
func (r refusal) problem() string {
	if r.status == 0 {
		return fmt.Sprintf(`{"type":"about:blank","detail":%s}`, r.detail)
	}
	return fmt.Sprintf(`{"type":"about:blank","title":%q,"status":%d,"detail":%s}`, http.StatusText(r.status), r.status, r.detail)
}

func (a *API) defineRefusals(p Props) {
	headers := a.refusalHeaders(p)
	for _, r := range refusals {
		options := &awsapigateway.GatewayResponseOptions{
			Type:            awsapigateway.ResponseType_Of(jsii.String(r.kind)),
			ResponseHeaders: cdkgo.Env(headers),
			// The template's key is what API Gateway chooses it by, from the Accept header or by default. The header below is
			// what clients see.
			Templates: &map[string]*string{"application/json": jsii.String(r.problem())},
		}
		if r.status != 0 {
			options.StatusCode = jsii.String(strconv.Itoa(r.status))
		}
		a.api.AddGatewayResponse(jsii.String(r.kind), options)
	}
}

// refusalHeaders are the headers of all refusals. A value in single quotes is literal.
func (a *API) refusalHeaders(p Props) map[string]string {
	headers := map[string]string{
		"Content-Type": "'application/problem+json'",
		RegionHeader:   "'" + a.region() + "'",
	}
	switch len(p.AllowOrigins) {
	case 0:
		return headers
	case 1:
		headers["Access-Control-Allow-Origin"] = "'" + p.AllowOrigins[0] + "'"
	default:
		// A refusal cannot choose between origins. It holds no secret, so all may read it.
		headers["Access-Control-Allow-Origin"] = "'*'"
	}
	headers["Access-Control-Expose-Headers"] = "'" + RegionHeader + "'"
	return headers
}

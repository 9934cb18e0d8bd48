package apigateway

import (
	"strconv"
	"strings"
	"time"
)

// variable is the value of a variable, and whether it has one now. The names are those of "Variables for access logging for API
// Gateway" and "Variables for data transformations for API Gateway" in the developer guide. What the documents list and this does
// not know has no value.
func (x *exchange) variable(name string) (string, bool) {
	value := x.value(name)
	return value, value != ""
}

func (x *exchange) value(name string) string {
	if f, ok := requestVariables[name]; ok {
		return f(x)
	}
	if f, ok := outcomeVariables[name]; ok {
		return f(x)
	}
	if claim, ok := strings.CutPrefix(name, "context.authorizer.claims."); ok {
		return x.claims[claim]
	}
	if variable, ok := strings.CutPrefix(name, "stageVariables."); ok {
		return x.api.definition.variables[variable]
	}
	return ""
}

// requestVariables are known from the start.
var requestVariables = map[string]func(*exchange) string{
	"context.accountId":         func(x *exchange) string { return x.api.definition.account },
	"context.apiId":             func(x *exchange) string { return x.api.definition.id },
	"context.deploymentId":      func(x *exchange) string { return x.api.definition.deployment },
	"context.domainName":        func(x *exchange) string { return x.api.definition.DomainName() },
	"context.domainPrefix":      func(x *exchange) string { return x.api.definition.id },
	"context.endpointType":      func(*exchange) string { return "REGIONAL" },
	"context.extendedRequestId": func(x *exchange) string { return x.extendedID },
	"context.httpMethod":        func(x *exchange) string { return x.request.Method },
	"context.identity.sourceIp": func(x *exchange) string { return x.sourceIP },
	"context.identity.userAgent": func(x *exchange) string {
		return x.userAgent()
	},
	"context.path":             func(x *exchange) string { return "/" + x.api.definition.stage + x.path },
	"context.protocol":         func(x *exchange) string { return x.request.Proto },
	"context.requestId":        func(x *exchange) string { return x.requestID },
	"context.requestTime":      func(x *exchange) string { return x.requestTime() },
	"context.requestTimeEpoch": func(x *exchange) string { return strconv.FormatInt(x.start.UnixMilli(), 10) },
	"context.resourceId": func(x *exchange) string {
		if x.route == nil {
			return ""
		}
		return x.route.resourceID
	},
	"context.resourcePath": func(x *exchange) string {
		if x.route == nil {
			return ""
		}
		return x.route.path
	},
	"context.stage": func(x *exchange) string { return x.api.definition.stage },
	"context.xrayTraceId": func(x *exchange) string {
		if !x.api.definition.tracing {
			return ""
		}
		return x.traceID
	},
}

// outcomeVariables depend on what has become of the request.
var outcomeVariables = map[string]func(*exchange) string{
	"context.authorizer.error": func(x *exchange) string { return x.authorizerError },
	"context.authorizer.principalId": func(x *exchange) string {
		return x.claims["sub"]
	},
	"context.error.message":       func(x *exchange) string { return x.refused().message },
	"context.error.messageString": func(x *exchange) string { return messageString(x.refusal) },
	"context.error.responseType":  func(x *exchange) string { return x.refused().kind },
	"context.error.validationErrorString": func(x *exchange) string {
		return x.refused().validation
	},
	"context.integration.error":             func(x *exchange) string { return x.integrationError },
	"context.integrationErrorMessage":       func(x *exchange) string { return x.integrationError },
	"context.integration.integrationStatus": func(x *exchange) string { return positive(x.integrationStatus) },
	"context.integration.status":            func(x *exchange) string { return positive(x.integrationStatus) },
	"context.integrationStatus":             func(x *exchange) string { return positive(x.integrationStatus) },
	"context.integration.latency":           integrationLatency,
	"context.integrationLatency":            integrationLatency,
	"context.responseLatency":               func(x *exchange) string { return milliseconds(x.api.now().Sub(x.start)) },
	"context.responseLength":                func(x *exchange) string { return strconv.Itoa(x.responseLength) },
	"context.status":                        func(x *exchange) string { return positive(x.status) },
}

// refused is the request's refusal, or one that says nothing.
func (x *exchange) refused() *refusal {
	if x.refusal == nil {
		return &refusal{}
	}
	return x.refusal
}

// messageString is a refusal's message in quotes, or null if it has none.
func messageString(r *refusal) string {
	switch {
	case r == nil:
		return ""
	case r.message == "":
		return "null"
	}
	return compact(r.message)
}

func integrationLatency(x *exchange) string {
	if x.integrationStatus == 0 && x.integrationError == "" {
		return ""
	}
	return milliseconds(x.integrationTime)
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// positive is n as text, or "" for 0.
func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

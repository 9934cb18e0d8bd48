package apigateway

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// route is a method of a resource, as API Gateway runs it.
type route struct {
	method      string // or ANY
	path        string // of the resource, such as "/orders/{id}"
	resourceID  string
	authorizer  *authorizer // nil if the route is open to everyone
	scopes      []string
	required    []parameter
	body        *bodyCheck // nil if the body is not looked at
	integration integration
}

// notFound reports a reference to what is not in the template.
func notFound(what, name, id string) error {
	return fmt.Errorf("%s: %s is %q, which is not in the template", what, name, id)
}

var httpMethods = []string{"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// method reads an AWS::ApiGateway::Method.
func (a *api) method(_ Resource, p *properties) {
	rt := &route{method: p.text("HttpMethod"), resourceID: p.text("ResourceId")}
	if !slices.Contains(httpMethods, rt.method) {
		p.failf("HttpMethod", "must be one of %s, got %q", strings.Join(httpMethods, ", "), rt.method)
	}
	p.only("ApiKeyRequired", "false")
	p.ignore("OperationName")
	a.authorization(rt, p)
	a.validation(rt, p)
	rt.integration = a.integration(p)

	n := a.nodes[rt.resourceID]
	switch {
	case n == nil || n.methods == nil: // the latter is not in the tree, which link reports
		*p.errs = append(*p.errs, notFound(p.what, "ResourceId", rt.resourceID))
	case n.methods[rt.method] != nil:
		p.failf("HttpMethod", "is %s, which %s has already", rt.method, n.path)
	default:
		rt.path = n.path
		n.methods[rt.method] = rt
		a.routes = append(a.routes, rt)
	}
}

func (a *api) authorization(rt *route, p *properties) {
	rt.scopes = p.texts("AuthorizationScopes")
	id := p.text("AuthorizerId")
	switch kind := p.text("AuthorizationType"); kind {
	case "NONE", "":
		if id != "" || len(rt.scopes) > 0 {
			p.failf("AuthorizationType", "is NONE, but there are an authorizer or scopes")
		}
	case "COGNITO_USER_POOLS":
		if rt.authorizer = a.authorizers[id]; rt.authorizer == nil {
			*p.errs = append(*p.errs, notFound(p.what, "AuthorizerId", id))
		}
	default:
		p.failf("AuthorizationType", "is %q: only NONE or COGNITO_USER_POOLS is rehearsed", kind)
	}
}

// validation reads what the method's validator, if it has one, asks for.
func (a *api) validation(rt *route, p *properties) {
	parameters, models := p.mapping("RequestParameters"), p.textMap("RequestModels")
	required := requiredParameters(parameters, p)
	check, err := newBodyCheck(a.id, models, a.models)
	if err != nil {
		p.failf("RequestModels", "%w", err)
	}
	id := p.text("RequestValidatorId")
	v, ok := a.validators[id]
	if !ok && id != "" {
		*p.errs = append(*p.errs, notFound(p.what, "RequestValidatorId", id))
	}
	if v.parameters {
		rt.required = required
	}
	if v.body {
		rt.body = check
	}
}

// integration answers requests that have passed every check.
type integration interface {
	// serve answers, or says why it could not.
	serve(x *exchange) (*response, *refusal)
}

// How long an integration may take at least, and unless the template has TimeoutInMillis. See "Quotas for configuring and running a
// REST API in API Gateway" in the developer guide.
const (
	minTimeout     = 50 * time.Millisecond
	defaultTimeout = 29 * time.Second
)

func (a *api) integration(p *properties) integration {
	i := p.object("Integration")
	defer i.finish()
	switch kind := i.text("Type"); kind {
	case "AWS_PROXY":
		p.ignore("MethodResponses") // the function's answer is the response
		return newLambda(i)
	case "MOCK":
		return newMock(i, p.objects("MethodResponses"))
	default:
		i.failf("Type", "is %q: only AWS_PROXY or MOCK is rehearsed", kind)
		i.ignoreAll()
		p.ignore("MethodResponses")
		return nil
	}
}

package apigateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Resource is a resource of a deployed template. Its properties are resolved: they hold no intrinsic functions any more.
type Resource struct {
	// LogicalID is the resource's name in the template. It is for messages.
	LogicalID string

	// Type is the resource's type, such as "AWS::ApiGateway::Method".
	Type string

	// PhysicalID is what Ref returns for the resource.
	PhysicalID string

	// Properties are of the types that encoding/json decodes to.
	Properties map[string]any

	// Attributes are what Fn::GetAtt returns. AWS::ApiGateway::RestApi needs RootResourceId.
	Attributes map[string]string
}

// Definition is one stage of one API, as the template has it. See [FromTemplate].
type Definition struct {
	account, region  string
	id, stage        string
	deployment       string
	binaryTypes      []string
	variables        map[string]string
	tracing          bool
	accessLog        *text // nil without one
	root             *node
	routes           []*route
	gatewayResponses map[string]*gatewayResponse
	throttling       map[*route]limit
}

// ID is the API's identifier.
func (d *Definition) ID() string { return d.id }

// Stage is the stage's name, which is the first segment of every path.
func (d *Definition) Stage() string { return d.stage }

// DomainName is the host name that the API has in AWS.
func (d *Definition) DomainName() string {
	return d.id + ".execute-api." + d.region + ".amazonaws.com"
}

// prefix is what the types of this package's resources begin with.
const prefix = "AWS::ApiGateway::"

// FromTemplate reads the REST APIs among the resources of a template that account has deployed in region. It returns one
// definition for each stage, in the order of the stages. Resources of other services are left alone. Its error names every
// resource type and property that is not rehearsed, and what refers to nothing or cannot be understood.
func FromTemplate(account, region string, resources []Resource) ([]*Definition, error) {
	l := &loader{account: account, region: region, apis: make(map[string]*api)}
	for _, r := range resources {
		switch r.Type {
		case prefix + "RestApi":
			l.restAPI(r)
		case prefix + "Account":
			l.read(r, func(p *properties) { p.ignore("CloudWatchRoleArn") }) // logs are written without a role here
		}
	}
	// Resources come in any order, so each type waits for those that it refers to.
	l.members(resources, map[string]reader{
		"Resource": (*api).resource, "Model": (*api).model, "RequestValidator": (*api).validator, "Authorizer": (*api).authorizer,
	})
	for _, a := range l.apis {
		a.link()
	}
	l.members(resources, map[string]reader{
		"Method": (*api).method, "GatewayResponse": (*api).gatewayResponse, "Deployment": (*api).deployment,
	})
	l.members(resources, map[string]reader{"Stage": (*api).stage})
	for _, r := range resources {
		if strings.HasPrefix(r.Type, prefix) && !slices.Contains(known, strings.TrimPrefix(r.Type, prefix)) {
			l.errs = append(l.errs, fmt.Errorf("%s %s: the type is not rehearsed", r.Type, r.LogicalID))
		}
	}
	return l.definitions, errors.Join(l.errs...)
}

// known are the types that FromTemplate reads.
var known = []string{
	"RestApi", "Account", "Resource", "Model", "RequestValidator", "Authorizer", "Method", "GatewayResponse", "Deployment", "Stage",
}

// loader collects the APIs of a template.
type loader struct {
	account, region string
	apis            map[string]*api
	definitions     []*Definition
	errs            []error
}

// read passes the resource's properties to f, and reports those that f does not ask for.
func (l *loader) read(r Resource, f func(*properties)) {
	p := newProperties(r.Type+" "+r.LogicalID, "", r.Properties, &l.errs)
	f(p)
	p.finish()
}

// reader reads a resource that belongs to an API.
type reader func(*api, Resource, *properties)

// members reads the resources of these types.
func (l *loader) members(resources []Resource, types map[string]reader) {
	for _, r := range resources {
		name, ok := strings.CutPrefix(r.Type, prefix)
		if read := types[name]; ok && read != nil {
			l.member(r, read)
		}
	}
}

func (l *loader) member(r Resource, read reader) {
	l.read(r, func(p *properties) {
		id := p.text("RestApiId")
		if a := l.apis[id]; a != nil {
			read(a, r, p)
			return
		}
		p.failf("RestApiId", "is %q, which is no API of the template", id)
		p.ignoreAll() // the one reason is enough
	})
}

// restAPI reads an AWS::ApiGateway::RestApi. Only TLS is behind SecurityPolicy and EndpointAccessMode, and only API keys, which are
// refused elsewhere, behind ApiKeySourceType.
func (l *loader) restAPI(r Resource) {
	l.read(r, func(p *properties) {
		a := &api{loader: l, id: r.PhysicalID, binaryTypes: p.texts("BinaryMediaTypes"), rootID: r.Attributes["RootResourceId"]}
		a.init()
		if a.rootID == "" {
			p.failf("RootResourceId", "is missing among the attributes")
		}
		endpoint := p.object("EndpointConfiguration")
		if types := endpoint.texts("Types"); !slices.Equal(types, []string{"REGIONAL"}) {
			endpoint.failf("Types", "is %q: only REGIONAL is rehearsed", types)
		}
		endpoint.ignore("IpAddressType")
		endpoint.finish()
		p.only("DisableExecuteApiEndpoint", "false")
		p.ignore("Name", "Description", "Tags", "SecurityPolicy", "EndpointAccessMode", "ApiKeySourceType")
		l.apis[a.id] = a
	})
}

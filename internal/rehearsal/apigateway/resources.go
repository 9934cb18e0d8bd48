package apigateway

import (
	"fmt"
	"slices"
	"strings"
)

// api is a REST API while its template is read.
type api struct {
	*loader

	id, rootID       string
	binaryTypes      []string
	nodes            map[string]*node     // by resource ID, with the root
	resources        []*node              // without the root
	models           map[string]any       // schemas by name
	validators       map[string]validator // by ID
	authorizers      map[string]*authorizer
	routes           []*route
	gatewayResponses map[string]*gatewayResponse
	deployments      []string
}

// validator says what of a request is checked.
type validator struct{ body, parameters bool }

// authorizer is a Cognito user pool authorizer.
type authorizer struct {
	header string   // has the token
	pools  []string // ARNs
}

func (a *api) init() {
	a.nodes = map[string]*node{a.rootID: {path: "/"}}
	a.models = map[string]any{"Empty": map[string]any{}} // which every API has
	a.validators = make(map[string]validator)
	a.authorizers = make(map[string]*authorizer)
	a.gatewayResponses = make(map[string]*gatewayResponse)
}

func (a *api) resource(r Resource, p *properties) {
	part := p.text("PathPart")
	if part == "" || strings.Contains(part, "/") {
		p.failf("PathPart", "must be one segment of a path, got %q", part)
	}
	n := &node{what: p.what, part: part, parentID: p.text("ParentId")}
	if a.nodes[r.PhysicalID] != nil {
		p.failf("ID", "is %q, which another resource has already", r.PhysicalID)
		return
	}
	a.nodes[r.PhysicalID] = n
	a.resources = append(a.resources, n)
}

// link joins the resources to a tree, once all are known.
func (a *api) link() {
	for _, n := range a.resources {
		parent := a.nodes[n.parentID]
		if parent == nil {
			a.errs = append(a.errs, notFound(n.what, "ParentId", n.parentID))
			continue
		}
		parent.children = append(parent.children, n)
	}
	a.errs = append(a.errs, a.nodes[a.rootID].finish()...)
	for _, n := range a.resources {
		if n.methods == nil && a.nodes[n.parentID] != nil {
			a.errs = append(a.errs, fmt.Errorf("%s: ParentId does not lead to the root", n.what))
		}
	}
}

func (a *api) model(r Resource, p *properties) {
	p.ignore("Name", "ContentType", "Description") // the name is the physical ID, and methods choose by their own types
	a.models[r.PhysicalID] = p.mapping("Schema")
}

func (a *api) validator(r Resource, p *properties) {
	p.ignore("Name")
	a.validators[r.PhysicalID] = validator{body: p.boolean("ValidateRequestBody"), parameters: p.boolean("ValidateRequestParameters")}
}

// authorizer reads an AWS::ApiGateway::Authorizer. Its result is not cached here, which shows in nothing but time.
func (a *api) authorizer(r Resource, p *properties) {
	if kind := p.text("Type"); kind != "COGNITO_USER_POOLS" {
		p.failf("Type", "is %q: only COGNITO_USER_POOLS is rehearsed", kind)
	}
	source := p.text("IdentitySource")
	header, ok := strings.CutPrefix(source, "method.request.header.")
	if !ok {
		p.failf("IdentitySource", "must be like method.request.header.Authorization, got %q", source)
	}
	pools := p.texts("ProviderARNs")
	if len(pools) == 0 {
		p.failf("ProviderARNs", "must have at least one user pool")
	}
	p.ignore("Name", "AuthType", "AuthorizerResultTtlInSeconds")
	a.authorizers[r.PhysicalID] = &authorizer{header: header, pools: pools}
}

func (a *api) deployment(r Resource, p *properties) {
	p.ignore("Description")
	a.deployments = append(a.deployments, r.PhysicalID)
}

// stage reads an AWS::ApiGateway::Stage, and with it completes a definition.
func (a *api) stage(_ Resource, p *properties) {
	d := &Definition{
		account: a.account, region: a.region, id: a.id,
		stage: p.text("StageName"), deployment: p.text("DeploymentId"),
		binaryTypes: a.binaryTypes, gatewayResponses: a.gatewayResponses,
		variables: p.textMap("Variables"), tracing: p.boolean("TracingEnabled"),
		root: a.nodes[a.rootID], routes: a.routes,
	}
	if d.stage == "" {
		p.failf("StageName", "is required")
	}
	if !slices.Contains(a.deployments, d.deployment) {
		p.failf("DeploymentId", "is %q, which is no deployment of the API", d.deployment)
	}
	log := p.object("AccessLogSetting")
	if format := log.text("Format"); format != "" {
		d.accessLog = newText(format)
	}
	log.ignore("DestinationArn")
	log.finish()
	d.throttling = a.throttling(p.objects("MethodSettings"))
	p.only("CacheClusterEnabled", "false")
	p.ignore("Description", "Tags", "DocumentationVersion", "CacheClusterSize")
	a.definitions = append(a.definitions, d)
}

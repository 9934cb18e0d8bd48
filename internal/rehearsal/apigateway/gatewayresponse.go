package apigateway

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// gatewayResponse is how the template has one kind of refusal answered.
type gatewayResponse struct {
	status    int // 0 for that of the refusal
	headers   map[string]mapping
	templates map[string]*text // by media type
}

const jsonType = "application/json"

// plainResponse is the gateway response of an API that defines none.
var plainResponse = &gatewayResponse{templates: map[string]*text{jsonType: newText(`{"message":$context.error.messageString}`)}}

// gatewayResponse reads an AWS::ApiGateway::GatewayResponse.
func (a *api) gatewayResponse(_ Resource, p *properties) {
	kind := p.text("ResponseType")
	if !slices.Contains(responseTypes, kind) {
		p.failf("ResponseType", "is %q, which API Gateway does not have", kind)
	}
	if a.gatewayResponses[kind] != nil {
		p.failf("ResponseType", "is %s, which another resource has already", kind)
	}
	g := &gatewayResponse{status: statusCode(p), headers: make(map[string]mapping), templates: make(map[string]*text)}
	for name, source := range p.textMap("ResponseParameters") {
		header, ok := strings.CutPrefix(name, "gatewayresponse.header.")
		m, err := newMapping(source)
		if !ok || err != nil {
			p.failf("ResponseParameters."+name, "is %q: only headers from constants, $context and the request are rehearsed", source)
			continue
		}
		g.headers[header] = m
	}
	for mediaType, template := range p.textMap("ResponseTemplates") {
		if strings.Contains(template, "#set") || strings.Contains(template, "$input.") || strings.Contains(template, "$util.") {
			p.failf("ResponseTemplates."+mediaType, "has what only mapping templates may: no gateway response is one")
		}
		g.templates[mediaType] = newText(template)
	}
	if len(g.templates) == 0 {
		g.templates = plainResponse.templates
	}
	a.gatewayResponses[kind] = g
}

// statusCode is the property StatusCode, or 0 without it.
func statusCode(p *properties) int {
	status := p.text("StatusCode")
	if status == "" {
		return 0
	}
	code, err := strconv.Atoi(status)
	if err != nil || code < 200 || code > 599 {
		p.failf("StatusCode", "must be from 200 to 599, got %q", status)
	}
	return code
}

// refuse answers as the template has it for the refusal's kind, or for its default, or as API Gateway does.
func (d *Definition) refuse(x *exchange, r *refusal) *response {
	g := d.gatewayResponses[r.kind]
	if g == nil {
		g = d.gatewayResponses[r.fallback()]
	}
	if g == nil {
		g = plainResponse
	}
	x.refusal = r
	out := newResponse(r.status)
	if g.status != 0 {
		out.status = g.status
	}
	x.status = out.status
	mediaType := negotiate(x.headers.Get("Accept"), slices.Sorted(maps.Keys(g.templates)))
	out.header.Set("Content-Type", mediaType)
	if r.errorType != "" {
		out.header["x-amzn-ErrorType"] = []string{r.errorType}
	}
	for name, m := range g.headers {
		if value := m.value(x); value != "" {
			out.header.Set(name, value)
		}
	}
	out.body = []byte(g.templates[mediaType].render(x.jsonVariable))
	return out
}

// negotiate is the media type among those offered that the Accept header asks for first, or else application/json, or else the
// first of those offered.
func negotiate(accept string, offered []string) string {
	first := mediaType(accept)
	switch {
	case slices.Contains(offered, first):
		return first
	case slices.Contains(offered, jsonType) || len(offered) == 0:
		return jsonType
	}
	return offered[0]
}

// mediaType is the first media type of an Accept or Content-Type header, without parameters.
func mediaType(header string) string {
	first, _, _ := strings.Cut(header, ",")
	first, _, _ = strings.Cut(first, ";")
	return strings.ToLower(strings.TrimSpace(first))
}

// jsonVariable is a variable's value inside a JSON text. A value in quotes, which is how templates have most, is escaped; only
// messageString brings its own quotes, or is null.
func (x *exchange) jsonVariable(name string) string {
	value, _ := x.variable(name)
	if name == "context.error.messageString" {
		return value
	}
	quoted := compact(value)
	return quoted[1 : len(quoted)-1]
}

// response is what a client gets, but for the headers that every response has.
type response struct {
	status int
	header http.Header
	body   []byte
}

func newResponse(status int) *response { return &response{status: status, header: make(http.Header)} }

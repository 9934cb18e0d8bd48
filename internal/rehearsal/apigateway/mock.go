package apigateway

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/warmstandby/warmstandby/internal/rehearsal/apigateway/velocity"
)

// mock is a mock integration: its request template chooses a status, and the status one of its responses. See "Mock integrations
// for REST APIs in API Gateway" in the developer guide.
type mock struct {
	passthrough string
	templates   map[string]*velocity.Template // by media type
	responses   []*mockResponse
}

// mockResponse is an integration response.
type mockResponse struct {
	pattern   *regexp.Regexp // nil for the default
	status    int
	headers   map[string]mapping
	templates map[string]*velocity.Template
}

// What becomes of a body without a template for its type. See "Method request behavior for payloads without mapping templates
// for REST APIs in API Gateway" in the developer guide.
const (
	whenNoMatch     = "WHEN_NO_MATCH"
	whenNoTemplates = "WHEN_NO_TEMPLATES"
	never           = "NEVER"
)

// newMock reads a mock integration and the method responses, which name the headers that it may set.
func newMock(p *properties, methodResponses []*properties) *mock {
	declared := make(map[int]map[string]any)
	for _, m := range methodResponses {
		declared[statusCode(m)] = m.mapping("ResponseParameters")
		m.ignore("ResponseModels")
		m.finish()
	}
	mk := &mock{passthrough: p.text("PassthroughBehavior"), templates: templates(p, "RequestTemplates")}
	if mk.passthrough == "" {
		mk.passthrough = whenNoMatch
	}
	if !slices.Contains([]string{whenNoMatch, whenNoTemplates, never}, mk.passthrough) {
		p.failf("PassthroughBehavior", "must be %s, %s or %s, got %q", whenNoMatch, whenNoTemplates, never, mk.passthrough)
	}
	for _, r := range p.objects("IntegrationResponses") {
		mk.responses = append(mk.responses, newMockResponse(r, declared))
	}
	p.ignore("IntegrationHttpMethod", "TimeoutInMillis", "CacheNamespace", "CacheKeyParameters") // there is nothing behind it
	return mk
}

func newMockResponse(p *properties, declared map[int]map[string]any) *mockResponse {
	r := &mockResponse{status: statusCode(p), headers: make(map[string]mapping), templates: templates(p, "ResponseTemplates")}
	parameters, ok := declared[r.status]
	if !ok {
		p.failf("StatusCode", "is %d, for which there is no method response", r.status)
	}
	if pattern := p.text("SelectionPattern"); pattern != "" {
		var err error
		if r.pattern, err = regexp.Compile("^(?:" + pattern + ")$"); err != nil {
			p.failf("SelectionPattern", "must be a regular expression: %w", err)
		}
	}
	for name, source := range p.textMap("ResponseParameters") {
		header, ok := strings.CutPrefix(name, "method.response.header.")
		m, err := newMapping(source)
		if !ok || err != nil {
			p.failf("ResponseParameters."+name, "is %q: only headers from constants, $context and the request are rehearsed", source)
			continue
		}
		if _, ok := parameters[name]; !ok {
			p.failf("ResponseParameters."+name, "is not among the method response's")
		}
		r.headers[header] = m
	}
	p.finish()
	return r
}

// templates compiles the mapping templates of a property.
func templates(p *properties, name string) map[string]*velocity.Template {
	compiled := make(map[string]*velocity.Template)
	for mediaType, source := range p.textMap(name) {
		t, err := velocity.Parse(source)
		if err != nil {
			p.failf(name+"."+mediaType, "cannot be rehearsed: %w", err)
		}
		compiled[strings.ToLower(mediaType)] = t
	}
	return compiled
}

func (m *mock) serve(x *exchange) (*response, *refusal) {
	input, r := m.input(x)
	if r != nil {
		return nil, r
	}
	status, ok := mockStatus(input)
	if !ok {
		return nil, x.failed(&misconfigured, http.StatusInternalServerError,
			"Execution failed due to configuration error: Unable to parse statusCode")
	}
	chosen := m.choose(status)
	if chosen == nil {
		return nil, x.failed(&misconfigured, status,
			"Execution failed due to configuration error: No match for output mapping and no default endpoint response configured")
	}
	x.integrationStatus = status
	return chosen.response(x)
}

// input is what the request's template makes of the request.
func (m *mock) input(x *exchange) (string, *refusal) {
	contentType := mediaType(x.headers.Get("Content-Type"))
	if contentType == "" {
		contentType = jsonType
	}
	t := m.templates[contentType]
	switch {
	case t != nil:
		out, err := t.Execute(x.velocityVariables())
		if err != nil {
			return "", x.failed(&misconfigured, http.StatusInternalServerError, err.Error())
		}
		return out, nil
	case m.passthrough == never || m.passthrough == whenNoTemplates && len(m.templates) > 0:
		return "", &mediaTypeUnknown
	}
	return string(x.body), nil
}

// statusPattern finds the status in a template's output, which need not be strict JSON: { statusCode: 200 } is common.
var statusPattern = regexp.MustCompile(`["']?\bstatusCode["']?\s*:\s*["']?([1-5][0-9]{2})\b`)

func mockStatus(input string) (int, bool) {
	m := statusPattern.FindStringSubmatch(input)
	if m == nil {
		return 0, false
	}
	status, err := strconv.Atoi(m[1])
	return status, err == nil
}

// choose is the first response whose pattern fits the status, or the one without a pattern.
func (m *mock) choose(status int) *mockResponse {
	var byDefault *mockResponse
	for _, r := range m.responses {
		switch {
		case r.pattern == nil:
			byDefault = r
		case r.pattern.MatchString(strconv.Itoa(status)):
			return r
		}
	}
	return byDefault
}

func (r *mockResponse) response(x *exchange) (*response, *refusal) {
	out := newResponse(r.status)
	out.header.Set("Content-Type", jsonType)
	for name, m := range r.headers {
		out.header.Set(name, m.value(x))
	}
	if len(r.templates) == 0 {
		return out, nil
	}
	chosen := negotiate(x.headers.Get("Accept"), slices.Sorted(maps.Keys(r.templates)))
	variables := x.velocityVariables()
	body, err := r.templates[chosen].Execute(variables)
	if err != nil {
		return nil, x.failed(&misconfigured, x.integrationStatus, err.Error())
	}
	out.body = []byte(body)
	if err := out.override(variables); err != nil {
		return nil, x.failed(&misconfigured, x.integrationStatus, err.Error())
	}
	return out, nil
}

// override applies what a template has set in $context.responseOverride. See "Override your API's request and response parameters
// and status codes for REST APIs in API Gateway" in the developer guide.
func (out *response) override(v velocity.Variables) error {
	c, _ := v["context"].(velocity.Variables)
	overrides, _ := c["responseOverride"].(velocity.Variables)
	headers, _ := overrides["header"].(velocity.Variables)
	for name, value := range headers {
		text := fmt.Sprint(value)
		if !validHeader(name, text) {
			return fmt.Errorf("the header %s cannot be %q", name, text)
		}
		out.header.Set(name, text)
	}
	if status, ok := overrides["status"]; ok {
		code, err := strconv.Atoi(fmt.Sprint(status))
		if err != nil || code < 200 || code > 599 {
			return fmt.Errorf("the status cannot be %v", status)
		}
		out.status = code
	}
	return nil
}

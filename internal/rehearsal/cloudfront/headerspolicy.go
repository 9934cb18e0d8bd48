package cloudfront

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// headersPolicy is a response headers policy ("Understand response headers policies").
type headersPolicy struct {
	remove []string
	add    []policyHeader
	cors   *corsProperties
}

// policyHeader is a header that a policy adds.
type policyHeader struct {
	name, value string
	override    bool // whether it replaces the origin's
}

// newHeadersPolicy makes the policy of an ID. It is nil without one.
func newHeadersPolicy(id string, cfg Config) (*headersPolicy, error) {
	if id == "" {
		return nil, nil
	}
	resolved, found := cfg.ResponseHeadersPolicies[id]
	if !found {
		return nil, fmt.Errorf("ResponseHeadersPolicyId %s is not a policy of the template; managed ones are not modelled", id)
	}
	var p policyProperties
	if err := properties.Decode("AWS::CloudFront::ResponseHeadersPolicy", resolved, &p); err != nil {
		return nil, err
	}
	c := p.ResponseHeadersPolicyConfig
	if c.ServerTimingHeadersConfig.Enabled {
		return nil, errors.New("ServerTimingHeadersConfig is not modelled")
	}
	policy := &headersPolicy{add: c.SecurityHeadersConfig.headers(), cors: c.CorsConfig}
	for _, h := range c.RemoveHeadersConfig.Items {
		policy.remove = append(policy.remove, h.Header)
	}
	for _, h := range c.CustomHeadersConfig.Items {
		policy.add = append(policy.add, policyHeader{h.Header, h.Value, bool(h.Override)})
	}
	return policy, nil
}

// headers are the security headers of a policy.
func (p securityProperties) headers() []policyHeader {
	var headers []policyHeader
	add := func(name, value string, override properties.Bool) {
		headers = append(headers, policyHeader{name, value, bool(override)})
	}
	if c := p.ContentSecurityPolicy; c != nil {
		add("Content-Security-Policy", c.ContentSecurityPolicy, c.Override)
	}
	if c := p.ContentTypeOptions; c != nil {
		add("X-Content-Type-Options", "nosniff", c.Override)
	}
	if c := p.FrameOptions; c != nil {
		add("X-Frame-Options", c.FrameOption, c.Override)
	}
	if c := p.ReferrerPolicy; c != nil {
		add("Referrer-Policy", c.ReferrerPolicy, c.Override)
	}
	if c := p.StrictTransportSecurity; c != nil {
		value := "max-age=" + strconv.Itoa(int(c.AccessControlMaxAgeSec)) +
			directive(c.IncludeSubdomains, "includeSubDomains") + directive(c.Preload, "preload")
		add("Strict-Transport-Security", value, c.Override)
	}
	if c := p.XSSProtection; c != nil {
		value := "0"
		if c.Protection {
			value = "1" + directive(c.ModeBlock, "mode=block") + directive(c.ReportURI != "", "report="+c.ReportURI)
		}
		add("X-XSS-Protection", value, c.Override)
	}
	return headers
}

// directive is a directive to append to a header's value, or nothing.
func directive(on properties.Bool, text string) string {
	if !on {
		return ""
	}
	return "; " + text
}

// apply changes the headers of a response to r. Removal comes first.
func (p *headersPolicy) apply(header http.Header, r *http.Request) {
	for _, name := range p.remove {
		header.Del(name)
	}
	for _, h := range slices.Concat(p.corsHeaders(r), p.add) {
		if _, present := header[http.CanonicalHeaderKey(h.name)]; h.override || !present {
			header.Set(h.name, h.value)
		}
	}
}

// corsHeaders are the CORS headers for r: none unless it is a CORS request from an origin that the policy allows. Those for
// methods, headers and the age are for preflight requests.
func (p *headersPolicy) corsHeaders(r *http.Request) []policyHeader {
	origin := r.Header.Get("Origin")
	if p.cors == nil || origin == "" {
		return nil
	}
	allowed, ok := p.cors.allowedOrigin(origin)
	if !ok {
		return nil
	}
	var headers []policyHeader
	add := func(when bool, name, value string) {
		if when {
			headers = append(headers, policyHeader{name, value, bool(p.cors.OriginOverride)})
		}
	}
	add(true, "Access-Control-Allow-Origin", allowed)
	add(bool(p.cors.AccessControlAllowCredentials), "Access-Control-Allow-Credentials", "true")
	exposed := p.cors.AccessControlExposeHeaders.Items
	add(len(exposed) > 0, "Access-Control-Expose-Headers", strings.Join(exposed, ", "))
	if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
		add(true, "Access-Control-Allow-Methods", strings.Join(p.cors.allowedMethods(), ", "))
		add(true, "Access-Control-Allow-Headers", strings.Join(p.cors.AccessControlAllowHeaders.Items, ", "))
		if age := p.cors.AccessControlMaxAgeSec; age != nil {
			add(true, "Access-Control-Max-Age", strconv.Itoa(int(*age)))
		}
	}
	return headers
}

// allowedOrigin is what Access-Control-Allow-Origin says to an origin. A star in the policy stands for all origins, or for
// the leftmost part of a host name.
func (c *corsProperties) allowedOrigin(origin string) (string, bool) {
	for _, allowed := range c.AccessControlAllowOrigins.Items {
		_, host, _ := strings.Cut(origin, "://")
		switch {
		case allowed == "*" && !bool(c.AccessControlAllowCredentials):
			return "*", true
		case allowed == "*", matches(allowed, origin), !strings.Contains(allowed, "://") && matches(allowed, host):
			return origin, true
		}
	}
	return "", false
}

// allowedMethods are the methods that a policy allows, ALL being all of them.
func (c *corsProperties) allowedMethods() []string {
	if slices.Contains(c.AccessControlAllowMethods.Items, "ALL") {
		return methodSets[2]
	}
	return c.AccessControlAllowMethods.Items
}

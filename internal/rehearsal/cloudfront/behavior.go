package cloudfront

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
)

// The IDs of the managed policies that are modelled ("Use managed cache policies", "Use managed origin request policies").
const (
	cachingDisabled           = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
	allViewerExceptHostHeader = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
)

// The viewer protocol policies.
const (
	allowAll        = "allow-all"
	httpsOnly       = "https-only"
	redirectToHTTPS = "redirect-to-https"
)

// methodSets are the sets of methods that a behaviour can allow. CloudFront takes no others.
var methodSets = [][]string{
	{"GET", "HEAD"},
	{"GET", "HEAD", "OPTIONS"},
	{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"},
}

// behavior is a cache behaviour.
type behavior struct {
	pattern         string
	allowed         []string
	repeatsOptions  bool // whether an OPTIONS request may go to the second origin of a group
	protocol        string
	target          target
	function        *function
	responseHeaders *headersPolicy
}

// newBehavior makes the behaviour that p describes.
func newBehavior(p behaviorProperties, cfg Config, targets map[string]target) (*behavior, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	b := &behavior{
		pattern:        strings.TrimPrefix(p.PathPattern, "/"),
		allowed:        methods(p.AllowedMethods),
		repeatsOptions: slices.Contains(p.CachedMethods, http.MethodOptions),
		protocol:       p.ViewerProtocolPolicy,
	}
	var found bool
	if b.target, found = targets[p.TargetOriginID]; !found {
		return nil, fmt.Errorf("TargetOriginId %s is not an origin or an origin group", p.TargetOriginID)
	}
	if len(b.target.origins) > 1 && len(b.allowed) == len(methodSets[2]) {
		return nil, errors.New("CloudFront refuses an origin group for a cache behavior that allows POST, PUT, PATCH and DELETE")
	}
	var errs [2]error
	b.function, errs[0] = newFunction(p.FunctionAssociations, cfg)
	b.responseHeaders, errs[1] = newHeadersPolicy(p.ResponseHeadersPolicyID, cfg)
	return b, errors.Join(errs[:]...)
}

// methods are the methods that a behaviour allows, in order: GET and HEAD unless it says otherwise.
func methods(allowed []string) []string {
	if len(allowed) == 0 {
		return methodSets[0]
	}
	return slices.Sorted(slices.Values(allowed))
}

// validate reports what is not modelled of a behaviour.
func (p behaviorProperties) validate() error {
	var errs []error
	refuse := func(when bool, format string, args ...any) {
		if when {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	refuse(p.PathPattern == "", "PathPattern must be set")
	refuse(p.CachePolicyID != cachingDisabled, "CachePolicyId %s is not modelled, only CachingDisabled (%s) is",
		p.CachePolicyID, cachingDisabled)
	refuse(p.OriginRequestPolicyID != allViewerExceptHostHeader,
		"OriginRequestPolicyId %s is not modelled, only AllViewerExceptHostHeader (%s) is",
		p.OriginRequestPolicyID, allViewerExceptHostHeader)
	known := slices.ContainsFunc(methodSets, func(set []string) bool { return slices.Equal(set, methods(p.AllowedMethods)) })
	refuse(!known, "AllowedMethods must be one of %v, got %v", methodSets, p.AllowedMethods)
	refuse(!slices.Contains([]string{allowAll, httpsOnly, redirectToHTTPS}, p.ViewerProtocolPolicy),
		"ViewerProtocolPolicy must be %s, %s or %s, got %s", allowAll, httpsOnly, redirectToHTTPS, p.ViewerProtocolPolicy)
	refuse(bool(p.GrpcConfig.Enabled), "GrpcConfig is not modelled")
	refuse(len(p.LambdaFunctionAssociations) > 0, "LambdaFunctionAssociations are not modelled")
	refuse(len(p.TrustedKeyGroups)+len(p.TrustedSigners) > 0, "TrustedKeyGroups and TrustedSigners are not modelled")
	return errors.Join(errs...)
}

// allows reports whether the behaviour takes requests with this method.
func (b *behavior) allows(method string) bool { return slices.Contains(b.allowed, method) }

// repeats reports whether a request with this method may go to the second origin of a group, if the first one fails.
func (b *behavior) repeats(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions && b.repeatsOptions
}

// behaviorFor is the first behaviour whose pattern fits a path; the default one's always does.
func (d *Distribution) behaviorFor(decodedPath string) *behavior {
	clean := path.Clean("/" + decodedPath)[1:]
	if strings.HasSuffix(decodedPath, "/") && clean != "" {
		clean += "/"
	}
	for _, b := range d.behaviors {
		if matches(b.pattern, clean) {
			return b
		}
	}
	panic("the pattern of the default cache behavior fits every path")
}

// matches reports whether a pattern fits s: * stands for any characters or none, ? for exactly one, and all others for
// themselves, in their letter case ("Path pattern" in "All distribution settings reference").
func matches(pattern, s string) bool {
	// The last star takes as little as possible, and more each time that what follows it does not fit.
	star, retry := -1, 0
	i, j := 0, 0
	for j < len(s) {
		switch {
		case i < len(pattern) && pattern[i] == '*':
			star, retry = i, j
			i++
		case i < len(pattern) && (pattern[i] == '?' || pattern[i] == s[j]):
			i++
			j++
		case star >= 0:
			retry++
			i, j = star+1, retry
		default:
			return false
		}
	}
	return strings.Trim(pattern[i:], "*") == ""
}

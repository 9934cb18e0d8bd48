package edgejs

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// AWS's lists of headers, from "Restrictions on all edge functions".
var (
	// disallowed are the headers that functions neither see nor may add.
	disallowed = []string{
		"connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "trailer",
		"upgrade", "x-accel-buffering", "x-accel-charset", "x-accel-limit-rate", "x-accel-redirect", "x-amzn-auth",
		"x-amzn-cf-billing", "x-amzn-cf-id", "x-amzn-cf-xff", "x-amzn-errortype", "x-amzn-fle-profile",
		"x-amzn-header-count", "x-amzn-header-order", "x-amzn-lambda-integration-tag", "x-amzn-requestid", "x-cache",
		"x-forwarded-proto", "x-real-ip",
	}
	// disallowedPrefixes begin the names of further ones.
	disallowedPrefixes = []string{"x-amz-cf-", "x-edge-"}
	// readOnly are the headers of a viewer's request that functions see and may not change.
	readOnly = []string{"content-length", "host", "transfer-encoding", "via"}
)

// checkRequest reports what a function changed of a request although it may not.
func checkRequest(before, after Request) error {
	var errs []error
	if after.Method != before.Method {
		errs = append(errs, fmt.Errorf("the method is read-only, it was %q and is %q", before.Method, after.Method))
	}
	for _, name := range changed(before.Headers, after.Headers) {
		if isDisallowed(name) || slices.Contains(readOnly, name) {
			errs = append(errs, fmt.Errorf("functions may not change the header %q", name))
		}
		if name != strings.ToLower(name) {
			errs = append(errs, fmt.Errorf("the name of the header %q must be in lower case", name))
		}
	}
	return errors.Join(errs...)
}

// checkResponse reports the headers that a function may not put in a response.
func checkResponse(response Response) error {
	var errs []error
	for _, name := range changed(nil, response.Headers) {
		if isDisallowed(name) {
			errs = append(errs, fmt.Errorf("functions may not add the header %q", name))
		}
	}
	return errors.Join(errs...)
}

// changed are the names of the headers that are not the same in both, in order.
func changed(before, after map[string]Value) []string {
	var names []string
	for name, value := range after {
		if was, ok := before[name]; !ok || !was.equal(value) {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// isDisallowed reports whether functions may not add a header of this name.
func isDisallowed(name string) bool {
	name = strings.ToLower(name)
	return slices.Contains(disallowed, name) ||
		slices.ContainsFunc(disallowedPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

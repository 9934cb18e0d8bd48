package cloudfront

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"

	"github.com/warmstandby/warmstandby/internal/edgejs"
)

// originRequest is a request on its way to origins, before it is known which one.
type originRequest struct {
	method, scheme string
	uri            string // the path, as it came
	query          string
	header         http.Header // without Host, which is the origin's
	body           io.Reader
	length         int64 // of the body; -1 if unknown
	repeatable     bool  // whether it may be sent to the second origin of a group
}

// newOriginRequest is the viewer's request with the headers that CloudFront removes removed. The origin request policy
// AllViewerExceptHostHeader passes all others on, and the cookies and the query string.
func newOriginRequest(x *exchange) *originRequest {
	r := &originRequest{
		method: x.r.Method,
		scheme: x.scheme(),
		uri:    x.r.URL.EscapedPath(),
		query:  x.r.URL.RawQuery,
		header: x.r.Header.Clone(),
		body:   x.r.Body,
		length: x.r.ContentLength,
		// The documentation does not say what happens to the body of an OPTIONS request; here it is sent only once.
		repeatable: x.behavior.repeats(x.r.Method) && x.r.ContentLength == 0,
	}
	removeHopByHop(r.header)
	for name := range r.header {
		if removed(name) {
			delete(r.header, name)
		}
	}
	return r
}

// addHeaders adds the headers by which an origin knows CloudFront and the viewer.
func (x *exchange) addHeaders(r *originRequest) {
	join := func(name, separator, value string) {
		r.header.Set(name, strings.Join(append(r.header.Values(name), value), separator))
	}
	join("X-Forwarded-For", ", ", x.viewerIP())
	join("Via", ", ", httpVersion(x.r)+" "+x.d.via)
	r.header.Set("X-Amz-Cf-Id", x.id)
	if _, ok := r.header["User-Agent"]; !ok {
		r.header["User-Agent"] = []string{""} // or net/http adds its own
	}
}

// view is r as a function sees it.
func (r *originRequest) view(host string) edgejs.Request {
	headers := map[string]edgejs.Value{"host": {Value: host}}
	for name, values := range r.header {
		if name != "Cookie" {
			headers[strings.ToLower(name)] = newValue(values)
		}
	}
	return edgejs.Request{
		Method:      r.method,
		URI:         r.uri,
		Querystring: newValues(strings.Split(r.query, "&")),
		Headers:     headers,
		Cookies:     newValues(r.cookies()),
	}
}

// cookies are the cookies as name=value.
func (r *originRequest) cookies() []string {
	var cookies []string
	for _, line := range r.header.Values("Cookie") {
		for cookie := range strings.SplitSeq(line, ";") {
			cookies = append(cookies, textproto.TrimString(cookie))
		}
	}
	return cookies
}

// newValues are name=value pairs by name.
func newValues(pairs []string) map[string]edgejs.Value {
	all := map[string][]string{}
	for _, pair := range pairs {
		if name, value, _ := strings.Cut(pair, "="); pair != "" {
			all[valid(name)] = append(all[valid(name)], value)
		}
	}
	values := make(map[string]edgejs.Value, len(all))
	for name, list := range all {
		values[name] = newValue(list)
	}
	return values
}

// newValue is a value, or several.
func newValue(values []string) edgejs.Value {
	v := edgejs.Value{Value: valid(values[0])}
	if len(values) > 1 {
		for _, value := range values {
			v.MultiValue = append(v.MultiValue, edgejs.Value{Value: valid(value)})
		}
	}
	return v
}

// valid is s as JavaScript can hold it.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// all are the values of v.
func all(v edgejs.Value) []string {
	if len(v.MultiValue) == 0 {
		return []string{v.Value}
	}
	var values []string
	for _, one := range v.MultiValue {
		values = append(values, one.Value)
	}
	return values
}

// apply makes r what a function returned. What the function did not change stays byte for byte as it came.
func (r *originRequest) apply(returned *edgejs.Request) error {
	before := r.view(returned.Headers["host"].Value)
	if !strings.HasPrefix(returned.URI, "/") || strings.ContainsAny(returned.URI, "?# ") {
		return fmt.Errorf("the uri must be a path that begins with a slash, got %q", returned.URI)
	}
	if _, err := url.PathUnescape(returned.URI); err != nil {
		return fmt.Errorf("the uri: %w", err)
	}
	r.uri = returned.URI
	if !same(before.Querystring, returned.Querystring) {
		r.query = strings.Join(pairs(returned.Querystring), "&")
	}
	cookies := r.header.Values("Cookie")
	if !same(before.Cookies, returned.Cookies) {
		cookies = nil
		if list := pairs(returned.Cookies); len(list) > 0 {
			cookies = []string{strings.Join(list, "; ")}
		}
	}
	header, err := newHeader(returned.Headers)
	if err != nil {
		return err
	}
	header.Del("Host")
	if len(cookies) > 0 {
		header["Cookie"] = cookies
	}
	r.header = header
	return nil
}

// same reports whether two maps of a request are the same.
func same(a, b map[string]edgejs.Value) bool {
	return maps.EqualFunc(a, b, func(v, w edgejs.Value) bool { return slices.Equal(all(v), all(w)) })
}

// pairs are values as name=value, in order of their names.
func pairs(values map[string]edgejs.Value) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range all(values[name]) {
			list = append(list, name+"="+value)
		}
	}
	return list
}

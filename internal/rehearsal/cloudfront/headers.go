package cloudfront

import (
	"fmt"
	"net/http"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/warmstandby/warmstandby/internal/edgejs"
)

// hopByHop are the headers that concern one connection, so that they are not passed on in either direction.
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

// removeHopByHop removes the headers that concern one connection, those that Connection names too.
func removeHopByHop(h http.Header) {
	for _, list := range h.Values("Connection") {
		for name := range strings.SplitSeq(list, ",") {
			h.Del(textproto.TrimString(name))
		}
	}
	for _, name := range hopByHop {
		h.Del(name)
	}
}

// removed reports whether CloudFront removes a viewer's header although the policy passes all on ("HTTP request headers and
// CloudFront behavior").
func removed(name string) bool {
	switch name {
	case "Expect", "X-Forwarded-Proto", "X-Real-Ip":
		return true
	}
	return strings.HasPrefix(name, "X-Edge-") || strings.HasPrefix(name, "X-Amz-Cf-")
}

// headerName is a token of RFC 9110.
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// isControl reports whether a header's value cannot have this character.
func isControl(c rune) bool { return c < ' ' && c != '\t' || c == 0x7F }

// newHeader is the headers that a function returned.
func newHeader(values map[string]edgejs.Value) (http.Header, error) {
	header := make(http.Header, len(values))
	for name, value := range values {
		if !headerName.MatchString(name) {
			return nil, fmt.Errorf("%q is not the name of a header", name)
		}
		for _, v := range all(value) {
			if strings.ContainsFunc(v, isControl) {
				return nil, fmt.Errorf("the value %q of the header %s has a control character", v, name)
			}
			header.Add(name, v)
		}
	}
	return header, nil
}

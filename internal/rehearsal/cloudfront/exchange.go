package cloudfront

import (
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// The quotas of a request's length, in bytes ("Maximum length of a request and maximum length of a URL").
const (
	maxRequestBytes = 20_480
	maxURLBytes     = 8_192
)

// EdgeLocation is where a rehearsal's viewers are served.
const EdgeLocation = "LCL50-P1"

// exchange is one viewer's request and what becomes of it.
type exchange struct {
	d        *Distribution
	id       string
	start    time.Time
	r        *http.Request
	w        *recorder
	behavior *behavior
	result   string // the result type, "Miss" unless it is something else
	detail   string // the type of an error; the result type if it is none
}

// ServeHTTP serves a viewer.
func (d *Distribution) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{
		d: d, id: d.newRequestID(), start: d.now(), r: r,
		w: &recorder{ResponseWriter: w, now: d.now}, result: "Miss",
	}
	if x.tooLong() {
		// What exceeds the quotas is not logged ("How requests are logged when the request URL or headers exceed the
		// maximum size").
		w.Header().Set("Connection", "close")
		x.fail(http.StatusRequestEntityTooLarge, "Error", "The request or its URL is too long.")
		return
	}
	defer x.log()
	x.serve()
}

// serve finds the behaviour and does what it says.
func (x *exchange) serve() {
	if !strings.HasPrefix(x.r.URL.Path, "/") {
		x.fail(http.StatusBadRequest, "InvalidRequest", "Bad request.")
		return
	}
	x.behavior = x.d.behaviorFor(x.r.URL.Path)
	if x.refused() {
		return
	}
	request, origins, ok := x.edit()
	if !ok {
		return
	}
	response, failed := origins.ask(x.r.Context(), request)
	switch {
	case failed == viewerGone:
		x.result, x.detail = "Error", failed.detail
		panic(http.ErrAbortHandler) // there is nobody to answer
	case failed != nil:
		x.fail(failed.status, failed.detail, failed.message)
	default:
		x.pass(response)
	}
}

// refused answers requests that go neither to a function nor to an origin, and reports whether this was one.
func (x *exchange) refused() bool {
	switch {
	case !x.behavior.allows(x.r.Method):
		x.fail(http.StatusForbidden, "InvalidRequestMethod",
			"This distribution is not configured to allow the HTTP request method that was used for this request.")
	case x.r.Method == http.MethodGet && x.r.ContentLength != 0:
		x.fail(http.StatusForbidden, "InvalidRequest", "Bad request: a GET request must not have a body.")
	case x.scheme() == "https" || x.behavior.protocol == allowAll:
		return false
	case x.behavior.protocol == redirectToHTTPS:
		x.redirect()
	default:
		x.fail(http.StatusForbidden, "Error", "Bad request: HTTPS is required.")
	}
	return true
}

// redirect sends the viewer to the same URL over HTTPS. Methods other than GET and HEAD keep their method and body ("Require
// HTTPS for communication between viewers and CloudFront").
func (x *exchange) redirect() {
	status := http.StatusMovedPermanently
	if x.r.Method != http.MethodGet && x.r.Method != http.MethodHead {
		status = http.StatusTemporaryRedirect
	}
	x.result = "Redirect"
	x.w.Header().Set("Location", "https://"+x.r.Host+x.r.URL.RequestURI())
	x.stamp()
	x.w.Header().Set("Server", "CloudFront")
	x.w.WriteHeader(status)
}

// scheme is the protocol that the viewer is taken to speak.
func (x *exchange) scheme() string {
	if x.r.TLS != nil || x.d.viewerHTTPS {
		return "https"
	}
	return "http"
}

// viewerIP is the viewer's address.
func (x *exchange) viewerIP() string {
	host, _, err := net.SplitHostPort(x.r.RemoteAddr)
	if err != nil {
		return x.r.RemoteAddr
	}
	return host
}

// tooLong reports whether the request exceeds CloudFront's quotas.
func (x *exchange) tooLong() bool {
	uri := len(x.r.URL.RequestURI())
	if len(x.scheme()+"://"+x.r.Host)+uri > maxURLBytes {
		return true
	}
	total := len(x.r.Method) + uri + len("Host") + len(x.r.Host)
	for name, values := range x.r.Header {
		for _, value := range values {
			total += len(name) + len(value)
		}
	}
	return total > maxRequestBytes
}

// edit lets the behaviour's function see the request. It returns what is to be sent to which origins; ok is false if the
// viewer has been answered instead.
func (x *exchange) edit() (request *originRequest, origins target, ok bool) {
	request = newOriginRequest(x)
	origins = x.behavior.target
	if x.behavior.function != nil {
		result, err := x.behavior.function.run(x, request)
		if err == nil && result.Response != nil {
			x.answer(result.Response)
			return nil, target{}, false
		}
		if err == nil {
			origins, err = x.chosen(result.Origins)
		}
		if err == nil {
			err = request.apply(result.Request)
		}
		if err != nil {
			x.failFunction(err)
			return nil, target{}, false
		}
	}
	x.addHeaders(request)
	return request, origins, true
}

// pass gives the viewer an origin's response.
func (x *exchange) pass(response *http.Response) {
	defer drain(response)
	removeHopByHop(response.Header)
	header := x.w.Header()
	for name, values := range response.Header {
		if !strings.HasPrefix(name, "X-Amz-Cf-") {
			header[name] = values
		}
	}
	if response.StatusCode >= http.StatusBadRequest {
		x.result = "Error"
	}
	x.stamp()
	x.w.WriteHeader(response.StatusCode)
	if _, err := io.Copy(x.w, response.Body); err != nil {
		x.result, x.detail = "Error", "AbortedOrigin"
		if x.r.Context().Err() != nil {
			x.detail = viewerGone.detail
		}
		panic(http.ErrAbortHandler) // part of the answer is out: cutting the connection is all that is left
	}
}

// stamp adds what every response of CloudFront has, and then applies the behaviour's response headers policy.
func (x *exchange) stamp() {
	header := x.w.Header()
	header.Set("Via", httpVersion(x.r)+" "+x.d.via)
	header.Set("X-Amz-Cf-Id", x.id)
	header.Set("X-Amz-Cf-Pop", EdgeLocation)
	header.Set("X-Cache", x.result+" from cloudfront")
	if x.behavior != nil && x.behavior.responseHeaders != nil {
		x.behavior.responseHeaders.apply(header, x.r)
	}
}

// httpVersion is the HTTP version of a request as Via headers have it.
func httpVersion(r *http.Request) string {
	if r.ProtoMajor >= 2 {
		return "2.0"
	}
	return "1.1"
}

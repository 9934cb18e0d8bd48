package apigateway

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// exchange is a request and what has become of it.
type exchange struct {
	api     *API
	request *http.Request
	start   time.Time

	requestID      string
	extendedID     string
	traceID        string
	path           string // without the stage, as it was encoded
	sourceIP       string
	headers        http.Header // as functions see them
	query          url.Values
	body           []byte
	route          *route // nil until it is known
	pathParameters map[string]string

	claims            map[string]string
	authorizerError   string
	traced            bool // as requests are that have passed the front
	refusal           *refusal
	integrationStatus int // what Lambda's API answered
	integrationError  string
	integrationTime   time.Duration
	status            int
	responseLength    int
}

func (a *API) newExchange(r *http.Request, path string) (*exchange, error) {
	x := &exchange{api: a, request: r, start: a.now(), path: path, query: query(r.URL.RawQuery)}
	if err := x.identify(a.random); err != nil {
		return nil, err
	}
	x.sourceIP = r.RemoteAddr
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		x.sourceIP = host
	}
	x.headers = x.functionHeaders()
	return x, nil
}

func (x *exchange) context() context.Context { return x.request.Context() }

// identify makes up the request's identifiers. A trace goes on if the client has begun one.
func (x *exchange) identify(random io.Reader) error {
	var b [16 + 11 + 12]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return fmt.Errorf("read random bytes: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // a UUID of version 4, RFC 9562
	x.requestID = fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
	x.extendedID = base64.URLEncoding.EncodeToString(b[16:27])
	x.traceID = fmt.Sprintf("1-%08x-%x", x.start.Unix(), b[27:])
	for field := range strings.SplitSeq(x.request.Header.Get(traceHeader), ";") {
		if root, ok := strings.CutPrefix(strings.TrimSpace(field), "Root="); ok && tracePattern.MatchString(root) {
			x.traceID = root
		}
	}
	return nil
}

const traceHeader = "X-Amzn-Trace-Id"

// tracePattern is the format of trace IDs in "X-Ray concepts" in the X-Ray developer guide.
var tracePattern = regexp.MustCompile(`^1-[0-9a-f]{8}-[0-9a-f]{24}$`)

// dropped are the headers that no integration gets. See "Amazon API Gateway important notes" in the developer guide.
var dropped = []string{
	"Connection", "Content-Length", "Content-Md5", "Expect", "Max-Forwards", "Proxy-Authenticate", "Server", "Te",
	"Transfer-Encoding", "Trailer", "Upgrade", "Www-Authenticate",
}

// functionHeaders are the request's headers with those that API Gateway adds. The host is the one that the API has in AWS, and the
// scheme that which AWS serves.
func (x *exchange) functionHeaders() http.Header {
	headers := x.request.Header.Clone()
	for _, name := range dropped {
		headers.Del(name)
	}
	forwarded := append(slices.Clone(headers["X-Forwarded-For"]), x.sourceIP)
	headers.Set("Host", x.api.definition.DomainName())
	headers.Set("X-Forwarded-For", strings.Join(forwarded, ", "))
	headers.Set("X-Forwarded-Port", "443")
	headers.Set("X-Forwarded-Proto", "https")
	headers.Set(traceHeader, "Root="+x.traceID)
	return headers
}

// sourceARN is what Lambda permissions name as the caller. See "Lambda permissions for API Gateway" in
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html.
func (x *exchange) sourceARN(partition string) string {
	d := x.api.definition
	return fmt.Sprintf("arn:%s:execute-api:%s:%s:%s/%s/%s%s",
		partition, d.region, d.account, d.id, d.stage, x.request.Method, x.route.path)
}

// userAgent is the client's, or "" without one.
func (x *exchange) userAgent() string { return x.headers.Get("User-Agent") }

// requestTime is when the request came, in the format of the common log.
func (x *exchange) requestTime() string { return x.start.UTC().Format("02/Jan/2006:15:04:05 -0700") }

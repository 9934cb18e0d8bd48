package cloudfront

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// The defaults of origins, from "All distribution settings reference".
const (
	defaultConnectionAttempts = 3
	defaultConnectionTimeout  = 10
	defaultReadTimeout        = 30
	defaultKeepaliveTimeout   = 5
	defaultHTTPPort           = 80
	defaultHTTPSPort          = 443
)

// maxIdleConnections is how many connections to an origin are kept for the next requests, which has to be about as many as
// there are requests at once, or each burst connects anew.
const maxIdleConnections = 256

// The origin protocol policies.
const (
	originHTTPOnly    = "http-only"
	originHTTPSOnly   = "https-only"
	originMatchViewer = "match-viewer"
)

// origin is where requests are sent to: a custom origin.
type origin struct {
	id, domain, path string
	protocol         string
	ports            map[string]int // by scheme
	headers          http.Header    // which are sent whatever the viewer sends
	attempts         int
	connectTimeout   time.Duration
	readTimeout      time.Duration
	transport        *http.Transport
}

// dialer makes connections. Its strings are the scheme and the address for [Config.Dial], the network and the address for
// net/http.
type dialer = func(context.Context, string, string) (net.Conn, error)

// newOrigin makes the origin that p describes.
func newOrigin(p originProperties, dial dialer) (*origin, error) {
	if p.CustomOriginConfig == nil {
		return nil, errors.New("CustomOriginConfig must be set, other kinds of origins are not modelled")
	}
	if p.OriginAccessControlID != "" {
		return nil, errors.New("OriginAccessControlId is not modelled")
	}
	c := p.CustomOriginConfig
	o := &origin{
		id: p.ID, domain: p.DomainName, path: p.OriginPath, protocol: c.OriginProtocolPolicy,
		ports: map[string]int{
			"http":  cmp.Or(int(c.HTTPPort), defaultHTTPPort),
			"https": cmp.Or(int(c.HTTPSPort), defaultHTTPSPort),
		},
		headers:        http.Header{},
		attempts:       cmp.Or(int(p.ConnectionAttempts), defaultConnectionAttempts),
		connectTimeout: seconds(cmp.Or(int(p.ConnectionTimeout), defaultConnectionTimeout)),
		readTimeout:    seconds(cmp.Or(int(c.OriginReadTimeout), defaultReadTimeout)),
	}
	for _, h := range p.OriginCustomHeaders {
		o.headers.Set(h.HeaderName, h.HeaderValue)
	}
	o.transport = o.newTransport(dial, seconds(cmp.Or(int(c.OriginKeepaliveTimeout), defaultKeepaliveTimeout)))
	return o, o.validate()
}

// seconds is n seconds.
func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// validate reports what CloudFront would refuse.
func (o *origin) validate() error {
	var errs []error
	between := func(name string, got, least, most int) {
		if got < least || got > most {
			errs = append(errs, fmt.Errorf("%s must be between %d and %d, got %d", name, least, most, got))
		}
	}
	between("ConnectionAttempts", o.attempts, 1, 3)
	between("ConnectionTimeout", int(o.connectTimeout/time.Second), 1, 10)
	between("OriginReadTimeout", int(o.readTimeout/time.Second), 1, 120)
	if o.domain == "" || strings.ContainsAny(o.domain, "/:") {
		errs = append(errs, fmt.Errorf("DomainName must be a host name, got %q", o.domain))
	}
	if o.path != "" && (!strings.HasPrefix(o.path, "/") || strings.HasSuffix(o.path, "/")) {
		errs = append(errs, fmt.Errorf("OriginPath must begin with a slash and not end with one, got %q", o.path))
	}
	switch o.protocol {
	case originHTTPOnly, originHTTPSOnly, originMatchViewer:
	default:
		errs = append(errs, fmt.Errorf("OriginProtocolPolicy %q is not known", o.protocol))
	}
	return errors.Join(errs...)
}

// newTransport makes what keeps the connections to o.
func (o *origin) newTransport(dial dialer, keepAlive time.Duration) *http.Transport {
	through := func(scheme string) dialer {
		return func(ctx context.Context, _, address string) (net.Conn, error) {
			return o.connect(ctx, func(ctx context.Context) (net.Conn, error) { return dial(ctx, scheme, address) })
		}
	}
	protocols := &http.Protocols{}
	protocols.SetHTTP1(true)
	return &http.Transport{
		DialContext:           through("http"),
		DialTLSContext:        through("https"),
		DisableCompression:    true,
		IdleConnTimeout:       keepAlive,
		MaxIdleConnsPerHost:   maxIdleConnections,
		Protocols:             protocols,
		ResponseHeaderTimeout: o.readTimeout,
	}
}

// connect makes the attempts to connect, each with its own timeout.
func (o *origin) connect(ctx context.Context, dial func(context.Context) (net.Conn, error)) (net.Conn, error) {
	var err error
	for range o.attempts {
		var conn net.Conn
		if conn, err = within(ctx, o.connectTimeout, dial); err == nil {
			return conn, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, &connectError{err}
}

// within dials with a timeout.
func within(ctx context.Context, timeout time.Duration, dial func(context.Context) (net.Conn, error)) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return dial(ctx)
}

// connectError is that no attempt to connect succeeded.
type connectError struct{ last error }

func (e *connectError) Error() string { return "connect to the origin: " + e.last.Error() }
func (e *connectError) Unwrap() error { return e.last }

// ask sends a request to the origin and returns its response, or why there is none. After a response timeout, GET and HEAD
// are sent again, as often as there are connection attempts ("Origin response timeout" in "Request and response behavior for
// custom origins").
func (o *origin) ask(ctx context.Context, r *originRequest) (*http.Response, *failure) {
	for attempt := 1; ; attempt++ {
		response, err := o.send(ctx, r)
		if err == nil {
			return response, nil
		}
		f := newFailure(ctx, err)
		again := f == timedOut && attempt < o.attempts && (r.method == http.MethodGet || r.method == http.MethodHead)
		if !again {
			return nil, f
		}
	}
}

// send makes one attempt to get a response.
func (o *origin) send(ctx context.Context, r *originRequest) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	request, err := o.request(ctx, r)
	if err == nil {
		var response *http.Response
		if response, err = o.transport.RoundTrip(request); err == nil {
			response.Body = newTimedBody(response.Body, o.readTimeout, cancel)
			return response, nil
		}
	}
	cancel(nil)
	return nil, err
}

// request is r for this origin.
func (o *origin) request(ctx context.Context, r *originRequest) (*http.Request, error) {
	scheme := r.scheme
	switch o.protocol {
	case originHTTPOnly:
		scheme = "http"
	case originHTTPSOnly:
		scheme = "https"
	}
	raw := o.path + r.uri
	decoded, err := url.PathUnescape(raw)
	if err != nil {
		return nil, err
	}
	header := r.header.Clone()
	for name, values := range o.headers {
		header[name] = values
	}
	request := &http.Request{
		Method: r.method,
		Host:   o.domain,
		URL: &url.URL{
			Scheme: scheme, Host: net.JoinHostPort(o.domain, strconv.Itoa(o.ports[scheme])),
			Path: decoded, RawPath: raw, RawQuery: r.query,
		},
		Header:        header,
		Body:          io.NopCloser(r.body), // the viewer's body is the server's to close
		ContentLength: r.length,
	}
	if r.length == 0 {
		request.Body = http.NoBody
	}
	return request.WithContext(ctx), nil
}

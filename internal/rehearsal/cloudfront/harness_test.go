package cloudfront_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/edgejs"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
)

const (
	functionARN = "arn:aws:cloudfront::123456789012:function/choose"
	storeARN    = "arn:aws:cloudfront::123456789012:key-value-store/store"
	priHost     = "pri.execute-api.us-east-1.amazonaws.com"
	secdHost    = "secd.execute-api.us-east-2.amazonaws.com"
)

// properties is a JSON object of a template.
type properties = map[string]any

// dial is how connections to origins are made.
type dial = func(ctx context.Context, scheme, address string) (net.Conn, error)

// network is the origins, by address.
type network struct {
	mutex sync.Mutex
	hosts map[string]dial
	dials []string // scheme and address of each attempt to connect
}

func (n *network) dial(ctx context.Context, scheme, address string) (net.Conn, error) {
	n.mutex.Lock()
	n.dials = append(n.dials, scheme+"://"+address)
	host := n.hosts[address]
	n.mutex.Unlock()
	if host == nil {
		return nil, &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
	}
	return host(ctx, scheme, address)
}

// refuse is a host where nothing listens.
func refuse(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }

// silence is a host that does not answer to a connection.
func silence(ctx context.Context, _, _ string) (net.Conn, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// pipes is a listener whose connections are pipes, which work in a bubble of synctest.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-p.closed:
		return nil, syscall.ECONNREFUSED
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// serve is a host where handler answers.
func serve(t testing.TB, handler http.HandlerFunc) dial {
	p := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: handler}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(p); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-done
	})
	return p.dial
}

// says is a handler that answers a status and a body.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// edge is a distribution under test.
type edge struct {
	*cloudfront.Distribution
	net         *network
	config      cloudfront.Config
	accessLog   *bytes.Buffer
	functionLog *bytes.Buffer
}

// store is a key-value store.
type store map[string]string

func (s store) Get(_ context.Context, key string) (string, bool, error) {
	value, found := s[key]
	return value, found, nil
}

// newEdge is a distribution of two origins, pri and secd. change may change its configuration.
func newEdge(t testing.TB, pri, secd dial, change ...func(*cloudfront.Config)) *edge {
	t.Helper()
	e := &edge{
		net:       &network{hosts: map[string]dial{priHost + ":443": pri, secdHost + ":443": secd}},
		accessLog: &bytes.Buffer{}, functionLog: &bytes.Buffer{},
	}
	e.config = e.defaults()
	for _, c := range change {
		c(&e.config)
	}
	d, err := cloudfront.New(e.config)
	if err != nil {
		t.Fatal(err)
	}
	e.Distribution = d
	t.Cleanup(d.Close)
	return e
}

func (e *edge) defaults() cloudfront.Config {
	return cloudfront.Config{
		ID: "E1", DomainName: "d1.cloudfront.net",
		Distribution:            properties{"DistributionConfig": distribution()},
		Functions:               map[string]map[string]any{},
		Stores:                  map[string]edgejs.Store{storeARN: store{}},
		ResponseHeadersPolicies: map[string]map[string]any{},
		Dial:                    e.net.dial,
		ViewerHTTPS:             true,
		AccessLog:               e.accessLog,
		FunctionLog:             e.functionLog,
		Now:                     time.Now,
		Rand:                    rand.New(rand.NewSource(1)),
	}
}

// distribution is the DistributionConfig that the tests start from.
func distribution() properties {
	return properties{
		"Enabled":              true,
		"CustomErrorResponses": uncachedErrors(),
		"DefaultCacheBehavior": behavior(nil),
		"Origins":              []any{origin("pri", priHost), origin("secd", secdHost)},
	}
}

// uncachedErrors are all errors, cached for no time.
func uncachedErrors() []any {
	var all []any
	for _, status := range []int{400, 403, 404, 405, 414, 500, 501, 502, 503, 504} {
		all = append(all, properties{"ErrorCode": status, "ErrorCachingMinTTL": 0})
	}
	return all
}

// behavior is a cache behaviour of the origin pri that allows everything, with changes.
func behavior(changes properties) properties {
	b := properties{
		"AllowedMethods":        []any{"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
		"CachedMethods":         []any{"GET", "HEAD", "OPTIONS"},
		"CachePolicyId":         "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
		"OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
		"TargetOriginId":        "pri",
		"ViewerProtocolPolicy":  "https-only",
		"Compress":              true,
	}
	for key, value := range changes {
		b[key] = value
	}
	return b
}

// readBehavior is a cache behaviour that allows reads only.
func readBehavior(changes properties) properties {
	b := behavior(properties{"AllowedMethods": []any{"GET", "HEAD", "OPTIONS"}})
	for key, value := range changes {
		b[key] = value
	}
	return b
}

// origin is an origin as the reference application has it: two attempts to connect of 3 seconds, 10 seconds to respond.
func origin(id, host string) properties {
	return properties{
		"Id": id, "DomainName": host, "OriginPath": "/prod", "ConnectionAttempts": 2, "ConnectionTimeout": 3,
		"CustomOriginConfig": properties{"OriginProtocolPolicy": "https-only", "OriginReadTimeout": 10, "OriginSSLProtocols": []any{"TLSv1.2"}},
	}
}

// set sets properties of the DistributionConfig.
func set(changes properties) func(*cloudfront.Config) {
	return func(c *cloudfront.Config) {
		for key, value := range changes {
			c.Distribution["DistributionConfig"].(properties)[key] = value
		}
	}
}

// withFunction associates a function with the default behaviour.
func withFunction(code string, s edgejs.Store) func(*cloudfront.Config) {
	return func(c *cloudfront.Config) {
		c.Functions[functionARN] = properties{
			"AutoPublish": true, "FunctionCode": code, "Name": "choose",
			"FunctionConfig": properties{
				"Runtime": "cloudfront-js-2.0", "Comment": "chooses",
				"KeyValueStoreAssociations": []any{properties{"KeyValueStoreARN": storeARN}},
			},
		}
		c.Stores[storeARN] = s
		c.Distribution["DistributionConfig"].(properties)["DefaultCacheBehavior"].(properties)["FunctionAssociations"] = []any{
			properties{"EventType": "viewer-request", "FunctionARN": functionARN},
		}
	}
}

// withPolicy gives the default behaviour a response headers policy.
func withPolicy(config properties) func(*cloudfront.Config) {
	return func(c *cloudfront.Config) {
		c.ResponseHeadersPolicies["policy"] = properties{"ResponseHeadersPolicyConfig": config}
		c.Distribution["DistributionConfig"].(properties)["DefaultCacheBehavior"].(properties)["ResponseHeadersPolicyId"] = "policy"
	}
}

// do sends a request through the edge and returns the response.
func (e *edge) do(t testing.TB, method, target, body string, headers ...string) *http.Response {
	t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	r := httptest.NewRequestWithContext(t.Context(), method, target, reader)
	r.RemoteAddr = "192.0.2.1:4711"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w.Result()
}

// text is the body of a response.
func text(t testing.TB, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// check compares a status and the beginning of a body, and that X-Cache says what it should.
func check(t testing.TB, r *http.Response, status int, body, cache string) {
	t.Helper()
	if got := text(t, r); r.StatusCode != status || !strings.Contains(got, body) {
		t.Errorf("got %d %q, want %d %q", r.StatusCode, got, status, body)
	}
	if got := r.Header.Get("X-Cache"); got != cache {
		t.Errorf("X-Cache is %q, want %q", got, cache)
	}
}

const (
	miss  = "Miss from cloudfront"
	fault = "Error from cloudfront"
)

// lastLog is the last line of the access log, by field.
func (e *edge) lastLog(t testing.TB) map[string]string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(e.accessLog.String()), "\n")
	values := strings.Split(lines[len(lines)-1], "\t")
	if len(values) != len(cloudfront.LogFields) {
		t.Fatalf("the line %q has %d fields, want %d", lines[len(lines)-1], len(values), len(cloudfront.LogFields))
	}
	fields := map[string]string{}
	for i, name := range cloudfront.LogFields {
		fields[name] = values[i]
	}
	return fields
}

// golden reads the edge stack's golden template and returns the properties of a resource of the given type.
func golden(t testing.TB, resourceType string) properties {
	t.Helper()
	data, err := os.ReadFile("../../../test/testdata/ToDoMgmt-edge.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties properties
		}
	}
	if err := json.Unmarshal(data, &template); err != nil {
		t.Fatal(err)
	}
	for _, r := range template.Resources {
		if r.Type == resourceType {
			return r.Properties
		}
	}
	t.Fatalf("the template has no %s", resourceType)
	return nil
}

package endpoint_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/smithy-go"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

const (
	account   = "123456789012"
	primary   = "us-east-1"
	secondary = "us-east-2"
)

// fixture is a cloud that is served on the loopback interface, and an operator who may do everything.
type fixture struct {
	*testing.T

	cloud    *awssim.Cloud
	handler  *endpoint.Handler
	server   *httptest.Server
	operator awssim.Credentials
	client   *http.Client
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := newUnserved(t)
	f.server = httptest.NewServer(f.handler)
	transport := &http.Transport{
		// Every host is the server: the key-value store's clients put the account in front of the host's name.
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, f.server.Listener.Addr().String())
		},
	}
	f.client = &http.Client{Transport: plain{transport}}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		f.server.Close()
	})
	return f
}

// newUnserved is a fixture without a server.
func newUnserved(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{T: t, cloud: awssim.New(awssim.Options{Account: account, Clock: time.Now, Seed: 1})}
	f.handler = endpoint.New(f.cloud)
	t.Cleanup(f.handler.Close)
	admin := f.policy("Admin", `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`)
	f.do(func(s *awssim.State) {
		_, f.operator = s.CreateUser(awssim.User{Name: "operator", Policies: []*iam.Policy{admin}})
	})
	return f
}

// do changes the cloud.
func (f *fixture) do(change func(*awssim.State)) { f.cloud.Do(change) }

// in changes a Region of the cloud.
func (f *fixture) in(region string, change func(*awssim.Region)) {
	f.cloud.Do(func(s *awssim.State) { change(s.Region(region)) })
}

// policy compiles an identity policy.
func (f *fixture) policy(name, document string) *iam.Policy {
	f.Helper()
	var doc any
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		f.Fatal(err)
	}
	p, err := iam.Parse(iam.Identity, name, doc)
	if err != nil {
		f.Fatal(err)
	}
	return p
}

// config is the operator's, for a Region.
func (f *fixture) config(region string) aws.Config { return f.configOf(region, f.operator) }

// configOf is that of who has the credentials.
func (f *fixture) configOf(region string, c awssim.Credentials) aws.Config {
	return aws.Config{
		Region:       region,
		Credentials:  credentials.NewStaticCredentialsProvider(c.AccessKeyID, c.SecretAccessKey, c.SessionToken),
		BaseEndpoint: aws.String(f.server.URL),
		HTTPClient:   f.client,
		Retryer:      func() aws.Retryer { return aws.NopRetryer{} },
	}
}

// role returns credentials of a new role that may do what the policy document allows.
func (f *fixture) role(name, document string) (c awssim.Credentials) {
	f.Helper()
	p := f.policy(name+"Policy", document)
	f.do(func(s *awssim.State) {
		r := s.CreateRole(awssim.Role{Name: name, Policies: []*iam.Policy{p}})
		c, _ = s.AssumeRole(r.ARN, "session", time.Hour)
	})
	return c
}

// wantCode fails unless err is an answer with the code.
func (f *fixture) wantCode(err error, code string) {
	f.Helper()
	var e smithy.APIError
	if !errors.As(err, &e) || e.ErrorCode() != code {
		f.Errorf("got error %v, want code %s", err, code)
	}
}

// must fails the test at once if there is an error.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// equal fails unless the values are equal.
func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// plain sends requests whose bodies are readers and nothing else. The SDK closes a request's body as soon as the answer begins;
// if net/http then finds that it can be written to the connection at once, the SDK says that it has ended, and net/http takes
// that for a failure and drops the connection. Only a server as near as this one answers early enough for that, and the SDK's
// retries, which tests do without, hide it.
type plain struct{ *http.Transport }

func (p plain) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r = r.Clone(r.Context())
		r.Body = struct{ io.ReadCloser }{r.Body}
	}
	return p.Transport.RoundTrip(r)
}

// sha is the hash of a body, as it is signed.
func sha(body string) string {
	sum := sha256.Sum256([]byte(body))
	return hex.EncodeToString(sum[:])
}

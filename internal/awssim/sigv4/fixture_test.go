package sigv4_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// The access keys of the tests: a user's, a role session's, and the one of AWS's examples.
const (
	userKey    = "AKIDUSER"
	sessionKey = "ASIASESSION"
	token      = "token/+=="
	exampleKey = "AKIAIOSFODNN7EXAMPLE"
)

var (
	ann    = iam.Principal{ARN: "arn:aws:iam::123456789012:user/Ann"}
	getter = iam.Principal{ARN: "arn:aws:sts::123456789012:assumed-role/Get/run", Role: "arn:aws:iam::123456789012:role/Get"}

	now     = time.Date(2026, 8, 30, 23, 59, 0, 0, time.UTC)
	expires = now.Add(time.Hour)

	keys = map[string]sigv4.Credentials{
		userKey:    {SecretAccessKey: "secret", Principal: ann},
		sessionKey: {SecretAccessKey: "other", SessionToken: token, Expires: expires, Principal: getter},
		exampleKey: {SecretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Principal: ann},
	}
)

// verifier knows the access keys, and takes it to be at.
func verifier(at time.Time) *sigv4.Verifier {
	return &sigv4.Verifier{
		Lookup:  func(id string) (sigv4.Credentials, bool) { c, ok := keys[id]; return c, ok },
		Now:     func() time.Time { return at },
		Regions: []string{"us-east-1", "us-east-2"},
		MaxBody: 1 << 20,
	}
}

// signing describes a request and how it is signed.
type signing struct {
	method, target, body string
	header               map[string]string // sent and signed
	key, secret, token   string
	service, region      string
	at                   time.Time
}

// describe is a good request of a user.
func describe() signing {
	return signing{
		method: "POST", target: "http://127.0.0.1:8080/", body: "Action=DescribeDBClusters&Version=2014-10-31",
		header: map[string]string{"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
		key:    userKey, secret: "secret", service: "rds", region: "us-east-1", at: now,
	}
}

func (s signing) request(t testing.TB) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), s.method, s.target, strings.NewReader(s.body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range s.header {
		r.Header.Set(k, v)
	}
	return r
}

func (s signing) credentials() aws.Credentials {
	return aws.Credentials{AccessKeyID: s.key, SecretAccessKey: s.secret, SessionToken: s.token}
}

// hash is what is signed for the payload.
func (s signing) hash() string {
	if declared := s.header["X-Amz-Content-Sha256"]; declared != "" {
		return declared
	}
	sum := sha256.Sum256([]byte(s.body))
	return hex.EncodeToString(sum[:])
}

func (s signing) options(o *v4.SignerOptions) {
	o.DisableURIPathEscaping = s.service == "s3"
}

// sign signs the request with the SDK and passes it through the wire's form, as a server reads it.
func (s signing) sign(t testing.TB) *http.Request {
	t.Helper()
	return s.signRequest(t, s.request(t))
}

// signRequest is sign for a copy of r.
func (s signing) signRequest(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	r = r.Clone(context.Background())
	r.Body = io.NopCloser(strings.NewReader(s.body))
	err := v4.NewSigner(s.options).SignHTTP(context.Background(), s.credentials(), r, s.hash(), s.service, s.region, s.at)
	if err != nil {
		t.Fatal(err)
	}
	return served(t, r)
}

// presign signs the request in its query.
func (s signing) presign(t testing.TB) *http.Request {
	t.Helper()
	r := s.request(t)
	signed, header, err := v4.NewSigner(s.options).PresignHTTP(context.Background(), s.credentials(), r, s.hash(), s.service, s.region, s.at)
	if err != nil {
		t.Fatal(err)
	}
	if r.URL, err = url.Parse(signed); err != nil {
		t.Fatal(err)
	}
	for k := range header {
		r.Header[k] = header[k]
	}
	r.Header.Del("Content-Length")
	r.Header.Del("Host")
	return served(t, r)
}

// served is a client's request as a server sees it.
func served(t testing.TB, r *http.Request) *http.Request {
	t.Helper()
	var b bytes.Buffer
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadRequest(bufio.NewReader(&b))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func fault(err error) sigv4.Fault {
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Fault
}

package sigv4_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

func TestVerify(t *testing.T) {
	r := describe().sign(t)
	v := verifier(now)
	v.MaxBody = 0 // the default
	got, err := v.Verify(r)
	if err != nil {
		t.Fatal(err)
	}
	if got.Principal != ann || got.AccessKeyID != userKey || got.Service != "rds" || !slices.Equal(got.Regions, []string{"us-east-1"}) {
		t.Errorf("got %+v", got)
	}
	if got.Presigned || !slices.Equal(got.SignedHeaders, []string{"content-length", "content-type", "host", "x-amz-date"}) {
		t.Errorf("got %+v", got)
	}
	if !got.In("us-east-1") || got.In("us-east-2") {
		t.Errorf("got Regions %v", got.Regions)
	}
	if body, err := io.ReadAll(r.Body); err != nil || string(body) != describe().body {
		t.Errorf("got body %q, %v", body, err)
	}
}

// TestVerifyForms signs requests of all forms with the SDK.
func TestVerifyForms(t *testing.T) {
	s3 := func(target string) signing {
		return signing{
			method: "GET", target: target, header: map[string]string{"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"},
			key: userKey, secret: "secret", service: "s3", region: "us-east-2", at: now,
		}
	}
	get := func(target string) signing {
		s := describe()
		s.method, s.body, s.target = "GET", "", target
		return s
	}
	session := describe()
	session.key, session.secret, session.token = sessionKey, "other", token
	spaces := describe()
	spaces.header = map[string]string{"X-Spaces": "  a   b  c ", "X-Empty": ""}
	rows := map[string]signing{
		"session":            session,
		"spaces in a header": spaces,
		"no path":            get("http://127.0.0.1:8080"),
		"query":              get("http://127.0.0.1:8080/?b=2&a=1&a=0&c&d=%20+%2B%2f~*'()&e=ü&A=x&a-b=y"),
		"path":               get("http://127.0.0.1:8080/key-value-stores/arn%3Aaws%3Acloudfront%3A%3A1%3Akey-value-store%2Fx/keys/a%20b"),
		"plain path":         get("http://127.0.0.1:8080/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f/invocations/"),
		"S3":                 s3("http://bucket.127.0.0.1.nip:8080/a//b/../c%20d/%C3%BC?list-type=2&prefix=a%2Fb"),
		"S3 without path":    s3("http://bucket.127.0.0.1.nip:8080"),
	}
	for name, s := range rows {
		t.Run(name, func(t *testing.T) {
			for form, r := range map[string]*http.Request{"header": s.sign(t), "query": expiring(s, "60").presign(t)} {
				got, err := verifier(now).Verify(r)
				if err != nil || got.Presigned != (form == "query") {
					t.Errorf("%s: got %+v, %v", form, got, err)
				}
			}
		})
	}
}

// expiring adds X-Amz-Expires.
func expiring(s signing, seconds string) signing {
	separator := "?"
	if strings.Contains(s.target, "?") {
		separator = "&"
	}
	s.target += separator + "X-Amz-Expires=" + seconds
	return s
}

// TestVerifyNormalises: RFC 3986 paths of services other than S3.
func TestVerifyNormalises(t *testing.T) {
	for sent, signed := range map[string]string{
		"/a/./b/../c": "/a/c", "//a//": "/a/", "/..": "/", "/a/b/..": "/a/", "/a/.": "/a/",
	} {
		s := describe()
		s.target = "http://127.0.0.1:8080" + signed
		r := s.sign(t)
		r.RequestURI = sent
		if _, err := verifier(now).Verify(r); err != nil {
			t.Errorf("%s: %v", sent, err)
		}
	}
}

// TestVerifyThroughProxy: a client that takes the endpoint for its proxy sends the whole URL.
func TestVerifyThroughProxy(t *testing.T) {
	s := describe()
	s.method, s.body, s.target = "GET", "", "http://123456789012.aws.test:8080/key-value-stores/arn%3Aaws%2Fx/keys/a%20b?a=b"
	r := s.request(t)
	if err := v4.NewSigner().SignHTTP(t.Context(), s.credentials(), r, s.hash(), s.service, s.region, s.at); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.WriteProxy(&b); err != nil {
		t.Fatal(err)
	}
	got, err := http.ReadRequest(bufio.NewReader(&b))
	if err != nil || got.RequestURI != s.target {
		t.Fatalf("got %q, %v", got.RequestURI, err)
	}
	if _, err := verifier(now).Verify(got); err != nil {
		t.Error(err)
	}
}

// TestVerifyWithoutServer: a request that no server has read has no RequestURI.
func TestVerifyWithoutServer(t *testing.T) {
	r := describe().sign(t)
	r.RequestURI = ""
	if _, err := verifier(now).Verify(r); err != nil {
		t.Error(err)
	}
	r = describe().sign(t)
	r.Header.Del("Content-Length")
	if _, err := verifier(now).Verify(r); err != nil {
		t.Error(err)
	}
	s := describe()
	s.method, s.body = "GET", ""
	r = s.sign(t)
	r.Body = nil
	if _, err := verifier(now).Verify(r); err != nil {
		t.Error(err)
	}
}

// TestVerifyRefuses changes good requests.
func TestVerifyRefuses(t *testing.T) {
	rows := []struct {
		name   string
		change func(*signing)
		sent   func(*http.Request)
		want   sigv4.Fault
	}{
		{"unsigned", nil, func(r *http.Request) { r.Header.Del("Authorization") }, sigv4.Unsigned},
		{"two signatures", nil, func(r *http.Request) { r.Header.Add("Authorization", "x") }, sigv4.Incomplete},
		{"signature in both places", nil, func(r *http.Request) { r.URL.RawQuery = "X-Amz-Signature=1" }, sigv4.Incomplete},
		{"unknown key", func(s *signing) { s.key = "AKIDNONE" }, nil, sigv4.UnknownKey},
		{"wrong secret", func(s *signing) { s.secret = "Secret" }, nil, sigv4.Mismatch},
		{"token of no session", func(s *signing) { s.token = "x" }, nil, sigv4.InvalidToken},
		{"no token", func(s *signing) { s.key, s.secret = sessionKey, "other" }, nil, sigv4.InvalidToken},
		{"wrong token", func(s *signing) { s.key, s.secret, s.token = sessionKey, "other", token+"x" }, nil, sigv4.InvalidToken},
		{"wrong Region", func(s *signing) { s.region = "eu-west-1" }, nil, sigv4.WrongScope},
		{"no service", func(s *signing) { s.service = "" }, nil, sigv4.WrongScope},
		{"old", func(s *signing) { s.at = now.Add(-5*time.Minute - time.Second) }, nil, sigv4.Expired},
		{"early", func(s *signing) { s.at = now.Add(5*time.Minute + time.Second) }, nil, sigv4.NotYetCurrent},
		{"other day", nil, func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260831T000100Z") }, sigv4.WrongScope},
		{"other time", nil, func(r *http.Request) { r.Header.Set("X-Amz-Date", "20260830T235901Z") }, sigv4.Mismatch},
		{"no time", nil, func(r *http.Request) { r.Header.Del("X-Amz-Date") }, sigv4.Incomplete},
		{"time in another form", nil, func(r *http.Request) { r.Header.Set("X-Amz-Date", "2026-08-30T23:59:00Z") }, sigv4.Incomplete},
		{"other method", nil, func(r *http.Request) { r.Method = "PUT" }, sigv4.Mismatch},
		{"other path", nil, func(r *http.Request) { r.RequestURI = "/x" }, sigv4.Mismatch},
		{"broken path", func(s *signing) {
			s.service, s.header = "s3", map[string]string{"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"}
		}, func(r *http.Request) { r.RequestURI = "/%zz" }, sigv4.Mismatch},
		{"other query", nil, func(r *http.Request) { r.URL.RawQuery = "a=b" }, sigv4.Mismatch},
		{"broken query", nil, func(r *http.Request) { r.URL.RawQuery = "a=%zz" }, sigv4.Mismatch},
		{"other host", nil, func(r *http.Request) { r.Host = "example.com" }, sigv4.Mismatch},
		{"other header", nil, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, sigv4.Mismatch},
		{"other body", nil, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("x")) }, sigv4.Mismatch},
		{"hash that is not of the body", func(s *signing) { s.header = map[string]string{"X-Amz-Content-Sha256": strings.Repeat("0", 64)} }, nil, sigv4.PayloadMismatch},
		{"unsigned payload", func(s *signing) { s.header = map[string]string{"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"} }, nil, sigv4.PayloadMismatch},
		{"S3 header that is not signed", func(s *signing) { s.service = "s3" }, func(r *http.Request) { r.Header.Set("X-Amz-Meta-A", "b") }, sigv4.UnsignedHeaders},
		{"large", nil, func(r *http.Request) { r.ContentLength = 1<<20 + 1 }, sigv4.TooLarge},
		{"larger than it says", nil, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(strings.Repeat("x", 1<<20+1))) }, sigv4.TooLarge},
		{"broken body", nil, func(r *http.Request) { r.Body = io.NopCloser(brokenReader{}) }, sigv4.BadPayload},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			s := describe()
			if row.change != nil {
				row.change(&s)
			}
			r := s.sign(t)
			if row.sent != nil {
				row.sent(r)
			}
			if got, err := verifier(now).Verify(r); fault(err) != row.want || got.AccessKeyID != "" {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestVerifyAuthorization sends headers that are none.
func TestVerifyAuthorization(t *testing.T) {
	const good = "Credential=AKIDUSER/20260830/us-east-1/rds/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"
	rows := map[string]struct {
		fault  sigv4.Fault
		detail string
	}{
		"": {sigv4.Incomplete, "requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
			"Authorization header requires 'SignedHeaders' parameter. Authorization="},
		"Bearer x":                              {sigv4.Incomplete, "'x' not a valid key=value pair (missing equal-sign) in Authorization header: 'Bearer x'."},
		"Basic " + good:                         {sigv4.Incomplete, "Unsupported AWS 'algorithm': 'Basic'."},
		"AWS4-HMAC-SHA256 " + good:              {sigv4.Mismatch, ""},
		"AWS4-HMAC-SHA256 " + good + "," + good: {sigv4.Incomplete, "more than one 'Credential'"},
		"AWS4-HMAC-SHA256 " + strings.ReplaceAll(good, ", ", ","):              {sigv4.Mismatch, ""},
		"AWS4-HMAC-SHA256 " + strings.ReplaceAll(good, ",", ""):                {sigv4.Mismatch, ""},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "/rds", "", 1):             {sigv4.Incomplete, "exactly 5 slash-delimited elements"},
		"AWS4-ECDSA-P256-SHA256 " + good:                                       {sigv4.Incomplete, "exactly 4 slash-delimited elements"},
		"AWS4-ECDSA-P256-SHA256 " + strings.Replace(good, "/us-east-1", "", 1): {sigv4.Incomplete, "'X-Amz-Region-Set' must be given and signed"},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "aws4_request", "aws5", 1): {sigv4.WrongScope, "valid terminator: 'aws4_request', not 'aws5'"},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "20260830", "20260829", 1): {sigv4.WrongScope, "'20260829' != '20260830', from '20260830T235900Z'"},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "us-east-1", "x", 1):       {sigv4.WrongScope, "valid region, not 'x'"},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "host", "a", 1):            {sigv4.Incomplete, "'Host' must be"},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "host;x", "x", 1):          {sigv4.Incomplete, "'Host' must be"},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "host", "Host", 1):         {sigv4.Incomplete, "lower case"},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "host", "z;host", 1):       {sigv4.Incomplete, "sorted"},
		"AWS4-HMAC-SHA256 " + strings.Replace(good, "host", "host;host", 1):    {sigv4.Incomplete, "duplicates"},
	}
	for header, want := range rows {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", header)
		r.Header.Set("X-Amz-Date", now.Format("20060102T150405Z"))
		_, err := verifier(now).Verify(r)
		var e *sigv4.Error
		if !errors.As(err, &e) || e.Fault != want.fault || !strings.Contains(e.Detail, want.detail) {
			t.Errorf("%s: got %+v", header, e)
		}
	}
}

// TestVerifyTime goes to the ends of what is valid.
func TestVerifyTime(t *testing.T) {
	s3 := describe()
	s3.service, s3.header = "s3", map[string]string{"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"}
	session := describe()
	session.key, session.secret, session.token, session.at = sessionKey, "other", token, expires
	rows := []struct {
		name string
		r    *http.Request
		at   time.Time
		want sigv4.Fault
	}{
		{"5 minutes late", describe().sign(t), now.Add(5 * time.Minute), 0},
		{"5 minutes early", describe().sign(t), now.Add(-5 * time.Minute), 0},
		{"clock in another zone", describe().sign(t), now.In(time.FixedZone("x", 3600)), 0},
		{"S3 15 minutes late", s3.sign(t), now.Add(15 * time.Minute), 0},
		{"S3 later", s3.sign(t), now.Add(15*time.Minute + 1), sigv4.Expired},
		{"S3 earlier", s3.sign(t), now.Add(-15*time.Minute - 1), sigv4.NotYetCurrent},
		{"presigned until it expires", expiring(s3, "3600").presign(t), now.Add(time.Hour), 0},
		{"presigned after that", expiring(s3, "3600").presign(t), now.Add(time.Hour + 1), sigv4.Expired},
		{"presigned for a week", expiring(s3, "604800").presign(t), now.Add(7 * 24 * time.Hour), 0},
		{"presigned for longer", expiring(s3, "604801").presign(t), now, sigv4.Incomplete},
		{"presigned for less than nothing", expiring(s3, "-1").presign(t), now, sigv4.Incomplete},
		{"presigned for what is no number", expiring(s3, "1h").presign(t), now, sigv4.Incomplete},
		{"presigned S3 without end", s3.presign(t), now, sigv4.Incomplete},
		{"presigned without end", describe().presign(t), now.Add(15 * time.Minute), 0},
		{"presigned without end, later", describe().presign(t), now.Add(15*time.Minute + 1), sigv4.Expired},
		{"presigned for later", describe().presign(t), now.Add(-15*time.Minute - 1), sigv4.NotYetCurrent},
		{"session before its end", session.sign(t), expires.Add(-1), 0},
		{"session at its end", session.sign(t), expires, sigv4.ExpiredToken},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			if _, err := verifier(row.at).Verify(row.r); fault(err) != row.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestVerifyPresigned refuses presigned requests that lack, repeat or change something.
func TestVerifyPresigned(t *testing.T) {
	changes := map[string]func(q url.Values, name string){
		"missing": url.Values.Del,
		"twice":   func(q url.Values, name string) { q.Add(name, "x") },
		"wrong":   func(q url.Values, name string) { q.Set(name, "x") },
	}
	for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"} {
		for change, do := range changes {
			r := describe().presign(t)
			q := r.URL.Query()
			do(q, name)
			r.URL.RawQuery = q.Encode()
			want := sigv4.Incomplete
			if name == "X-Amz-Signature" && change == "wrong" {
				want = sigv4.Mismatch
			}
			if _, err := verifier(now).Verify(r); fault(err) != want {
				t.Errorf("%s %s: got %v", name, change, err)
			}
		}
	}
}

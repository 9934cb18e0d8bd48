package sigv4_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/smithy-go/encoding/httpbinding"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// FuzzAuthorization sends any header and any query: nothing but the one good signature may get through, and every refusal has
// an answer in every protocol.
func FuzzAuthorization(f *testing.F) {
	good := describe().sign(f).Header.Get("Authorization")
	f.Add(good, "", "")
	f.Add(strings.Replace(good, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256", 1), "", "*")
	f.Add("", describe().presign(f).URL.RawQuery, "")
	f.Add("", "X-Amz-Signature=%zz&X-Amz-Date=1;2", "us-east-1,")
	f.Fuzz(func(t *testing.T, header, query, regions string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader("x"))
		r.URL.RawQuery = query
		r.Header.Set("X-Amz-Date", now.Format("20060102T150405Z"))
		if header != "" {
			r.Header.Set("Authorization", header)
		}
		if regions != "" {
			r.Header.Set("X-Amz-Region-Set", regions)
		}
		_, err := verifier(now).Verify(r)
		var refused *sigv4.Error
		if !errors.As(err, &refused) {
			t.Fatalf("got %v for a request that nobody signed", err)
		}
		for _, p := range []sigv4.Protocol{sigv4.Query, sigv4.JSON, sigv4.RESTJSON, sigv4.S3} {
			if answer := refused.Response(p); answer.Status < 400 || answer.Code == "" || answer.Message == "" {
				t.Errorf("%v is answered with %+v", refused, answer)
			}
		}
	})
}

// FuzzCanonical lets the SDK sign any path, query and header, which must verify as they were sent, and not for another path.
func FuzzCanonical(f *testing.F) {
	f.Add("/a b/ü", "a=1&b", "  a   b ", true)
	f.Add("/a%2Fb//../c", "a=%20&a=+&=&&", "", false)
	f.Fuzz(func(t *testing.T, path, query, value string, s3 bool) {
		s := describe()
		s.header = map[string]string{"X-Fuzz": value}
		if s3 {
			s.service = "s3"
			s.header["X-Amz-Content-Sha256"] = "UNSIGNED-PAYLOAD"
		}
		s.target = "http://127.0.0.1:8080/"
		r := s.request(t)
		r.URL.Path, r.URL.RawQuery = "/"+strings.TrimLeft(path, "/"), query
		r.URL.RawPath = httpbinding.EscapePath(r.URL.Path, false) // as the signer's documentation asks for
		if !sendable(r, value, s3) {
			return // nobody can send it
		}
		signed := s.signRequest(t, r)
		if _, err := verifier(now).Verify(signed); err != nil {
			t.Errorf("%s?%s: %v", r.URL.Path, query, err)
		}
		other := s.signRequest(t, r)
		other.RequestURI = "/other" + other.RequestURI
		if _, err := verifier(now).Verify(other); fault(err) != sigv4.Mismatch {
			t.Errorf("got %v for another path", err)
		}
	})
}

// sendable reports whether net/http can send the request as it is, and the SDK signs it as documented: it does not take
// out empty and relative parts of paths.
func sendable(r *http.Request, value string, s3 bool) bool {
	for part := range strings.SplitSeq(strings.TrimSuffix(r.URL.Path[1:], "/"), "/") {
		if !s3 && (part == "" && r.URL.Path != "/" || part == "." || part == "..") {
			return false
		}
	}
	for _, c := range []byte(value) {
		if c < ' ' || c > '~' {
			return false
		}
	}
	probe := r.Clone(r.Context())
	probe.Body, probe.ContentLength = http.NoBody, 0
	return probe.Write(io.Discard) == nil && !strings.ContainsAny(r.URL.RawQuery, ";# \x00\r\n\t")
}

// FuzzChunks decodes any body: a payload is never longer than its encoding, and has the length that was announced.
func FuzzChunks(f *testing.F) {
	f.Add(part(2, "")+part(0, "")+checksum+"\r\n\r\n", "2")
	f.Add("1;chunk-signature=00\r\na\r\n0\r\nx\r\n", "1")
	f.Fuzz(func(t *testing.T, body, length string) {
		s := signing{
			method: "PUT", target: "http://127.0.0.1:8080/b/k", body: body, key: userKey, secret: "secret", service: "s3", region: "us-east-1", at: now,
			header: map[string]string{
				"X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length": url.QueryEscape(length),
			},
		}
		r := s.signRequest(t, s.request(t))
		_, err := verifier(now).Verify(r)
		if err != nil {
			if fault(err) != sigv4.BadPayload {
				t.Errorf("got %v", err)
			}
			return
		}
		payload, err := io.ReadAll(r.Body)
		if err != nil || len(payload) > len(body) || strconv.Itoa(len(payload)) != length {
			t.Errorf("got %q for length %s, %v", payload, length, err)
		}
	})
}

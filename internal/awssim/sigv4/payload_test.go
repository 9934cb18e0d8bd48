package sigv4_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

// The examples of the S3 API reference, "Transferring Payload in Multiple Chunks" and "Including Trailing Headers": 65 KiB of
// the letter a, in chunks of 64 KiB.
const (
	exampleDate    = "20130524T000000Z"
	plainSeed      = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
	plainFirst     = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
	plainSecond    = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
	plainLast      = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
	trailerSeed    = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e"
	trailerFirst   = "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2"
	trailerSecond  = "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"
	trailerLast    = "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"
	trailerTrailer = "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
	checksum       = "x-amz-checksum-crc32c:sOO8/Q=="
)

// part is a chunk with its signature; without one it is not signed.
func part(size int, signature string) string {
	if signature != "" {
		signature = ";chunk-signature=" + signature
	}
	data := strings.Repeat("a", size)
	if size > 0 {
		data += "\r\n"
	}
	return fmt.Sprintf("%x%s\r\n%s", size, signature, data)
}

// example is AWS's example with a body.
func example(trailer bool, body string) *http.Request {
	r := httptest.NewRequest("PUT", "/examplebucket/chunkObject.txt", strings.NewReader(body))
	r.Host = "s3.amazonaws.com"
	set := func(pairs ...string) {
		for i := 0; i < len(pairs); i += 2 {
			r.Header.Set(pairs[i], pairs[i+1])
		}
	}
	set("Content-Encoding", "aws-chunked", "X-Amz-Date", exampleDate, "X-Amz-Decoded-Content-Length", "66560",
		"X-Amz-Storage-Class", "REDUCED_REDUNDANCY")
	scope := "AWS4-HMAC-SHA256 Credential=" + exampleKey + "/20130524/us-east-1/s3/aws4_request,"
	if trailer {
		set("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", "X-Amz-Trailer", "x-amz-checksum-crc32c",
			"Authorization", scope+"SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;"+
				"x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer,Signature="+trailerSeed)
	} else {
		set("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "Content-Length", "66824",
			"Authorization", scope+"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"+
				"x-amz-decoded-content-length;x-amz-storage-class,Signature="+plainSeed)
	}
	return r
}

var exampleTime = time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)

func TestVerifyChunks(t *testing.T) {
	data := part(65536, plainFirst) + part(1024, plainSecond)
	rows := map[string]struct {
		body string
		want sigv4.Fault
	}{
		"good":                {data + part(0, plainLast) + "\r\n", 0},
		"without last line":   {data + part(0, plainLast), 0},
		"without last chunk":  {data, sigv4.BadPayload},
		"changed":             {strings.Replace(data, "aaa", "aba", 1) + part(0, plainLast), sigv4.Mismatch},
		"changed signature":   {part(65536, plainSecond), sigv4.Mismatch},
		"out of order":        {part(1024, plainSecond) + part(65536, plainFirst), sigv4.Mismatch},
		"last chunk unsigned": {data + part(0, ""), sigv4.BadPayload},
		"more":                {data + part(0, plainLast) + "\r\nx", sigv4.BadPayload},
		"nothing":             {"", sigv4.BadPayload},
		"no size":             {"x\r\n", sigv4.BadPayload},
		"negative size":       {"-1\r\n", sigv4.BadPayload},
		"huge size":           {"ffffffff\r\na", sigv4.BadPayload},
		"size out of range":   {"fffffffffffffffff\r\na", sigv4.BadPayload},
		"shorter than said":   {"3\r\naa", sigv4.BadPayload},
		"longer than said":    {"1\r\naa\r\n", sigv4.BadPayload},
		"endless line":        {strings.Repeat("0", 5000) + "\r\n", sigv4.BadPayload},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			r := example(false, row.body)
			_, err := verifier(exampleTime).Verify(r)
			if fault(err) != row.want {
				t.Fatalf("got %v", err)
			}
			if row.want == 0 {
				checkPayload(t, r)
			}
		})
	}
}

// checkPayload checks that a request has the example's payload, and nothing of the encoding.
func checkPayload(t *testing.T, r *http.Request) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil || string(body) != strings.Repeat("a", 66560) || r.ContentLength != 66560 || r.Header.Values("Content-Encoding") != nil {
		t.Errorf("got %d bytes, length %d, header %v, %v", len(body), r.ContentLength, r.Header, err)
	}
}

func TestVerifyTrailer(t *testing.T) {
	data := part(65536, trailerFirst) + part(1024, trailerSecond) + part(0, trailerLast)
	signature := "x-amz-trailer-signature:" + trailerTrailer + "\r\n"
	rows := map[string]struct {
		body string
		want sigv4.Fault
	}{
		"good":                     {data + checksum + "\r\n" + signature + "\r\n", 0},
		"without last line":        {data + checksum + "\r\n" + signature, 0},
		"with spaces":              {data + "X-Amz-Checksum-Crc32c: sOO8/Q==\r\n" + signature, 0},
		"changed":                  {data + "x-amz-checksum-crc32c:sOO8/A==\r\n" + signature, sigv4.Mismatch},
		"without signature":        {data + checksum + "\r\n\r\n", sigv4.Mismatch},
		"without trailer":          {data, sigv4.Mismatch},
		"more":                     {data + checksum + "\r\n" + signature + "\r\nx", sigv4.BadPayload},
		"a line that is no header": {data + "x\r\n" + signature, sigv4.BadPayload},
		"a line without end":       {data + checksum, sigv4.BadPayload},
		"no last chunk":            {part(65536, trailerFirst), sigv4.BadPayload},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			r := example(true, row.body)
			_, err := verifier(exampleTime).Verify(r)
			if fault(err) != row.want {
				t.Fatalf("got %v", err)
			}
			if row.want == 0 {
				checkPayload(t, r)
				if got := r.Trailer.Get("X-Amz-Checksum-Crc32c"); got != "sOO8/Q==" || len(r.Trailer) != 1 {
					t.Errorf("got trailer %v", r.Trailer)
				}
			}
		})
	}
}

// TestVerifyUnsignedTrailer has the encoding that the SDKs use over TLS.
func TestVerifyUnsignedTrailer(t *testing.T) {
	s := signing{
		method: "PUT", target: "http://127.0.0.1:8080/b/k", key: userKey, secret: "secret", service: "s3", region: "us-east-1", at: now,
		header: map[string]string{
			"X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Decoded-Content-Length": "5",
			"Content-Encoding": "gzip, aws-chunked",
		},
	}
	s.body = part(3, "") + part(2, "") + part(0, "") + checksum + "\r\n\r\n"
	r := s.sign(t)
	if _, err := verifier(now).Verify(r); err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r.Body); string(body) != "aaaaa" || err != nil || r.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("got %q, %v with %v", body, err, r.Header)
	}
	s.header["X-Amz-Decoded-Content-Length"] = "6"
	if _, err := verifier(now).Verify(s.sign(t)); fault(err) != sigv4.BadPayload {
		t.Errorf("got %v", err)
	}
	for _, kind := range []string{"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-EVENTS"} {
		s.header["X-Amz-Content-Sha256"] = kind
		if _, err := verifier(now).Verify(s.sign(t)); fault(err) != sigv4.BadPayload || !strings.Contains(err.Error(), kind) {
			t.Errorf("got %v", err)
		}
	}
}

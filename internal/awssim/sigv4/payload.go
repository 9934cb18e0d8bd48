package sigv4

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The values of X-Amz-Content-Sha256 that are no hash: see "Authenticating Requests: Using the Authorization Header" in the S3
// API reference.
const (
	unsignedPayload       = "UNSIGNED-PAYLOAD"
	streamUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	streamSigned          = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamSignedTrailer   = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	streamPrefix          = "STREAMING-"
)

// read reads the body.
func (v *Verifier) read(a *authorization, r *http.Request) ([]byte, error) {
	limit := v.MaxBody
	if limit == 0 {
		limit = DefaultMaxBody
	}
	if r.ContentLength > limit {
		return nil, a.fail(TooLarge, "")
	}
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, a.fail(BadPayload, "The request body could not be read: %v", err)
	}
	if int64(len(body)) > limit {
		return nil, a.fail(TooLarge, "")
	}
	return body, nil
}

// payload is what the canonical request has for the payload: what the request says, or empty for the hash of the body.
func (a *authorization) payload(r *http.Request) string {
	if declared := r.Header.Get("X-Amz-Content-Sha256"); declared != "" {
		return declared
	}
	if a.presigned && a.service == s3Service {
		return unsignedPayload
	}
	return ""
}

// unpack checks a body against what was signed about it, and gives the request the payload.
func (a *authorization) unpack(c Credentials, r *http.Request, declared string, body []byte) (err error) {
	switch {
	case declared == "", declared == unsignedPayload && a.service == s3Service:
	case strings.HasPrefix(declared, streamPrefix) && a.service == s3Service:
		if body, err = a.decode(c, r, declared, body); err != nil {
			return err
		}
	case !equal(declared, hash(body)):
		return a.fail(PayloadMismatch, "")
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	return nil
}

// decode takes the aws-chunked encoding off a body.
func (a *authorization) decode(c Credentials, r *http.Request, declared string, body []byte) ([]byte, error) {
	d := chunks{authorization: a, previous: a.signature, rest: body}
	switch {
	case declared == streamUnsignedTrailer:
	case a.algorithm == hmacAlgorithm && (declared == streamSigned || declared == streamSignedTrailer):
		d.key = a.key(c)
	default:
		return nil, a.fail(BadPayload, "The payload of the kind '%s' is not supported.", declared)
	}
	payload, trailer, err := d.decode(strings.HasSuffix(declared, "-TRAILER"))
	if err != nil {
		return nil, err
	}
	if length := r.Header.Get("X-Amz-Decoded-Content-Length"); length != strconv.Itoa(len(payload)) {
		return nil, a.fail(BadPayload, "X-Amz-Decoded-Content-Length is '%s', the payload has %d bytes.", length, len(payload))
	}
	r.Trailer = trailer
	encodings := strings.Split(strings.Join(r.Header.Values("Content-Encoding"), ","), ",")
	encodings = slices.DeleteFunc(encodings, func(e string) bool { return strings.TrimSpace(e) == "aws-chunked" })
	if r.Header.Set("Content-Encoding", strings.Join(encodings, ",")); len(encodings) == 0 {
		r.Header.Del("Content-Encoding")
	}
	return payload, nil
}

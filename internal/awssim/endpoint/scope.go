package endpoint

import (
	"net/http"
	"strings"
)

// scope is what a request's signature says it is for.
type scope struct {
	accessKeyID string
	service     string
	region      string // empty if the signature is for a set of Regions
}

// Names of the signature's algorithms (IAM user guide, "AWS Signature Version 4 for API requests").
const (
	sigV4  = "AWS4-HMAC-SHA256"
	sigV4A = "AWS4-ECDSA-P256-SHA256"
)

// readScope reads the scope from the Authorization header, or from the query of a presigned URL. It checks the form only:
// whether the signature is good is up to the [Verifier].
func readScope(r *http.Request) (scope, error) {
	algorithm, credential := r.URL.Query().Get("X-Amz-Algorithm"), r.URL.Query().Get("X-Amz-Credential")
	if header := r.Header.Get("Authorization"); header != "" {
		algorithm, header, _ = strings.Cut(header, " ")
		credential = authorizationField(header, "Credential")
	}
	if algorithm == "" {
		return scope{}, ErrUnsigned
	}
	if algorithm != sigV4 && algorithm != sigV4A {
		return scope{}, ErrIncomplete
	}
	parts := strings.Split(credential, "/")
	if n := len(parts); n > 5 { // an access key id does not contain a slash, but a stranger may send one
		return scope{}, ErrIncomplete
	}
	switch {
	case algorithm == sigV4 && len(parts) == 5 && parts[4] == "aws4_request":
		return scope{accessKeyID: parts[0], region: parts[2], service: parts[3]}, nil
	case algorithm == sigV4A && len(parts) == 4 && parts[3] == "aws4_request":
		return scope{accessKeyID: parts[0], service: parts[2]}, nil
	}
	return scope{}, ErrIncomplete
}

// authorizationField returns one of the comma-separated fields of an Authorization header.
func authorizationField(header, name string) string {
	for field := range strings.SplitSeq(header, ",") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(field), name+"="); ok {
			return value
		}
	}
	return ""
}

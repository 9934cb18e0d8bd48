package sigv4_test

import (
	"testing"

	"github.com/warmstandby/warmstandby/internal/awssim/sigv4"
)

func TestResponse(t *testing.T) {
	const detail = "what is wrong"
	rows := []struct {
		fault    sigv4.Fault
		protocol sigv4.Protocol
		status   int
		code     string
		message  string // empty: any
	}{
		{sigv4.Unsigned, sigv4.Query, 403, "MissingAuthenticationToken", "Missing Authentication Token"},
		{sigv4.Unsigned, sigv4.JSON, 400, "MissingAuthenticationTokenException", ""},
		{sigv4.Unsigned, sigv4.S3, 403, "AccessDenied", "Access Denied"},
		{sigv4.Incomplete, sigv4.Query, 400, "IncompleteSignature", detail},
		{sigv4.Incomplete, sigv4.S3, 400, "AuthorizationHeaderMalformed", detail},
		{sigv4.UnknownKey, sigv4.Query, 403, "InvalidClientTokenId", "The security token included in the request is invalid."},
		{sigv4.UnknownKey, sigv4.JSON, 400, "UnrecognizedClientException", ""},
		{sigv4.UnknownKey, sigv4.RESTJSON, 403, "UnrecognizedClientException", ""},
		{sigv4.UnknownKey, sigv4.S3, 403, "InvalidAccessKeyId", ""},
		{sigv4.InvalidToken, sigv4.S3, 400, "InvalidToken", ""},
		{sigv4.ExpiredToken, sigv4.Query, 403, "ExpiredToken", ""},
		{sigv4.ExpiredToken, sigv4.JSON, 400, "ExpiredTokenException", ""},
		{sigv4.WrongScope, sigv4.Query, 403, "SignatureDoesNotMatch", detail},
		{sigv4.Expired, sigv4.RESTJSON, 403, "InvalidSignatureException", detail},
		{sigv4.Expired, sigv4.S3, 403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."},
		{sigv4.NotYetCurrent, sigv4.Query, 403, "SignatureDoesNotMatch", detail},
		{sigv4.Mismatch, sigv4.Query, 403, "SignatureDoesNotMatch", ""},
		{sigv4.Mismatch, sigv4.JSON, 400, "InvalidSignatureException", ""},
		{sigv4.UnsignedHeaders, sigv4.S3, 403, "AccessDenied", ""},
		{sigv4.PayloadMismatch, sigv4.S3, 400, "XAmzContentSHA256Mismatch", ""},
		{sigv4.BadPayload, sigv4.S3, 400, "IncompleteBody", detail},
		{sigv4.TooLarge, sigv4.JSON, 413, "RequestEntityTooLargeException", ""},
		{sigv4.TooLarge, sigv4.S3, 400, "EntityTooLarge", ""},
	}
	for _, row := range rows {
		got := (&sigv4.Error{Fault: row.fault, Detail: detail}).Response(row.protocol)
		if got.Status != row.status || got.Code != row.code || got.Message == "" || row.message != "" && got.Message != row.message {
			t.Errorf("%d in protocol %d: got %+v, want %+v", row.fault, row.protocol, got, row)
		}
	}
	for service, want := range map[string]string{
		"rds": "IncompleteSignature: what is wrong", "s3": "AuthorizationHeaderMalformed: what is wrong",
	} {
		if got := (&sigv4.Error{Fault: sigv4.Incomplete, Detail: detail, Service: service}).Error(); got != want {
			t.Errorf("got %s", got)
		}
	}
}

func TestIdentityIn(t *testing.T) {
	for region, patterns := range map[string]map[string]bool{
		"us-east-1": {"us-east-1": true, "us-east-2": false, "*": true, "us-*": true, "eu-*": false, "us-east-*": true, "": false},
	} {
		for pattern, want := range patterns {
			if got := (sigv4.Identity{Regions: []string{"x", pattern}}).In(region); got != want {
				t.Errorf("%s in %s: got %t", region, pattern, got)
			}
		}
	}
}

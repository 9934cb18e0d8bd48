package sigv4

import "net/http"

// Fault is what is wrong with a request.
type Fault int

// The faults.
const (
	Unsigned        Fault = iota + 1 // there is no signature
	Incomplete                       // the signature lacks something or cannot be parsed
	UnknownKey                       // no such access key
	InvalidToken                     // the session token is missing or not that of the access key
	ExpiredToken                     // the session has ended
	WrongScope                       // the credential scope is for something else
	Expired                          // the time stamp is too old, or a presigned request has expired
	NotYetCurrent                    // the time stamp is in the future
	Mismatch                         // the signature is wrong
	UnsignedHeaders                  // S3: headers that must be signed are not
	PayloadMismatch                  // the payload is not the one that was signed
	BadPayload                       // the payload is not encoded as it says
	TooLarge                         // the payload is larger than the verifier takes
)

// Protocol is the family of protocols in which a refusal is answered.
type Protocol int

// The families.
const (
	Query    Protocol = iota // AWS Query and REST XML other than S3: RDS, STS, SNS, CloudFormation, CloudFront
	JSON                     // AWS JSON: SSM, Secrets Manager, Cognito
	RESTJSON                 // REST JSON: Lambda, CloudFront KeyValueStore
	S3                       // Amazon S3
)

// Error is a refusal of a request.
type Error struct {
	// Fault is what is wrong.
	Fault Fault

	// Detail is what AWS's message says about this request; empty if the message is always the same.
	Detail string

	// Service is the service of the credential scope, such as rds; empty if that could not be read.
	Service string
}

// Response is how a service answers.
type Response struct {
	Status  int    // HTTP status
	Code    string // such as SignatureDoesNotMatch
	Message string
}

// Error is the message in the service's own words.
func (e *Error) Error() string {
	p := Query
	if e.Service == s3Service {
		p = S3
	}
	r := e.Response(p)
	return r.Code + ": " + r.Message
}

// Response is what a service with the protocol answers. Codes and messages are from "Common errors" of the services' API
// references, "Troubleshoot Signature Version 4 signing" in the IAM user guide and "Error responses" of the S3 API reference.
func (e *Error) Response(p Protocol) Response {
	a := answers[e.Fault]
	r := Response{Status: a.status, Code: a.query, Message: a.message}
	switch p {
	case JSON:
		r.Code, r.Status = a.json, http.StatusBadRequest
	case RESTJSON:
		r.Code = a.json
	case S3:
		r = a.s3
	}
	if e.Fault == TooLarge && p != S3 {
		r.Status = http.StatusRequestEntityTooLarge
	}
	if r.Message == "" {
		r.Message = e.Detail
	}
	return r
}

// answer is how services answer a fault. An empty message stands for the detail.
type answer struct {
	status      int
	query, json string // codes
	message     string
	s3          Response
}

const (
	mismatchMessage = "The request signature we calculated does not match the signature you provided. Check your AWS Secret " +
		"Access Key and signing method. Consult the service documentation for details."
	invalidTokenMessage = "The security token included in the request is invalid."
)

var answers = map[Fault]answer{
	Unsigned: {
		403, "MissingAuthenticationToken", "MissingAuthenticationTokenException", "Missing Authentication Token",
		Response{403, "AccessDenied", "Access Denied"},
	},
	Incomplete: {
		400, "IncompleteSignature", "IncompleteSignatureException", "",
		Response{400, "AuthorizationHeaderMalformed", ""},
	},
	UnknownKey: {
		403, "InvalidClientTokenId", "UnrecognizedClientException", invalidTokenMessage,
		Response{403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."},
	},
	InvalidToken: {
		403, "InvalidClientTokenId", "UnrecognizedClientException", invalidTokenMessage,
		Response{400, "InvalidToken", "The provided token is malformed or otherwise invalid."},
	},
	ExpiredToken: {
		403, "ExpiredToken", "ExpiredTokenException", "The security token included in the request is expired",
		Response{400, "ExpiredToken", "The provided token has expired."},
	},
	WrongScope: {
		403, "SignatureDoesNotMatch", "InvalidSignatureException", "",
		Response{400, "AuthorizationHeaderMalformed", ""},
	},
	Expired: {
		403, "SignatureDoesNotMatch", "InvalidSignatureException", "",
		Response{403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."},
	},
	NotYetCurrent: {
		403, "SignatureDoesNotMatch", "InvalidSignatureException", "",
		Response{403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."},
	},
	Mismatch: {
		403, "SignatureDoesNotMatch", "InvalidSignatureException", mismatchMessage,
		Response{
			403, "SignatureDoesNotMatch",
			"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
		},
	},
	UnsignedHeaders: {
		403, "SignatureDoesNotMatch", "InvalidSignatureException", mismatchMessage,
		Response{403, "AccessDenied", "There were headers present in the request which were not signed"},
	},
	PayloadMismatch: {
		403, "SignatureDoesNotMatch", "InvalidSignatureException", mismatchMessage,
		Response{400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."},
	},
	BadPayload: {
		400, "IncompleteSignature", "IncompleteSignatureException", "",
		Response{400, "IncompleteBody", ""},
	},
	TooLarge: {
		413, "RequestEntityTooLarge", "RequestEntityTooLargeException", "The request is larger than this endpoint takes.",
		Response{400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size."},
	},
}

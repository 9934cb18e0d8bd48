// Package sigv4 verifies the signatures of requests to AWS, as the services do it: Signature Version 4 and 4A, in the
// Authorization header and in the query (presigned), and the payload encodings of Amazon S3.
//
// [Verifier.Verify] finds out who sent a request, and for which service and Region it was signed. The endpoint of a rehearsal
// has one address for all of them, so the credential scope is what it routes by. A refusal is an [*Error]; its code, message
// and status differ between protocols, see [Error.Response].
//
// # What is verified
//
// From "AWS Signature Version 4 for API requests" in the IAM user guide and "Authenticating Requests (AWS Signature Version 4)"
// in the Amazon S3 API reference:
//
//   - the canonical request: the path is encoded twice and normalised, for S3 once and not normalised; the query is sorted; of
//     the signed headers, host must be one; for S3 every x-amz- header must be signed;
//   - the signature: HMAC-SHA256 for Version 4; ECDSA on P-256 for Version 4A, with the key that follows from the secret
//     access key, and X-Amz-Region-Set signed;
//   - the credential scope: its date is that of the request, its Region one of those that exist, its end aws4_request;
//   - the time: a request is valid for 5 minutes before and after its time stamp, for S3 15 minutes. A presigned one is valid
//     from 15 minutes before its time stamp until X-Amz-Expires after it, at most 7 days; without X-Amz-Expires, which S3
//     demands, for 15 minutes, as tokens for IAM database authentication are;
//   - the session token, which must be the one that belongs to the access key, and its end;
//   - the payload: its hash is signed. S3 also takes UNSIGNED-PAYLOAD and the aws-chunked encoding: with signed chunks, with
//     signed chunks and a signed trailer, and unsigned with a trailer.
//
// # What is left out
//
// Chunks signed with Version 4A, signed event streams, browser uploads (POST policies) and Signature Version 2 are refused.
// A Date header does not stand in for X-Amz-Date.
// A request to S3 without X-Amz-Content-Sha256, which S3 refuses, is verified with the hash of its body.
// The checksums in trailers are handed on in the request's Trailer and not compared with the payload. The order of the
// checks, which decides the error if several fail, is this package's.
package sigv4

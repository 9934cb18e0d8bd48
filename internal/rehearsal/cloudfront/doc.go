// Package cloudfront is the data plane of a CloudFront distribution: what happens to a viewer's request between the edge and
// an origin.
//
// [New] makes a [Distribution], an [http.Handler], from the resolved properties of the template's resources. Nothing but
// these says how it behaves: a property that is not modelled is an error that names it, and the properties that have no
// bearing are listed in properties.go, each with its reason.
//
// # What is modelled
//
//   - Cache behaviours by path pattern, in their order, and the default one; allowed methods; the viewer protocol policy.
//   - Limits of a request's length, and the refusal of a GET with a body.
//   - CloudFront Functions for viewer requests, run by [edgejs], with their key-value store, the origin or the origin group
//     that they choose, and their answers.
//   - The origin request policy AllViewerExceptHostHeader, custom headers of origins, and the headers that CloudFront adds,
//     replaces and removes on both ways.
//   - Origins that speak HTTP/1.1: connection attempts and timeout, response timeout, keep-alive. Origin groups: which
//     statuses, errors and timeouts make the second origin be asked, and for which methods.
//   - Response headers policies: security, custom and CORS headers, removal of headers, and their override flags.
//   - Access logs in the format of standard logging, with the fields of [LogFields].
//
// # What is simplified
//
//   - Nothing is cached. A distribution for which CloudFront would cache anything is refused: a cache policy other than
//     CachingDisabled, and an error status without an error caching minimum TTL of 0.
//   - One edge location, one process. Functions, stores and configuration are the same for every request at once.
//   - The edge of a rehearsal listens on the loopback interface in plain HTTP. With [Config.ViewerHTTPS] its requests count
//     as HTTPS, so that a policy of https-only serves them; without it the policy is applied to the connection as it is.
//     The connections to origins are those that [Config.Dial] makes. A certificate is checked there or nowhere.
//   - A response is passed on while it arrives. If it stops halfway, the viewer's connection is cut, and the origin is not
//     asked again, because part of the answer is out.
//   - A path is matched to a pattern after decoding and after removal of dot segments; the origin gets it as it came.
//   - The statuses and error pages that CloudFront makes itself carry the response headers policy of their behaviour, if one
//     was chosen. The documentation says "every response" and does not mention them.
//
// # What is not modelled
//
// Caching, compression, HTTP/2 and HTTP/3, WebSockets, web ACLs, geographic restrictions, signed URLs, custom error pages,
// Lambda@Edge, viewer-response functions, S3 and VPC origins, origin access control, Origin Shield, the Server-Timing header,
// the limits of time and memory of a function (it may take a second here), and the quotas of requests per second.
//
// # Sources
//
// The CloudFront Developer Guide: "Request and response behavior for custom origins", "Request and response behavior for
// origin groups", "Optimize high availability with CloudFront origin failover", "All distribution settings reference",
// "Understand response headers policies", "Standard logging reference", "Troubleshooting error response status codes in
// CloudFront" and "Helper methods for origin modification". Where a comment says inferred, none of them tells.
package cloudfront

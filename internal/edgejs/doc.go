// Package edgejs runs the code of a CloudFront Function, the way CloudFront's JavaScript runtime 2.0 runs it for a viewer
// request.
//
// [New] takes the code as it stands in a template. [Function.Run] passes it an [Event] and a key-value [Store], and tells
// what came of it: the request to forward or the response to give, and the origins that the function chose.
//
// # What is emulated
//
//   - The module of "import cf from 'cloudfront'": kvs() with get and exists, selectRequestOriginById, and
//     createRequestOriginGroup. get rejects for a missing key, as CloudFront's does.
//   - A state of its own for each run. A global that one run sets is not there in the next.
//   - What CloudFront refuses: code above the size quota, syntax that the runtime does not list, a changed method, and
//     headers that functions may not add or change.
//
// # What is not
//
// The limits on time and memory, the built-in modules (crypto, querystring, Buffer), updateRequestOrigin, the overrides of
// an origin's settings, and the formats of get other than string. Code that uses one of these gets an error that says so.
// Built-in objects are goja's: they have more methods than CloudFront's. A store is asked while the function waits, so
// Promise.all takes as long as one read after the other, which is what AWS documents for CloudFront.
//
// The behaviour is taken from the CloudFront Developer Guide: "JavaScript runtime 2.0 features for CloudFront Functions",
// "Helper methods for key value stores", "Helper methods for origin modification", "CloudFront Functions event structure"
// and "Restrictions on all edge functions".
package edgejs

// Package apigateway serves REST APIs as API Gateway would, from the resources of a deployed template.
//
// [FromTemplate] reads the APIs and returns a [Definition] for each stage. [New] makes an [API] of one, an [net/http.Handler] that
// invokes functions and checks tokens through [Options]. All templates, models and routes are compiled before the first request.
//
// # What a request meets
//
// First the stage, which is the first segment of the path, then the resource and the method: a literal segment goes before {name},
// that before {name+}, a method before ANY. Then a body of more than 10 MB is refused. Then come the authorizer and its scopes, the
// throttling of the method, the required parameters, and the body's model. What is left goes to the integration: a Lambda
// function by proxy, or a mock, which is how preflight requests are answered. Whatever is refused is answered by the gateway
// response of its type, or DEFAULT_4XX or DEFAULT_5XX, or API Gateway's own. At last the access log gets its line.
//
// # Where AWS says nothing
//
//   - The order of the checks. That a WAF, and authorization, come first is documented; that throttling precedes validation is
//     concluded from the order of lines in execution logs.
//   - Which answer a wrong scope gets. Here it is ACCESS_DENIED, 403, which is documented for failed authorization. An expired
//     token is EXPIRED_TOKEN, but with status 401 unless the template sets another, as it is seen with Cognito.
//   - The text of $context.error.validationErrorString. The messages are those of the open-source validator whose words API Gateway
//     is seen to use, in an order of our own. What is said of a body that is not JSON, as an empty one, is our own too.
//   - Most messages and x-amzn-ErrorType headers of refusals, the look of claims in events, and that a slash at the end of a path is
//     ignored. They are as people have published them. The header is left out where none is known.
//   - That a resource with methods, but not the one asked for, does not leave the request to a {name+} further up.
//
// # What is simplified
//
//   - An unknown path or method is always MISSING_AUTHENTICATION_TOKEN. With an Authorization header API Gateway looks for
//     a signature in it, and complains about that instead, with the same status.
//   - A body of more than 10 MB, and an event of more than Lambda's 6 MB, are REQUEST_TOO_LARGE.
//   - Names of headers are in Go's canonical form, whatever the client has sent. A function sees the host name and scheme that the
//     API has in AWS.
//   - Only the stage's limits throttle, not the account's, which all its APIs share.
//   - Variables of identity, WAF and authorizer latency have no value: the access log has a hyphen, as for unknown ones.
//   - Patterns of models are regular expressions as Go has them. A pattern that Go does not know is an error of the template.
//   - A client that goes away takes its invocation with it, which Lambda would finish.
//   - A function's answer waits for no streaming, and X-Ray gets no traces, only identifiers.
//
// # What is refused
//
// Everything else: API keys and usage plans, IAM and Lambda authorizers, resource policies, HTTP and AWS integrations, VPC links,
// request parameter mapping, caches, canaries, compression, content handling, custom domain names, edge-optimized and private
// endpoints. [FromTemplate] names the resource and the property.
//
// Behaviour that is documented is from the API Gateway Developer Guide,
// https://docs.aws.amazon.com/apigateway/latest/developerguide/, and the page is named where it is used.
package apigateway

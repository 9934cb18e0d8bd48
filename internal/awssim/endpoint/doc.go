// Package endpoint serves the state of package awssim to AWS's SDKs and to the AWS CLI: one [http.Handler] for every service
// and every Region.
//
//	handler := endpoint.New(cloud)
//	defer handler.Close()
//	http.Serve(listener, handler) // then: AWS_ENDPOINT_URL=http://… aws rds describe-global-clusters
//
// A request goes through these steps; each that fails answers in the words and the form of the service's protocol:
//
//  1. Package sigv4 verifies the signature. Its scope says which service and Region are meant, whatever the host's name is.
//     A request signed for all Regions (SigV4A) belongs to us-east-1, as requests to global services do.
//  2. The service's protocol names the operation and decodes its input: AWS Query, AWS JSON, REST-JSON, REST-XML, or CBOR.
//  3. If there is an injector (see [NewFaulty]), package fault decides what goes wrong, and it does.
//  4. Package iam decides, from the caller's policies and the resource's, whether the operation is allowed on its resources.
//  5. The operation runs.
//
// Every service is one file (two, where one would be long): a table of operations, each with its route, its IAM
// action and resources, and a small function that runs it. [Handler.Summary] tells what was called, what is not simulated, and who lacked
// which action on which resource.
//
// # Clients
//
// The key-value store's clients put the account in front of the endpoint's host name: with http://127.0.0.1:4566 they ask for
// 123456789012.127.0.0.1, which no name server knows. The endpoint takes requests as a proxy gets them, too: with
// HTTP_PROXY=http://127.0.0.1:4566 SDKs send it those for that name, and reach loopback addresses as before. S3's clients
// must use paths rather than hosts for buckets, which they do by themselves when the endpoint is an IP address.
//
// # Sources, and what is left out
//
// Shapes, codes and limits are those of each service's API reference; protocols are those of Smithy 2.0; IAM actions and
// resources are those of the Service authorization reference. Each service's file says what it leaves out. For all of them:
// nothing is throttled and all answers are consistent at once unless faults are injected, idempotency tokens and dry runs (but Lambda's) are not known, and
// validation is that of the members that are used. Page tokens are positions in a list.
package endpoint

// Package machineidentity defines the identity of an API's callers when these are programs: a Cognito user pool that has no
// users, only an OAuth 2.0 client.
//
// An [Identity] is a user pool, a resource server with its scopes, a domain with the token endpoint, and one confidential
// client that may do nothing but exchange its ID and secret for an access token with these scopes:
//
//	POST <token endpoint>
//	Authorization: Basic base64(<client ID>:<client secret>)
//	Content-Type: application/x-www-form-urlencoded
//
//	grant_type=client_credentials
//
// # Defaults
//
// The resource server is "api" with the scope "upsert-delete", so a token carries "api/upsert-delete". Access tokens are valid
// for an hour. The pool is on Cognito's Lite feature plan, the cheapest, which has everything that machines need. The pool, its
// domain and its client survive the deletion of the stack, because a client that is gone takes the credentials of every caller
// with it.
//
// # Two Regions
//
// A user pool belongs to one Region. An application that stands by in another Region defines an Identity in each, and its
// clients hold credentials for both: tokens come from the Region that is up. Cognito's own replication of a pool is not used,
// because the issuer that it asks for does not work with the Cognito authorizer of API Gateway. See
// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-multi-region.html.
//
// # What it never does
//
// Nobody can sign up or sign in: there is no callback, no user flow, and no recovery of accounts. The client's secret is neither
// in the template nor in an output. Whoever may call cognito-idp:DescribeUserPoolClient reads it from Cognito.
package machineidentity

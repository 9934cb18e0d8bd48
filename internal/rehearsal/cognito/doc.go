// Package cognito is the part of Amazon Cognito that machine-to-machine callers of an API use: the token endpoint of user
// pools for the client credentials grant, and the verification of the tokens by an API.
//
// [NewPool] makes a [Pool] from the resolved properties of an AWS::Cognito::UserPool; [Pool.SetDomain],
// [Pool.AddResourceServer] and [Pool.AddClient] add what the resources around it define. A Pool is an [http.Handler] for
//
//	POST /oauth2/token                           the token endpoint, once the pool has a domain
//	GET  /<pool id>/.well-known/jwks.json        the public keys
//	GET  /<pool id>/.well-known/openid-configuration
//
// which AWS serves under two names, the domain's and cognito-idp.<region>.amazonaws.com. A [Verifier] knows the pools of all
// Regions, so that one Region's API can accept the other's tokens.
//
// # What is modelled
//
//   - Client authentication by Basic authorization or in the body; scopes, all of the client's if none is asked for; the
//     errors of the token endpoint, which are all sent with status 400, as the documentation shows them.
//   - Access tokens with Cognito's claims, signed with RS256; their validity, from 5 minutes to a day.
//   - Two key pairs for each pool: one signs access tokens, the other would sign ID tokens.
//   - IDs and secrets in Cognito's form, made from [Config.Rand]. The key pairs are random in any case, because crypto/rsa
//     takes no other randomness; one takes about a tenth of a second, and the one for ID tokens is made when it is first
//     asked for.
//
// # What is not
//
// Users and everything about them: sign-up, sign-in, their tokens, messages, multi-factor authentication, triggers. A client
// with the flows code or implicit, a pool with a LambdaConfig and a custom domain are errors. Quotas and throttling, revocation
// and rotation of keys are not modelled either. A pool's properties that only concern users are on the list in properties.go.
//
// # Sources
//
// The Amazon Cognito Developer Guide: "Token endpoint", "Understanding the access token", "Verifying JSON web tokens",
// "Scopes, M2M, and resource servers" and "Issuer and authorization endpoints"; the CloudFormation reference of the four
// resource types. Where a comment says observed, the behaviour is reported by users and not documented.
package cognito

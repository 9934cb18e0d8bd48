// Package restapi defines a REST API in API Gateway whose routes are served by Lambda functions.
//
// An [API] is a Regional REST API with one stage. Each [Route] is a path and a method, the function that serves it, and what a
// caller must bring: scopes in an access token, query parameters, a body that fits a JSON schema. API Gateway refuses everything
// else, so a function sees only requests that are authorized and well-formed. A route is either public or names its scopes;
// none is public by omission.
//
// # Defaults
//
// The stage is "prod". Each of its methods takes 1000 requests a second, which is a tenth of an account's default quota, so that one
// method cannot use up what the others need. Access logs are JSON and kept for a month, as is the log of errors inside API Gateway; X-Ray
// traces requests, and CloudWatch has metrics for each method. Clients need TLS 1.2 or later with forward secrecy. Browsers of
// other origins are refused until [Props.AllowOrigins] says otherwise.
//
// # Refusals
//
// What API Gateway refuses itself it answers as application/problem+json (RFC 9457), as a function would: a body that does not
// fit its schema is 400 with what is wrong with it, a missing or expired token 401, a missing scope 403, an unknown path or
// method 404, and too many requests 429. Every refusal carries [RegionHeader]. Successful answers come from the functions as
// they are, so it is theirs to set that header, and with AllowOrigins also Access-Control-Allow-Origin.
//
// # Logs
//
// API Gateway writes logs with a role that is set once for an account and Region, for access logs as for execution logs. The
// construct defines it, and retains it, because other APIs may depend on it by the time this one goes. Set
// [Props.DisableCloudWatchRole] where the account has one already. See
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html.
//
// # Two Regions
//
// The API accepts the tokens of every pool in [Props.UserPools]. A standby lists its own and, imported by ARN, the primary's, so
// that clients go on after a failover with the tokens that they hold. AWS documents this authorizer with pools of other accounts,
// but no longer says whether a pool of another Region is accepted. Try it in your account before you depend on it: with the
// standby's own pool, clients are never worse off than having to ask for new tokens.
//
// # What it never does
//
// It caches nothing, logs no bodies, and opens no route to any function but through the route that names it: the permission to
// invoke is for this API, stage, method and path. Not even the console's test page may call a function.
package restapi

// Package runtimeapi runs Lambda functions on this machine: the binaries that are deployed, as child processes that talk
// to this package the way they talk to Lambda.
//
// A [Function] starts execution environments ("instances") as Lambda does: one for each invocation that finds none idle,
// up to a limit beyond which invocations are throttled. Each instance has a process and a server for the Lambda Runtime
// API (version 2018-06-01) on a loopback port of its own. An instance handles one invocation at a time, is reused, and
// is thrown away when it crashes or times out.
//
// What is done as Lambda does it comes from the AWS Lambda Developer Guide, in particular:
//
//   - "Using the Lambda runtime API for custom runtimes", https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
//   - "Building a custom runtime for AWS Lambda", https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
//   - "Understanding the Lambda execution environment lifecycle" (time limits, retried initialization),
//     https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
//   - "Working with Lambda environment variables",
//     https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
//   - "Lambda quotas" (sizes), https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
//
// Not modelled: instances are not frozen between invocations, do not age, and are not limited in memory or processor
// time; there are no extensions and no response streaming.
package runtimeapi

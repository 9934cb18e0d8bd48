// Package gofunction defines AWS Lambda functions from Go import paths.
//
//	import path ── go build ──▶ bootstrap ──▶ function ──▶ version ──▶ alias live
//	                                              └──▶ log group, traces
//
// [New] builds the package when the app is synthesized, with the go command that is on PATH and in the module of the
// directory that the app runs in. So a function can be part of the app's own module or of any module that this one
// requires, and nothing has to be built beforehand.
//
// A [Function] runs on provided.al2023, on ARM64 unless told otherwise. It has a log group that forgets after a month, writes
// JSON logs and X-Ray traces, and publishes a version with each change, to which the alias live points. Its execution role
// may do that and nothing else.
//
// # Builds
//
// The same source gives the same bytes in every directory and on every machine with the same Go release, and therefore the
// same asset, so that nothing is deployed that has not changed. A package is built once, however many stacks use it. To
// build all functions of an app at once, list them in [Props.BuildWith].
//
// The newest binary of each package is kept in the user's cache directory (see [os.UserCacheDir]), where it spares the next run
// the linking if nothing has changed. Everything in it can be deleted at any time.
//
// Commands that need no assets, such as `cdk ls` and `cdk destroy`, build nothing. The binary is removed as soon as CDK has
// copied it into the cloud assembly, so `cdk synth --no-staging`, which refers to the original, cannot be used.
//
// # What a Function never does
//
// It never uses cgo, so that it runs without libraries of the build machine. It never asks for a secret in its
// environment. In a VPC, it never reaches anything that no rule of its security group names: neither the internet nor
// other parts of the VPC.
package gofunction

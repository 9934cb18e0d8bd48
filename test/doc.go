// Package test proves the module's constructs, stacks and templates together. All tests that synthesize live here, in one
// binary, because each binary that touches CDK starts a Node.js process of its own.
package test

// Package stacks composes the constructs into the reference application: one stack per file, each a bill of materials.
//
// [NewApplication] defines all of it. A team that changes the application into its own changes this package; a team that
// only needs a part imports that part's construct.
package stacks

// Package checks is the contract between the construct recoveryfailback and its Lambda function failbackcheck: what can be checked, and
// the environment variables that say where.
//
// It is plain Go and imports nothing, because the construct must not be part of a function.
package checks

// Names of environment variables. One that is not set leaves out what it is needed for.
const (
	// EnvPrimaryURL answers with a status of 2xx when the application works in its primary environment.
	EnvPrimaryURL = "PRIMARY_URL"

	// EnvPublicURL is what clients call; it answers with a status of 2xx when the application works.
	EnvPublicURL = "PUBLIC_URL"

	// EnvAccessStack is the CloudFormation stack that gives Arpio access to the primary environment for a failback.
	EnvAccessStack = "ACCESS_STACK"

	// EnvAccessStackRegion is the Region of the stack. It is set with it.
	EnvAccessStackRegion = "ACCESS_STACK_REGION"
)

// What can be checked.
const (
	// Primary checks that the application answers in its primary environment.
	Primary = "primary"

	// Public checks that the application answers under the name that clients call.
	Public = "public"

	// AccessPresent checks that the stack with Arpio's extra access is complete.
	AccessPresent = "access-present"

	// AccessAbsent checks that there is no such stack.
	AccessAbsent = "access-absent"

	// Record writes the execution of the request to the function's log, with all of its steps and who approved them.
	Record = "record"
)

// Request is what the function is invoked with.
type Request struct {
	// Check is one of the constants of this package.
	Check string `json:"check"`

	// Execution is the id of the execution to record. It is given with Record only.
	Execution string `json:"execution,omitempty"`
}

// Answer is what was found, when it is as it should be.
type Answer struct {
	// Check is the request's.
	Check string `json:"check"`

	// Found says what was found, in words.
	Found string `json:"found"`
}

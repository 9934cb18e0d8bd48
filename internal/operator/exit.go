package operator

import (
	"errors"
	"fmt"

	"github.com/warmstandby/warmstandby/internal/failover"
)

// Exit is an exit code of the command.
type Exit int

// The exit codes.
const (
	Done        Exit = 0 // done, or nothing was to be done
	Failed      Exit = 1 // anything else that went wrong
	Usage       Exit = 2 // an argument is wrong; nothing was looked at
	Refused     Exit = 3 // the assessment says no-go; nothing was changed
	PutBack     Exit = 4 // the promotion failed, and everything is as it was
	Fenced      Exit = 5 // it failed, and writes are refused at the edge
	Interrupted Exit = 6 // it was interrupted; the same command goes on
	Declined    Exit = 7 // the operator did not want it; nothing was changed since
	Unverified  Exit = 8 // it is done, and the verification afterwards fails
)

// exits are the exit codes of the engine's outcomes.
var exits = map[failover.Outcome]Exit{
	failover.Moved: Done, failover.AlreadyThere: Done, failover.Refused: Refused, failover.PutBackDone: PutBack,
	failover.Fenced: Fenced, failover.Interrupted: Interrupted, failover.Verified: Done, failover.Unverified: Unverified,
}

// Error is an error with an exit code of its own.
type Error struct {
	// Exit is the exit code.
	Exit Exit

	// Err is what went wrong.
	Err error
}

// Error is the error's text.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap is what went wrong.
func (e *Error) Unwrap() error { return e.Err }

// usage is an error of the arguments.
func usage(format string, args ...any) error { return &Error{Usage, fmt.Errorf(format, args...)} }

// errDeclined is what comes of a question that is not answered with yes.
var errDeclined = &Error{Declined, errors.New("not confirmed; nothing more is done")}

// ExitOf is the exit code of an error; [Done] of none.
func ExitOf(err error) Exit {
	var e *Error
	switch {
	case err == nil:
		return Done
	case errors.As(err, &e):
		return e.Exit
	}
	return Failed
}

package operator

import (
	"fmt"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// OutcomeVersion is the version of [Outcome]'s form. A member that is added leaves it as it is.
const OutcomeVersion = 1

// Outcome is how a run ended: what the moving commands and assess write for programs.
type Outcome struct {
	// Version is [OutcomeVersion].
	Version int `json:"version"`

	// Application is the application's name.
	Application string `json:"application"`

	// Run names the run.
	Run string `json:"run"`

	// Mode is how the application was to be moved.
	Mode failover.Mode `json:"mode"`

	// Exit is the exit code.
	Exit Exit `json:"exit"`

	// Error says what went wrong outside of the moves, or is empty.
	Error string `json:"error,omitempty"`

	// Rebuilt says that the global database was rebuilt.
	Rebuilt bool `json:"rebuilt,omitempty"`

	// Moves are what was tried, in order: one move, or two in a drill.
	Moves []MoveOutcome `json:"moves"`

	// Journal is the file with the run's journal, Report where the report was written to; empty if there is none.
	Journal string `json:"journal,omitempty"`
	Report  string `json:"report,omitempty"`
}

// MoveOutcome is how a move ended.
type MoveOutcome struct {
	// Target and Region are the home role and the name of the Region that was to be active.
	Target topology.Role `json:"target"`
	Region string        `json:"region"`

	// Assessment is what was seen and decided before anybody was asked.
	Assessment *failover.Assessment `json:"assessment,omitempty"`

	// Result is the move's, Verification that of the verification afterwards; missing if it did not come to that.
	Result       *failover.Result `json:"result,omitempty"`
	Verification *failover.Result `json:"verification,omitempty"`
}

// write writes an outcome for a program.
func (o *Operator) write(out Outcome) Exit {
	if err := o.writeJSON(out); err != nil {
		fmt.Fprintf(o.Err, "warmstandby: write the result: %v\n", err)
		return max(out.Exit, Failed)
	}
	return out.Exit
}

// fail tells an error that ended a command before there was an outcome.
func (o *Operator) fail(err error) Exit {
	Tell(o.Err, err)
	return ExitOf(err)
}

package rebuild

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Rebuild rebuilds the global database of one application. All fields are required. It holds nothing between calls.
type Rebuild struct {
	// Document says what the application is.
	Document topology.Document

	// Writer is the home role of the Region whose cluster writes on its own. The cluster of the other one is deleted.
	Writer topology.Role

	// RDS are the clients of both Regions.
	RDS map[topology.Role]RDS

	// Recipes keep what the deleted cluster was like.
	Recipes Recipes

	// Clock is the time.
	Clock Clock

	// Poll is the time between two looks, Call bounds one look and one step.
	Poll, Call time.Duration

	// Confirm is asked before each step that changes something, once in a call of Run. An error ends the call.
	Confirm func(ctx context.Context, step Step, detail string) error

	// Progress is told what is being done or waited for, whenever that changes.
	Progress func(step Step, detail string)
}

// maxFailures is how many looks and steps may fail one after the other. What AWS answers may be old, so that a step can be refused
// that was taken already; the next look shows it.
const maxFailures = 4

// Needed says whether there is something to rebuild: one of the two clusters is not in the global database, or an earlier rebuild
// has not come to its end.
func (r *Rebuild) Needed(ctx context.Context) (bool, error) {
	s, err := r.lookOnce(ctx)
	if err != nil {
		return false, err
	}
	if !r.joined(s) {
		return true, nil
	}
	return s.recipe != nil && r.complete(s).step != "", nil
}

// Run rebuilds. After an error or an interruption, it can be called again and goes on.
func (r *Rebuild) Run(ctx context.Context) error {
	confirmed := map[Step]bool{}
	failures, told := 0, ""
	tell := func(step Step, detail string) {
		if text := string(step) + detail; text != told {
			told = text
			r.Progress(step, detail)
		}
	}
	for {
		done, err := r.once(ctx, confirmed, tell)
		var final *finalError
		switch {
		case done:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil:
			failures = 0
		case errors.As(err, &final):
			return final.err
		default:
			if failures++; failures >= maxFailures {
				return err
			}
		}
		if err := r.Clock.Sleep(ctx, r.Poll); err != nil {
			return err
		}
	}
}

// once looks and takes the next step. It is done if no step is left.
func (r *Rebuild) once(ctx context.Context, confirmed map[Step]bool, tell func(Step, string)) (done bool, err error) {
	s, err := r.lookOnce(ctx)
	if err != nil {
		return false, err
	}
	next, err := r.next(s)
	switch {
	case err != nil:
		return false, &finalError{err}
	case next.step == "":
		return true, nil
	case next.wait != "":
		tell(next.step, next.wait)
		return false, nil
	}
	detail := r.describe(next.step, s)
	if !confirmed[next.step] && next.step != Record {
		if err := r.Confirm(ctx, next.step, detail); err != nil {
			return false, &finalError{err}
		}
		confirmed[next.step] = true
	}
	tell(next.step, detail)
	ctx, cancel := context.WithTimeout(ctx, r.Call)
	defer cancel()
	return false, r.take(ctx, next.step, s)
}

// lookOnce looks, within the time that a call may take.
func (r *Rebuild) lookOnce(ctx context.Context) (seen, error) {
	ctx, cancel := context.WithTimeout(ctx, r.Call)
	defer cancel()
	return r.look(ctx)
}

// finalError is an error that no later look can heal.
type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }

// describe says what a step does, for who has to confirm it.
func (r *Rebuild) describe(step Step, s seen) string {
	here, there := r.site(r.Writer), r.site(r.Writer.Other())
	switch step {
	case Record:
		return "write down what " + there.ClusterArn + " is like"
	case Snapshot:
		return fmt.Sprintf("make the snapshot %s of %s, with the writes that %s has not received", s.recipe.Snapshot(), there.ClusterArn, here.Region)
	case Leave:
		return fmt.Sprintf("take %s out of the global database %s", there.ClusterArn, r.Document.GlobalCluster)
	case DropGlobal:
		return fmt.Sprintf("delete the global database %s, which has no members", r.Document.GlobalCluster)
	case CreateGlobal:
		return fmt.Sprintf("create the global database %s around %s", r.Document.GlobalCluster, here.ClusterArn)
	case Deregister:
		return fmt.Sprintf("take the cluster away from the proxy %s in %s", there.Proxy, there.Region)
	case Unprotect:
		return "allow the deletion of " + there.ClusterArn
	case DeleteInstances:
		return fmt.Sprintf("DELETE the %d instances of %s", len(s.living()), there.ClusterArn)
	case DeleteCluster:
		return fmt.Sprintf("DELETE %s (%s), leaving the snapshots %s and %s", there.ClusterArn, s.recipe.ResourceID, s.recipe.Snapshot(), s.recipe.FinalSnapshot())
	case CreateCluster:
		return fmt.Sprintf("create %s anew, as a secondary of %s", there.ClusterArn, here.ClusterArn)
	case CreateInstances:
		return fmt.Sprintf("create its %d instances anew", len(s.missing()))
	case Register:
		return fmt.Sprintf("give the cluster to the proxy %s in %s", there.Proxy, there.Region)
	}
	return ""
}

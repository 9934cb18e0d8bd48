package series

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

// Always approves.
func Always(context.Context, scenario.Approval) (bool, error) { return true, nil }

// Ask shows people on w what waits, and reads what they answer. Only yes approves. The goroutine that reads outlives a rehearsal that
// is interrupted meanwhile, until the line or the program ends: a terminal cannot be told to stop reading.
func Ask(w io.Writer, r io.Reader) scenario.Approver {
	lines := bufio.NewReader(r)
	return func(ctx context.Context, a scenario.Approval) (bool, error) {
		fmt.Fprintf(w, "\n%s in %s waits for approval: %s\n\n%s\n\nApprove? Only yes does. ", a.Pipeline, a.Region, a.Action, a.Text)
		answered := make(chan error, 1)
		var line string
		go func() {
			text, err := lines.ReadString('\n')
			line = text
			answered <- err
		}()
		select {
		case err := <-answered:
			if err != nil && line == "" {
				return false, fmt.Errorf("read whether to approve: %w", err)
			}
			return strings.EqualFold(strings.TrimSpace(line), "yes"), nil
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
}

// What a shell's exit codes mean for a command that it could not run.
const notExecutable, notFound = 126, 127

// Command has a shell's command decide: it gets the approval's text on its standard input, and approves by exiting with 0. What it
// prints goes to w.
func Command(command string, w io.Writer) scenario.Approver {
	return func(ctx context.Context, a scenario.Approval) (bool, error) {
		cmd := exec.CommandContext(ctx, "sh", "-c", command) //nolint:gosec // the operator's own command, on the operator's machine
		cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(a.Text+"\n"), w, w
		cmd.WaitDelay = time.Second // for what it may have left running, with our output
		yes, err := answer(ctx, cmd.Run())
		if err != nil && ctx.Err() == nil {
			err = fmt.Errorf("run %s to approve: %w", command, err)
		}
		return yes, err
	}
}

// answer is what a shell's command says by how it ended: yes by 0, no by any other exit code. That it could not be run, or was killed, is an
// error, and so is an end of ctx.
func answer(ctx context.Context, ended error) (bool, error) {
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case ended == nil:
		return true, nil
	case errors.As(ended, &exit) && exit.ExitCode() > 0 && exit.ExitCode() != notExecutable && exit.ExitCode() != notFound:
		return false, nil
	}
	return false, ended
}

package series

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

// lookAgain is how often it is looked whether somebody has moved the application.
const lookAgain = 100 * time.Millisecond

// ByHand waits until somebody has moved the application: until clients write where it is to be.
func ByHand(ctx context.Context, m scenario.Move, tell func(string)) (bool, error) {
	tell(fmt.Sprintf("move the application to %s now (%s): this waits until clients write there", m.Region, m.Mode))
	ticker := time.NewTicker(lookAgain)
	defer ticker.Stop()
	for !m.Moved() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return false, context.Cause(ctx)
		}
	}
	return true, nil
}

// ByCommand has a shell's command move the application, with an operator's credentials and the address of AWS in its environment. It has
// moved it if it exits with 0. What it prints is told, line by line.
func ByCommand(command string) scenario.Mover {
	return func(ctx context.Context, m scenario.Move, tell func(string)) (bool, error) {
		cmd := exec.CommandContext(ctx, "sh", "-c", command) //nolint:gosec // the operator's own command, on the operator's machine
		out := &teller{tell: tell}
		cmd.Env = environment(os.Environ(), m.AWS, m.Region)
		cmd.Stdout, cmd.Stderr = out, out
		cmd.WaitDelay = time.Second // for what it may have left running, with our output
		ended := cmd.Run()
		out.end()
		moved, err := answer(ctx, ended)
		switch {
		case err != nil && ctx.Err() == nil:
			err = fmt.Errorf("run %s: %w", command, err)
		case err == nil && !moved:
			tell(fmt.Sprintf("%s: %v", command, ended))
		}
		return moved, err
	}
}

// environment is a program's environment, with the rehearsal's AWS in place of whatever account the program would have reached.
func environment(of []string, e endpoints.AWS, region string) []string {
	var env []string
	for _, variable := range of {
		if !strings.HasPrefix(variable, "AWS_") {
			env = append(env, variable)
		}
	}
	return append(env,
		"AWS_ENDPOINT_URL="+e.Endpoint, "AWS_ACCESS_KEY_ID="+e.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+e.SecretAccessKey,
		"AWS_REGION="+region, "AWS_DEFAULT_REGION="+region,
		"AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
	)
}

// longestLine is how much of a line without an end is kept for one.
const longestLine = 4096

// teller tells what is written to it, line by line.
type teller struct {
	tell func(string)
	rest []byte
}

func (t *teller) Write(p []byte) (int, error) {
	t.rest = append(t.rest, p...)
	for {
		i := bytes.IndexByte(t.rest, '\n')
		if i < 0 && len(t.rest) < longestLine {
			return len(p), nil
		}
		if i < 0 {
			i = longestLine - 1
		}
		t.tell(strings.TrimRight(string(t.rest[:i+1]), "\r\n"))
		t.rest = t.rest[i+1:]
	}
}

// end tells what is left of a last line.
func (t *teller) end() {
	if len(t.rest) > 0 {
		t.tell(string(t.rest))
	}
}

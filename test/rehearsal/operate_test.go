package rehearsal

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// operate runs the operator's command on a rehearsal that is held, as an operator does: it knows where AWS is, and the credentials.
func operate(t *testing.T, e endpoints.AWS, args ...string) (code int, output []byte) {
	t.Helper()
	cmd := exec.Command(command, args...)
	cmd.Env = append(awsEnvironment(e), "XDG_STATE_HOME="+t.TempDir())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	t.Logf("warmstandby %v:\n%s%s", args, output, &stderr)
	return cmd.ProcessState.ExitCode(), output
}

// active is the home role that the command's status has as the active one, and the one that writes.
func active(t *testing.T, e endpoints.AWS) (active, writer string) {
	t.Helper()
	code, output := operate(t, e, "status", "--region", application.Secondary, "--json")
	var status struct{ Active, Writer string }
	if err := json.Unmarshal(output, &status); err != nil || code != 0 {
		t.Fatalf("exit code %d, %v", code, err)
	}
	return status.Active, status.Writer
}

// The runbooks' commands work on a rehearsal, without the pipeline.
func TestMoveByCommand(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "e.json")
	p := start(t, "--assembly", assembly, "--hold", "--endpoints", path)
	p.awaitHold()
	e := wantEndpoints(t, path)
	createTable(t, e)
	if now, writer := active(t, e.AWS); now != "pri" || writer != "pri" {
		t.Errorf("%s is active and %s writes before", now, writer)
	}
	if code, _ := operate(t, e.AWS, "assess", "--region", application.Secondary, "--mode", "switchover"); code != 0 {
		t.Errorf("assess: exit code %d", code)
	}
	if code, _ := operate(t, e.AWS, "switchover", "--region", application.Secondary, "--reason", "practice", "--yes"); code != 0 {
		t.Errorf("switchover: exit code %d", code)
	}
	if now, writer := active(t, e.AWS); now != "secd" || writer != "secd" {
		t.Errorf("%s is active and %s writes afterwards", now, writer)
	}
	wantMeasured(t, e.AWS, topology.Secondary, time.Now())
	p.signal(os.Interrupt)
	if rest := p.rest(); strings.Contains(rest, "Refused by policies") {
		t.Errorf("a role lacks something:\n%s", rest)
	}
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, p.stderr)
	}
}

package runbook

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// server runs scripts as a server would, with its records in a folder of the test's.
type server struct {
	t  *testing.T
	id string

	folder, log string
}

func newServer(t *testing.T) *server {
	folder := t.TempDir()
	return &server{t: t, id: "i-8009bfbb5bee5ad33", folder: filepath.Join(folder, "records"), log: filepath.Join(folder, "log")}
}

// command is a script as Run Command runs it. LOG is where it can write.
func (s *server) command(commands ...string) *exec.Cmd {
	text := strings.ReplaceAll(strings.Join(once(commands), "\n"), recordFolder, s.folder)
	cmd := exec.Command("/bin/sh", "-c", text)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LOG=" + s.log, instanceVariable + "=" + s.id}
	return cmd
}

// run runs a script and returns its exit code and output.
func (s *server) run(commands ...string) (int, string) {
	s.t.Helper()
	cmd := s.command(commands...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// lines is how often a script has written to LOG.
func (s *server) lines() int {
	s.t.Helper()
	data, err := os.ReadFile(s.log)
	if err != nil && !os.IsNotExist(err) {
		s.t.Fatal(err)
	}
	return bytes.Count(data, []byte("\n"))
}

const hello = `echo "Hello" >> "$LOG"`

func TestOnce(t *testing.T) {
	s := newServer(t)
	for range 3 {
		if code, out := s.run(hello); code != 0 {
			t.Errorf("exit code %d: %s", code, out)
		}
	}
	if got := s.lines(); got != 1 {
		t.Errorf("ran %d times, want once", got)
	}
	if _, out := s.run(hello); !strings.Contains(out, "has run on this server before") {
		t.Errorf("says %q", out)
	}
}

// Another script runs, and so does the same one on another server that was copied from this one.
func TestOncePerScriptAndServer(t *testing.T) {
	s := newServer(t)
	s.run(hello)
	s.run(hello, "true")
	s.id = "i-0b6084f517f2024fa"
	s.run(hello)
	if got := s.lines(); got != 3 {
		t.Errorf("ran %d times, want 3", got)
	}
}

func TestOnceRunsAgainAfterFailure(t *testing.T) {
	s := newServer(t)
	for _, end := range []string{"exit 3", "false", "kill -9 $$"} {
		before := s.lines()
		for range 2 {
			if code, _ := s.run(hello, end); code == 0 {
				t.Errorf("%s: succeeded", end)
			}
		}
		if got := s.lines() - before; got != 2 {
			t.Errorf("%s: ran %d times, want 2", end, got)
		}
	}
	if code, _ := s.run(hello, "exit 3"); code != 3 {
		t.Errorf("exit code %d, want the script's 3", code)
	}
	before := s.lines()
	s.run(hello, "exit 0")
	s.run(hello, "exit 0")
	if got := s.lines() - before; got != 1 {
		t.Errorf("with an exit of its own, ran %d times, want once", got)
	}
}

// Of events that arrive at the same time, one runs the script, and the others wait for it.
func TestOnceAtTheSameTime(t *testing.T) {
	s := newServer(t)
	gate := filepath.Join(t.TempDir(), "gate")
	script := []string{hello, `while [ ! -e ` + gate + ` ]; do :; done`}
	var running []*exec.Cmd
	for range 4 {
		cmd := s.command(script...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		running = append(running, cmd)
	}
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cmd := range running {
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
	if got := s.lines(); got != 1 {
		t.Errorf("ran %d times, want once", got)
	}
}

// What a script leaves running does not keep a later event waiting.
func TestOnceWithWhatStaysRunning(t *testing.T) {
	s := newServer(t)
	pid := filepath.Join(t.TempDir(), "pid")
	if code, out := s.run("sleep 60 >/dev/null 2>&1 & echo $! > " + pid); code != 0 {
		t.Fatal(out)
	}
	defer exec.Command("/bin/sh", "-c", "kill $(cat "+pid+")").Run()
	if _, out := s.run("sleep 60 >/dev/null 2>&1 & echo $! > " + pid); !strings.Contains(out, "before") {
		t.Errorf("says %q", out)
	}
}

func TestOnceFailsWhereItCannotRecord(t *testing.T) {
	s := newServer(t)
	if err := os.WriteFile(s.folder, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _ := s.run(hello); code == 0 || s.lines() != 0 {
		t.Errorf("exit code %d after %d runs, want a failure before the script", code, s.lines())
	}
}

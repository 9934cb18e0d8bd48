package rehearsal

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long something may take that takes no time on an idle machine.
const patience = 2 * time.Minute

// process is one run of the command. It has a directory for temporary files of its own, which shows what it leaves there, and by
// which its child processes can be told from others: each of them has the directory's name among its arguments.
type process struct {
	t         *testing.T
	cmd       *exec.Cmd
	temporary string
	output    io.Reader     // what it prints to standard output, until the caller has read it
	stderr    *bytes.Buffer // to be read after wait
}

// start starts the command rehearse.
func start(t *testing.T, args ...string) *process {
	t.Helper()
	temporary, err := os.MkdirTemp("", "ws-") // a test's own name would make too long a path for sockets
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(command, append([]string{"rehearse"}, args...)...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "TMPDIR="+temporary)
	p := &process{t: t, cmd: cmd, temporary: temporary, stderr: new(bytes.Buffer)}
	cmd.Stderr = p.stderr
	if p.output, err = cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		deadline.Stop()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		os.RemoveAll(temporary)
	})
	return p
}

// run runs the command rehearse to its end and returns its exit code and all that it printed.
func run(t *testing.T, args ...string) (p *process, code int, output string) {
	t.Helper()
	p = start(t, args...)
	text, err := io.ReadAll(p.output)
	if err != nil {
		t.Fatal(err)
	}
	code = p.wait()
	return p, code, string(text) + p.stderr.String()
}

// wait waits for the end and returns the exit code. The output has to be read before.
func (p *process) wait() int {
	p.t.Helper()
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.cmd.ProcessState.ExitCode()
}

// signal sends a signal.
func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// awaitHold reads what is printed until everything runs until it is interrupted.
func (p *process) awaitHold() {
	p.t.Helper()
	lines := bufio.NewScanner(p.output)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "Everything runs until Ctrl-C.") {
			return
		}
	}
	p.wait()
	p.t.Fatalf("ended before everything was up:\n%s", p.stderr)
}

// rest reads the rest of what is printed.
func (p *process) rest() string {
	p.t.Helper()
	text, err := io.ReadAll(p.output)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// log is what functions have logged, whatever else is in the log.
func (p *process) log() string {
	p.t.Helper()
	found, err := filepath.Glob(filepath.Join(p.temporary, "warmstandby-rehearsal-*.log"))
	if err != nil || len(found) != 1 {
		p.t.Fatalf("the log is %v, %v", found, err)
	}
	log, err := os.ReadFile(found[0])
	if err != nil {
		p.t.Fatal(err)
	}
	var lines strings.Builder
	for line := range strings.Lines(string(log)) {
		if strings.HasPrefix(line, "us-") {
			lines.WriteString(line)
		}
	}
	return lines.String()
}

// left is what the command has left behind: processes, with which its ports are gone too, and files other than its log.
func (p *process) left() []string {
	p.t.Helper()
	var left []string
	processes, err := exec.Command("ps", "-A", "-ww", "-o", "pid=,args=").Output()
	if err != nil {
		p.t.Fatal(err)
	}
	for line := range strings.Lines(string(processes)) {
		if strings.Contains(line, p.temporary) {
			left = append(left, "process "+strings.TrimSpace(line))
		}
	}
	files, err := os.ReadDir(p.temporary)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, file := range files {
		if isLog, _ := filepath.Match("warmstandby-rehearsal-*.log", file.Name()); !isLog {
			left = append(left, "file "+file.Name())
		}
	}
	return left
}

// eventually waits until nothing is wrong, and fails if something still is when patience has run out.
func eventually(t *testing.T, wrong func() []string) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		left := wrong()
		if len(left) == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("after %v there still is:\n%s", patience, strings.Join(left, "\n"))
		}
	}
}

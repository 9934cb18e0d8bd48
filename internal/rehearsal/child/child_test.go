package child_test

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/child"
)

// crashing makes the test binary a program that starts a child and a directory, says so, and waits to be killed.
const crashing = "CHILD_TEST_CRASH"

func TestMain(m *testing.M) {
	if os.Getenv(crashing) != "" {
		crash()
	}
	os.Exit(m.Run())
}

func crash() {
	cmd := exec.Command("/bin/sh", "-c", "read -r _; exit 1")
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		panic(err)
	}
	if _, err := child.Start(cmd); err != nil {
		panic(err)
	}
	dir, _, err := child.TempDir("warmstandby-child-")
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(dir+"/file", []byte("content"), 0o600); err != nil {
		panic(err)
	}
	os.Stdout.WriteString(dir + "\n")
	select {}
}

func TestCrashLeavesNothing(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), crashing+"=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	// The child and the janitor inherit this pipe, so its end is the end of both.
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = write
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	write.Close()
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimSpace(line)
	if _, err := os.Stat(dir + "/file"); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if out, err := io.ReadAll(read); err != nil || len(out) > 0 {
		t.Errorf("what was left behind said %q, %v", out, err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the process ended by itself")
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("stat %s: %v, want that it is gone", dir, err)
	}
}

func TestStart(t *testing.T) {
	var out bytes.Buffer
	cmd := exec.Command("/bin/sh", "-c", "echo hello; exit 3")
	cmd.Stdout = &out
	p, err := child.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	if got := p.Err(); got == nil || got.Error() != "exit status 3" {
		t.Errorf("ended with %v, want exit status 3", got)
	}
	if got := out.String(); got != "hello\n" {
		t.Errorf("wrote %q, want hello", got)
	}
	p.Kill()
}

func TestStartFailsWithoutTheProgram(t *testing.T) {
	p, err := child.Start(exec.Command("/nowhere/nothing"))
	if err == nil {
		p.Kill()
		t.Fatal("started what does not exist")
	}
	if !strings.Contains(err.Error(), "start /nowhere/nothing") {
		t.Errorf("error %q does not name the program", err)
	}
}

// TestKillReachesGrandchildren has a child that starts another, which holds the pipe: it ends only when both have.
func TestKillReachesGrandchildren(t *testing.T) {
	for name, script := range map[string]string{
		"the child is killed":       "sleep 1000 & echo started; wait",
		"the child ends by itself":  "sleep 1000 & echo started",
		"the child ignores signals": "trap '' TERM INT; sleep 1000 & echo started; wait",
	} {
		t.Run(name, func(t *testing.T) {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			defer read.Close()
			cmd := exec.Command("/bin/sh", "-c", script)
			cmd.Stdout = write
			p, err := child.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			write.Close()
			out := bufio.NewReader(read)
			if line, err := out.ReadString('\n'); err != nil || line != "started\n" {
				t.Fatalf("read %q, %v", line, err)
			}
			if p.Pid() <= 0 {
				t.Errorf("pid %d", p.Pid())
			}
			p.Kill()
			if rest, err := io.ReadAll(out); err != nil || len(rest) > 0 {
				t.Errorf("read %q, %v", rest, err)
			}
		})
	}
}

func TestErrIsNilWhileRunning(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "read -r _; exit 4")
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p, err := child.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	if p.Err() != nil {
		t.Errorf("ended with %v while running", p.Err())
	}
	input.Close()
	<-p.Done()
	if p.Err() == nil {
		t.Error("ended without an error")
	}
}

func TestTempDir(t *testing.T) {
	dir, remove, err := child.TempDir("warmstandby-child-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/file", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("stat %s: %v, want that it is gone", dir, err)
	}
}

func TestTempDirFailsWithoutItsParent(t *testing.T) {
	t.Setenv("TMPDIR", "/nowhere")
	if _, _, err := child.TempDir("warmstandby-child-"); err == nil {
		t.Error("made a directory in a directory that does not exist")
	}
}

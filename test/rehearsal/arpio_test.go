package rehearsal

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/warmstandby/warmstandby/internal/rehearsal/arpio"
)

// example is the message in Arpio's document, which tells of the server i-8009bfbb5bee5ad33.
const example = root + "/constructs/lifecycle/testdata/example.json"

// TestArpioExample goes through the example of Arpio's document to its end: after the event of a server that was recovered in a
// failover, the server's /tmp/hello.txt says hello.
func TestArpioExample(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	addresses, result := filepath.Join(directory, "e.json"), filepath.Join(directory, "out.json")
	p := start(t, "--assembly", recoveryAssembly, "--hold", "--endpoints", addresses)
	p.awaitHold()
	replay := exec.Command(command, "arpio", "replay", example, "--endpoints", addresses, "--json", result)
	output, err := replay.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, output)
	}
	var r arpio.Result
	decode(t, result, &r)
	if !r.OK || len(r.Events) != 1 || len(r.Executions) != 1 || r.Executions[0].Parameters["InstanceId"][0] != "i-8009bfbb5bee5ad33" {
		t.Errorf("got %+v", r)
	}
	for _, want := range []string{"matched  ToDoMgmt-recovery-Hello", `: detail.recovery-resource-state: wanted one of ["failed"], found "done"`, "Success"} {
		if !strings.Contains(string(output), want) {
			t.Errorf("the output does not say %s:\n%s", want, output)
		}
	}
	files, err := filepath.Glob(filepath.Join(p.temporary, "warmstandby-rehearsal-*", "instances", "i-8009bfbb5bee5ad33", "tmp", "hello.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the server has no /tmp/hello.txt: %v, %v", files, err)
	}
	hello, err := os.ReadFile(files[0])
	if err != nil || !regexp.MustCompile(`^Hello at time \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\n$`).Match(hello) {
		t.Errorf("it holds %q, %v", hello, err)
	}
	p.signal(syscall.SIGINT)
	p.rest()
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, p.stderr)
	}
	if left := p.left(); len(left) > 0 {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

func TestArpioFailover(t *testing.T) {
	t.Parallel()
	p, code, output := run(t, "--assembly", recoveryAssembly, "--scenario", "arpio-failover", "--seed", "11")
	if code != 0 || !strings.Contains(output, "OK: everything answered as specified.") || !strings.Contains(output, "DNS records point at what was recovered after a failover") {
		t.Errorf("exit code %d:\n%s", code, output)
	}
	if left := p.left(); len(left) > 0 {
		t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
	}
}

// An event of a server that lacks the tag must reach it by no permission: the runbook fails, and the command says so.
func TestArpioReplayThatFails(t *testing.T) {
	t.Parallel()
	changed := changedAssembly(t, "ToDoMgmt-recovery", `"ssm:resourceTag/Recovery"`, `"ssm:resourceTag/Other"`)
	replay := exec.Command(command, "arpio", "replay", example, "--assembly", changed, "--quiet")
	output, err := replay.CombinedOutput()
	if replay.ProcessState.ExitCode() != 1 {
		t.Fatalf("%v:\n%s", err, output)
	}
	if !strings.Contains(string(output), "is not authorized to perform: ssm:SendCommand on resource: arn:aws:ec2:") {
		t.Errorf("the output does not say why:\n%s", output)
	}
}

// changedAssembly is the assembly with the recovery stack, in whose template a text is replaced by another.
func changedAssembly(t *testing.T, stack, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	entries, err := os.ReadDir(recoveryAssembly)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		original := filepath.Join(recoveryAssembly, entry.Name())
		if entry.Name() != stack+".template.json" {
			if err := os.Symlink(original, filepath.Join(dir, entry.Name())); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(original)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.ReplaceAll(string(text), from, to)
		if changed == string(text) {
			t.Fatalf("%s does not have %s", original, from)
		}
		if err := os.WriteFile(filepath.Join(dir, entry.Name()), []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

package scripts

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// errInterrupted is what a command ends with that the operator interrupted.
var errInterrupted = errors.New("interrupted")

// TestMain is also the model's: the tests link this binary to the names of the commands that the scripts call.
func TestMain(m *testing.M) {
	switch name := filepath.Base(os.Args[0]); name {
	case "aws", "cdk":
		os.Exit(command(name, os.Args[1:]))
	}
	os.Exit(m.Run())
}

// command runs one command of the model and is its exit status.
func command(name string, args []string) int {
	path := os.Getenv(statePath)
	w, err := load(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 250
	}
	w.Calls = append(w.Calls, name+" "+strings.Join(args, " "))
	var answer any
	if name == "cdk" {
		err = w.cdk(args)
	} else {
		answer, err = w.aws(args)
	}
	if saveErr := w.save(path); saveErr != nil {
		err = saveErr
	}
	switch {
	case errors.Is(err, errInterrupted):
		// A terminal signals the script together with the command that it waits for.
		if err := syscall.Kill(os.Getppid(), syscall.SIGINT); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return 130
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		return map[string]int{"aws": 254, "cdk": 1}[name]
	}
	if answer != nil {
		_ = json.NewEncoder(os.Stdout).Encode(answer)
	}
	return 0
}

// repo is a copy of the repository's scripts with the model's commands around it.
type repo struct {
	folder string
	// input is what the operator types.
	input string
}

// newRepo is a repository that was never deployed; change may change its world.
func newRepo(t *testing.T, change ...func(*world)) *repo {
	t.Helper()
	r := &repo{folder: t.TempDir()}
	if err := os.CopyFS(filepath.Join(r.folder, "scripts"), os.DirFS("../../scripts")); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r.pin(t, `{"context": {"primaryRegion": "us-east-1"}}`)
	r.link(t, self, "node_modules/.bin/cdk")
	r.link(t, self, "bin/aws")
	r.link(t, node(t), "node_modules/.bin/node")
	w := &world{
		Caller: account, Configured: account, Application: "ToDoMgmt", Answer: `{"statusCode": 200, "body": "{}"}`,
		Buckets: map[string][]object{}, Late: map[string]int{}, Snapshots: map[string]string{},
	}
	r.write(t, w)
	r.change(t, change...)
	return r
}

// deployed is a repository whose application is deployed, with change made to its world afterwards.
func deployed(t *testing.T, change ...func(*world)) *repo {
	t.Helper()
	return restored(t, "retain", change...)
}

// unprotected is a repository whose application is deployed with removalPolicy=destroy.
func unprotected(t *testing.T, change ...func(*world)) *repo {
	t.Helper()
	return restored(t, "destroy", change...)
}

// worlds are the worlds that deploy.sh leaves, by removal policy.
var worlds = map[string][]byte{}

// restored is a repository with the world that deploy.sh leaves. It is deployed once for all tests. The test goes on in parallel
// with the others that call this, because each mostly waits for processes.
func restored(t *testing.T, policy string, change ...func(*world)) *repo {
	t.Helper()
	r := newRepo(t)
	if worlds[policy] == nil {
		w := r.run(t, "deploy.sh", "-c", "removalPolicy="+policy).succeeds(t).world
		w.Changes, w.Calls = nil, nil
		data, err := json.Marshal(w)
		if err != nil {
			t.Fatal(err)
		}
		worlds[policy] = data
	}
	if err := os.WriteFile(r.state(), worlds[policy], 0o600); err != nil {
		t.Fatal(err)
	}
	r.change(t, change...)
	t.Parallel()
	return r
}

// node is the Node.js that the repository has installed, or the machine's.
func node(t *testing.T) string {
	t.Helper()
	if path, err := filepath.Abs("../../node_modules/.bin/node"); err == nil {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("Node.js is not installed: run npm ci, or install it")
	}
	return path
}

func (r *repo) link(t *testing.T, target, name string) {
	t.Helper()
	path := filepath.Join(r.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// pin writes cdk.json, which pins the home Region or does not.
func (r *repo) pin(t *testing.T, cdkJSON string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.folder, "cdk.json"), []byte(cdkJSON), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (r *repo) state() string { return filepath.Join(r.folder, "world.json") }

func (r *repo) world(t *testing.T) *world {
	t.Helper()
	w, err := load(r.state())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (r *repo) write(t *testing.T, w *world) {
	t.Helper()
	if err := w.save(r.state()); err != nil {
		t.Fatal(err)
	}
}

func (r *repo) change(t *testing.T, change ...func(*world)) {
	t.Helper()
	w := r.world(t)
	for _, c := range change {
		c(w)
	}
	r.write(t, w)
}

// result is what a run of a script left.
type result struct {
	status int
	output string
	*world
}

// run runs a script, in an environment that has nothing of the machine's AWS configuration.
func (r *repo) run(t *testing.T, script string, args ...string) result {
	t.Helper()
	cmd := exec.Command(filepath.Join(r.folder, "scripts", script), args...)
	cmd.Dir = t.TempDir()
	cmd.Env = []string{
		"PATH=" + filepath.Join(r.folder, "bin") + ":/usr/bin:/bin", "TMPDIR=" + t.TempDir(), statePath + "=" + r.state(),
		// A binary with the race detector sleeps for a second before it exits, and the model's commands are many.
		"GORACE=atexit_sleep_ms=0",
	}
	cmd.Stdin = strings.NewReader(r.input)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(strings.TrimPrefix(cmd.Env[1], "TMPDIR=")); len(left) > 0 {
		t.Errorf("%s left %s in the temporary folder", script, left[0].Name())
	}
	return result{cmd.ProcessState.ExitCode(), output.String(), r.world(t)}
}

func (r result) succeeds(t *testing.T) result {
	t.Helper()
	return r.exits(t, 0)
}

// exits asserts the exit status, and that the output says each of some texts.
func (r result) exits(t *testing.T, status int, says ...string) result {
	t.Helper()
	if r.status != status {
		t.Fatalf("exit status %d, want %d; it said\n%s", r.status, status, r.output)
	}
	for _, text := range says {
		if !strings.Contains(r.output, text) {
			t.Errorf("%q is missing in\n%s", text, r.output)
		}
	}
	return r
}

// changed asserts the changes that were asked for, in order.
func (r result) changed(t *testing.T, want ...string) result {
	t.Helper()
	if got := strings.Join(r.Changes, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("changes\n%s\nwant\n%s\nit said\n%s", got, strings.Join(want, "\n"), r.output)
	}
	return r
}

// output runs a command of the machine in the repository.
func output(t *testing.T, r *repo, name string, args ...string) (string, error) {
	t.Helper()
	if name == "node" {
		name = node(t)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = r.folder
	out, err := cmd.CombinedOutput()
	return string(out), err
}

package sandbox_test

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/rehearsal/sandbox"
)

func newMachine(t *testing.T) *sandbox.Machine {
	t.Helper()
	m, err := sandbox.New(filepath.Join(t.TempDir(), "i-8009bfbb5bee5ad33"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func run(t *testing.T, m *sandbox.Machine, text string) sandbox.Result {
	t.Helper()
	r, err := m.Run(t.Context(), sandbox.Script{Text: text, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWritesBelowItsDirectory(t *testing.T) {
	m := newMachine(t)
	const outside = "/tmp/warmstandby-must-not-appear.txt"
	r := run(t, m, `date -u +"Hello at time %Y-%m-%d %H:%M:%S" >> `+outside+"\ncat "+outside)
	if r.ExitCode != 0 || !strings.HasPrefix(r.Stdout, "Hello at time 20") {
		t.Errorf("got %+v", r)
	}
	if _, err := os.Stat(outside); err == nil {
		t.Errorf("%s is on this machine", outside)
	}
	text, err := m.ReadFile(outside)
	if err != nil || string(text) != r.Stdout {
		t.Errorf("got %q, %v", text, err)
	}
	run(t, m, "echo again >> "+outside)
	if text, _ := m.ReadFile(outside); string(text) != r.Stdout+"again\n" {
		t.Errorf("a second script does not see what the first wrote: %q", text)
	}
}

func TestCannotReachTheMachine(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("a secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	t.Setenv("SECRET", "a secret")
	for name, script := range map[string]string{
		"reads a file":               "cat " + secret,
		"writes a file":              "echo x > " + secret,
		"reads this user's home":     "ls /home/* /root/.ssh /root/.aws",
		"reads passwords":            "cat /etc/shadow",
		"writes a program":           "echo x > /usr/bin/true",
		"writes below /bin":          "touch /bin/x",
		"makes /usr writable":        "mount -o remount,rw /usr",
		"makes /usr writable nested": "unshare -Urm mount -o remount,rw,bind /usr && touch /usr/x",
		"mounts":                     "mount -t tmpfs x /opt",
		"makes a device":             "mknod /tmp/sda b 8 0",
		"connects":                   "bash -c 'exec 3<>/dev/tcp/127.0.0.1/" + port + "'",
		"has the environment":        `test -n "$SECRET"`,
		"changes the root":           "chroot /usr /bin/true",
		"keeps the trouble pipe":     "echo x >&3",
		"sees other processes":       "kill -0 " + strconv.Itoa(os.Getpid()),
		"reads the disk":             "head -c 1 /dev/vda /dev/sda",
		"sees the parent's root":     "ls /proc/1/root/mnt",
	} {
		t.Run(name, func(t *testing.T) {
			if r := run(t, newMachine(t), script+"\n"); r.ExitCode == 0 {
				t.Errorf("it did: %+v", r)
			}
		})
	}
	if text, _ := os.ReadFile(secret); string(text) != "a secret" {
		t.Errorf("the file is now %q", text)
	}
}

func TestHasNoCapabilities(t *testing.T) {
	r := run(t, newMachine(t), `id -u; if [ -e /proc/self/status ]; then grep -E '^Cap(Eff|Prm|Bnd|Inh)' /proc/self/status; fi`)
	for i, line := range strings.Split(strings.TrimSpace(r.Stdout), "\n") {
		if i == 0 && line != "0" || i > 0 && !strings.HasSuffix(line, "\t0000000000000000") {
			t.Errorf("got %q", line)
		}
	}
}

func TestLinksLeadNowhere(t *testing.T) {
	target := t.TempDir()
	for _, path := range []string{"/usr", "/dev/null", "/etc", "/var", "/tmp", "/dev", "/var/lib/amazon"} {
		m := newMachine(t)
		run(t, m, "true")
		at := filepath.Join(m.Dir(), path)
		if err := os.RemoveAll(at); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, at); err != nil {
			t.Fatal(err)
		}
		if r, err := m.Run(t.Context(), sandbox.Script{Text: "echo x > /tmp/x; echo x > /var/x"}); err == nil {
			t.Errorf("%s: it ran: %+v", path, r)
		}
		if entries, _ := os.ReadDir(target); len(entries) > 0 {
			t.Errorf("%s: %v was written", path, entries)
		}
	}
	m := newMachine(t)
	run(t, m, "ln -s "+target+" /tmp/out; ln -s ../../../../../etc/hostname /tmp/up")
	if _, err := m.ReadFile("/tmp/out/x"); err == nil {
		t.Error("a link was followed out of the machine")
	}
}

func TestTakesNoLongerThanItMay(t *testing.T) {
	r, err := newMachine(t).Run(t.Context(), sandbox.Script{Text: "echo before; sleep 600 & sleep 600", Timeout: 300 * time.Millisecond})
	if err != nil || !r.TimedOut || r.ExitCode != -1 || r.Stdout != "before\n" {
		t.Errorf("got %+v, %v", r, err)
	}
}

func TestEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := newMachine(t)
	ended := make(chan error)
	go func() {
		_, err := m.Run(ctx, sandbox.Script{Text: "echo here > /tmp/started; sleep 600"})
		ended <- err
	}()
	for {
		if text, err := m.ReadFile("/tmp/started"); err == nil && len(text) > 0 {
			break
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestScripts(t *testing.T) {
	tests := []struct {
		name   string
		script sandbox.Script
		want   sandbox.Result
	}{
		{"exit code", sandbox.Script{Text: "echo out; echo err >&2; exit 3"}, sandbox.Result{ExitCode: 3, Stdout: "out\n", Stderr: "err\n"}},
		{"interpreter", sandbox.Script{Text: "#!/bin/bash\nx=(a b); echo ${x[1]}"}, sandbox.Result{Stdout: "b\n"}},
		{"environment", sandbox.Script{Text: "echo $A $HOME", Env: []string{"A=b c"}}, sandbox.Result{Stdout: "b c /root\n"}},
		{"directory", sandbox.Script{Text: "pwd", Directory: "/var/log"}, sandbox.Result{Stdout: "/var/log\n"}},
		{
			"no directory",
			sandbox.Script{Text: "pwd", Directory: "/none"},
			sandbox.Result{ExitCode: 1, Stderr: "cd /none: no such file or directory\n"},
		},
		{"output", sandbox.Script{Text: "head -c 3000000 /dev/zero | tr '\\0' x"}, sandbox.Result{Stdout: strings.Repeat("x", sandbox.MaxOutput)}},
		{"signal", sandbox.Script{Text: "sh -c 'kill -9 $$'; echo $?"}, sandbox.Result{Stdout: "137\n", Stderr: "Killed\n"}},
		{"no input", sandbox.Script{Text: "cat"}, sandbox.Result{}},
		{"background", sandbox.Script{Text: "sleep 600 >/dev/null 2>&1 & echo done"}, sandbox.Result{Stdout: "done\n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := newMachine(t).Run(t.Context(), tt.script)
			if err != nil || got != tt.want {
				t.Errorf("got %.200q %.200q %d, %v", got.Stdout, got.Stderr, got.ExitCode, err)
			}
		})
	}
}

func TestOneAfterTheOther(t *testing.T) {
	m := newMachine(t)
	errs := make(chan error)
	for range 4 {
		go func() {
			r, err := m.Run(t.Context(), sandbox.Script{Text: "mkdir /tmp/lock && sleep 0.05 && rmdir /tmp/lock"})
			if err == nil && r.ExitCode != 0 {
				err = errors.New(r.Stderr)
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

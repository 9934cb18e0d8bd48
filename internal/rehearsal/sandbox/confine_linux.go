package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// childName is what a process of this program is called that is to confine itself.
const childName = "warmstandby-confined"

// drainTime bounds how long output may be held up after the script has ended.
const drainTime = time.Second

// confine runs the layout's script in new namespaces until it ends or ctx does.
func confine(ctx context.Context, l layout, env []string) (Result, error) {
	instructions, err := json.Marshal(l)
	if err != nil {
		return Result{}, err
	}
	trouble, told, err := os.Pipe()
	if err != nil {
		return Result{}, err
	}
	defer trouble.Close()
	var stdout, stderr limited
	cmd := exec.CommandContext(ctx, "/proc/self/exe")
	cmd.Args = []string{childName, string(instructions)}
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles, cmd.WaitDelay = env, &stdout, &stderr, []*os.File{told}, drainTime
	cmd.SysProcAttr = namespaces()
	ended, err := start(cmd)
	told.Close()
	if err != nil {
		return Result{}, fmt.Errorf("%w: start a process in namespaces of its own: %w", ErrRefused, err)
	}
	why, readErr := io.ReadAll(trouble) // until the shell runs, or the process has ended
	err = <-ended
	switch {
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return Result{}, ctx.Err()
	case len(why) > 0:
		return Result{}, fmt.Errorf("%w: %s", ErrRefused, why)
	case readErr != nil:
		return Result{}, readErr
	}
	return result(ctx, err, &stdout, &stderr)
}

// result is what came of a script that ran.
func result(ctx context.Context, err error, stdout, stderr *limited) (Result, error) {
	r := Result{Stdout: stdout.String(), Stderr: stderr.String()}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		r.ExitCode = exit.ExitCode()
		r.TimedOut = r.ExitCode == -1 && ctx.Err() != nil
		return r, nil
	}
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it left something behind that held its output
	}
	return r, err
}

// start starts a command whose parent is a thread that lasts as long as the command does: Linux takes the end of the thread
// for the end of the parent.
func start(cmd *exec.Cmd) (ended <-chan error, err error) {
	began, over := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		began <- err
		if err == nil {
			over <- cmd.Wait()
		}
	}()
	return over, <-began
}

// namespaces are the attributes of a process that has every namespace to itself, in which it is root.
func namespaces() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID |
			syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Setpgid:     true,
		Pdeathsig:   syscall.SIGKILL,
	}
}

package child

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// janitor removes a directory once its standard input ends, which it does when the process that holds the other end
// does, however it ends. It tries twice, because what is still being killed may write while the first try removes.
const janitor = `trap '' HUP INT TERM; read -r _; rm -rf -- "$1" 2>/dev/null || { sleep 1; rm -rf -- "$1"; }`

// TempDir makes a directory under [os.TempDir] whose name begins with prefix. It is removed by remove, and also when
// this process ends without calling it.
func TempDir(prefix string) (dir string, remove func() error, err error) {
	dir, err = os.MkdirTemp("", prefix)
	if err != nil {
		return "", nil, err
	}
	cmd := exec.Command("/bin/sh", "-c", janitor, "janitor", dir)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	input, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return "", nil, errors.Join(fmt.Errorf("watch over %s: %w", dir, err), os.RemoveAll(dir))
	}
	return dir, func() error {
		return errors.Join(os.RemoveAll(dir), input.Close(), cmd.Wait())
	}, nil
}

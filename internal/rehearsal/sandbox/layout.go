package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// layout is what a confined process finds where.
type layout struct {
	// Root is the directory of this machine that becomes the root.
	Root string

	// Binds are directories and files of this machine that are seen, read-only, at the same paths.
	Binds []string

	// Script is the path of the script, and Directory where it starts, on the instance.
	Script, Directory string
}

// system are this machine's directories with programs and libraries.
var system = []string{"usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32"}

// systemFiles are this machine's files and directories that programs need: the linker's, and links to programs.
var systemFiles = []string{"etc/ld.so.cache", "etc/alternatives"}

// devices are those that have no state.
var devices = []string{"dev/null", "dev/zero", "dev/full", "dev/random", "dev/urandom"}

// own are the instance's own directories.
var own = []string{"tmp", "var/tmp", "var/log", "opt", "home", "root", "srv", "run", "etc", "dev", "proc"}

// files are the instance's own files.
var files = map[string]string{
	"etc/passwd":   "root:x:0:0:root:/root:/bin/sh\n",
	"etc/group":    "root:x:0:\n",
	"etc/hostname": "instance\n",
	"etc/hosts":    "127.0.0.1 localhost\n",
}

// links are those that programs expect below /dev.
var links = map[string]string{
	"dev/fd": "/proc/self/fd", "dev/stdin": "/proc/self/fd/0", "dev/stdout": "/proc/self/fd/1", "dev/stderr": "/proc/self/fd/2",
}

// prepare makes what the machine's directory lacks: its own directories, files and links, and places for what is mounted. An
// earlier script may have left anything there, so nothing is followed out of the directory.
func (m *Machine) prepare() (layout, error) {
	l := layout{Root: m.dir}
	root, err := os.OpenRoot(m.dir)
	if err != nil {
		return l, err
	}
	defer root.Close()
	for _, name := range own {
		if err := root.MkdirAll(name, 0o755); err != nil {
			return l, err
		}
	}
	for _, name := range []string{"tmp", "var/tmp"} {
		if err := root.Chmod(name, 0o777|fs.ModeSticky); err != nil {
			return l, err
		}
	}
	for name, text := range files {
		if err := writeNew(root, name, text); err != nil {
			return l, err
		}
	}
	for name, target := range links {
		if err := link(root, name, target); err != nil {
			return l, err
		}
	}
	for _, name := range append(append(append([]string{}, system...), systemFiles...), devices...) {
		if err := l.show(root, name); err != nil {
			return l, err
		}
	}
	return l, nil
}

// show makes something of this machine visible at the same path, if it exists: a link is copied, and for anything else there
// is made a place to mount it on.
func (l *layout) show(root *os.Root, name string) error {
	info, err := os.Lstat("/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink("/" + name)
		if err != nil {
			return err
		}
		return link(root, name, target)
	}
	l.Binds = append(l.Binds, name)
	if !info.IsDir() {
		return writeNew(root, name, "")
	}
	if err := root.MkdirAll(name, 0o755); err != nil {
		return err
	}
	return real(root, name)
}

// writeNew writes a file unless there is one.
func writeNew(root *os.Root, name, text string) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return real(root, name)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// link makes a link unless there is the same one.
func link(root *os.Root, name, target string) error {
	err := root.Symlink(target, name)
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if got, err := root.Readlink(name); err != nil || got != target {
		return fmt.Errorf("/%s must be a link to %s: an earlier script has changed it", name, target)
	}
	return nil
}

// real fails if a path has become a link, which a mount would follow.
func real(root *os.Root, name string) error {
	parts := strings.Split(name, "/")
	for i := range parts {
		at := strings.Join(parts[:i+1], "/")
		info, err := root.Lstat(at)
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return fmt.Errorf("/%s must not be a link: an earlier script has changed it", at)
		}
	}
	return nil
}

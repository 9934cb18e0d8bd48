package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"unsafe"
)

// troubleFD is where the child tells why it cannot confine itself. The shell does not inherit it.
const troubleFD = 3

// init turns the process into the one that confine has started, if it is that one. It is then the first process of its
// namespace, which nothing else of that name ever is.
func init() {
	if os.Args[0] != childName || os.Getpid() != 1 || len(os.Args) != 2 {
		return
	}
	err := enter(os.Args[1])
	fmt.Fprintf(os.NewFile(troubleFD, "trouble"), "%v", err)
	os.Exit(1)
}

// enter confines this process and makes it the script's shell. It returns only if it cannot.
func enter(instructions string) error {
	syscall.CloseOnExec(troubleFD)
	var l layout
	if err := json.Unmarshal([]byte(instructions), &l); err != nil {
		return err
	}
	syscall.Umask(0o022)
	for _, step := range []func(layout) error{mountAll, changeRoot, dropPrivileges, limit} {
		if err := step(l); err != nil {
			return err
		}
	}
	if err := syscall.Chdir(l.Directory); err != nil {
		fmt.Fprintf(os.Stderr, "cd %s: %v\n", l.Directory, err)
		os.Exit(1)
	}
	return failed("execute /bin/sh", syscall.Exec("/bin/sh", []string{"sh", "-c", l.Script}, os.Environ()))
}

// Attributes of mounts (mount_setattr(2)).
const (
	readOnly  = 0x1
	noSetuid  = 0x2
	noDevices = 0x4
)

// mountAll mounts what the script may see below the new root.
func mountAll(l layout) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return failed("keep mounts to itself", err)
	}
	if err := syscall.Mount(l.Root, l.Root, "", syscall.MS_BIND|syscall.MS_REC, ""); err != nil {
		return failed("mount "+l.Root, err)
	}
	if err := setAttributes(l.Root, 0, noSetuid|noDevices); err != nil {
		return err
	}
	for _, name := range l.Binds {
		target := filepath.Join(l.Root, name)
		if err := syscall.Mount("/"+name, target, "", syscall.MS_BIND|syscall.MS_REC, ""); err != nil {
			return failed("mount /"+name, err)
		}
		attributes := uint64(readOnly | noSetuid)
		if !slices.Contains(devices, name) {
			attributes |= noDevices
		}
		if err := setAttributes(target, recursive, attributes); err != nil {
			return err
		}
	}
	proc := filepath.Join(l.Root, "proc")
	err := syscall.Mount("proc", proc, "proc", syscall.MS_NOSUID|syscall.MS_NODEV|syscall.MS_NOEXEC, "")
	if err != nil && !errors.Is(err, syscall.EPERM) { // where parts of it are hidden, there is none
		return failed("mount /proc", err)
	}
	return nil
}

const (
	recursive       = 0x8000 // AT_RECURSIVE
	mountSetattr    = 442    // the system call's number on every architecture
	workingFD       = -100   // AT_FDCWD
	capLastPossible = 63
)

// setAttributes sets attributes of a mount, of those below it too if flags say so.
func setAttributes(path string, flags uintptr, attributes uint64) error {
	name, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	attr := struct{ set, clear, propagation, userNamespace uint64 }{set: attributes}
	at := workingFD
	if _, _, errno := syscall.Syscall6(mountSetattr, uintptr(at), uintptr(unsafe.Pointer(name)), flags,
		uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0); errno != 0 {
		return failed("make "+path+" read-only (needs Linux 5.12)", errno)
	}
	return nil
}

// changeRoot makes the instance's directory the root, and everything else unreachable.
func changeRoot(l layout) error {
	if err := syscall.Chdir(l.Root); err != nil {
		return failed("enter "+l.Root, err)
	}
	if err := syscall.PivotRoot(".", "."); err != nil {
		return failed("change the root", err)
	}
	if err := syscall.Unmount(".", syscall.MNT_DETACH); err != nil {
		return failed("leave this machine's root", err)
	}
	return failed("enter the root", syscall.Chdir("/"))
}

// limit sets limits that only a privileged process could raise.
func limit(layout) error {
	for resource, value := range map[int]uint64{
		syscall.RLIMIT_CPU:   uint64(MaxTime.Seconds()),
		syscall.RLIMIT_FSIZE: maxFile,
		syscall.RLIMIT_AS:    maxMemory,
		syscall.RLIMIT_CORE:  0,
	} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: value, Max: value}); err != nil {
			return failed("limit a resource", err)
		}
	}
	return nil
}

// Options of prctl(2).
const (
	setNoNewPrivileges  = 38
	dropFromBoundingSet = 24
	capabilityVersion   = 0x20080522 // _LINUX_CAPABILITY_VERSION_3
)

// dropPrivileges gives up all capabilities for good. With them the script could make mounts writable again.
func dropPrivileges(layout) error {
	if _, _, errno := syscall.RawSyscall6(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0, 0, 0, 0); errno != 0 {
		return failed("give up privileges", errno)
	}
	for capability := range uintptr(capLastPossible + 1) {
		_, _, errno := syscall.RawSyscall(syscall.SYS_PRCTL, dropFromBoundingSet, capability, 0)
		if errno == syscall.EINVAL {
			break // the last capability that this kernel has was the one before
		}
		if errno != 0 {
			return failed("give up a capability", errno)
		}
	}
	header := struct {
		version uint32
		pid     int32
	}{version: capabilityVersion}
	var none [2]struct{ effective, permitted, inheritable uint32 }
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&none)), 0); errno != 0 {
		return failed("give up capabilities", errno)
	}
	return nil
}

// failed is an error of a step, or nil.
func failed(step string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", step, err)
}

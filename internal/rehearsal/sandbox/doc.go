// Package sandbox runs shell scripts for simulated instances, each in a throw-away directory, and never outside of it.
//
//	m, err := sandbox.New("/tmp/rehearsal-1/i-8009bfbb5bee5ad33")
//	result, err := m.Run(ctx, sandbox.Script{Text: "date >> /tmp/hello.txt"})
//	text, err := m.ReadFile("tmp/hello.txt")
//
// A script runs for real, with this machine's own shell and programs. It runs in Linux namespaces of its own, which need no
// privilege where the kernel lets users have them:
//
//   - Its root is the instance's directory. /tmp, /var, /opt, /home and everything else that it may write is there. Of this
//     machine it sees /usr, /bin, /sbin and /lib, read-only, and of /dev what has no state. It sees no home directory, no
//     configuration, and no other instance.
//   - It has no network, not even the loopback interface, no other processes to signal, and no shared memory.
//   - It is root there and nowhere else: a user namespace maps it to the user who runs the rehearsal. All capabilities are
//     dropped before it starts, and it cannot get any again, so that what is mounted read-only stays so.
//   - Time, processor time, memory, and the size of each file and of the output are limited. Whatever it leaves running ends
//     with it, and with this process.
//   - Its environment is what [Script] says, and nothing of this process's.
//
// Where the kernel does not permit that, nothing is run: [ErrRefused] says what is missing. That is so in many containers, and on
// systems whose AppArmor keeps unprivileged users from user namespaces (sysctl kernel.apparmor_restrict_unprivileged_userns).
// There is no way around it here, because a script that is not confined would do to this machine what it is to do to an instance.
//
// # How it works
//
// The process starts itself again in new namespaces, under a name that this package's init function looks for. It mounts what the
// script may see, makes the instance's directory its root (pivot_root), drops its capabilities, and executes the shell. Why it
// could not is told through a pipe that the shell does not inherit.
//
// # What is left out
//
// System calls are not filtered, the number of processes is not limited where the script's user is this machine's root, and the
// disk is not: scripts are those of the application's own documents, not an attacker's. Where the kernel hides parts of /proc, an
// instance has none.
package sandbox

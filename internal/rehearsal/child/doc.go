// Package child runs what a rehearsal starts outside its own process, so that nothing of it outlives the rehearsal.
//
// [Start] runs a command in a process group of its own. [Process.Kill] ends the whole group, and so does the command's
// own end: what it has started goes with it. On Linux the kernel also kills the command when this process ends for
// whatever reason, including a kill that no handler sees. Ctrl-C on a terminal reaches this process only, which then
// decides in which order things end.
//
// [TempDir] is the same promise for files: a directory that goes with this process.
package child

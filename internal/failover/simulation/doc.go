// Package simulation runs the failover engine against a simulated AWS, in one process and under virtual time, while clients read and
// write. A seed decides everything; the same seed gives the same run, to the nanosecond.
//
// [Draw] makes a [Scenario] of a seed: the state at the start, who moves the application and how, when engines are killed and go on,
// and what goes wrong. [Run] runs it in a bubble of testing/synctest and returns a [Report] with the invariants that did not hold, and
// with a trace if one is wanted. A [Tally] counts what scenarios had in them.
//
// # What is simulated
//
// RDS, its metrics and CloudFront's key-value store are those of package awssim, called in process through clients that have the SDK's
// types and errors; package fault decides which calls fail and how. A changing call whose caller has gone, or has given up, has its
// effect nevertheless, up to four seconds later. An engine dies without a word: none of its goroutines gets further than to its next
// call, sleep or look at the clock. Four edge locations each learn of each key at a time of their own; they route as the function at
// the edge does. Clusters hold writes: a promotion with data loss cuts them where replication was, a switchover does not. A former
// primary that does not know that it is one goes on writing.
//
// # What must hold
//
// At every instant, that is, whenever anything has changed:
//
//   - Databases: both clusters accept writes only after a promotion with data loss, since AWS fences a former primary as well as it
//     can, and promises nothing.
//   - Routes: no location routes writes to a Region whose cluster is not the writer, whether or not its database would take them.
//     Locations that do not know of a change count with what they know. Requests that are on their way count at their departure;
//     instead, none may be in flight to the Region that a switchover leaves when the engine asks for it.
//   - Through the edge, writes can be taken in one Region at most.
//   - Routes are excused after somebody has moved the writer past the engine, because there was no fence. That ends as soon as all
//     locations know of what an engine did to the fence or the active Region after it has seen the promotion. Of the two writers that a detachment leaves, the application's is the one that an engine detached, until the edge is opened
//     for one of them.
//   - Writes are let through to the target only after one has succeeded there.
//   - A run changes the store only while no other run holds the lease.
//   - A failover and a detachment call nothing in the Region that they leave; a planned move makes only its own calls there; and
//     nothing is looked at more than once a second, over ten seconds.
//   - All the time of a step is told as spent waiting: the engine's own work takes none here.
//
// At the end of each call of the engine: the result is what has become of the application, but for what others did within the age
// that answers may have; a run that was refused, or had nothing to do, has changed nothing; and calling again changes nothing.
//
// In the end: a planned move has lost no acknowledged write, and no write is there twice; another move has lost none that is older
// than the lag that it reported; all locations know the same; and either writes are not fenced, or an operator was told so or knows of
// a call that was killed. If everything works again, the run that left the fence ends without one.
//
// # What is left out
//
// Answers of the key-value store may be stale, but its keys are not older than a version that the same caller has seen: AWS does not
// say so, and without it no version could protect anything. What a Region's control plane shows is never older than that either,
// though its data plane may be cut off. The function at the edge reads both keys at the same time. A read by a client takes no time.
// A lag that a run found out before it was killed is not compared with what was lost, since only results are.
package simulation

// Package failover moves an application from one Region to the other: the writer of its Aurora global database, and the traffic
// at its edge, nothing else.
//
// An [Engine] is level-triggered. [Engine.Move] looks at the edge's key-value store and at the global database, does the first
// thing that is missing on the way to the [Request]'s target, and looks again:
//
//		lease → assess → fence → drain → promote → writer → ready → shift → release → drop
//
//	  - lease: takes the lease in the store, which keeps other runs away. All changes of the store are made on condition that it is
//	    as it was seen, and renew the lease.
//	  - assess: observes everything and decides ([Assess]). A no-go ends the run before anything was changed.
//	  - fence: makes the edge refuse writes, sees that it does, and gives its locations time to learn it.
//	  - drain (planned moves): waits until no request can be in flight any more.
//	  - promote: writes down that it asks, and asks RDS. A switchover is asked for in the writer's Region, everything else in the
//	    target's.
//	  - writer: waits until nothing is in progress, the global database is available, and the target is its writer. States that
//	    nobody has heard of mean waiting.
//	  - ready: writes through the target's own function, so through its proxy.
//	  - shift: makes the target the active Region, sees reads answered from there, and gives the edge time to learn it.
//	  - release: makes the edge accept writes, and sees that one would arrive at the target.
//
// The engine remembers nothing between calls: killed at any point and called again with the same Request, it goes on. The lease
// says since when the run waits for what, so that time-outs hold across calls.
//
// # Failure
//
// Before the promotion a run that fails puts everything back. After it, it only goes forward, or stops with writes fenced and says
// what to do next. What was asked of RDS and neither seen in progress nor done after [Settings.Stale] did not happen; only then is
// anything put back. An operation that somebody else began is adopted if it makes the target the writer, and stops the run
// if it makes another cluster the writer.
//
// # What it uses
//
// Everything of AWS is behind the narrow interfaces of [Clients]. A failover and a detach use the target's Region and the
// key-value store, whose endpoint belongs to no Region. Calls that change nothing are repeated after throttling, errors of the
// service and time-outs; all others are made once, and what they did is looked at. Nothing is looked at more than once a second.
package failover

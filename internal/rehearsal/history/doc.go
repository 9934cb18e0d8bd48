// Package history is clients that read and write through the edge for as long as something else happens, and remember everything:
// when they asked for what, who answered what, and what they were promised.
//
// What was promised is an acknowledged write. After the event, [History.Audit] compares the promises with what the database holds:
// which are lost, which are there twice. All measurements are of the clients: how long nobody could read or write, how many requests
// failed and why, when the first write succeeded. None is the system's own word.
//
// The load is open: requests are sent when they are due, whether or not those before have been answered. A client sends a write once,
// and never again, so that nothing can be there twice by its own doing. What a write without an answer did is not known; it is
// counted neither as promised nor as lost.
package history

// Package recoverytest makes histories of a recovery environment as Arpio announces them, and as EventBridge delivers that: with
// events lost, repeated, late and in another order, with fields that nobody knows yet, with events of the next schema version
// beside those of this one, with hostile content in every string that somebody can choose, and some of a megabyte.
//
// The same seed makes the same history.
package recoverytest

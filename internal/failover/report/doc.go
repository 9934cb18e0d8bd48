// Package report makes the report of a run out of its journal: who moved the application, why, what was seen, what was done and
// how long it took, what was lost, and what remains to be done.
//
// [Build] is a pure function of the journal's entries. A [Report] has three forms: JSON, whose schema is that of the types here
// and is versioned by [Version] (docs/report.schema.json is made of them), text for people ([Report.Markdown]), and a page for
// people ([Report.HTML]), which is one file. All have the same figures. Times are UTC, durations are seconds.
//
// A rehearsal adds what clients saw and what was done to the Regions ([Rehearsal]). This package neither runs nor measures
// anything.
//
// # What is measured
//
// The recovery time (RTO) ends when the first write was verified in the target. It begins with the interruption where the run
// itself is the interruption: when it began to refuse writes, in planned moves. In a failover nobody has told the run when the
// trouble began, so it begins with the run; [Span.From] says which. The recovery point (RPO) of a planned move is zero by
// design. That of a failover is an upper bound: the lag that was seen last, and its age when the target was promoted.
//
// # What is left out
//
// Which writes were lost in AWS. Aurora keeps a snapshot of the former writer; what remains to be done says where. In a rehearsal the
// clients know, and the report names them.
package report

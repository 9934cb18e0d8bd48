// Package failoverpipeline defines the pipeline that makes a Region the active one of an application that runs in one Region and
// stands by in another.
//
//	Source → Assess → Approve → Move → Verify → Report → Hold → Return → VerifyReturn → ReportReturn
//	                                                     └──────────── drills only ────────────┘
//
// [New] defines it in the Region that it activates, with everything that it needs: a failover asks nothing of the Region that has
// failed. An application has two, one in each Region, and each of them is the other's way back.
//
//   - Source takes an object that says nothing, because a pipeline begins with a source. It is in the bucket of the reports.
//     Nothing watches it: only people and their programs start the pipeline, with the variables [Variables].
//   - Assess observes everything that matters and decides. A no-go ends the run, with every reason and what to do about it.
//   - Approve shows the assessment's figures and waits for somebody, for [ApprovalMinutes]. That is short, because runs are queued
//     behind it. Move assesses again, so an approval of what has changed since does no harm.
//   - Move moves the database's writer and the traffic. It is the only function that may change anything.
//   - Verify reads and writes through the edge once more.
//   - Report writes the report. If a run ends before that, for whatever reason, a rule has it written nevertheless.
//   - In a drill, Hold waits for somebody, for up to [HoldMinutes], and the rest goes back in the same way. In all other modes
//     these stages are skipped: an entry condition checks the variable mode, see "Configure conditions for a stage" and
//     "VariableCheck" in the CodePipeline user guide.
//
// The variable reason has no default. A pipeline starts by itself when it is created, unless a variable is missing.
//
// # Defaults
//
// Runs are queued. Nothing is ever rolled back: CodePipeline's rollback repeats stages of an older run, which would move the
// database by itself. Artifacts, reports and notifications are encrypted with a key of their own. Buckets and topic take TLS only.
// Each function has a role that may do what the function does, and nothing else.
//
// The functions are this module's own. An app in another module builds them from there, which takes their modules in its go.mod:
// go get -tool github.com/warmstandby/warmstandby/functions/failovermove
//
// # Notifications
//
// [Pipeline.Topic] gets what waits for an approval, runs that fail or are stopped, functions that fail, and a move that takes longer
// than an hour. Subscribe to it.
package failoverpipeline

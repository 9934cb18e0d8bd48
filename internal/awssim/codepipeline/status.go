package codepipeline

// Execution modes of a pipeline (CPUG, "How pipeline executions work").
const (
	Superseded = "SUPERSEDED"
	Queued     = "QUEUED"
	Parallel   = "PARALLEL"
)

// Statuses of executions of pipelines, stages, actions and rules, and of jobs (API reference). Not each has all of them.
const (
	InProgress    = "InProgress"
	Stopping      = "Stopping"
	Stopped       = "Stopped"
	Succeeded     = "Succeeded"
	Failed        = "Failed"
	Skipped       = "Skipped"
	Abandoned     = "Abandoned"
	SupersededRun = "Superseded"
	JobCreated    = "Created"
	JobTimedOut   = "TimedOut"
)

// Package pipelineaction is what the functions of a failover have in common: each does one [Action] for whoever invokes it.
//
//   - CodePipeline, as an action of a pipeline. The action's UserParameters are an [Input]. The job is always answered: with
//     variables for later actions, with a failure that says what to do, or with a continuation token when the function's own
//     time runs short, upon which CodePipeline invokes it again. Panics, wrong input and an engine that hangs are answered too.
//     If the answer itself cannot be delivered, the invocation fails: Lambda repeats asynchronous ones, and the engine goes on
//     from what it finds. See "Lambda" in the action structure reference, and "Invoke a Lambda function in a pipeline", of the
//     CodePipeline user guide.
//   - Anybody who may, directly, with the [Input] as the event. The answer is the result as JSON.
//   - EventBridge, with a change of a pipeline execution's state, which asks for the report of a run that failed.
//
// The event of a job holds credentials for the pipeline's artifacts. They are not even decoded, and events are never logged.
//
// What is moved is described by the topology document, which each invocation reads from a parameter of its own Region. If that
// fails, the document of an earlier invocation serves.
package pipelineaction

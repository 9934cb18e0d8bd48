// Package codepipeline runs the pipelines of an [awssim.Cloud] as CodePipeline does.
//
// The operations ([Start], [Stop], [Retry], [Succeed], [Fail], [Approve], [SetTransition]) are what callers of the API ask for. They
// change the cloud's state and return. An [Executor] does the rest: it moves executions on, invokes functions, and lets time run
// out.
//
//	executor := codepipeline.New(codepipeline.Options{Cloud: cloud})
//	defer executor.Close()
//	cloud.Do(func(s *awssim.State) { id, err = codepipeline.Start(s, s.Region("us-east-1"), codepipeline.StartInput{Pipeline: "Failover"}) })
//
// The executor works whenever an operation was made, a function has been invoked, or the next deadline has come; it does not poll.
// Everything that it decides, it decides with the cloud's lock, from the state alone.
//
// # What is run
//
// Behaviour is that of the CodePipeline user guide (CPUG) and API reference, by page:
//
//   - "Start a pipeline in CodePipeline": the creation of a pipeline starts it.
//   - "How pipeline executions work" and "How stage conditions work": modes, locks, transitions, stopping, conditions.
//   - "Retry a failed stage or failed actions in a stage".
//   - "Variables reference": namespaces and what they resolve to.
//   - "Amazon S3 source action reference": the object is copied into the artifact store, in the name of the action's role.
//   - "AWS Lambda invoke action reference" and "Invoke an AWS Lambda function in a pipeline": event, answers, continuation.
//   - "Manual approval action reference" and "JSON data format for manual approval notifications".
//   - "Rule structure reference": VariableCheck and LambdaInvoke.
//
// An asynchronous invocation that ends with a function error is made twice more, after one and after two minutes (Lambda developer
// guide, "How Lambda handles errors and retries with asynchronous invocation").
//
// # What is left out
//
// Actions of other providers fail when they are to run, and say that they are not rehearsed. Rules of other providers, and results of
// conditions but FAIL and SKIP, are refused by [Check]. There are no triggers but the pipeline's creation and StartPipelineExecution,
// no rollback, no overriding of conditions, and no updates of pipelines. Artifacts are not encrypted: their key's policy is asked,
// nothing more. The credentials in a function's event are those of the action's role; CodePipeline narrows them down to the
// artifacts. Objects have no versions in simulated S3, so a version's id is the object's ETag. AWS does not say how long after a
// continuation token the function is invoked again: here it is at once.
package codepipeline

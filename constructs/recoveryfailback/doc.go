// Package recoveryfailback defines the way home after a failover with Arpio: the nine steps of Arpio's failback document as an
// Automation runbook, of which every execution is a record.
//
//	primary ready? → test failback → window → failback → DNS → works? → conclude → access removed → protected? → test recovery
//
// What a program can check, the runbook checks; what it can do, it does: it flips DNS back. What only a person can do in Arpio waits
// for a person, with instructions, and for the approval that it was done. A rejection or a failed check ends the execution; when the
// cause is removed, a new one goes on where that ended, with the parameter From.
//
//	aws ssm start-automation-execution --document-name NAME --parameters From=verify
//
// # Who approves
//
// The people and roles of [Props.Approvers]; by default whoever may take the role [Failback.Operator], which can start, watch, approve
// and stop executions, and nothing else. A message with the instructions goes to a topic, and by email to [Props.Emails].
//
// # What is checked
//
// That the application answers at PrimaryURL before and after data comes back, and at PublicURL once DNS was flipped; that the stack
// AccessStack, with which Arpio gets access to the primary environment, is complete when it is needed and gone in the end. Each
// check is left out where its setting is, and the instructions then ask a person for it.
//
// # The record
//
// Systems Manager keeps an execution, with who approved what and when and what was found, for 30 days. When one has ended, in whatever
// way, the function therefore writes all of it to its own log, beside what it has found before. Each step's and execution's changes of status
// are also written to another log group, as they happen. Both logs are kept as long as [Props.LogRetention] says.
//
// # In another module
//
// The function that checks is built from this module, with the modules that it needs. An app of another module that uses this construct
// keeps them in its go.mod with:
//
//	go get -tool github.com/warmstandby/warmstandby/functions/failbackcheck
//
// # What is left out
//
// Arpio has no interface here to start a failback or conclude a recovery, so both are asked of a person. A primary environment in
// another AWS account is checked by its URLs only: leave AccessStack unset there.
//
// Sources: Arpio, "Failback"; AWS Systems Manager User Guide, "aws:approve", "aws:branch" and "aws:invokeLambdaFunction"; Amazon
// EventBridge events reference, AWS Systems Manager.
package recoveryfailback

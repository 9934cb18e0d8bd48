// Package runbookrule starts an Automation runbook of AWS Systems Manager when Arpio announces something.
//
// A [Rule] is an EventBridge rule on Arpio's bus, with all that its target takes:
//
//	Arpio's bus ──pattern──▶ Rule ──input transformer──▶ Runbook
//	                          └──undelivered──▶ dead-letter queue ──▶ alarm
//
// The target is the runbook's automation definition. The input transformer makes parameters of an event's fields, each a list, as
// Systems Manager wants them. EventBridge delivers as a role that may start that runbook and pass that runbook's role, nothing else.
//
// [NewScript] is the whole of the common case in one call: run a script on every server that Arpio has recovered for a failover.
//
// # Defaults
//
// EventBridge tries for 24 hours and 185 times. What it gives up waits 14 days in a dead-letter queue, which is encrypted and takes
// messages over TLS and from this rule only. One alarm goes off when an event was given up, another while one waits.
//
// # Repeats
//
// EventBridge delivers an event at least once, and Arpio announces a resource again when a recovery is tried again. So a runbook can
// run more than once for a server, and must bear that. The script of [NewScript] does nothing on a server where it has succeeded.
//
// # Many at once
//
// Each event starts an execution of its own. Systems Manager runs 100 of an account at the same time in a Region, unless that
// quota was raised or adapts itself, and queues the next; EventBridge retries what is refused. A runbook that acts on all servers with a tag
// at once, with rate control, is started by the end of the recovery instead: see document.Script.
//
// # Hostile content
//
// EventBridge does not escape what it puts into an input template. The template holds values outside of quotes, where EventBridge
// inserts them as JSON; should one break out all the same, the parameters that it could set are the runbook's own, whose patterns
// refuse what does not fit, and the role is no parameter. An event that leads to a refusal ends in the dead-letter queue.
//
// Sources: Amazon EventBridge User Guide, "Amazon EventBridge input transformation"; AWS Systems Manager API Reference,
// StartAutomationExecution.
package runbookrule

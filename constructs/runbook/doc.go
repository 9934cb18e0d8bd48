// Package runbook defines an Automation runbook of AWS Systems Manager with a role that can do what its steps need and nothing else.
//
// A [Runbook] is a document of package [github.com/warmstandby/warmstandby/constructs/runbook/document], an AWS::SSM::Document made of
// it, and a role:
//
//	EventBridge, or a person ──start──▶ Runbook ──as its role──▶ start server → wait for agent → run script
//
// [New] takes any steps. [NewScript] is the common case: it runs a script on a server that has just been recovered, after starting
// it if it is stopped, and waiting until its agent is online.
//
// # The role
//
// Steps that act on instances may do so on instances that carry one tag, with the documents AWS-RunShellScript and
// AWS-RunPowerShellScript only. What describes instances and commands knows no resources, so it is allowed for all. Calls of other
// services, and functions, are allowed by [Props.Statements] and [Props.Functions]. Systems Manager can take the role for executions in
// this account and Region only. It is fixed in the document: nobody who starts an execution can choose another.
//
// # What it never does
//
// It does not attach AmazonSSMAutomationRole, pastes no value from outside into a script, and does not start by itself: see
// package runbookrule, or [Runbook.GrantStart].
//
// # What is left out
//
// Starting an instance whose volumes are encrypted with a customer managed key also takes kms:CreateGrant on that key: pass it in
// Statements. The instance's own profile must let the agent work (AmazonSSMManagedInstanceCore), and write output where that is
// asked for: see [Runbook.GrantWriteOutput]. Both belong to whoever defines the instances.
package runbook

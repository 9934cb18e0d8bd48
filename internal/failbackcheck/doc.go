// Package failbackcheck looks at what a failback needs to be so before it goes on: that the application answers, that the stack with
// Arpio's extra access is there, or that it is gone.
//
// When a failback has ended, however it did, it logs the whole execution of the runbook, which Systems Manager forgets after 30 days.
//
// It only reads: one GET request, or one DescribeStacks or GetAutomationExecution call. What it finds is logged, and returned; what is not as it should be is an
// error, so that the runbook's step fails.
package failbackcheck

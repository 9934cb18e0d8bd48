// Package failbackcheck looks at what a failback needs to be so before it goes on: that the application answers, that the stack with
// Arpio's extra access is there, or that it is gone.
//
// It only reads: one GET request, or one DescribeStacks call. What it finds is logged, and returned; what is not as it should be is an
// error, so that the runbook's step fails.
package failbackcheck

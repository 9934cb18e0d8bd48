// Package automation runs the automations of simulated Systems Manager, and the commands that they and others send to instances.
//
//	engine := automation.New(automation.Options{Cloud: cloud, Caller: handler, Shell: sandbox.NewMachines(dir)})
//	defer engine.Close()
//	cloud.SetRunners(awssim.Runners{Automate: engine.Automate, Command: engine.Command})
//
// An automation runs the steps of the document that the template has, in order or where a branch, a nextStep or an onFailure
// leads, with its parameters and the outputs of earlier steps put in. It assumes the role that the document names, which must
// trust ssm.amazonaws.com for the execution's ARN; without one it acts as whoever started it. Every call of a step goes through
// the AWS endpoint with that role's credentials, so that a permission that the role lacks fails the step as in AWS. State
// changes are announced on the default event bus.
//
// # Actions
//
// Sources are the Systems Manager user guide, "Systems Manager Automation actions reference", "Properties shared by all actions",
// "Data elements and parameters" and "Monitoring Systems Manager events with Amazon EventBridge", and the API reference.
//
//   - aws:runCommand sends the command (ssm:SendCommand) and looks how it ends (ssm:ListCommands, ssm:ListCommandInvocations). The script
//     runs for real, confined by package sandbox.
//   - aws:waitForAwsResourceProperty, aws:assertAwsResourceProperty and aws:executeAwsApi call any operation that the endpoint has.
//   - aws:changeInstanceState starts, stops or terminates instances and waits until they are there; for running, until their
//     status checks pass.
//   - aws:approve publishes its message to its topic and waits for approvals of its approvers, or for one rejection.
//   - aws:branch, aws:sleep, aws:pause, aws:invokeLambdaFunction.
//
// Any other action fails its step with an error that names it; aws:executeScript too, since Python and PowerShell of documents are
// not run. AWS-RunPowerShellScript is refused by its instance for that reason.
//
// # Time
//
// AWS documents no interval at which steps look again; [pollTime] is assumed. Waits are as much shorter than
// in AWS as the cloud is faster; the time-outs of steps that run something real are real.
//
// # What is left out
//
// Loops, variables, child executions, rate controls over targets, calendars, onCancel, isCritical on time-outs, and versions of
// documents other than those of the template. The output of commands goes to buckets and log groups without asking the
// permissions of instance profiles, which instances do not have here.
package automation

package document

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Documents of AWS that run scripts on instances.
const (
	ShellScriptDocument      = "AWS-RunShellScript"
	PowerShellScriptDocument = "AWS-RunPowerShellScript"
)

// InstanceID is a parameter with the id of one instance, and with nothing else.
func InstanceID(description string) Parameter {
	return Parameter{Type: "String", Description: description, AllowedPattern: "^i-([0-9a-f]{8}|[0-9a-f]{17})$"}
}

// Script is what runs on instances.
type Script struct {
	// InstanceIDs are the instances, at most 50: ids or references. Either these or Targets are required.
	InstanceIDs []string

	// Targets chooses instances by their tags.
	Targets []Target

	// Commands are the script, a line each. Required. It holds no reference: see Environment.
	Commands []string

	// Environment are variables that the script finds set: names, and the parameters that hold their values.
	Environment map[string]string

	// WorkingDirectory is where the script runs. Default: the agent's own.
	WorkingDirectory string

	// ExecutionTimeoutSeconds is how long the script may run, 1 to 172800. Default: 3600.
	ExecutionTimeoutSeconds int

	// DeliveryTimeoutSeconds is how long the command may take to reach the agent, 30 to 2592000. Default: 3600.
	DeliveryTimeoutSeconds int

	// MaxConcurrency is on how many instances it runs at the same time: a number, or a percentage such as 10%. Default: 50.
	MaxConcurrency string

	// MaxErrors is how many failures end it on the instances that have not begun: a number, or a percentage. Default: 0.
	MaxErrors string

	// OutputBucket is the S3 bucket that the whole output is written to. Default: none.
	OutputBucket string

	// OutputPrefix is the beginning of the output's keys in OutputBucket. Default: none.
	OutputPrefix string

	// OutputLogGroup is the CloudWatch log group that the output is written to. Default: none.
	OutputLogGroup string
}

// Target is instances that have a tag.
type Target struct {
	// Key is tag: and the tag's key. Required.
	Key string

	// Values are the tag's values, at least one.
	Values []string
}

// RunShellScript is a step that runs a script on Linux instances.
//
// Source: AWS Systems Manager User Guide, "aws:runCommand"; API Reference, SendCommand.
func RunShellScript(name string, s Script) Step {
	return s.step(name, ShellScriptDocument, func(variable, value string) string {
		return "export " + variable + "='" + value + "'"
	})
}

// RunPowerShellScript is a step that runs a script on Windows instances.
func RunPowerShellScript(name string, s Script) Step {
	return s.step(name, PowerShellScriptDocument, func(variable, value string) string {
		return "$env:" + variable + " = '" + value + "'"
	})
}

func (s Script) step(name, document string, assign func(variable, value string) string) Step {
	var commands []any
	for _, variable := range slices.Sorted(maps.Keys(s.Environment)) {
		commands = append(commands, assign(variable, Ref(s.Environment[variable])))
	}
	for _, line := range s.Commands {
		commands = append(commands, line)
	}
	parameters := map[string]any{"commands": commands}
	put(parameters, "workingDirectory", s.WorkingDirectory)
	if s.ExecutionTimeoutSeconds != 0 {
		parameters["executionTimeout"] = []any{strconv.Itoa(s.ExecutionTimeoutSeconds)}
	}
	inputs := map[string]any{"DocumentName": document, "Parameters": parameters}
	if len(s.InstanceIDs) > 0 {
		inputs["InstanceIds"] = texts(s.InstanceIDs)
	}
	if len(s.Targets) > 0 {
		inputs["Targets"] = targets(s.Targets)
	}
	if s.DeliveryTimeoutSeconds != 0 {
		inputs["TimeoutSeconds"] = s.DeliveryTimeoutSeconds
	}
	put(inputs, "MaxConcurrency", s.MaxConcurrency)
	put(inputs, "MaxErrors", s.MaxErrors)
	put(inputs, "OutputS3BucketName", s.OutputBucket)
	put(inputs, "OutputS3KeyPrefix", s.OutputPrefix)
	if s.OutputLogGroup != "" {
		inputs["CloudWatchOutputConfig"] = map[string]any{"CloudWatchLogGroupName": s.OutputLogGroup, "CloudWatchOutputEnabled": true}
	}
	return Step{Name: name, Action: "aws:runCommand", Inputs: inputs}
}

func targets(all []Target) []any {
	var list []any
	for _, t := range all {
		list = append(list, map[string]any{"Key": t.Key, "Values": texts(t.Values)})
	}
	return list
}

func put(m map[string]any, key, value string) {
	if value != "" {
		m[key] = value
	}
}

func texts(values []string) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}

// StartInstance is a step that starts an instance if it is stopped, and waits until its status checks pass.
//
// Source: AWS Systems Manager User Guide, "aws:changeInstanceState".
func StartInstance(name, instanceID string) Step {
	return Step{
		Name: name, Action: "aws:changeInstanceState", TimeoutSeconds: 900,
		Description: "Start the server if it is stopped, and wait until its status checks pass",
		Inputs:      map[string]any{"InstanceIds": []any{instanceID}, "CheckStateOnly": false, "DesiredState": "running"},
	}
}

// WaitForAgent is a step that waits until the agent of Systems Manager on an instance is online. A command that is sent before
// is refused, because Systems Manager does not know the instance yet.
//
// Source: AWS Systems Manager User Guide, "aws:waitForAwsResourceProperty"; API Reference, DescribeInstanceInformation.
func WaitForAgent(name, instanceID string) Step {
	return Step{
		Name: name, Action: "aws:waitForAwsResourceProperty", TimeoutSeconds: 900,
		Description: "Wait until the server's agent is online",
		Inputs: map[string]any{
			"Service": "ssm", "Api": "DescribeInstanceInformation",
			"Filters":          []any{map[string]any{"Key": "InstanceIds", "Values": []any{instanceID}}},
			"PropertySelector": "$.InstanceInformationList[0].PingStatus",
			"DesiredValues":    []any{"Online"},
		},
	}
}

// Approve is a step that waits for a person: it sends a message to a topic, whose name begins with Automation, and goes on once
// one of the approvers has approved. A rejection ends the execution.
//
// Source: AWS Systems Manager User Guide, "aws:approve".
func Approve(name, message, topicArn string, approvers []string, timeoutSeconds int) Step {
	return Step{
		Name: name, Action: "aws:approve", TimeoutSeconds: timeoutSeconds, OnFailure: "Abort", Description: firstLine(message),
		Inputs: map[string]any{
			"NotificationArn": topicArn, "Message": message, "MinRequiredApprovals": 1, "Approvers": texts(approvers),
		},
	}
}

// Choice is one way out of a [Branch].
type Choice struct {
	// Variable is a reference to a parameter or to a step's output.
	Variable string

	// Equals is the text that leads to NextStep.
	Equals string

	// NextStep is the step to go on with.
	NextStep string
}

// Branch is a step that goes on with the first choice that holds, or with the step called otherwise. If that is empty, it goes on
// with the step below it, or ends the execution if it is made an end.
//
// Source: AWS Systems Manager User Guide, "aws:branch".
func Branch(name string, choices []Choice, otherwise string) Step {
	var list []any
	for _, c := range choices {
		list = append(list, map[string]any{"Variable": c.Variable, "StringEquals": c.Equals, "NextStep": c.NextStep})
	}
	inputs := map[string]any{"Choices": list}
	put(inputs, "Default", otherwise)
	return Step{Name: name, Action: "aws:branch", Inputs: inputs}
}

// InvokeFunction is a step that invokes a Lambda function and waits for its answer, 300 seconds at most.
//
// Source: AWS Systems Manager User Guide, "aws:invokeLambdaFunction".
func InvokeFunction(name, function, payload string) Step {
	return Step{
		Name: name, Action: "aws:invokeLambdaFunction", TimeoutSeconds: 300,
		Inputs: map[string]any{"FunctionName": function, "Payload": payload},
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

package endpoint

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// commandOperations are those of Run Command and of managed instances. Commands run AWS's documents that run scripts, and no
// others.
func commandOperations() []operation {
	return []operation{
		{name: "SendCommand", resources: commandResources, resourceContext: instanceTags, do: sendCommand},
		{name: "ListCommands", do: listCommands},
		{name: "ListCommandInvocations", do: listCommandInvocations},
		{name: "GetCommandInvocation", do: getCommandInvocation},
		{name: "CancelCommand", do: cancelCommand},
		{name: "DescribeInstanceInformation", do: describeInstanceInformation},
	}
}

// commandInput is what sends a command.
type commandInput struct {
	DocumentName, Comment     string
	InstanceIds               []string //nolint:revive // as the wire spells it
	Targets                   []target
	Parameters                map[string][]string
	TimeoutSeconds            *int
	MaxConcurrency, MaxErrors string
	OutputS3BucketName        string
	OutputS3KeyPrefix         string
	CloudWatchOutputConfig    struct {
		CloudWatchLogGroupName  string
		CloudWatchOutputEnabled bool
	}
}

type target struct {
	Key    string
	Values []string
}

// instances are those that a command is for: those it names, and those with all the tags of its targets.
func (in commandInput) instances(c *Call) []string {
	ids := slices.Clone(in.InstanceIds)
	if len(in.Targets) == 0 {
		return ids
	}
	c.do(func(_ *awssim.State, r *awssim.Region) {
		for id, i := range r.Instances.All() {
			if in.targeted(i) && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	})
	return ids
}

func (in commandInput) targeted(i awssim.Instance) bool {
	for _, t := range in.Targets {
		values := []string{i.ID}
		if key, ok := strings.CutPrefix(t.Key, "tag:"); ok {
			values = tagValues(i.Tags, key)
		} else if t.Key != "InstanceIds" {
			return false
		}
		if !slices.ContainsFunc(values, func(v string) bool { return slices.Contains(t.Values, v) }) {
			return false
		}
	}
	return true
}

// commandResources are what sending is allowed on: the document, and each instance.
func commandResources(c *Call) []string {
	var in commandInput
	_ = c.Bind(&in) // a request that cannot be read is refused when it is carried out
	arns := []string{c.documentARN(in.DocumentName)}
	for _, id := range in.instances(c) {
		arns = append(arns, "arn:aws:ec2:"+c.Region+":"+c.account()+":instance/"+id)
	}
	return arns
}

func sendCommand(_ context.Context, c *Call) (any, error) {
	var in commandInput
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	if in.DocumentName != runShellScript && in.DocumentName != runPowerShellScript {
		return nil, failure(http.StatusBadRequest, "InvalidDocument", "Document with name %s does not exist: only %s and %s do here.",
			in.DocumentName, runShellScript, runPowerShellScript)
	}
	if len(in.Parameters["commands"]) == 0 {
		return nil, failure(http.StatusBadRequest, "InvalidParameters", "Parameter commands must be given.")
	}
	ids := in.instances(c)
	if err := c.reachable(ids, in.DocumentName); err != nil {
		return nil, err
	}
	command := awssim.Command{
		Document: in.DocumentName, Comment: in.Comment, Parameters: in.Parameters, Instances: ids, Timeout: time.Hour,
		Concurrency: in.MaxConcurrency, MaxErrors: in.MaxErrors, OutputS3: in.OutputS3BucketName, S3Prefix: in.OutputS3KeyPrefix,
	}
	if in.CloudWatchOutputConfig.CloudWatchOutputEnabled {
		command.LogGroup = in.CloudWatchOutputConfig.CloudWatchLogGroupName
		if command.LogGroup == "" {
			command.LogGroup = "/aws/ssm/" + in.DocumentName
		}
	}
	if in.TimeoutSeconds != nil {
		command.Timeout = time.Duration(*in.TimeoutSeconds) * time.Second
	}
	c.do(func(_ *awssim.State, r *awssim.Region) { command = r.CreateCommand(command) })
	c.Cloud.Command(c.Region, command.ID)
	return struct{ Command commandOutput }{commandOutputOf(command)}, nil
}

// reachable refuses instances that do not exist or whose agent does not report, as SendCommand does.
func (c *Call) reachable(ids []string, document string) (err error) {
	c.do(func(s *awssim.State, r *awssim.Region) {
		for _, id := range ids {
			i, ok := r.Instance(id)
			switch {
			case !ok || !i.AgentOnline(s.Now()):
				err = failure(http.StatusBadRequest, "InvalidInstanceId", "Instances not in a valid state for account: %s is not online.", id)
			case (i.Platform == "Windows") != (document == runPowerShellScript) && i.Platform == "Windows":
				err = failure(http.StatusBadRequest, "UnsupportedPlatformType", "%s does not run on %s, which is a %s instance.", document, id, i.Platform)
			}
		}
	})
	return err
}

type commandOutput struct {
	CommandID         string `json:"CommandId"`
	DocumentName      string
	Comment           string   `json:",omitempty"`
	InstanceIds       []string //nolint:revive // as the wire spells it
	Parameters        map[string][]string
	RequestedDateTime *stamp
	Status            string
	StatusDetails     string
	TargetCount       int
	CompletedCount    int
	ErrorCount        int
}

func commandOutputOf(command awssim.Command) commandOutput {
	out := commandOutput{
		CommandID: command.ID, DocumentName: command.Document, Comment: command.Comment, InstanceIds: command.Instances,
		Parameters: command.Parameters, RequestedDateTime: stampOf(command.Requested), Status: command.Status, StatusDetails: command.Status,
		TargetCount: len(command.Instances),
	}
	for _, i := range command.Invocations {
		if !i.Ended.IsZero() {
			out.CompletedCount++
		}
		if i.Status == "Failed" || i.Status == "TimedOut" {
			out.ErrorCount++
		}
	}
	return out
}

func listCommands(_ context.Context, c *Call) (any, error) {
	commands := []commandOutput{}
	for _, command := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Command { return r.Commands.Values() }) {
		if id := c.Str("CommandId"); id == "" || id == command.ID {
			commands = append(commands, commandOutputOf(command))
		}
	}
	return struct{ Commands []commandOutput }{commands}, nil
}

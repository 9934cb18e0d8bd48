package arpio

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// checkServers looks on each server how often the script ran. Repeated events must not make it run again, and events of a test, and
// what is in the names of resources, must not have done anything.
func (f *failover) checkServers(ctx context.Context) error {
	wrong, injected := []string{}, []string{}
	for _, id := range slices.Sorted(maps.Keys(f.recovery.runs)) {
		lines, err := f.on(ctx, id, "grep -c '^Hello at time 20' /tmp/hello.txt; wc -l < /tmp/hello.txt; ls /tmp/injected 2>/dev/null | wc -l")
		if err != nil {
			return err
		}
		if fields := strings.Fields(lines); len(fields) != 3 || fields[0] != "1" || fields[1] != "1" {
			wrong = append(wrong, id+": "+strings.Join(fields, " "))
		} else if fields[2] != "0" {
			injected = append(injected, id)
		}
	}
	f.check(fmt.Sprintf("the script ran once on each of %d recovered servers", len(f.recovery.runs)), strings.Join(wrong, "; "), "")
	f.check("no name of a resource was run as a command", strings.Join(injected, " "), "")
	ran := []string{}
	for _, id := range f.recovery.untested {
		out, err := f.on(ctx, id, "ls /tmp/hello.txt 2>/dev/null | wc -l")
		if err != nil {
			return err
		}
		if strings.TrimSpace(out) != "0" {
			ran = append(ran, id)
		}
	}
	f.check(fmt.Sprintf("the script did not run on the %d servers of a test", len(f.recovery.untested)), strings.Join(ran, " "), "")
	return nil
}

// on runs a command on a server, by Run Command, and returns its output.
func (f *failover) on(ctx context.Context, id, command string) (string, error) {
	sent, err := f.Bus.ssm.SendCommand(ctx, &ssm.SendCommandInput{
		DocumentName: aws.String("AWS-RunShellScript"), InstanceIds: []string{id}, Parameters: map[string][]string{"commands": {command}},
	})
	if err != nil {
		return "", fmt.Errorf("look at server %s: %w", id, err)
	}
	for {
		out, err := f.Bus.ssm.GetCommandInvocation(ctx, &ssm.GetCommandInvocationInput{CommandId: sent.Command.CommandId, InstanceId: &id})
		if err != nil {
			return "", fmt.Errorf("look at server %s: %w", id, err)
		}
		switch out.Status {
		case "Pending", "InProgress", "Delayed":
		case "Success":
			return aws.ToString(out.StandardOutputContent), nil
		default:
			return "", fmt.Errorf("look at server %s: the command is %s: %s", id, out.Status, aws.ToString(out.StandardErrorContent))
		}
		const look = 20 * time.Millisecond
		if err := pause(ctx, look); err != nil {
			return "", err
		}
	}
}

// checkExecutions looks at the automations: as many as events that ask for one, and all successful.
func (f *failover) checkExecutions(ctx context.Context, script rule) error {
	executions, err := f.Bus.executions(ctx, nil)
	if err != nil {
		return err
	}
	started, failed := 0, []string{}
	for _, e := range executions {
		if !strings.Contains(strings.Join(script.targets, " "), ":automation-definition/"+e.Document+":") {
			continue
		}
		started++
		if e.Status != "Success" {
			failed = append(failed, e.ID+": "+e.Status+" "+e.Failure)
		}
	}
	want := 0
	for _, n := range f.recovery.runs {
		want += n
	}
	f.check("one automation for each event of a recovered server", started, want)
	f.check("all automations succeed", strings.Join(failed, "; "), "")
	return nil
}

// checkCounts looks at what AWS counts: messages, failed deliveries, events in the archive.
func (f *failover) checkCounts(ctx context.Context, topic string, published, archived int) error {
	n, err := f.published(ctx, topic)
	if err != nil {
		return err
	}
	f.check("one message for each resource that could not be recovered", n-published, f.recovery.failures)
	lost := 0
	for _, r := range f.Bus.rules {
		for _, name := range []string{"FailedInvocations", "InvocationsSentToDlq"} {
			n, err := f.Bus.metric(ctx, name, r.name)
			if err != nil {
				return err
			}
			lost += n
		}
	}
	f.check("no event is given up", lost, 0)
	n, err = f.archived(ctx)
	f.check("all events are in the archive", n-archived, f.recovery.all())
	return err
}

// published is how many messages the topic got.
func (f *failover) published(ctx context.Context, topic string) (int, error) {
	return f.Bus.sum(ctx, "AWS/SNS", "NumberOfMessagesPublished", map[string]string{"TopicName": topic[strings.LastIndex(topic, ":")+1:]})
}

// archived is how many events the bus's archives have.
func (f *failover) archived(ctx context.Context) (n int, err error) {
	out, err := f.Bus.events.ListArchives(ctx, &eventbridge.ListArchivesInput{})
	if err != nil {
		return 0, fmt.Errorf("list archives: %w", err)
	}
	for _, a := range out.Archives {
		if strings.HasSuffix(aws.ToString(a.EventSourceArn), "/"+f.Bus.Name) {
			n += int(a.EventCount)
		}
	}
	return n, nil
}

package arpio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// FailoverOptions say where to play. Bus is required.
type FailoverOptions struct {
	Bus *Bus

	// Seed decides what the recovery is.
	Seed uint64

	// Settle is how long what was started may take to end. Default: 5 minutes.
	Settle time.Duration

	// Progress is told, in a line, what is going on. Default: nobody is.
	Progress func(string)
}

// Check is one thing that must have come of the recovery.
type Check struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// FailoverResult is what came of the recovery.
type FailoverResult struct {
	// OK is true only if all checks are.
	OK bool `json:"ok"`

	// Events is how many events were put on the bus.
	Events int `json:"events"`

	// Seconds is how long it took until all had been dealt with.
	Seconds float64 `json:"seconds"`

	// Checks are the checks, in order.
	Checks []Check `json:"checks"`

	// Error is why it ended early; empty if it did not.
	Error string `json:"error,omitempty"`
}

// Failover plays a made-up recovery of 200 resources on the bus, and checks what came of it on the servers, in the archive, and in
// what AWS counts. The rules that it expects are those of the recovery stack: one that runs a script on servers, which appends a
// line to /tmp/hello.txt once for each server, and one that tells of failures.
func Failover(ctx context.Context, o FailoverOptions) FailoverResult {
	if o.Settle == 0 {
		o.Settle = 5 * time.Minute
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	f := &failover{FailoverOptions: o, recovery: newRecovery(o.Seed, time.Now().UTC().Truncate(time.Second).Add(-time.Hour))}
	f.result = FailoverResult{Events: len(f.recovery.events), Checks: []Check{}}
	began := time.Now()
	err := f.run(ctx)
	f.result.Seconds = time.Since(began).Seconds()
	if err != nil {
		f.result.Error = err.Error()
	}
	f.result.OK = err == nil && !slices.ContainsFunc(f.result.Checks, func(c Check) bool { return !c.OK })
	return f.result
}

// failover is a recovery that is played.
type failover struct {
	FailoverOptions

	recovery *recovery
	result   FailoverResult
}

// check notes a check.
func (f *failover) check(name string, got, expected any) {
	g, e := fmt.Sprint(got), fmt.Sprint(expected)
	f.result.Checks = append(f.result.Checks, Check{name, g == e, e, g})
}

func (f *failover) run(ctx context.Context) error {
	script, ok := f.Bus.ruleFor(":automation-definition/")
	failures, told := f.Bus.ruleFor(":sns:")
	if !ok || !told {
		return errors.New("the bus must have a rule that starts a runbook and one that tells a topic")
	}
	before, err := f.Bus.invocations(ctx)
	if err != nil {
		return err
	}
	archived, err := f.archived(ctx)
	if err != nil {
		return err
	}
	topic := failures.targets[slices.IndexFunc(failures.targets, func(arn string) bool { return strings.Contains(arn, ":sns:") })]
	published, err := f.published(ctx, topic)
	if err != nil {
		return err
	}
	matched, err := f.play(ctx)
	if err != nil {
		return err
	}
	f.Progress("waiting for what was started")
	settling, cancel := context.WithTimeout(ctx, f.Settle)
	defer cancel()
	if err := f.Bus.settle(settling, before, matched); err != nil {
		return err
	}
	f.Progress("looking at the servers")
	return errors.Join(f.checkServers(ctx), f.checkExecutions(ctx, script), f.checkCounts(ctx, topic, published, archived))
}

// batchSize is how many events PutEvents takes.
const batchSize = 10

// play puts the events on the bus, and returns how many each rule is to match.
func (f *failover) play(ctx context.Context) (map[int]int, error) {
	matched := map[int]int{}
	refused, sent := 0, 0
	for batch := range slices.Chunk(f.recovery.events, batchSize) {
		sent += len(batch)
		f.Progress(fmt.Sprintf("event %d of %d", sent, len(f.recovery.events)))
		entries, err := f.Bus.put(ctx, batch...)
		if err != nil {
			return nil, err
		}
		for j, entry := range entries {
			if entry.ErrorCode != nil {
				refused++
				continue
			}
			rules, _, err := f.Bus.matches(batch[j])
			if err != nil {
				return nil, err
			}
			for _, r := range rules {
				matched[r]++
			}
		}
	}
	f.check("the bus takes all events", refused, 0)
	return matched, nil
}

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
	f.check("all events are in the archive", n-archived, len(f.recovery.events))
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

// WriteText writes the result for people.
func (r FailoverResult) WriteText(w io.Writer) {
	fmt.Fprintf(w, "A recovery of %d resources, in %d events, dealt with in %.1fs\n", resources, r.Events, r.Seconds)
	for _, c := range r.Checks {
		if c.OK {
			fmt.Fprintf(w, "  ok    %s\n", c.Name)
			continue
		}
		fmt.Fprintf(w, "  FAIL  %s\n        expected  %s\n        got       %s\n", c.Name, printable(c.Expected), printable(c.Got))
	}
	if r.Error != "" {
		fmt.Fprintf(w, "\nIt ended early: %s\n", printable(r.Error))
	}
}

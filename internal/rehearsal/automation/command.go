package automation

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/sandbox"
)

const (
	// commandPollTime is how long aws:runCommand waits before it looks again whether its command has ended. It is real time,
	// because the script takes real time.
	commandPollTime = 100 * time.Millisecond

	// executionTime is how long a script may take unless a parameter says otherwise (AWS-RunShellScript, executionTimeout).
	executionTime = time.Hour

	// defaultConcurrency is what SendCommand has if it does not say.
	defaultConcurrency = 50
)

// Command runs a command on its instances. It returns at once.
func (e *Engine) Command(region, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.work(func() { e.runCommand(region, id) })
}

// runCommand runs a command on as many instances at a time as it says, and on no more of them after as many failures as it says.
func (e *Engine) runCommand(region, id string) {
	var c awssim.Command
	e.Cloud.Do(func(s *awssim.State) {
		r := s.Region(region)
		r.ChangeCommand(id, func(c *awssim.Command) { c.Status = "InProgress" })
		c, _ = r.Commands.Get(id)
	})
	slots := make(chan struct{}, max(1, share(c.Concurrency, len(c.Instances), defaultConcurrency)))
	allowed := share(c.MaxErrors, len(c.Instances), 0)
	var working sync.WaitGroup
	for _, instance := range c.Instances {
		slots <- struct{}{}
		if e.failures(region, id) > allowed {
			<-slots
			e.changeInvocation(region, id, instance, func(i *awssim.Invocation) { i.Status, i.Details = "Cancelled", "Terminated" })
			continue
		}
		working.Go(func() {
			defer func() { <-slots }()
			e.runInvocation(region, c, instance)
		})
	}
	working.Wait()
	e.finish(region, id)
}

// share is a number, or a percentage of all, or the default if there is nothing.
func share(text string, all, otherwise int) int {
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		n, _ := strconv.Atoi(percent) // what is no number counts as none
		return all * n / 100
	}
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return otherwise
}

// failures is how many of a command's invocations have failed.
func (e *Engine) failures(region, id string) (n int) {
	e.Cloud.Do(func(s *awssim.State) {
		c, _ := s.Region(region).Commands.Get(id)
		for _, i := range c.Invocations {
			if i.Status == "Failed" || i.Status == "TimedOut" {
				n++
			}
		}
	})
	return n
}

func (e *Engine) changeInvocation(region, id, instance string, change func(*awssim.Invocation)) {
	e.Cloud.Do(func(s *awssim.State) {
		s.Region(region).ChangeCommand(id, func(c *awssim.Command) {
			i := c.Invocations[instance]
			change(&i)
			c.Invocations[instance] = i
		})
	})
}

// runInvocation runs a command on one instance.
func (e *Engine) runInvocation(region string, c awssim.Command, instance string) {
	cancelled := false
	now := e.Cloud.Now()
	e.changeInvocation(region, c.ID, instance, func(i *awssim.Invocation) {
		if cancelled = i.Status == "Cancelled"; !cancelled {
			i.Status, i.Details, i.Started = "InProgress", "InProgress", now
		}
	})
	if cancelled {
		return
	}
	result, err := e.shell(region, c, instance)
	now = e.Cloud.Now()
	e.changeInvocation(region, c.ID, instance, func(i *awssim.Invocation) {
		i.Status, i.ExitCode, i.Stdout, i.Stderr, i.Ended = "Success", result.ExitCode, result.Stdout, result.Stderr, now
		switch {
		case err != nil:
			i.Status, i.ExitCode, i.Stderr = "Failed", -1, err.Error()
		case result.TimedOut:
			i.Status = "TimedOut"
		case result.ExitCode != 0:
			i.Status = "Failed"
		}
		i.Details = i.Status
	})
	e.putOutput(region, c, instance, result)
}

// errPowerShell is why a script for PowerShell does not run.
var errPowerShell = errors.New("scripts for PowerShell are not run in a rehearsal: there is no Windows instance, and no PowerShell where scripts are confined")

// shell runs a command's script on an instance. The agent sets two variables (Systems Manager user guide, "Using environment
// variables in commands").
func (e *Engine) shell(region string, c awssim.Command, instance string) (sandbox.Result, error) {
	if c.Document != "AWS-RunShellScript" {
		return sandbox.Result{}, errPowerShell
	}
	timeout := executionTime
	if seconds, err := strconv.Atoi(first(c.Parameters["executionTimeout"])); err == nil {
		timeout = time.Duration(seconds) * time.Second
	}
	return e.Shell.Run(e.ctx, instance, sandbox.Script{
		Text: strings.Join(c.Parameters["commands"], "\n") + "\n", Directory: first(c.Parameters["workingDirectory"]), Timeout: timeout,
		Env: []string{"AWS_SSM_INSTANCE_ID=" + instance, "AWS_SSM_REGION_NAME=" + region},
	})
}

func first(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// finish ends a command: it has the worst status of its invocations.
func (e *Engine) finish(region, id string) {
	e.Cloud.Do(func(s *awssim.State) {
		s.Region(region).ChangeCommand(id, func(c *awssim.Command) {
			c.Status = "Success"
			worst := []string{"Success", "Cancelled", "TimedOut", "Failed"}
			for _, status := range worst {
				for _, i := range c.Invocations {
					if i.Status == status {
						c.Status = status
					}
				}
			}
		})
	})
}

// putOutput writes what a command wrote to the bucket and the log group that it names.
func (e *Engine) putOutput(region string, c awssim.Command, instance string, result sandbox.Result) {
	e.Cloud.Do(func(s *awssim.State) {
		for name, text := range map[string]string{"stdout": result.Stdout, "stderr": result.Stderr} {
			if text == "" {
				continue
			}
			if c.OutputS3 != "" {
				key := strings.TrimPrefix(c.S3Prefix+"/"+c.ID+"/"+instance+"/awsrunShellScript/0.awsrunShellScript/"+name, "/")
				s.PutObject(c.OutputS3, awssim.Object{Key: key, Body: []byte(text)})
			}
			if c.LogGroup != "" {
				event := awssim.LogEvent{Stream: c.ID + "/" + instance + "/aws-runShellScript/" + name, Time: s.Now(), Message: text}
				r := s.Region(region)
				if !r.PutLogEvent(c.LogGroup, event) { // the agent creates the group if there is none
					r.CreateLogGroup(awssim.LogGroup{Name: c.LogGroup})
					r.PutLogEvent(c.LogGroup, event)
				}
			}
		}
	})
}

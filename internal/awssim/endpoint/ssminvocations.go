package endpoint

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// How much of an output is shown (Systems Manager API reference, GetCommandInvocation).
const (
	maxStdout = 24_000
	maxStderr = 8_000
	maxTrace  = 2_500 // of ListCommandInvocations
)

func findCommand(c *Call) (awssim.Command, error) {
	id := c.Str("CommandId")
	command, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Command, bool) { return r.Commands.Get(id) })
	if !ok {
		return command, failure(http.StatusBadRequest, "InvalidCommandId", "")
	}
	return command, nil
}

func getCommandInvocation(_ context.Context, c *Call) (any, error) {
	command, err := findCommand(c)
	if err != nil {
		return nil, failure(http.StatusBadRequest, "InvocationDoesNotExist", "")
	}
	i, ok := command.Invocations[c.Str("InstanceId")]
	if !ok {
		return nil, failure(http.StatusBadRequest, "InvocationDoesNotExist", "")
	}
	out := struct {
		CommandID              string `json:"CommandId"`
		InstanceID             string `json:"InstanceId"`
		DocumentName           string
		PluginName             string
		Status                 string
		StatusDetails          string
		ResponseCode           int
		StandardOutputContent  string
		StandardErrorContent   string
		ExecutionStartDateTime string `json:",omitempty"`
		ExecutionEndDateTime   string `json:",omitempty"`
	}{
		command.ID, c.Str("InstanceId"), command.Document, pluginOf(command.Document), i.Status, i.Details, i.ExitCode,
		clipped(i.Stdout, maxStdout), clipped(i.Stderr, maxStderr), isoTime(i.Started), isoTime(i.Ended),
	}
	return out, nil
}

// pluginOf is the plugin of a document that runs scripts.
func pluginOf(document string) string {
	if document == runPowerShellScript {
		return "aws:runPowerShellScript"
	}
	return "aws:runShellScript"
}

func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// clipped is the beginning of an output, without half a character.
func clipped(text string, most int) string {
	if len(text) <= most {
		return text
	}
	const mark = "\n---Output truncated---"
	return strings.ToValidUTF8(text[:most-len(mark)], "") + mark
}

func listCommandInvocations(_ context.Context, c *Call) (any, error) {
	type plugin struct {
		Name, Status, StatusDetails, Output string
		ResponseCode                        int
	}
	type invocation struct {
		CommandID      string `json:"CommandId"`
		InstanceID     string `json:"InstanceId"`
		DocumentName   string
		Status         string
		StatusDetails  string
		CommandPlugins []plugin `json:",omitempty"`
	}
	var in struct{ Details bool }
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	invocations := []invocation{}
	for _, command := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Command { return r.Commands.Values() }) {
		if id := c.Str("CommandId"); id != "" && id != command.ID {
			continue
		}
		for id, i := range inOrder(command.Invocations) {
			if only := c.Str("InstanceId"); only != "" && only != id {
				continue
			}
			shown := invocation{command.ID, id, command.Document, i.Status, i.Details, nil}
			if in.Details {
				shown.CommandPlugins = []plugin{{pluginOf(command.Document), i.Status, i.Details, clipped(i.Stdout+i.Stderr, maxTrace), i.ExitCode}}
			}
			invocations = append(invocations, shown)
		}
	}
	return struct{ CommandInvocations []invocation }{invocations}, nil
}

// cancelCommand keeps a command from instances that it has not reached. One that runs goes on.
func cancelCommand(_ context.Context, c *Call) (any, error) {
	command, err := findCommand(c)
	if err != nil {
		return nil, err
	}
	c.do(func(_ *awssim.State, r *awssim.Region) {
		r.ChangeCommand(command.ID, func(command *awssim.Command) {
			for id, i := range command.Invocations {
				if i.Status == "Pending" {
					i.Status, i.Details = "Cancelled", "Cancelled"
					command.Invocations[id] = i
				}
			}
		})
	})
	return nil, nil
}

// describeInstanceInformation lists instances whose agent has reported since they started.
func describeInstanceInformation(_ context.Context, c *Call) (any, error) {
	var in struct {
		Filters []struct {
			Key    string
			Values []string
		}
		InstanceInformationFilterList []struct {
			Key      string   `json:"key"`
			ValueSet []string `json:"valueSet"`
		}
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	for _, f := range in.InstanceInformationFilterList {
		in.Filters = append(in.Filters, struct {
			Key    string
			Values []string
		}{f.Key, f.ValueSet})
	}
	type information struct {
		InstanceID       string `json:"InstanceId"`
		PingStatus       string
		PlatformType     string
		ResourceType     string
		LastPingDateTime *stamp
	}
	out := []information{}
	c.do(func(s *awssim.State, r *awssim.Region) {
		for id := range r.Instances.All() {
			i, _ := r.Instance(id)
			if i.AgentOnline(s.Now()) {
				out = append(out, information{id, "Online", i.Platform, "EC2Instance", stampOf(s.Now())})
			}
		}
	})
	for _, f := range in.Filters {
		value, ok := map[string]func(information) string{
			"InstanceIds": func(i information) string { return i.InstanceID },
			"PingStatus":  func(i information) string { return i.PingStatus },
		}[f.Key]
		if !ok {
			return nil, failure(http.StatusBadRequest, "InvalidFilterKey", "The filter key %s is not valid here.", f.Key)
		}
		out = slices.DeleteFunc(out, func(i information) bool { return !slices.Contains(f.Values, value(i)) })
	}
	return struct{ InstanceInformationList []information }{out}, nil
}

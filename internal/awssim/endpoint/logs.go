package endpoint

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// logs is CloudWatch Logs: log groups of templates, what services put into them, and a look at it. Streams need not be created.
func logs() *service {
	stream := on(func(c *Call) string {
		return c.arn(func(r *awssim.Region) string {
			g, _ := r.LogGroups.Get(c.Str("logGroupName"))
			return g.ARN + ":log-stream:" + c.Str("logStreamName")
		})
	})
	group := on(func(c *Call) string {
		return c.arn(func(r *awssim.Region) string {
			g, _ := r.LogGroups.Get(c.Str("logGroupName"))
			return g.ARN + ":*"
		})
	})
	return &service{
		name:      "logs",
		protocols: []protocol{jsonRPC{version: "1.1"}},
		operations: []operation{
			{name: "CreateLogStream", resources: group, policies: logPolicies, do: createLogStream},
			{name: "PutLogEvents", resources: stream, policies: logPolicies, do: putLogEvents},
			{name: "FilterLogEvents", resources: group, do: filterLogEvents},
			{name: "DescribeLogGroups", do: describeLogGroups},
		},
	}
}

// logPolicies are the Region's resource policies of CloudWatch Logs.
func logPolicies(c *Call) []*iam.Policy {
	return list(c, func(_ *awssim.State, r *awssim.Region) []*iam.Policy { return r.LogPolicies.Values() })
}

func findLogGroup(c *Call) (awssim.LogGroup, error) {
	name := c.Str("logGroupName")
	g, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.LogGroup, bool) { return r.LogGroups.Get(name) })
	if !ok {
		return g, failure(http.StatusBadRequest, "ResourceNotFoundException", "The specified log group does not exist.")
	}
	return g, nil
}

func createLogStream(_ context.Context, c *Call) (any, error) {
	_, err := findLogGroup(c)
	return nil, err
}

func putLogEvents(_ context.Context, c *Call) (any, error) {
	var in struct {
		LogStreamName string `json:"logStreamName"`
		LogEvents     []struct {
			Timestamp float64 `json:"timestamp"`
			Message   string  `json:"message"`
		} `json:"logEvents"`
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	g, err := findLogGroup(c)
	if err != nil {
		return nil, err
	}
	c.do(func(_ *awssim.State, r *awssim.Region) {
		for _, e := range in.LogEvents {
			r.PutLogEvent(g.Name, awssim.LogEvent{
				Stream: in.LogStreamName, Time: time.UnixMilli(int64(e.Timestamp)).UTC(), Message: e.Message,
			})
		}
	})
	return nil, nil
}

// filterLogEvents lists what was logged. A pattern is a text that the message must have.
func filterLogEvents(_ context.Context, c *Call) (any, error) {
	g, err := findLogGroup(c)
	if err != nil {
		return nil, err
	}
	type event struct {
		LogStreamName string `json:"logStreamName"`
		Timestamp     int64  `json:"timestamp"`
		Message       string `json:"message"`
	}
	events := []event{}
	for _, e := range g.Events {
		if strings.Contains(e.Message, strings.Trim(c.Str("filterPattern"), `"`)) {
			events = append(events, event{e.Stream, e.Time.UnixMilli(), e.Message})
		}
	}
	const most = 10_000
	part, next, ok := page(events, c.Str("nextToken"), most)
	if !ok {
		return nil, failure(http.StatusBadRequest, "InvalidParameterException", "The specified nextToken is invalid.")
	}
	return struct {
		Events    []event `json:"events"`
		NextToken string  `json:"nextToken,omitempty"`
	}{part, next}, nil
}

func describeLogGroups(_ context.Context, c *Call) (any, error) {
	type group struct {
		LogGroupName string `json:"logGroupName"`
		ARN          string `json:"arn"`
	}
	groups := []group{}
	for _, g := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.LogGroup { return r.LogGroups.Values() }) {
		if strings.HasPrefix(g.Name, c.Str("logGroupNamePrefix")) {
			groups = append(groups, group{g.Name, g.ARN + ":*"})
		}
	}
	return struct {
		LogGroups []group `json:"logGroups"`
	}{groups}, nil
}

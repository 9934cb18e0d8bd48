package endpoint

import (
	"context"
	"net/http"
	"slices"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// cloudFormation is CloudFormation, of which stacks can be looked at.
func cloudFormation() *service {
	stack := on(func(c *Call) string {
		name := c.Str("StackName")
		if name == "" {
			return "*"
		}
		if s, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Stack, bool) { return r.FindStack(name) }); ok {
			return s.ID
		}
		return c.arn(func(r *awssim.Region) string { return r.StackARN(name) })
	})
	return &service{
		name:      "cloudformation",
		protocols: []protocol{query{namespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/"}},
		operations: []operation{
			{name: "ListStacks", do: listStacks},
			{name: "DescribeStacks", resources: stack, do: describeStacks},
			{name: "DescribeStackResources", resources: stack, do: describeStackResources},
		},
	}
}

// maxStacks is the number of stacks in one answer, and maxResources that of resources.
const maxStacks, maxResources = 100, 100

func validationError(format string, args ...any) error {
	return failure(http.StatusBadRequest, "ValidationError", format, args...)
}

func allStacks(c *Call) []awssim.Stack {
	return list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Stack { return r.Stacks.Values() })
}

type stackSummary struct {
	StackID             string `xml:"StackId"`
	StackName           string
	TemplateDescription string `xml:",omitempty"`
	CreationTime        *stamp
	LastUpdatedTime     *stamp `xml:",omitempty"`
	StackStatus         string
}

func listStacks(_ context.Context, c *Call) (any, error) {
	var in struct {
		NextToken         string
		StackStatusFilter []string
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	var summaries []stackSummary
	for _, s := range allStacks(c) {
		if len(in.StackStatusFilter) > 0 && !slices.Contains(in.StackStatusFilter, s.Status) {
			continue
		}
		summaries = append(summaries, stackSummary{s.ID, s.Name, s.Description, stampOf(s.Created), stampOf(s.Updated), s.Status})
	}
	part, next, ok := page(summaries, in.NextToken, maxStacks)
	if !ok {
		return nil, validationError("NextToken is invalid")
	}
	return struct {
		StackSummaries members[stackSummary]
		NextToken      string `xml:",omitempty"`
	}{members[stackSummary]{part}, next}, nil
}

type stackDescription struct {
	StackID                     string `xml:"StackId"`
	StackName                   string
	Description                 string `xml:",omitempty"`
	Parameters                  members[awssim.StackParameter]
	CreationTime                *stamp
	LastUpdatedTime             *stamp `xml:",omitempty"`
	StackStatus                 string
	DisableRollback             bool
	Outputs                     members[awssim.StackOutput]
	Tags                        members[awssim.Tag]
	EnableTerminationProtection bool
}

func describeStacks(_ context.Context, c *Call) (any, error) {
	stacks, err := pick(allStacks(c), c.Str("StackName"), "", "", func(s awssim.Stack, _ string) bool {
		return s.Name == c.Str("StackName") || s.ID == c.Str("StackName")
	})
	if err != nil {
		return nil, noStack(c.Str("StackName"))
	}
	part, next, ok := page(stacks, c.Str("NextToken"), maxStacks)
	if !ok {
		return nil, validationError("NextToken is invalid")
	}
	var descriptions []stackDescription
	for _, s := range part {
		descriptions = append(descriptions, stackDescription{
			StackID: s.ID, StackName: s.Name, Description: s.Description, CreationTime: stampOf(s.Created),
			LastUpdatedTime: stampOf(s.Updated), StackStatus: s.Status, EnableTerminationProtection: s.TerminationProtection,
			Parameters: members[awssim.StackParameter]{s.Parameters}, Outputs: members[awssim.StackOutput]{s.Outputs},
			Tags: members[awssim.Tag]{s.Tags},
		})
	}
	return struct {
		Stacks    members[stackDescription]
		NextToken string `xml:",omitempty"`
	}{members[stackDescription]{descriptions}, next}, nil
}

func noStack(name string) error { return validationError("Stack with id %s does not exist", name) }

type stackResource struct {
	StackName          string
	StackID            string `xml:"StackId"`
	LogicalResourceID  string `xml:"LogicalResourceId"`
	PhysicalResourceID string `xml:"PhysicalResourceId"`
	ResourceType       string
	Timestamp          *stamp
	ResourceStatus     string
}

// describeStackResources shows the first 100 resources of a stack that is named, or that has a resource of that physical id.
func describeStackResources(_ context.Context, c *Call) (any, error) {
	name, logical, physical := c.Str("StackName"), c.Str("LogicalResourceId"), c.Str("PhysicalResourceId")
	if (name == "") == (physical == "") {
		return nil, validationError("One of StackName and PhysicalResourceId must be specified")
	}
	all := allStacks(c)
	i := slices.IndexFunc(all, func(s awssim.Stack) bool {
		return name != "" && (s.Name == name || s.ID == name) ||
			slices.ContainsFunc(s.Resources, func(r awssim.StackResource) bool { return physical != "" && r.PhysicalID == physical })
	})
	if i < 0 {
		return nil, noStack(name + physical)
	}
	s := all[i]
	var resources []stackResource
	for _, r := range s.Resources {
		if logical == "" || r.LogicalID == logical {
			resources = append(resources, stackResource{s.Name, s.ID, r.LogicalID, r.PhysicalID, r.Type, stampOf(r.Timestamp), r.Status})
		}
	}
	if logical != "" && len(resources) == 0 {
		return nil, validationError("Resource %s does not exist for stack %s", logical, s.Name)
	}
	return struct{ StackResources members[stackResource] }{
		members[stackResource]{resources[:min(len(resources), maxResources)]},
	}, nil
}

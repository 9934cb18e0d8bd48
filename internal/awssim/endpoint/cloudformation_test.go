package endpoint_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestStacks(t *testing.T) {
	f := newFixture(t)
	var stack awssim.Stack
	f.in(primary, func(r *awssim.Region) {
		stack = r.CreateStack(awssim.Stack{
			Name: "app", TerminationProtection: true,
			Outputs:    []awssim.StackOutput{{Key: "Url", Value: "https://x", ExportName: "url"}},
			Parameters: []awssim.StackParameter{{Key: "P", Value: "v"}},
			Resources: []awssim.StackResource{
				{LogicalID: "Fn", PhysicalID: "app-fn", Type: "AWS::Lambda::Function"}, {LogicalID: "Role", PhysicalID: "app-role", Type: "AWS::IAM::Role"},
			},
		})
		r.CreateStack(awssim.Stack{Name: "infra"})
	})
	client := cloudformation.NewFromConfig(f.config(primary))
	for _, id := range []string{"app", stack.ID} {
		out := must(client.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: &id}))(t)
		equal(t, "status", out.Stacks[0].StackStatus, types.StackStatusCreateComplete)
		equal(t, "output", *out.Stacks[0].Outputs[0].OutputValue, "https://x")
		equal(t, "parameter", *out.Stacks[0].Parameters[0].ParameterValue, "v")
		equal(t, "protection", *out.Stacks[0].EnableTerminationProtection, true)
		equal(t, "time", out.Stacks[0].CreationTime.IsZero(), false)
	}
	equal(t, "all", len(must(client.DescribeStacks(t.Context(), nil))(t).Stacks), 2)
	_, err := client.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{StackName: aws.String("none")})
	f.wantCode(err, "ValidationError")

	for want, in := range map[int]*cloudformation.DescribeStackResourcesInput{
		2: {StackName: aws.String("app")},
		1: {StackName: &stack.ID, LogicalResourceId: aws.String("Fn")},
	} {
		out := must(client.DescribeStackResources(t.Context(), in))(t)
		equal(t, "resources", len(out.StackResources), want)
		equal(t, "physical id", *out.StackResources[0].PhysicalResourceId, "app-fn")
		equal(t, "status", out.StackResources[0].ResourceStatus, types.ResourceStatusCreateComplete)
	}
	byResource := must(client.DescribeStackResources(t.Context(), &cloudformation.DescribeStackResourcesInput{PhysicalResourceId: aws.String("app-role")}))(t)
	equal(t, "stack", *byResource.StackResources[0].StackName, "app")
	for _, in := range []*cloudformation.DescribeStackResourcesInput{
		{}, {StackName: aws.String("none")}, {PhysicalResourceId: aws.String("none")}, {StackName: aws.String("app"), LogicalResourceId: aws.String("none")},
	} {
		_, err := client.DescribeStackResources(t.Context(), in)
		f.wantCode(err, "ValidationError")
	}
}

func TestListStacks(t *testing.T) {
	f := newFixture(t)
	f.in(primary, func(r *awssim.Region) {
		for i := range 120 {
			r.CreateStack(awssim.Stack{Name: fmt.Sprintf("s%03d", i)})
		}
	})
	client := cloudformation.NewFromConfig(f.config(primary))
	pages := cloudformation.NewListStacksPaginator(client, &cloudformation.ListStacksInput{StackStatusFilter: []types.StackStatus{types.StackStatusCreateComplete}})
	sizes := ""
	for pages.HasMorePages() {
		sizes += fmt.Sprint(len(must(pages.NextPage(t.Context()))(t).StackSummaries), " ")
	}
	equal(t, "pages", sizes, "100 20 ")
	out := must(client.ListStacks(t.Context(), &cloudformation.ListStacksInput{StackStatusFilter: []types.StackStatus{types.StackStatusDeleteComplete}}))(t)
	equal(t, "deleted", len(out.StackSummaries), 0)
	_, err := client.ListStacks(t.Context(), &cloudformation.ListStacksInput{NextToken: aws.String("?")})
	f.wantCode(err, "ValidationError")
	_, err = client.DescribeStacks(t.Context(), &cloudformation.DescribeStacksInput{NextToken: aws.String("?")})
	f.wantCode(err, "ValidationError")
}

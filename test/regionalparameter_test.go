package test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/regionalparameter"
)

func TestRegionalParameterInTheStacksRegion(t *testing.T) {
	stack := newStack(t)
	p := regionalparameter.New(stack, "ApiId", &regionalparameter.Props{Name: "/app/pri/api-id", Value: "abc", Region: "us-east-1", Description: "The API"})
	if p.Local() == nil || p.Remote() != nil || p.Name() != "/app/pri/api-id" {
		t.Errorf("got local %v, remote %v, name %q", p.Local(), p.Remote(), p.Name())
	}
	template := synthesize(t, stack)
	template.hasProperties(t, "AWS::SSM::Parameter", map[string]any{
		"Name": "/app/pri/api-id", "Value": "abc", "Type": "String", "Description": "The API",
	})
	check(t, func() { template.ResourceCountIs(jsii.String("AWS::Lambda::Function"), jsii.Number(0)) })
}

func TestRegionalParameterInAnotherRegion(t *testing.T) {
	stack := newStack(t)
	p := regionalparameter.New(stack, "ApiId", &regionalparameter.Props{Name: "/app/pri/api-id", Value: "abc", Region: "eu-west-1"})
	if p.Local() != nil || p.Remote() == nil {
		t.Errorf("got local %v, remote %v", p.Local(), p.Remote())
	}
	template := synthesize(t, stack)
	check(t, func() { template.ResourceCountIs(jsii.String("AWS::SSM::Parameter"), jsii.Number(0)) })

	custom := template.only(t, "Custom::RegionalParameter")
	for call, want := range map[string]string{"Create": "PutParameter", "Update": "PutParameter", "Delete": "DeleteParameter"} {
		text, _ := custom.properties[call].(string)
		var got struct{ Action, Region string }
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%s is %#v: %v", call, custom.properties[call], err)
		}
		if got.Action != want || got.Region != "eu-west-1" {
			t.Errorf("%s calls %s in %s", call, got.Action, got.Region)
		}
	}
}

// The parameters of a stack share a function, and so its log.
func TestRegionalParameterLogs(t *testing.T) {
	for retention, want := range map[awslogs.RetentionDays]float64{"": 30, awslogs.RetentionDays_ONE_WEEK: 7} {
		stack := newStack(t)
		for _, region := range []string{"eu-west-1", "eu-west-2"} {
			props := &regionalparameter.Props{Name: "/app/pri/api-id", Value: "abc", Region: region, LogRetention: retention}
			regionalparameter.New(stack, region, props)
		}
		template := synthesize(t, stack)
		group := template.only(t, "AWS::Logs::LogGroup")
		removalIs(t, group, "Delete", "Delete")
		if got := group.properties["RetentionInDays"]; got != want {
			t.Errorf("the log is kept for %v days, want %v", got, want)
		}
		template.hasProperties(t, "AWS::Lambda::Function", map[string]any{
			"LoggingConfig": map[string]any{"LogGroup": map[string]any{"Ref": group.id}},
		})
	}
}

func TestRegionalParameterMayWriteThatParameterOnly(t *testing.T) {
	stack := newStack(t)
	regionalparameter.New(stack, "ApiId", &regionalparameter.Props{Name: "/app/pri/api-id", Value: "abc", Region: "eu-west-1"})
	template := synthesize(t, stack)

	policy := template.only(t, "AWS::IAM::Policy")
	statements := policy.properties["PolicyDocument"].(map[string]any)["Statement"].([]any)
	if len(statements) != 1 {
		t.Fatalf("got %d statements, want 1", len(statements))
	}
	statement := statements[0].(map[string]any)
	if got := fmt.Sprint(statement["Action"]); got != "[ssm:DeleteParameter ssm:PutParameter]" {
		t.Errorf("actions are %s", got)
	}
	if got := fmt.Sprint(statement["Resource"]); !strings.Contains(got, "ssm:eu-west-1:123456789012:parameter/app/pri/api-id") {
		t.Errorf("resource is %s", got)
	}
	role := policy.properties["Roles"].([]any)[0].(map[string]any)["Ref"]
	function := template.only(t, "AWS::Lambda::Function")
	if got := function.properties["Role"].(map[string]any)["Fn::GetAtt"].([]any)[0]; got != role {
		t.Errorf("the policy is attached to %v, the function has %v", role, got)
	}
}

func TestRegionalParameterFails(t *testing.T) {
	stack := newStack(t)
	wantPanic(t, func() { regionalparameter.New(stack, "A", nil) },
		"regional parameter Test/A:", "Name must be", "Value must not be empty", "Region must not be empty")
	wantPanic(t, func() {
		regionalparameter.New(stack, "B", &regionalparameter.Props{Name: "/aws/x", Value: "v", Region: "us-east-1"})
	}, "reserved", `"/aws/x"`)
}

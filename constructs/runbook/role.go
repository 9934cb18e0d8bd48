package runbook

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

// actsOnInstances reports whether a step changes instances or runs something on them.
func actsOnInstances(s document.Step) bool {
	return s.Action == "aws:runCommand" || s.Action == "aws:changeInstanceState"
}

func (r *Runbook) defineRole(p Props) awsiam.Role {
	role := awsiam.NewRole(r, jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.String("What the steps of the runbook act as"),
		AssumedBy:   r.systemsManager(),
	})
	for _, statement := range append(r.instanceStatements(p), p.Statements...) {
		role.AddToPolicy(statement)
	}
	for _, f := range p.Functions {
		role.AddToPolicy(allow([]string{"lambda:InvokeFunction"}, []*string{f.FunctionArn()}, nil))
	}
	return role
}

// systemsManager is Systems Manager while it runs an execution in this account and Region, and in no other.
//
// Source: AWS Systems Manager User Guide, "Cross-service confused deputy prevention".
func (r *Runbook) systemsManager() awsiam.IPrincipal {
	return awsiam.NewServicePrincipal(jsii.String("ssm.amazonaws.com"), &awsiam.ServicePrincipalOpts{
		Conditions: &map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Stack_Of(r).Account()},
			"ArnLike":      map[string]any{"aws:SourceArn": r.arn("automation-execution", "*")},
		},
	})
}

// instanceStatements are what the steps that act on instances need.
//
// Sources: Service Authorization Reference of AWS Systems Manager and of Amazon EC2, for the resources and condition keys of each
// action; Systems Manager User Guide, "Restrict access to Run Command based on tags".
func (r *Runbook) instanceStatements(p Props) []awsiam.PolicyStatement {
	var statements []awsiam.PolicyStatement
	if documents := scriptDocuments(p.Steps); len(documents) > 0 {
		var arns []*string
		for _, name := range documents {
			arns = append(arns, r.documentOfAws(name))
		}
		statements = append(statements,
			allow([]string{"ssm:SendCommand"}, arns, nil),
			allow([]string{"ssm:SendCommand"}, r.instances(), tagged("ssm:resourceTag/", p.InstanceTag)))
	}
	for _, change := range []struct{ state, action string }{{"running", "ec2:StartInstances"}, {"stopped", "ec2:StopInstances"}} {
		if slices.ContainsFunc(p.Steps, func(s document.Step) bool { return s.Inputs["DesiredState"] == change.state }) {
			statements = append(statements, allow([]string{change.action}, r.instances(), tagged("aws:ResourceTag/", p.InstanceTag)))
		}
	}
	if actions := describing(p.Steps); len(actions) > 0 {
		statements = append(statements, allow(actions, []*string{jsii.String("*")}, nil)) // these know no resources
	}
	return statements
}

func allow(actions []string, resources []*string, conditions *map[string]any) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.PtrSlice(actions...), Resources: &resources, Conditions: conditions,
	})
}

func tagged(key string, tag Tag) *map[string]any {
	return &map[string]any{"StringEquals": map[string]any{key + tag.Key: tag.Value}}
}

func (r *Runbook) instances() []*string {
	return []*string{awscdk.Stack_Of(r).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("ec2"), Resource: jsii.String("instance"), ResourceName: jsii.String("*"),
	})}
}

// documentOfAws is the ARN of a document that AWS owns, which names no account.
func (r *Runbook) documentOfAws(name string) *string {
	return awscdk.Stack_Of(r).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("ssm"), Account: jsii.String(""), Resource: jsii.String("document"), ResourceName: &name,
	})
}

// scriptDocuments are AWS's documents that steps run scripts with, sorted, each once.
func scriptDocuments(steps []document.Step) []string {
	var names []string
	for _, s := range steps {
		if name, ok := s.Inputs["DocumentName"].(string); ok && s.Action == "aws:runCommand" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// describing are the actions of steps that only look, sorted, each once.
func describing(steps []document.Step) []string {
	var actions []string
	for _, s := range steps {
		switch {
		case s.Action == "aws:runCommand":
			actions = append(actions, "ssm:ListCommands", "ssm:ListCommandInvocations")
		case s.Action == "aws:changeInstanceState":
			actions = append(actions, "ec2:DescribeInstances", "ec2:DescribeInstanceStatus")
		case s.Inputs["Service"] == "ssm" && s.Inputs["Api"] == "DescribeInstanceInformation":
			actions = append(actions, "ssm:DescribeInstanceInformation")
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

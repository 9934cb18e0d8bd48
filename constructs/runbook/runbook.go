package runbook

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/runbook/document"
)

// Runbook is an Automation runbook with its role.
type Runbook struct {
	constructs.Construct

	document document.Document
	resource awsssm.CfnDocument
	role     awsiam.Role
	bucket   awss3.IBucket
	prefix   string
	logGroup awslogs.ILogGroup
}

// New defines a Runbook under scope.
func New(scope constructs.Construct, id string, props *Props) *Runbook {
	var p Props
	if props != nil {
		p = *props
	}
	d := document.Document{Description: p.Description, Parameters: p.Parameters, Steps: p.Steps, Outputs: p.Outputs}
	d.AssumeRole = "arn:aws:iam::123456789012:role/checked-without-its-name"
	cdkgo.Must("runbook", scope, id, errors.Join(p.validate(), d.Validate(cdkgo.Unresolved)))

	r := &Runbook{}
	constructs.NewConstruct_Override(r, scope, &id)
	r.role = r.defineRole(p)
	d.AssumeRole = *r.role.RoleArn()
	r.document = d
	r.resource = r.defineDocument(p)
	return r
}

// Document is what the runbook does.
func (r *Runbook) Document() document.Document { return r.document }

// Resource is the document in Systems Manager.
func (r *Runbook) Resource() awsssm.CfnDocument { return r.resource }

// Role is what the steps act as.
func (r *Runbook) Role() awsiam.Role { return r.role }

// Name is the document's name.
func (r *Runbook) Name() string { return *r.resource.Ref() }

// AutomationArn is what EventBridge starts: the default version of the runbook. Its target is never the document's own ARN.
//
// Source: Amazon EventBridge User Guide, "Event bus targets in Amazon EventBridge".
func (r *Runbook) AutomationArn() string {
	return r.arn("automation-definition", r.Name()+":$DEFAULT")
}

// GrantStart lets grantee start executions of the runbook, and pass its role to Systems Manager for that.
//
// Systems Manager authorizes the start of an execution for the document and for the execution that is about to be, whose id nobody
// knows; before, it did for the automation definition. All three are allowed.
//
// Sources: AWS Systems Manager User Guide, "Setting up identity based policies examples"; Service Authorization Reference,
// "Actions, resources, and condition keys for AWS Systems Manager".
func (r *Runbook) GrantStart(grantee awsiam.IGrantable) awsiam.Grant {
	start := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee: grantee,
		Actions: jsii.Strings("ssm:StartAutomationExecution"),
		ResourceArns: jsii.Strings(
			r.arn("document", r.Name()), r.AutomationArn(), r.arn("automation-execution", "*"),
		),
	})
	pass := awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
		Grantee:      grantee,
		Actions:      jsii.Strings("iam:PassRole"),
		ResourceArns: &[]*string{r.role.RoleArn()},
		Conditions: &map[string]*map[string]any{
			"StringEquals": {"iam:PassedToService": "ssm.amazonaws.com"},
		},
	})
	return start.Combine(pass)
}

// GrantWriteOutput lets grantee, the role of the instances, write the script's output where [ScriptProps] say. It returns nil if
// no output is written.
//
// Source: AWS Systems Manager User Guide, "Configuring Run Command".
func (r *Runbook) GrantWriteOutput(grantee awsiam.IGrantable) awsiam.Grant {
	var grants []awsiam.Grant
	allow := func(resource *string, actions ...string) {
		grants = append(grants, awsiam.Grant_AddToPrincipal(&awsiam.GrantOnPrincipalOptions{
			Grantee: grantee, Actions: jsii.PtrSlice(actions...), ResourceArns: &[]*string{resource},
		}))
	}
	if r.bucket != nil {
		allow(r.bucket.ArnForObjects(jsii.String(r.prefix+"*")), "s3:PutObject")
		allow(r.bucket.BucketArn(), "s3:GetEncryptionConfiguration")
		if key := r.bucket.EncryptionKey(); key != nil {
			grants = append(grants, key.GrantEncrypt(grantee))
		}
	}
	if r.logGroup != nil {
		allow(r.logGroup.LogGroupArn(), "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
	}
	if len(grants) == 0 {
		return nil
	}
	for _, grant := range grants[1:] {
		grants[0] = grants[0].Combine(grant)
	}
	return grants[0]
}

// arn is the ARN of something of Systems Manager's in this account and Region.
func (r *Runbook) arn(resource, name string) string {
	return *awscdk.Stack_Of(r).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("ssm"), Resource: jsii.String(resource), ResourceName: jsii.String(name),
	})
}

func (r *Runbook) defineDocument(p Props) awsssm.CfnDocument {
	content, err := r.document.Map()
	cdkgo.Must("runbook", r, "Resource", err)
	props := &awsssm.CfnDocumentProps{
		Content:      content,
		DocumentType: jsii.String("Automation"),
		UpdateMethod: jsii.String("NewVersion"), // the name, and so what may be started by it, stays
	}
	if p.Name != "" {
		props.Name = &p.Name
	}
	return awsssm.NewCfnDocument(r, jsii.String("Resource"), props)
}

package recoveryfailback

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks"
)

// What Systems Manager tells of (Systems Manager user guide, "Monitoring Systems Manager events with Amazon EventBridge").
const (
	stepChange      = "EC2 Automation Step Status-change Notification"
	executionChange = "EC2 Automation Execution Status-change Notification"
)

// defineRecord logs what Systems Manager says of executions of the runbook and of their steps.
func (f *Failback) defineRecord(p Props) {
	f.record = awslogs.NewLogGroup(f, jsii.String("Record"), &awslogs.LogGroupProps{
		Retention: p.LogRetention, RemovalPolicy: cdkgo.RetainAfterCreation(p.RemovalPolicy),
	})
	arn := awscdk.Stack_Of(f).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("logs"), Resource: jsii.String("log-group"), ResourceName: f.record.LogGroupName(),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
	awsevents.NewCfnRule(f, jsii.String("RecordRule"), &awsevents.CfnRuleProps{
		Description: jsii.String("Record what becomes of failbacks"),
		EventPattern: map[string]any{
			"source":      []any{"aws.ssm"},
			"detail-type": []any{stepChange, executionChange},
			"detail":      map[string]any{"Definition": []any{f.runbook.Name()}},
		},
		Targets: &[]any{&awsevents.CfnRule_TargetProperty{Id: jsii.String("Record"), Arn: arn}},
	})
	f.record.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{
			awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil),
			awsiam.NewServicePrincipal(jsii.String("delivery.logs.amazonaws.com"), nil),
		},
		Actions:   jsii.Strings("logs:CreateLogStream", "logs:PutLogEvents"),
		Resources: &[]*string{f.record.LogGroupArn()},
	}))
}

// keepExecutions has the function log the whole execution, with who approved what, when it has ended in whatever way. Systems
// Manager's events do not tell that, and it forgets executions.
func (f *Failback) keepExecutions() {
	rule := awsevents.NewCfnRule(f, jsii.String("EndRule"), &awsevents.CfnRuleProps{
		Description: jsii.String("Record failbacks that have ended"),
		EventPattern: map[string]any{
			"source":      []any{"aws.ssm"},
			"detail-type": []any{executionChange},
			"detail": map[string]any{
				"Definition": []any{f.runbook.Name()},
				"Status":     []any{map[string]any{"anything-but": []any{"Pending", "InProgress", "Waiting", "Cancelling"}}},
			},
		},
		Targets: &[]any{&awsevents.CfnRule_TargetProperty{
			Id: jsii.String("Check"), Arn: f.check.Alias().FunctionArn(),
			InputTransformer: &awsevents.CfnRule_InputTransformerProperty{
				InputPathsMap: &map[string]*string{"execution": jsii.String("$.detail.ExecutionId")},
				InputTemplate: jsii.String(`{"check": "` + checks.Record + `", "execution": <execution>}`),
			},
		}},
	})
	f.check.Alias().AddPermission(jsii.String("End"), &awslambda.Permission{
		Principal: awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil),
		SourceArn: rule.AttrArn(),
	})
}

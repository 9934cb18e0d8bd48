package lifecyclebus

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// Bus is Arpio's event bus in the recovery environment.
type Bus struct {
	constructs.Construct

	bus      awsevents.IEventBus
	archive  awsevents.Archive
	logGroup awslogs.LogGroup
	logRule  awsevents.CfnRule
}

// New refers to a bus under scope.
func New(scope constructs.Construct, id string, props *Props) *Bus {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("lifecycle bus", scope, id, p.validate())

	b := &Bus{}
	constructs.NewConstruct_Override(b, scope, &id)
	b.bus = b.importBus(p)
	if p.ArchiveDays > 0 {
		b.archive = b.defineArchive(p)
	}
	if p.LogRetention != "" {
		b.defineLog(p)
	}
	return b
}

// EventBus is the bus itself.
func (b *Bus) EventBus() awsevents.IEventBus { return b.bus }

// Archive keeps the bus's events for replay, or is nil.
func (b *Bus) Archive() awsevents.Archive { return b.archive }

// LogGroup holds all events of the bus, or is nil.
func (b *Bus) LogGroup() awslogs.LogGroup { return b.logGroup }

func (b *Bus) importBus(p Props) awsevents.IEventBus {
	id := jsii.String("Resource")
	if p.Arn != "" {
		return awsevents.EventBus_FromEventBusArn(b, id, &p.Arn)
	}
	name := p.Name
	if p.ArpioAccountID != "" {
		name = lifecycle.BusPrefix + p.ArpioAccountID
	}
	return awsevents.EventBus_FromEventBusName(b, id, &name)
}

func (b *Bus) defineArchive(p Props) awsevents.Archive {
	return awsevents.NewArchive(b, jsii.String("Archive"), &awsevents.ArchiveProps{
		SourceEventBus: b.bus,
		Description:    jsii.String("What Arpio announced, for replay"),
		EventPattern:   &awsevents.EventPattern{Source: jsii.Strings(lifecycle.Source)},
		Retention:      awscdk.Duration_Days(jsii.Number(p.ArchiveDays)),
	})
}

// defineLog logs events of all schema versions, those to come too: a log does not have to understand them.
func (b *Bus) defineLog(p Props) {
	b.logGroup = awslogs.NewLogGroup(b, jsii.String("Log"), &awslogs.LogGroupProps{
		Retention:     p.LogRetention,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	b.logRule = awsevents.NewCfnRule(b, jsii.String("LogRule"), &awsevents.CfnRuleProps{
		Description:  jsii.String("Log everything that Arpio announces"),
		EventBusName: b.bus.EventBusName(),
		EventPattern: map[string]any{"source": []any{lifecycle.Source}},
		Targets: &[]any{&awsevents.CfnRule_TargetProperty{
			Id: jsii.String("Log"), Arn: b.logGroupArn(),
		}},
	})
	b.logGroup.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{
			awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil),
			awsiam.NewServicePrincipal(jsii.String("delivery.logs.amazonaws.com"), nil),
		},
		Actions:   jsii.Strings("logs:CreateLogStream", "logs:PutLogEvents"),
		Resources: &[]*string{b.logGroup.LogGroupArn()},
	}))
}

// logGroupArn is the log group's ARN as EventBridge takes it: without what CloudFormation puts behind it.
func (b *Bus) logGroupArn() *string {
	return awscdk.Stack_Of(b).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("logs"), Resource: jsii.String("log-group"), ResourceName: b.logGroup.LogGroupName(),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
}

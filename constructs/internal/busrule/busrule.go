package busrule

import (
	"cmp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Rule is a rule on a lifecycle bus.
type Rule struct {
	// Resource is the rule.
	Resource awsevents.CfnRule

	// DeadLetters holds the events that could not be delivered, for 14 days.
	DeadLetters awssqs.Queue

	// FailedAlarm goes off when EventBridge gave up an event.
	FailedAlarm awscloudwatch.Alarm

	// DeadLettersAlarm goes off when there is an event in DeadLetters.
	DeadLettersAlarm awscloudwatch.Alarm
}

// New defines a Rule's resources directly under scope, for props that are valid. Each target, which needs an Id and an ARN only, gets
// the retry policy and the dead-letter queue.
func New(scope constructs.Construct, p Props, targets ...*awsevents.CfnRule_TargetProperty) *Rule {
	pattern, err := p.Pattern.Map()
	cdkgo.Must("rule", scope, "Resource", err)
	r := &Rule{DeadLetters: defineDeadLetters(scope)}
	list := make([]any, len(targets))
	for i, target := range targets {
		target.DeadLetterConfig = &awsevents.CfnRule_DeadLetterConfigProperty{Arn: r.DeadLetters.QueueArn()}
		target.RetryPolicy = &awsevents.CfnRule_RetryPolicyProperty{
			MaximumEventAgeInSeconds: jsii.Number(cmp.Or(p.EventAgeSeconds, DefaultEventAgeSeconds)),
			MaximumRetryAttempts:     jsii.Number(cmp.Or(p.Retries, DefaultRetries)),
		}
		list[i] = target
	}
	props := &awsevents.CfnRuleProps{EventBusName: p.Bus.EventBusName(), EventPattern: pattern, Targets: &list}
	if p.Description != "" {
		props.Description = &p.Description
	}
	r.Resource = awsevents.NewCfnRule(scope, jsii.String("Resource"), props)
	r.letDrop()
	r.defineAlarms(scope, p)
	return r
}

func defineDeadLetters(scope constructs.Construct) awssqs.Queue {
	return awssqs.NewQueue(scope, jsii.String("DeadLetters"), &awssqs.QueueProps{
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
	})
}

// letDrop lets the rule, and no other, put events into the dead-letter queue.
//
// Source: Amazon EventBridge User Guide, "Using dead-letter queues to process undelivered events".
func (r *Rule) letDrop() {
	r.DeadLetters.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil)},
		Actions:    jsii.Strings("sqs:SendMessage"),
		Resources:  &[]*string{r.DeadLetters.QueueArn()},
		Conditions: &map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": r.Resource.AttrArn()}},
	}))
}

func (r *Rule) defineAlarms(scope constructs.Construct, p Props) {
	r.FailedAlarm = alarm(scope, "FailedAlarm", "EventBridge gave up an event of Arpio's", awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String("AWS/Events"),
		MetricName:    jsii.String("FailedInvocations"),
		DimensionsMap: &map[string]*string{"EventBusName": p.Bus.EventBusName(), "RuleName": r.name()},
		Statistic:     jsii.String("Sum"),
		Period:        awscdk.Duration_Minutes(jsii.Number(1)),
	}))
	messages := r.DeadLetters.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
		Statistic: jsii.String("Maximum"), Period: awscdk.Duration_Minutes(jsii.Number(1)),
	})
	r.DeadLettersAlarm = alarm(scope, "DeadLettersAlarm", "An event of Arpio's could not be delivered and waits in the dead-letter queue", messages)
	if len(p.AlarmActions) > 0 {
		r.FailedAlarm.AddAlarmAction(p.AlarmActions...)
		r.DeadLettersAlarm.AddAlarmAction(p.AlarmActions...)
	}
}

// name is the rule's name. The reference to a rule on a bus that is not the default one is BUS|NAME.
//
// Source: AWS CloudFormation Template Reference, AWS::Events::Rule, "Return values".
func (r *Rule) name() *string {
	return awscdk.Fn_Select(jsii.Number(1), awscdk.Fn_Split(jsii.String("|"), r.Resource.Ref(), nil))
}

func alarm(scope constructs.Construct, id, description string, metric awscloudwatch.IMetric) awscloudwatch.Alarm {
	return awscloudwatch.NewAlarm(scope, &id, &awscloudwatch.AlarmProps{
		AlarmDescription:   &description,
		Metric:             metric,
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(1),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING, // no events, no data
	})
}

// EventsRole defines the role that EventBridge delivers with, for rules of this account only.
//
// Source: Amazon EventBridge User Guide, "Cross-service confused deputy prevention".
func EventsRole(scope constructs.Construct, id string) awsiam.Role {
	return awsiam.NewRole(scope, &id, &awsiam.RoleProps{
		Description: jsii.String("What EventBridge delivers Arpio's events as"),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Stack_Of(scope).Account()}},
		}),
	})
}

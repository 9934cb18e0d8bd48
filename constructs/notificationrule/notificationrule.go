package notificationrule

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/busrule"
	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Rule sends messages for events on Arpio's bus.
type Rule struct {
	constructs.Construct

	topic      awssns.Topic
	key        awskms.Key
	role       awsiam.Role
	rule       *busrule.Rule
	statements []awsiam.PolicyStatement
}

// New defines a Rule under scope.
func New(scope constructs.Construct, id string, props *Props) *Rule {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("notification rule", scope, id, p.validate())
	p = p.withDefaults()

	r := &Rule{}
	constructs.NewConstruct_Override(r, scope, &id)
	r.key = r.defineKey()
	r.topic = r.defineTopic(p)
	targets := []*awsevents.CfnRule_TargetProperty{target("Topic", r.topic.TopicArn(), p, nil)}
	r.rule = busrule.New(r, p.rule(), append(targets, r.others(p)...)...)
	return r
}

// Topic is the rule's own topic. Alarms of the account can use it, too.
func (r *Rule) Topic() awssns.Topic { return r.topic }

// Key encrypts what waits in Topic.
func (r *Rule) Key() awskms.Key { return r.key }

// Role is what EventBridge delivers to Topics and Queues as, or nil if there are none.
func (r *Rule) Role() awsiam.Role { return r.role }

// Resource is the rule itself.
func (r *Rule) Resource() awsevents.CfnRule { return r.rule.Resource }

// DeadLetters holds the events that were not delivered.
func (r *Rule) DeadLetters() awssqs.Queue { return r.rule.DeadLetters }

// FailedAlarm goes off when EventBridge gave up an event.
func (r *Rule) FailedAlarm() awscloudwatch.Alarm { return r.rule.FailedAlarm }

// DeadLettersAlarm goes off while an event waits in DeadLetters.
func (r *Rule) DeadLettersAlarm() awscloudwatch.Alarm { return r.rule.DeadLettersAlarm }

// Statements are what the owners of Topics and Queues in other accounts add to the policies of these, one for each, so that the
// role may deliver.
func (r *Rule) Statements() []awsiam.PolicyStatement { return r.statements }

// senders are the services that use the topic.
func senders() []string { return []string{"events.amazonaws.com", "cloudwatch.amazonaws.com"} }

// fromHere is the condition that a service acts for this account.
func (r *Rule) fromHere() *map[string]any {
	return &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Stack_Of(r).Account()}}
}

func principals() *[]awsiam.IPrincipal {
	var list []awsiam.IPrincipal
	for _, service := range senders() {
		list = append(list, awsiam.NewServicePrincipal(&service, nil))
	}
	return &list
}

// defineKey defines a key, because services cannot use the one that SNS manages.
func (r *Rule) defineKey() awskms.Key {
	key := awskms.NewKey(r, jsii.String("Key"), &awskms.KeyProps{
		Description:       jsii.String("Notifications of recoveries"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY, // it encrypts messages that wait for minutes
	})
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: principals(),
		Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey"),
		Resources:  jsii.Strings("*"), // the key itself
		Conditions: r.fromHere(),
	}), nil)
	return key
}

func (r *Rule) defineTopic(p Props) awssns.Topic {
	topic := awssns.NewTopic(r, jsii.String("Topic"), &awssns.TopicProps{MasterKey: r.key, EnforceSSL: jsii.Bool(true)})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: principals(),
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: r.fromHere(),
	}))
	for _, address := range p.Emails {
		topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(&address, nil))
	}
	for _, number := range p.PhoneNumbers {
		topic.AddSubscription(awssnssubscriptions.NewSmsSubscription(&number, nil))
	}
	return topic
}

// others are the targets for topics and queues that exist, which EventBridge delivers to as a role.
func (r *Rule) others(p Props) []*awsevents.CfnRule_TargetProperty {
	if len(p.Topics)+len(p.Queues) == 0 {
		return nil
	}
	r.role = busrule.EventsRole(r, "Role")
	var targets []*awsevents.CfnRule_TargetProperty
	deliver := func(id, action string, arn *string, owner *string) {
		targets = append(targets, target(id, arn, p, r.role.RoleArn()))
		r.role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings(action), Resources: &[]*string{arn},
		}))
		if *owner != *awscdk.Stack_Of(r).Account() {
			r.statements = append(r.statements, awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
				Principals: &[]awsiam.IPrincipal{awsiam.NewArnPrincipal(r.role.RoleArn())},
				Actions:    jsii.Strings(action), Resources: &[]*string{arn},
			}))
		}
	}
	for i, topic := range p.Topics {
		deliver("Topic"+strconv.Itoa(i+1), "sns:Publish", topic.TopicArn(), topic.Env().Account)
	}
	for i, queue := range p.Queues {
		deliver("Queue"+strconv.Itoa(i+1), "sqs:SendMessage", queue.QueueArn(), queue.Env().Account)
	}
	return targets
}

// target delivers the message. It is a JSON string, whose quotes SNS shows.
func target(id string, arn *string, p Props, role *string) *awsevents.CfnRule_TargetProperty {
	paths := make(map[string]*string)
	for _, name := range fields(p.Message) {
		paths[name] = jsii.String(string(pathOf(name)))
	}
	return &awsevents.CfnRule_TargetProperty{
		Id: &id, Arn: arn, RoleArn: role,
		InputTransformer: &awsevents.CfnRule_InputTransformerProperty{
			InputPathsMap: &paths, InputTemplate: jsii.String(strconv.Quote(p.Message)),
		},
	}
}

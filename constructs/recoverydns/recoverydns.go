package recoverydns

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambdadestinations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/internal/busrule"
	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
)

// importPath is the function.
const importPath = "github.com/warmstandby/warmstandby/functions/recoverydns"

// Switch points records at what was recovered, and back again.
type Switch struct {
	constructs.Construct

	table    awsdynamodb.Table
	function *gofunction.Function
	ends     *busrule.Rule
	upserts  *busrule.Rule
}

// New defines a Switch under scope.
func New(scope constructs.Construct, id string, props *Props) *Switch {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("recovery DNS", scope, id, p.validate())
	p = p.withDefaults()

	s := &Switch{}
	constructs.NewConstruct_Override(s, scope, &id)
	account, plan := *awscdk.Stack_Of(s).Account(), p.plan(*p.HostedZone.HostedZoneId())
	s.table = s.defineTable()
	s.function = s.defineFunction(p, plan)
	s.grantTable()
	s.grantRecords(p)
	s.ends = s.defineRule("Ends", "Ends of recoveries move DNS records", plan.Ends(account), p)
	if plan.NeedsUpserts() {
		s.upserts = s.defineRule("Upserts", "Replicas that DNS records will point at", plan.Upserts(account), p)
	}
	s.keepFailures()
	return s
}

// Table keeps the order of events. Whoever deletes it has the function forget which failover was gone back from.
func (s *Switch) Table() awsdynamodb.Table { return s.table }

// Function is the function. Invoke its alias with [dnsplan.Failback] to go back.
func (s *Switch) Function() *gofunction.Function { return s.function }

// EndRule selects the ends of recoveries.
func (s *Switch) EndRule() awsevents.CfnRule { return s.ends.Resource }

// UpsertRule selects what happens to the resources that records point at. It is nil if no record has a Resource.
func (s *Switch) UpsertRule() awsevents.CfnRule {
	if s.upserts == nil {
		return nil
	}
	return s.upserts.Resource
}

// DeadLetters holds the ends of recoveries that EventBridge could not deliver, and everything that the function could not do.
func (s *Switch) DeadLetters() awssqs.Queue { return s.ends.DeadLetters }

// UpsertDeadLetters holds what EventBridge could not deliver of the resources that records point at. It is nil if UpsertRule is.
func (s *Switch) UpsertDeadLetters() awssqs.Queue {
	if s.upserts == nil {
		return nil
	}
	return s.upserts.DeadLetters
}

// Alarms go off when EventBridge gave up an event, and while one waits in a dead-letter queue: two for each rule.
func (s *Switch) Alarms() []awscloudwatch.Alarm {
	alarms := []awscloudwatch.Alarm{s.ends.FailedAlarm, s.ends.DeadLettersAlarm}
	if s.upserts != nil {
		alarms = append(alarms, s.upserts.FailedAlarm, s.upserts.DeadLettersAlarm)
	}
	return alarms
}

// defineTable defines the table, which can go with its stack: events bring most of it again.
func (s *Switch) defineTable() awsdynamodb.Table {
	return awsdynamodb.NewTable(s, jsii.String("Order"), &awsdynamodb.TableProps{
		PartitionKey:                     &awsdynamodb.Attribute{Name: jsii.String(dnsplan.TableKey), Type: awsdynamodb.AttributeType_STRING},
		BillingMode:                      awsdynamodb.BillingMode_PAY_PER_REQUEST,
		Encryption:                       awsdynamodb.TableEncryption_AWS_MANAGED,
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: jsii.Bool(true)},
		RemovalPolicy:                    awscdk.RemovalPolicy_DESTROY,
	})
}

func (s *Switch) defineFunction(p Props, plan dnsplan.Plan) *gofunction.Function {
	encoded, err := plan.Encode()
	cdkgo.Must("recovery DNS", s, "Function", err)
	return gofunction.New(s, "Function", &gofunction.Props{
		ImportPath:   importPath,
		Description:  "Points DNS records at what Arpio recovered, and back again",
		Timeout:      awscdk.Duration_Minutes(jsii.Number(1)),
		Environment:  map[string]string{dnsplan.EnvPlan: encoded, dnsplan.EnvTable: *s.table.TableName()},
		LogRetention: p.LogRetention,
	})
}

func (s *Switch) grantTable() {
	s.function.Role().AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"),
		Resources: &[]*string{s.table.TableArn()},
	}))
}

// grantRecords lets the function change its records and no others. Reading cannot be limited to records.
//
// Source: Route 53 Developer Guide, "Using IAM policy conditions for fine-grained access control".
func (s *Switch) grantRecords(p Props) {
	names, types := map[string]bool{}, map[string]bool{}
	for _, r := range p.Records {
		names[dnsplan.Normalize(r.Name)], types[r.Type] = true, true
	}
	role, zone := s.function.Role(), &[]*string{p.HostedZone.HostedZoneArn()}
	role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings("route53:ListResourceRecordSets"), Resources: zone,
	}))
	role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions:   jsii.Strings("route53:ChangeResourceRecordSets"),
		Resources: zone,
		Conditions: &map[string]any{"ForAllValues:StringEquals": map[string]any{
			"route53:ChangeResourceRecordSetsNormalizedRecordNames": slices.Sorted(maps.Keys(names)),
			"route53:ChangeResourceRecordSetsRecordTypes":           slices.Sorted(maps.Keys(types)),
			"route53:ChangeResourceRecordSetsActions":               []string{"UPSERT"},
		}},
	}))
}

// defineRule defines a rule that invokes the function, which lets it.
func (s *Switch) defineRule(id, description string, pattern lifecycle.Pattern, p Props) *busrule.Rule {
	scope := constructs.NewConstruct(s, &id)
	rule := busrule.New(scope, busrule.Props{Bus: p.Bus, Pattern: pattern, Description: description, AlarmActions: p.AlarmActions},
		&awsevents.CfnRule_TargetProperty{Id: jsii.String("Function"), Arn: s.function.Alias().FunctionArn()})
	s.function.Alias().AddPermission(jsii.String(id), &awslambda.Permission{
		Principal: awsiam.NewServicePrincipal(jsii.String("events.amazonaws.com"), nil),
		SourceArn: rule.Resource.AttrArn(),
	})
	return rule
}

// keepFailures has Lambda try again twice what the function could not do, and then keep it.
//
// Source: AWS Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation".
func (s *Switch) keepFailures() {
	s.function.Alias().ConfigureAsyncInvoke(&awslambda.EventInvokeConfigOptions{
		MaxEventAge:   awscdk.Duration_Hours(jsii.Number(6)),
		RetryAttempts: jsii.Number(2),
		OnFailure:     awslambdadestinations.NewSqsDestination(s.ends.DeadLetters),
	})
}

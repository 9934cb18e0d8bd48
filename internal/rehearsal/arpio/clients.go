package arpio

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/internal/awssim/eventpattern"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// Bus is a lifecycle bus that is up, with its rules.
type Bus struct {
	// Name is the bus's name, and Region where it is.
	Name, Region string

	events    *eventbridge.Client
	ssm       *ssm.Client
	metrics   *cloudwatch.Client
	functions *lambda.Client
	tables    *dynamodb.Client
	zones     *route53.Client
	stacks    *cloudformation.Client
	rules     []rule
}

// rule is a rule of the bus.
type rule struct {
	name    string
	text    string // the pattern's
	pattern *eventpattern.Pattern
	enabled bool
	targets []string // ARNs
}

// FindBus finds the lifecycle bus in one of the Regions that the endpoints have. There must be one.
func FindBus(ctx context.Context, e endpoints.Endpoints) (*Bus, error) {
	for _, region := range slices.Sorted(maps.Keys(e.API)) {
		config := aws.Config{
			Region: region, BaseEndpoint: aws.String(e.AWS.Endpoint),
			Credentials: credentials.NewStaticCredentialsProvider(e.AWS.AccessKeyID, e.AWS.SecretAccessKey, ""),
		}
		b := &Bus{
			Region: region, events: eventbridge.NewFromConfig(config), ssm: ssm.NewFromConfig(config), metrics: cloudwatch.NewFromConfig(config),
			functions: lambda.NewFromConfig(config), tables: dynamodb.NewFromConfig(config), zones: route53.NewFromConfig(config),
			stacks: cloudformation.NewFromConfig(config),
		}
		found, err := b.events.ListEventBuses(ctx, &eventbridge.ListEventBusesInput{NamePrefix: aws.String(lifecycle.BusPrefix)})
		if err != nil {
			return nil, fmt.Errorf("list the event buses of %s: %w", region, err)
		}
		if len(found.EventBuses) > 0 {
			b.Name = *found.EventBuses[0].Name
			return b, b.readRules(ctx)
		}
	}
	return nil, errors.New("there is no event bus of Arpio's: the assembly must have a recovery stack, which it has with -c arpioAccountId=…")
}

// readRules reads the bus's rules.
func (b *Bus) readRules(ctx context.Context) error {
	var next *string
	for {
		page, err := b.events.ListRules(ctx, &eventbridge.ListRulesInput{EventBusName: &b.Name, NextToken: next})
		if err != nil {
			return fmt.Errorf("list the rules of %s: %w", b.Name, err)
		}
		for _, r := range page.Rules {
			pattern, err := eventpattern.Compile([]byte(aws.ToString(r.EventPattern)))
			if err != nil {
				return fmt.Errorf("rule %s: %w", *r.Name, err)
			}
			targets, err := b.events.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: r.Name, EventBusName: &b.Name})
			if err != nil {
				return fmt.Errorf("list the targets of %s: %w", *r.Name, err)
			}
			known := rule{name: *r.Name, text: aws.ToString(r.EventPattern), pattern: pattern, enabled: r.State != "DISABLED"}
			for _, t := range targets.Targets {
				known.targets = append(known.targets, *t.Arn)
			}
			b.rules = append(b.rules, known)
		}
		if next = page.NextToken; next == nil {
			return nil
		}
	}
}

// ruleFor is the rule with a target whose ARN has a part in it, such as ":automation-definition/".
func (b *Bus) ruleFor(part string) (rule, bool) {
	i := slices.IndexFunc(b.rules, func(r rule) bool {
		return slices.ContainsFunc(r.targets, func(arn string) bool { return strings.Contains(arn, part) })
	})
	if i < 0 {
		return rule{}, false
	}
	return b.rules[i], true
}

// metric is the sum of a metric of a rule over the last day.
func (b *Bus) metric(ctx context.Context, name, rule string) (int, error) {
	return b.sum(ctx, "AWS/Events", name, map[string]string{"RuleName": rule, "EventBusName": b.Name})
}

func (b *Bus) sum(ctx context.Context, namespace, name string, dimensions map[string]string) (int, error) {
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: &namespace, MetricName: &name, Period: aws.Int32(60), Statistics: []cwtypes.Statistic{cwtypes.StatisticSum},
		StartTime: aws.Time(time.Now().Add(-23 * time.Hour)), EndTime: aws.Time(time.Now().Add(time.Minute)),
	}
	for key, value := range dimensions {
		in.Dimensions = append(in.Dimensions, cwtypes.Dimension{Name: &key, Value: &value})
	}
	out, err := b.metrics.GetMetricStatistics(ctx, in)
	if err != nil {
		return 0, fmt.Errorf("read the metric %s: %w", name, err)
	}
	total := 0.0
	for _, point := range out.Datapoints {
		total += aws.ToFloat64(point.Sum)
	}
	return int(total), nil
}

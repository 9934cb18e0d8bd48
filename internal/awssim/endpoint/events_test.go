package endpoint_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

const lifecycleBus = "arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno"

// taken notes what buses take.
func (f *fixture) taken() *[]awssim.Event {
	var events []awssim.Event
	f.cloud.SetRunners(awssim.Runners{Deliver: func(_ string, e awssim.Event) { events = append(events, e) }})
	f.in(primary, func(r *awssim.Region) { r.CreateEventBus(awssim.EventBus{Name: lifecycleBus}) })
	return &events
}

func entry(detail string) types.PutEventsRequestEntry {
	return types.PutEventsRequestEntry{
		EventBusName: aws.String(lifecycleBus), Source: aws.String("io.arpio"), DetailType: aws.String("ArpioRecoveryStart"), Detail: &detail,
	}
}

func TestPutEvents(t *testing.T) {
	f := newFixture(t)
	taken := f.taken()
	client := eventbridge.NewFromConfig(f.config(primary))
	when := time.Date(2023, 8, 31, 16, 57, 35, 0, time.UTC)
	good := entry(` { "a" : 1.0 } `)
	good.Time, good.Resources = &when, []string{"arn:x"}
	noSource, ofAWS, toNowhere := entry("{}"), entry("{}"), entry("{}")
	noSource.Source, ofAWS.Source, toNowhere.EventBusName = nil, aws.String("aws.ec2"), aws.String("nowhere")
	out := must(client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
		good, noSource, ofAWS, entry("["), entry("[]"), entry("1"), entry(`{"a":1}{}`), entry(strings.Repeat(`{"a":`, 1001) + "1" + strings.Repeat("}", 1001)), toNowhere,
	}}))(t)
	equal(t, "failed", out.FailedEntryCount, 7)
	var codes []string
	for _, e := range out.Entries {
		codes = append(codes, aws.ToString(e.ErrorCode))
	}
	equal(t, "codes", strings.Join(codes, " "),
		" InvalidArgument NotAuthorizedForSourceException MalformedDetail MalformedDetail MalformedDetail MalformedDetail MalformedDetail ")
	equal(t, "taken", len(*taken), 1)
	equal(t, "id", (*taken)[0].ID, *out.Entries[0].EventId)
	equal(t, "JSON", string((*taken)[0].JSON()), fmt.Sprintf(`{"version":"0","id":%q,"detail-type":"ArpioRecoveryStart","source":"io.arpio","account":%q,`+
		`"time":"2023-08-31T16:57:35Z","region":"us-east-1","resources":["arn:x"],"detail":{"a":1.0}}`, *out.Entries[0].EventId, account))
}

func TestPutEventsLimits(t *testing.T) {
	f := newFixture(t)
	taken := f.taken()
	client := eventbridge.NewFromConfig(f.config(primary))
	eleven := make([]types.PutEventsRequestEntry, 11)
	for i := range eleven {
		eleven[i] = entry("{}")
	}
	_, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: eleven})
	f.wantCode(err, "ValidationException")
	const rest = len("io.arpio") + len("ArpioRecoveryStart") + len(`{"a":""}`)
	for size, ok := range map[int]bool{1<<20 - 1: true, 1 << 20: false} {
		_, err := client.PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: []types.PutEventsRequestEntry{
			entry(`{"a":"` + strings.Repeat("x", size-rest) + `"}`),
		}})
		equal(t, fmt.Sprint(size, " bytes"), err == nil, ok)
	}
	equal(t, "taken", len(*taken), 1)
	session := f.role("Mute", `{"Statement": {"Effect": "Allow", "Action": "events:PutEvents", "Resource": "*", "Condition": {"StringEquals": {"events:source": "other"}}}}`)
	_, err = eventbridge.NewFromConfig(f.configOf(primary, session)).PutEvents(t.Context(), &eventbridge.PutEventsInput{Entries: eleven[:1]})
	f.wantCode(err, "AccessDeniedException")
}

func TestTestEventPattern(t *testing.T) {
	f := newFixture(t)
	client := eventbridge.NewFromConfig(f.config(primary))
	const event = `{"id":"1","account":"1","source":"io.arpio","time":"2023-08-31T16:57:35Z","region":"us-east-2","resources":[],"detail-type":"x","detail":{"restore-phase":"failover"}}`
	test := func(pattern, event string) (*eventbridge.TestEventPatternOutput, error) {
		return client.TestEventPattern(t.Context(), &eventbridge.TestEventPatternInput{EventPattern: &pattern, Event: &event})
	}
	equal(t, "matches", must(test(`{"detail":{"restore-phase":[{"prefix":"fail"}]}}`, event))(t).Result, true)
	equal(t, "does not", must(test(`{"detail":{"restore-phase":["standby"]}}`, event))(t).Result, false)
	_, err := test(`{"source":"io.arpio"}`, event)
	f.wantCode(err, "InvalidEventPatternException")
	_, err = test(`{"source":["io.arpio"]}`, `{"source":"io.arpio"}`)
	f.wantCode(err, "ValidationException")
	_, err = test(`{"source":["io.arpio"]}`, `not JSON`)
	f.wantCode(err, "ValidationException")
}

func TestRules(t *testing.T) {
	f := newFixture(t)
	f.taken()
	f.in(primary, func(r *awssim.Region) {
		for i := range 3 {
			r.PutEventRule(awssim.EventRule{Name: fmt.Sprint("r", i), Bus: lifecycleBus, Pattern: `{"source":["io.arpio"]}`, Targets: []awssim.EventTarget{{
				ID: "t", ARN: "arn:aws:sqs:us-east-1:123456789012:q", MaxAge: time.Hour, MaxRetries: 3, DeadLetterARN: "arn:d",
				Transformer: &awssim.InputTransformer{Paths: map[string]string{"x": "$.x"}, Template: "<x>"},
			}}})
		}
	})
	client := eventbridge.NewFromConfig(f.config(primary))
	first := must(client.ListRules(t.Context(), &eventbridge.ListRulesInput{EventBusName: aws.String(lifecycleBus), Limit: aws.Int32(2)}))(t)
	rest := must(client.ListRules(t.Context(), &eventbridge.ListRulesInput{EventBusName: aws.String(lifecycleBus), NextToken: first.NextToken}))(t)
	equal(t, "rules", len(first.Rules)*10+len(rest.Rules), 21)
	equal(t, "ARN", *first.Rules[0].Arn, "arn:aws:events:us-east-1:123456789012:rule/"+lifecycleBus+"/r0")
	in := &eventbridge.DisableRuleInput{Name: aws.String("r1"), EventBusName: aws.String(lifecycleBus)}
	must(client.DisableRule(t.Context(), in))(t)
	one := must(client.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: in.Name, EventBusName: in.EventBusName}))(t)
	equal(t, "state", one.State, types.RuleStateDisabled)
	targets := must(client.ListTargetsByRule(t.Context(), &eventbridge.ListTargetsByRuleInput{Rule: in.Name, EventBusName: in.EventBusName}))(t).Targets
	equal(t, "retries", *targets[0].RetryPolicy.MaximumRetryAttempts, 3)
	equal(t, "template", *targets[0].InputTransformer.InputTemplate, "<x>")
	_, err := client.DescribeRule(t.Context(), &eventbridge.DescribeRuleInput{Name: aws.String("none")})
	f.wantCode(err, "ResourceNotFoundException")
	_, err = client.ListRules(t.Context(), &eventbridge.ListRulesInput{EventBusName: aws.String("none")})
	f.wantCode(err, "ResourceNotFoundException")
}

func TestArchivesAndReplays(t *testing.T) {
	f := newFixture(t)
	f.taken()
	client := eventbridge.NewFromConfig(f.config(primary))
	const bus = "arn:aws:events:us-east-1:123456789012:event-bus/" + lifecycleBus
	in := &eventbridge.CreateArchiveInput{ArchiveName: aws.String("a"), EventSourceArn: aws.String(bus), EventPattern: aws.String(`{"source":["io.arpio"]}`), RetentionDays: aws.Int32(3)}
	archive := must(client.CreateArchive(t.Context(), in))(t)
	_, err := client.CreateArchive(t.Context(), in)
	f.wantCode(err, "ResourceAlreadyExistsException")
	in.ArchiveName, in.EventPattern = aws.String("b"), aws.String(`{"source":"x"}`)
	_, err = client.CreateArchive(t.Context(), in)
	f.wantCode(err, "InvalidEventPatternException")
	equal(t, "archives", len(must(client.ListArchives(t.Context(), &eventbridge.ListArchivesInput{EventSourceArn: aws.String(bus)}))(t).Archives), 1)
	start := &eventbridge.StartReplayInput{
		ReplayName: aws.String("r"), EventSourceArn: archive.ArchiveArn, Destination: &types.ReplayDestination{Arn: aws.String(bus)},
		EventStartTime: aws.Time(time.Unix(0, 0)), EventEndTime: aws.Time(time.Now()),
	}
	must(client.StartReplay(t.Context(), start))(t)
	_, err = client.StartReplay(t.Context(), start)
	f.wantCode(err, "ResourceAlreadyExistsException")
	equal(t, "state", must(client.DescribeReplay(t.Context(), &eventbridge.DescribeReplayInput{ReplayName: aws.String("r")}))(t).State, types.ReplayStateStarting)
	start.ReplayName, start.EventStartTime = aws.String("s"), start.EventEndTime
	_, err = client.StartReplay(t.Context(), start)
	f.wantCode(err, "ValidationException")
}

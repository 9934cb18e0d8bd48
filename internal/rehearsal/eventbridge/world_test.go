package eventbridge_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/endpoint"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/awssim/iam/iamtest"
	"github.com/warmstandby/warmstandby/internal/rehearsal/eventbridge"
)

const (
	region  = "us-east-2"
	account = "123456789012"
	bus     = "arpio-lifecycle-events-RQDLgR8ar2ipEV0VbfQLno"
)

// world is a cloud with an engine, whose calls go to the endpoint unless fail says otherwise.
type world struct {
	*testing.T

	cloud  *awssim.Cloud
	engine *eventbridge.Engine
	aws    *endpoint.Handler

	mu    sync.Mutex
	fail  func(endpoint.Request) error
	began time.Time
}

// inWorld runs a test in virtual time.
func inWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	inWorldAt(t, 1, test)
}

// inWorldAt runs a test in virtual time, in a cloud that is so many times faster than AWS.
func inWorldAt(t *testing.T, speed float64, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, cloud: awssim.New(awssim.Options{Account: account, Speed: speed, Seed: 1}), began: time.Now()}
		w.aws = endpoint.New(w.cloud)
		w.engine = eventbridge.New(eventbridge.Options{Cloud: w.cloud, Caller: w, Seed: 1})
		w.cloud.SetRunners(awssim.Runners{Deliver: w.engine.Deliver, Replay: w.engine.Replay})
		w.in(func(r *awssim.Region) {
			r.CreateEventBus(awssim.EventBus{Name: bus})
			r.CreateQueue(awssim.Queue{Name: "dead", Policy: w.resource(`{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
				"Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}}}`)})
		})
		defer w.aws.Close()
		defer w.engine.Close()
		test(w)
	})
}

// Do is the endpoint's, unless the call is to fail.
func (w *world) Do(ctx context.Context, r endpoint.Request) (any, error) {
	w.mu.Lock()
	fail := w.fail
	w.mu.Unlock()
	if fail != nil {
		if err := fail(r); err != nil {
			return nil, err
		}
	}
	return w.aws.Do(ctx, r)
}

func (w *world) in(change func(*awssim.Region)) {
	w.cloud.Do(func(s *awssim.State) { change(s.Region(region)) })
}

func (w *world) resource(statement string) *iam.Policy {
	return iamtest.Policy(w, iam.Resource, statement)
}

// rule puts a rule for events of Arpio's with a target.
func (w *world) rule(name string, target awssim.EventTarget) {
	target.ID = "t"
	target.DeadLetterARN = "arn:aws:sqs:us-east-2:123456789012:dead"
	if target.MaxAge == 0 {
		target.MaxAge, target.MaxRetries = awssim.MaxEventAge, awssim.MaxEventRetries
	}
	w.in(func(r *awssim.Region) {
		r.PutEventRule(awssim.EventRule{Name: name, Bus: bus, Pattern: `{"source":["io.arpio"]}`, Targets: []awssim.EventTarget{target}})
	})
}

// put gives the bus an event and waits until it is delivered, given up, or waits for another attempt.
func (w *world) put(source, detail string) {
	var e awssim.Event
	w.in(func(r *awssim.Region) {
		e = r.TakeEvent(awssim.Event{Bus: bus, Source: source, DetailType: "ArpioResourceUpsert", Detail: json.RawMessage(detail)})
	})
	w.cloud.Deliver(region, e)
	synctest.Wait()
}

// messages are the messages in a queue.
func (w *world) messages(queue string) (m []awssim.QueueMessage) {
	w.in(func(r *awssim.Region) {
		q, _ := r.Queues.Get(queue)
		m = q.Messages
	})
	return m
}

// metric is the sum of a rule's metric.
func (w *world) metric(name, rule string) (sum int) {
	w.in(func(r *awssim.Region) {
		id := awssim.MetricID{Namespace: "AWS/Events", Name: name, Dimensions: []awssim.Dimension{{Name: "EventBusName", Value: bus}, {Name: "RuleName", Value: rule}}}
		sum = len(r.Metric(id).Data)
	})
	return sum
}

func (w *world) want(what string, got, want any) {
	w.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.Errorf("%s: got %v, want %v", what, got, want)
	}
}

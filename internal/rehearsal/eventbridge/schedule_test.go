package eventbridge_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/eventbridge"
)

// scheduled is a rule with a schedule and a queue for its events, which lets EventBridge send.
func (w *world) scheduled(schedule string) {
	w.in(func(r *awssim.Region) {
		q := r.CreateQueue(awssim.Queue{Name: "events", Policy: w.resource(`{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
			"Action": "sqs:SendMessage", "Resource": "*", "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:events:us-east-2:123456789012:rule/often"}}}`)})
		r.PutEventRule(awssim.EventRule{Name: "often", Bus: awssim.DefaultBus, Schedule: schedule, Targets: []awssim.EventTarget{
			{ID: "t", ARN: q.ARN, MaxAge: awssim.MaxEventAge, MaxRetries: awssim.MaxEventRetries},
		}})
		r.PutEventRule(awssim.EventRule{
			Name: "all", Bus: awssim.DefaultBus, Pattern: `{"account": ["123456789012"]}`, Targets: []awssim.EventTarget{{ID: "t", ARN: q.ARN}},
		})
	})
	if err := w.engine.RunSchedules(); err != nil {
		w.Fatal(err)
	}
}

// after waits, and wants that many events in the queue since the beginning.
func (w *world) after(d time.Duration, events int) {
	w.Helper()
	time.Sleep(d)
	synctest.Wait()
	w.want("events", len(w.messages("events")), events)
}

func TestRates(t *testing.T) {
	for schedule, period := range map[string]time.Duration{"rate(1 minute)": time.Minute, "rate(5 minutes)": 5 * time.Minute, "rate(1 hour)": time.Hour, "rate(3 days)": 72 * time.Hour} {
		inWorld(t, func(w *world) {
			w.scheduled(schedule)
			w.after(period-1, 0)
			w.after(1, 1)
			w.after(3*period-1, 3)
			w.after(1, 4)
		})
	}
}

// An event says which rule it comes from, and goes to that one only.
func TestScheduledEvent(t *testing.T) {
	inWorld(t, func(w *world) {
		w.scheduled("rate(1 minute)")
		w.after(time.Minute, 1)
		var got map[string]any
		if err := json.Unmarshal([]byte(w.messages("events")[0].Body), &got); err != nil {
			t.Fatal(err)
		}
		w.want("source", got["source"], "aws.events")
		w.want("detail-type", got["detail-type"], "Scheduled Event")
		w.want("resources", got["resources"], "[arn:aws:events:us-east-2:123456789012:rule/often]")
		w.want("detail", got["detail"], "map[]")
		w.want("time", got["time"], time.Now().UTC().Format(time.RFC3339))
	})
}

// A faster cloud has more events, but no more than one in five seconds.
func TestFasterRates(t *testing.T) {
	for speed, period := range map[float64]time.Duration{2: 30 * time.Second, 50: 5 * time.Second} {
		inWorldAt(t, speed, func(w *world) {
			w.scheduled("rate(1 minute)")
			w.after(period-1, 0)
			w.after(1, 1)
		})
	}
}

// A rule that is disabled, a Region that is cut off, and an engine that is closed do nothing, and nothing is made up for later.
func TestSchedulesThatRest(t *testing.T) {
	inWorld(t, func(w *world) {
		w.scheduled("rate(1 minute)")
		rest := func(disabled bool) {
			w.in(func(r *awssim.Region) {
				rule, _ := r.EventRules.Get(awssim.EventRuleKey(awssim.DefaultBus, "often"))
				rule.Disabled = disabled
				r.PutEventRule(rule)
			})
		}
		rest(true)
		w.after(3*time.Minute, 0)
		rest(false)
		w.after(time.Minute, 1)
		w.cloud.Do(func(s *awssim.State) { s.CutOff(region) })
		w.after(3*time.Minute, 1)
		w.cloud.Do(func(s *awssim.State) { s.Reconnect(region) })
		w.after(time.Minute, 2)
		w.engine.Close()
		w.after(time.Hour, 2)
	})
}

// The queue's policy decides, as of any event.
func TestScheduleWithoutPermission(t *testing.T) {
	inWorld(t, func(w *world) {
		w.scheduled("rate(1 minute)")
		w.in(func(r *awssim.Region) {
			q, _ := r.Queues.Get("events")
			q.Policy = nil
			r.Queues.Put("events", q)
		})
		w.after(time.Minute, 0)
		w.want("refusals", len(w.aws.Summary().Refusals), 1)
	})
}

// What a Region's bus took before the Region was cut off is delivered once it is back.
func TestDeliversWhenTheRegionIsBack(t *testing.T) {
	inWorld(t, func(w *world) {
		w.scheduled("rate(1 day)")
		w.rule("arpio", awssim.EventTarget{ARN: "arn:aws:sqs:us-east-2:123456789012:dead"})
		w.cloud.Do(func(s *awssim.State) { s.CutOff(region) })
		w.put("io.arpio", `{}`)
		w.want("delivered", len(w.messages("dead")), 0)
		w.cloud.Do(func(s *awssim.State) { s.Reconnect(region) })
		time.Sleep(time.Hour)
		synctest.Wait()
		w.want("delivered", len(w.messages("dead")), 1)
	})
}

func TestSchedulesThatAreRefused(t *testing.T) {
	for _, schedule := range []string{"cron(0 8 * * ? *)", "rate(0 minutes)", "rate(1 minutes)", "rate(5 seconds)", "at(2026-01-01T00:00:00)", "rate(99999999999999999999 days)", ""} {
		if err := eventbridge.CheckSchedule(schedule); err == nil {
			t.Errorf("%q is taken", schedule)
		}
	}
	inWorld(t, func(w *world) {
		w.in(func(r *awssim.Region) {
			r.PutEventRule(awssim.EventRule{Name: "daily", Bus: awssim.DefaultBus, Schedule: "cron(0 8 * * ? *)"})
		})
		if err := w.engine.RunSchedules(); err == nil || !strings.Contains(err.Error(), "rule daily in us-east-2: schedule cron(0 8 * * ? *) is not simulated") {
			t.Errorf("got %v", err)
		}
	})
}

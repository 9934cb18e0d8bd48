package simulation

import (
	"context"
	"encoding/json"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/recovery/recoverytest"
)

// settled is how long everything has ended after, whatever fails: EventBridge retries for a day.
const settled = 26 * time.Hour

// play plays the history to its end.
func (w *world) play(ctx context.Context) {
	for _, step := range w.history.Steps {
		time.Sleep(time.Until(w.at(step.Now)))
		if step.Event == nil {
			w.goBack(ctx)
			continue
		}
		w.deliver(step)
	}
	time.Sleep(settled)
	w.redrive(ctx)
}

// at is the bubble's time for one of the history's. Before a request to go back there is enough time for all that was announced to be
// delivered, because who goes back has seen the failover.
func (w *world) at(t time.Time) time.Time {
	at := w.began.Add(t.Sub(w.history.Steps[0].At))
	for _, step := range w.history.Steps {
		if step.Event == nil && !step.Now.After(t) {
			at = at.Add(settled)
		}
	}
	return at
}

// deliver puts an event on the bus.
func (w *world) deliver(step recoverytest.Step) {
	var e struct {
		ID         string          `json:"id"`
		DetailType string          `json:"detail-type"`
		Source     string          `json:"source"`
		Resources  []string        `json:"resources"`
		Detail     json.RawMessage `json:"detail"`
	}
	if err := json.Unmarshal(step.Event, &e); err != nil {
		w.report.wrong(selects, "event %.200s is no JSON: %v", step.Event, err)
		return
	}
	event := awssim.Event{
		Bus: w.rules[log].Bus, ID: e.ID, DetailType: e.DetailType, Source: e.Source, Account: recoverytest.Account, Time: w.at(step.At),
		Region: region, Resources: e.Resources, Detail: e.Detail, Ingested: time.Now(),
	}
	w.recover(step)
	w.delivered = append(w.delivered, step)
	w.function.know(string(event.JSON()), step)
	w.cloud.Deliver(region, event)
	w.report.Events++
}

// recover makes true what an event says of a server.
func (w *world) recover(step recoverytest.Step) {
	if step.State != lifecycle.Done || step.Phase == lifecycle.Standby || !w.history.Servers[step.Server] {
		return
	}
	w.in(func(r *awssim.Region) {
		if _, known := r.Instance(step.Server); !known {
			r.Launch(step.Server, []awssim.Tag{{Key: tagKey, Value: tagValue}})
		}
	})
}

// goBack asks the DNS function to go back, when nothing is on its way and nothing lies in its dead-letter queue that could be handled.
func (w *world) goBack(ctx context.Context) {
	w.redrive(ctx)
	w.report.Failbacks++
	var err error
	for range 5 { // as the failback's runbook and who runs it try again
		if err = w.function.run(ctx, []byte(dnsplan.Failback(recoverytest.Application))); err == nil {
			break
		}
		time.Sleep(time.Minute)
	}
	home, _ := w.function.targets()
	if got := w.points(); err != nil || got != home {
		w.report.wrong(rightInTheEnd, "after failback, records point at %s: %v", got, err)
	}
}

// redrive sends the dead letters of the DNS function to it again, as long as that helps any.
func (w *world) redrive(ctx context.Context) {
	waiting := w.collect(ends)
	for {
		var left []awssim.QueueMessage
		for _, m := range waiting {
			if w.function.run(ctx, eventOf(m)) != nil {
				left = append(left, m)
			}
			time.Sleep(time.Minute)
		}
		if len(left) == len(waiting) {
			w.undelivered = left
			return
		}
		waiting = left
	}
}

// collect empties the dead-letter queue of a rule, and keeps what was in it.
func (w *world) collect(k kind) (messages []awssim.QueueMessage) {
	arn := w.rules[k].Targets[0].DeadLetterARN
	w.in(func(r *awssim.Region) {
		for name, q := range r.Queues.All() {
			if q.ARN == arn {
				messages = q.Messages
				q.Messages = nil
				r.Queues.Put(name, q)
			}
		}
	})
	w.letters[k] = append(w.letters[k], messages...)
	if k == ends {
		messages = append(messages, w.undelivered...)
	}
	return messages
}

// eventOf is the event of a dead letter, from EventBridge or from Lambda.
func eventOf(m awssim.QueueMessage) []byte {
	var record struct{ RequestPayload json.RawMessage }
	if json.Unmarshal([]byte(m.Body), &record) == nil && record.RequestPayload != nil {
		return record.RequestPayload
	}
	return []byte(m.Body)
}

// fromEventBridge says whether a dead letter is EventBridge's, and not Lambda's.
func fromEventBridge(m awssim.QueueMessage) bool { return m.Attributes["RULE_ARN"] != "" }

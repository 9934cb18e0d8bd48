package awssim

import (
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Topic is an SNS topic and what was published to it, oldest first.
type Topic struct {
	Name          string
	ARN           string
	Policy        *iam.Policy // the resource policy; nil if there is none
	Key           string      // the ARN of the KMS key that encrypts messages; empty if none of the customer's does
	Subscriptions []Subscription
	Messages      []Message
}

// Subscription is who gets a topic's messages.
type Subscription struct {
	ARN       string
	Protocol  string // sqs, email, sms, lambda, https …
	Endpoint  string
	Raw       bool              // whether the message is delivered as it was published
	Confirmed bool              // whether the endpoint has agreed; email and HTTPS ones must
	Filter    string            // a filter policy as JSON; empty if there is none
	Delivered []Message         // what was delivered to an endpoint that is no queue
	Failed    map[string]string // why messages were not delivered, by their ids
}

// Message is something published to a topic.
type Message struct {
	ID      string
	Subject string
	Body    string
	Time    time.Time
}

// CreateTopic stores a topic. It fills in the ARN.
func (r *Region) CreateTopic(t Topic) Topic {
	t.ARN = r.arn("sns", t.Name)
	r.Topics.Put(t.ARN, t)
	return t
}

// Subscribe adds a subscription to a topic, and says whether the topic exists. It fills in the ARN.
func (r *Region) Subscribe(topic string, s Subscription) (Subscription, bool) {
	t, ok := r.Topics.Get(topic)
	if !ok {
		return s, false
	}
	s.ARN = topic + ":" + r.state.newUUID()
	t.Subscriptions = append(t.Subscriptions[:len(t.Subscriptions):len(t.Subscriptions)], s)
	r.Topics.Put(topic, t)
	return s, true
}

// Publish records a message, and says whether the topic exists. It fills in id and time. The topic is as it is afterwards: who
// publishes delivers to its subscriptions.
func (r *Region) Publish(topic string, m Message) (Message, bool) {
	t, ok := r.Topics.Get(topic)
	if !ok {
		return m, false
	}
	m.ID = r.state.newUUID()
	m.Time = r.state.Now()
	t.Messages = append(t.Messages, m) // behind what earlier readers see
	r.Topics.Put(topic, t)
	r.PutMetric(MetricID{
		Namespace: "AWS/SNS", Name: "NumberOfMessagesPublished", Dimensions: []Dimension{{Name: "TopicName", Value: t.Name}},
	}, 1, "Count")
	return m, true
}

// ChangeSubscription changes a subscription of a topic. Lists and maps in it must be replaced, not changed.
func (r *Region) ChangeSubscription(topic, arn string, change func(*Subscription)) {
	t, _ := r.Topics.Get(topic)
	t.Subscriptions = slices.Clone(t.Subscriptions)
	for i := range t.Subscriptions {
		if t.Subscriptions[i].ARN == arn {
			change(&t.Subscriptions[i])
			r.Topics.Put(topic, t)
		}
	}
}

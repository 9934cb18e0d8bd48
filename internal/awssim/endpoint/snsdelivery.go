package endpoint

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"maps"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// fanOut delivers a message to a topic's subscriptions: to queues of this Region, if their policies let the topic send, and to
// any other endpoint by noting it. What is not delivered is noted with the reason; nothing is retried.
func (c *Call) fanOut(ctx context.Context, topic string, m awssim.Message) {
	t, _ := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Topic, bool) { return r.Topics.Get(topic) })
	for _, s := range t.Subscriptions {
		var failed error
		switch {
		case !s.Confirmed:
			continue
		case s.Protocol == "sqs":
			failed = c.toQueue(ctx, topic, s, m)
		default:
			c.change(topic, s, func(s *awssim.Subscription) { s.Delivered = append(s.Delivered, m) })
		}
		if failed != nil {
			c.change(topic, s, func(s *awssim.Subscription) {
				s.Failed = maps.Clone(s.Failed)
				if s.Failed == nil {
					s.Failed = map[string]string{}
				}
				s.Failed[m.ID] = failed.Error()
			})
		}
	}
}

func (c *Call) change(topic string, s awssim.Subscription, change func(*awssim.Subscription)) {
	c.do(func(_ *awssim.State, r *awssim.Region) { r.ChangeSubscription(topic, s.ARN, change) })
}

// toQueue sends a message to a queue in the name of SNS, in SNS's envelope unless the subscription wants it raw (SNS developer
// guide, "Parsing Amazon SNS message formats").
func (c *Call) toQueue(ctx context.Context, topic string, s awssim.Subscription, m awssim.Message) error {
	body := m.Body
	if !s.Raw {
		envelope, err := json.Marshal(struct {
			Type, MessageId, TopicArn string //nolint:revive // as SNS spells it
			Subject                   string `json:",omitempty"`
			Message, Timestamp        string
		}{"Notification", m.ID, topic, m.Subject, m.Body, m.Time.UTC().Format("2006-01-02T15:04:05.000Z")})
		if err != nil {
			return err
		}
		body = string(envelope)
	}
	_, err := c.Handler.Do(ctx, Request{
		Region: c.Region, Service: "sqs", Operation: "SendMessage", Principal: "sns.amazonaws.com", Source: topic,
		Input: map[string]any{"QueueUrl": s.Endpoint, "MessageBody": body},
	})
	return err
}

type topicOutput struct {
	TopicARN string `json:"TopicArn" xml:"TopicArn"`
}

func listTopics(_ context.Context, c *Call) (any, error) {
	var out struct {
		XMLName xml.Name      `json:"-" xml:"ListTopicsResult"`
		Topics  []topicOutput `xml:"Topics>member"`
	}
	for _, t := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Topic { return r.Topics.Values() }) {
		out.Topics = append(out.Topics, topicOutput{t.ARN})
	}
	return out, nil
}

func listSubscriptions(_ context.Context, c *Call) (any, error) {
	type subscription struct {
		SubscriptionARN string `json:"SubscriptionArn" xml:"SubscriptionArn"`
		TopicARN        string `json:"TopicArn" xml:"TopicArn"`
		Protocol        string
		Endpoint        string
		Owner           string
	}
	var out struct {
		XMLName       xml.Name       `json:"-" xml:"ListSubscriptionsByTopicResult"`
		Subscriptions []subscription `xml:"Subscriptions>member"`
	}
	t, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Topic, bool) { return r.Topics.Get(topicARN(c)) })
	if !ok {
		return nil, failure(http.StatusNotFound, "NotFound", "Topic does not exist")
	}
	for _, s := range t.Subscriptions {
		arn := s.ARN
		if !s.Confirmed {
			arn = "PendingConfirmation"
		}
		out.Subscriptions = append(out.Subscriptions, subscription{arn, t.ARN, s.Protocol, s.Endpoint, c.account()})
	}
	return out, nil
}

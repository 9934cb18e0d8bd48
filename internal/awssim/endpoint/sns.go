package endpoint

import (
	"cmp"
	"context"
	"net/http"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// maxMessage is the size of the largest message in bytes (SNS API reference, Publish).
const maxMessage = 256 << 10

// sns is the Simple Notification Service: what is published is recorded, and delivered to the topic's subscriptions.
func sns() *service {
	return &service{
		name:      "sns",
		protocols: []protocol{query{namespace: "http://sns.amazonaws.com/doc/2010-03-31/"}},
		denied:    "AuthorizationError",
		operations: []operation{
			{name: "Publish", resources: on(topicARN), policy: topicPolicy, also: topicKey, do: publish},
			{name: "ListTopics", do: listTopics},
			{name: "ListSubscriptionsByTopic", resources: on(topicARN), policy: topicPolicy, do: listSubscriptions},
		},
	}
}

func topicARN(c *Call) string { return cmp.Or(c.Str("TopicArn"), c.Str("TargetArn")) }

func topicPolicy(c *Call) *iam.Policy {
	t, _ := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Topic, bool) { return r.Topics.Get(topicARN(c)) })
	return t.Policy
}

// topicKey is what a publisher needs of the key that encrypts the topic's messages (SNS developer guide, "Managing Amazon SNS
// encryption keys and costs").
func topicKey(c *Call) []need {
	t, _ := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Topic, bool) { return r.Topics.Get(topicARN(c)) })
	return keyNeeds(c, t.Key)
}

func publish(ctx context.Context, c *Call) (any, error) {
	if body := c.Str("Message"); body == "" || len(body) > maxMessage {
		return nil, failure(http.StatusBadRequest, "InvalidParameter", "Invalid parameter: Message must have 1 to %d bytes, got %d", maxMessage, len(body))
	}
	m, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Message, bool) {
		return r.Publish(topicARN(c), awssim.Message{Subject: c.Str("Subject"), Body: c.Str("Message")})
	})
	if !ok {
		return nil, failure(http.StatusNotFound, "NotFound", "Topic does not exist")
	}
	c.fanOut(ctx, topicARN(c), m)
	return struct {
		MessageID string `json:"MessageId" xml:"MessageId"`
	}{m.ID}, nil
}

package awssim

import (
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Topic is an SNS topic and what was published to it, oldest first. Nothing is delivered.
type Topic struct {
	Name     string
	ARN      string
	Policy   *iam.Policy // the resource policy; nil if there is none
	Messages []Message
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

// Publish records a message, and says whether the topic exists. It fills in id and time.
func (r *Region) Publish(topic string, m Message) (Message, bool) {
	t, ok := r.Topics.Get(topic)
	if !ok {
		return m, false
	}
	m.ID = r.state.newUUID()
	m.Time = r.state.Now()
	t.Messages = append(t.Messages[:len(t.Messages):len(t.Messages)], m)
	r.Topics.Put(topic, t)
	return m, true
}

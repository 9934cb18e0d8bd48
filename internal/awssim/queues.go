package awssim

import (
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// Queue is a standard SQS queue and its messages, oldest first.
type Queue struct {
	Name       string
	ARN        string
	Policy     *iam.Policy   // the resource policy; nil if there is none
	Key        string        // the ARN of the KMS key that encrypts messages; empty if none of the customer's does
	Visibility time.Duration // how long a received message is hidden
	Retention  time.Duration // how long a message is kept
	MaxReceive int           // how often a message may be received before it goes to DeadLetter; 0 if it may for ever
	DeadLetter string        // the ARN of the queue for those received too often
	Created    time.Time
	Messages   []QueueMessage
}

// QueueMessage is a message in a queue.
type QueueMessage struct {
	ID         string
	Body       string
	Attributes map[string]string // its own, all of type String
	Sender     string            // who sent it, as SenderId shows it
	Sent       time.Time
	Visible    time.Time // when it can be received
	Received   int       // how often it was
	FirstSeen  time.Time // when it was received first
	Receipt    string    // the handle of the last receipt; empty until it was received
}

// CreateQueue stores a queue. It fills in ARN and date.
func (r *Region) CreateQueue(q Queue) Queue {
	q.ARN = r.arn("sqs", q.Name)
	q.Created = r.state.Now()
	r.Queues.Put(q.Name, q)
	return q
}

// FindQueue returns the queue of an ARN, and whether it is one of this Region.
func (r *Region) FindQueue(arn string) (Queue, bool) {
	q, ok := r.Queues.Get(resource(arn))
	return q, ok && q.ARN == arn
}

// SendMessage appends a message to a queue, and says whether the queue exists. It fills in id and times.
func (r *Region) SendMessage(queue string, m QueueMessage) (QueueMessage, bool) {
	q, ok := r.Queues.Get(queue)
	if !ok {
		return m, false
	}
	m.ID, m.Sent = r.state.newUUID(), r.state.Now()
	if m.Visible.IsZero() {
		m.Visible = m.Sent
	}
	q.Messages = append(q.Messages, m) // behind what earlier readers see
	r.Queues.Put(queue, q)
	return m, true
}

// ReceiveMessages receives up to count messages that can be, hides them, and says whether the queue exists. A message that was
// received too often goes to the queue's dead-letter queue instead.
func (r *Region) ReceiveMessages(queue string, count int, hidden time.Duration) ([]QueueMessage, bool) {
	q, ok := r.Queues.Get(queue)
	if !ok {
		return nil, false
	}
	now := r.state.Now()
	var kept, received []QueueMessage
	for _, m := range q.Messages {
		switch {
		case q.Retention > 0 && now.Sub(m.Sent) > q.Retention:
			continue
		case len(received) == count || m.Visible.After(now):
		case q.MaxReceive > 0 && m.Received >= q.MaxReceive:
			if dead, ok := r.FindQueue(q.DeadLetter); ok {
				dead.Messages = append(dead.Messages, m)
				r.Queues.Put(dead.Name, dead)
				continue
			}
		default:
			m.Visible, m.Receipt = now.Add(hidden), r.state.newUUID()
			if m.Received++; m.Received == 1 {
				m.FirstSeen = now
			}
			received = append(received, m)
		}
		kept = append(kept, m)
	}
	q.Messages = kept
	r.Queues.Put(queue, q)
	return received, true
}

// DeleteMessages deletes the messages of a queue that drop says to, and returns how many those were.
func (r *Region) DeleteMessages(queue string, drop func(QueueMessage) bool) int {
	q, _ := r.Queues.Get(queue)
	var kept []QueueMessage
	for _, m := range q.Messages {
		if !drop(m) {
			kept = append(kept, m)
		}
	}
	deleted := len(q.Messages) - len(kept)
	if deleted > 0 {
		q.Messages = kept
		r.Queues.Put(queue, q)
	}
	return deleted
}

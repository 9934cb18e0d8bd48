package endpoint

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
)

// sqs is SQS: standard queues, made by templates. A receipt does not wait for messages (WaitTimeSeconds), and message attributes
// are texts.
func sqs() *service {
	queue := on(func(c *Call) string { return c.queueARN() })
	return &service{
		name:      "sqs",
		protocols: []protocol{jsonRPC{version: "1.0"}},
		operations: []operation{
			{name: "SendMessage", resources: queue, policy: queuePolicy, also: queueKey, do: sendMessage},
			{name: "ReceiveMessage", resources: queue, policy: queuePolicy, do: receiveMessage},
			{name: "DeleteMessage", resources: queue, policy: queuePolicy, do: deleteMessage},
			{name: "PurgeQueue", resources: queue, policy: queuePolicy, do: purgeQueue},
			{name: "GetQueueAttributes", resources: queue, policy: queuePolicy, do: getQueueAttributes},
			{name: "GetQueueUrl", resources: queue, policy: queuePolicy, do: getQueueURL},
			{name: "ListQueues", do: listQueues},
		},
	}
}

// queueName is the name of the queue that the call is for: the last part of its URL, or of its ARN where a service calls.
func (c *Call) queueName() string {
	if name := c.Str("QueueName"); name != "" {
		return name
	}
	id := c.Str("QueueUrl")
	return id[strings.LastIndexAny(id, "/:")+1:]
}

func (c *Call) queueARN() string {
	return "arn:aws:sqs:" + c.Region + ":" + c.account() + ":" + c.queueName()
}

func findQueue(c *Call) (awssim.Queue, error) {
	q, ok := lookup(c, func(_ *awssim.State, r *awssim.Region) (awssim.Queue, bool) { return r.Queues.Get(c.queueName()) })
	if !ok {
		return q, failure(http.StatusBadRequest, "com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
	}
	return q, nil
}

func queuePolicy(c *Call) *iam.Policy {
	q, err := findQueue(c)
	if err != nil {
		return nil
	}
	return q.Policy
}

// queueKey is what a sender needs of the key that encrypts the queue's messages (SQS developer guide, "Key management").
func queueKey(c *Call) []need {
	q, err := findQueue(c)
	if err != nil {
		return nil
	}
	return keyNeeds(c, q.Key)
}

// keyNeeds is what a caller needs of the key that encrypts what it sends: to generate a data key, and to decrypt one.
func keyNeeds(c *Call, key string) []need {
	if key == "" {
		return nil
	}
	policy, _ := lookup(c, func(s *awssim.State, _ *awssim.Region) (*iam.Policy, bool) { return s.KeyPolicies.Get(key) })
	return []need{
		{action: "kms:GenerateDataKey", resource: key, policy: policy},
		{action: "kms:Decrypt", resource: key, policy: policy},
	}
}

// messageAttribute is a message attribute on the wire.
type messageAttribute struct {
	DataType    string
	StringValue string
}

func sendMessage(_ context.Context, c *Call) (any, error) {
	var in struct {
		MessageBody       string
		MessageAttributes map[string]messageAttribute
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	q, err := findQueue(c)
	if err != nil {
		return nil, err
	}
	const largest = 1 << 20 // bytes (SQS developer guide, "Amazon SQS message quotas")
	if n := len(in.MessageBody); n < 1 || n > largest {
		return nil, failure(http.StatusBadRequest, "com.amazonaws.sqs#InvalidParameterValue",
			"One or more parameters are invalid. Reason: Message must have 1 to %d bytes, got %d.", largest, n)
	}
	m := awssim.QueueMessage{Body: in.MessageBody, Attributes: map[string]string{}, Sender: c.Caller.UserID}
	for name, a := range in.MessageAttributes {
		if a.DataType != "String" {
			return nil, failure(http.StatusBadRequest, "com.amazonaws.sqs#InvalidParameterValue",
				"message attribute %s must be of type String, got %s", name, a.DataType)
		}
		m.Attributes[name] = a.StringValue
	}
	c.do(func(_ *awssim.State, r *awssim.Region) { m, _ = r.SendMessage(q.Name, m) })
	return struct {
		MessageID        string `json:"MessageId"`
		MD5OfMessageBody string
		MD5OfAttributes  string `json:"MD5OfMessageAttributes,omitempty"`
	}{m.ID, md5Of(m.Body), md5OfAttributes(m.Attributes)}, nil
}

type messageOutput struct {
	MessageID         string `json:"MessageId"`
	ReceiptHandle     string
	MD5OfBody         string
	Body              string
	Attributes        map[string]string           `json:",omitempty"`
	MD5OfAttributes   string                      `json:"MD5OfMessageAttributes,omitempty"`
	MessageAttributes map[string]messageAttribute `json:",omitempty"`
}

func receiveMessage(_ context.Context, c *Call) (any, error) {
	var in struct {
		MaxNumberOfMessages, VisibilityTimeout                             *int
		MessageAttributeNames, AttributeNames, MessageSystemAttributeNames []string
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	q, err := findQueue(c)
	if err != nil {
		return nil, err
	}
	count, hidden := 1, q.Visibility
	if in.MaxNumberOfMessages != nil {
		count = *in.MaxNumberOfMessages
	}
	if in.VisibilityTimeout != nil {
		hidden = time.Duration(*in.VisibilityTimeout) * time.Second
	}
	if count < 1 || count > 10 {
		return nil, failure(http.StatusBadRequest, "com.amazonaws.sqs#InvalidParameterValue",
			"Value %d for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.", count)
	}
	received := list(c, func(_ *awssim.State, r *awssim.Region) []awssim.QueueMessage {
		messages, _ := r.ReceiveMessages(q.Name, count, hidden)
		return messages
	})
	var out struct {
		Messages []messageOutput `json:",omitempty"`
	}
	for _, m := range received {
		out.Messages = append(out.Messages, messageOutputOf(m, in.MessageAttributeNames, append(in.AttributeNames, in.MessageSystemAttributeNames...)))
	}
	return out, nil
}

func messageOutputOf(m awssim.QueueMessage, own, system []string) messageOutput {
	out := messageOutput{MessageID: m.ID, ReceiptHandle: m.Receipt, MD5OfBody: md5Of(m.Body), Body: m.Body}
	shown := map[string]string{}
	for name, value := range m.Attributes {
		if wanted(own, name) {
			shown[name] = value
		}
	}
	if len(shown) > 0 {
		out.MD5OfAttributes, out.MessageAttributes = md5OfAttributes(shown), map[string]messageAttribute{}
		for name, value := range shown {
			out.MessageAttributes[name] = messageAttribute{"String", value}
		}
	}
	for name, value := range map[string]string{
		"SentTimestamp":                    strconv.FormatInt(m.Sent.UnixMilli(), 10),
		"ApproximateReceiveCount":          strconv.Itoa(m.Received),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.FirstSeen.UnixMilli(), 10),
		"SenderId":                         m.Sender,
	} {
		if wanted(system, name) {
			if out.Attributes == nil {
				out.Attributes = map[string]string{}
			}
			out.Attributes[name] = value
		}
	}
	return out
}

// wanted says whether a name is among those asked for: itself, All, or what begins as one that ends in .*.
func wanted(names []string, name string) bool {
	for _, n := range names {
		if n == name || n == "All" || n == ".*" || strings.HasSuffix(n, ".*") && strings.HasPrefix(name, strings.TrimSuffix(n, "*")) {
			return true
		}
	}
	return false
}

func deleteMessage(_ context.Context, c *Call) (any, error) {
	q, err := findQueue(c)
	if err != nil {
		return nil, err
	}
	handle := c.Str("ReceiptHandle")
	if handle == "" {
		return nil, failure(http.StatusBadRequest, "com.amazonaws.sqs#ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
	}
	c.do(func(_ *awssim.State, r *awssim.Region) {
		r.DeleteMessages(q.Name, func(m awssim.QueueMessage) bool { return m.Receipt == handle })
	})
	return nil, nil
}

func purgeQueue(_ context.Context, c *Call) (any, error) {
	q, err := findQueue(c)
	if err != nil {
		return nil, err
	}
	c.do(func(_ *awssim.State, r *awssim.Region) {
		r.DeleteMessages(q.Name, func(awssim.QueueMessage) bool { return true })
	})
	return nil, nil
}

package endpoint

import (
	"context"
	"crypto/md5" //nolint:gosec // SQS answers with MD5 sums, which clients compare
	"encoding/binary"
	"encoding/hex"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func (c *Call) queueURL(name string) string {
	return "https://sqs." + c.Region + ".amazonaws.com/" + c.account() + "/" + name
}

func getQueueURL(_ context.Context, c *Call) (any, error) {
	q, err := findQueue(c)
	if err != nil {
		return nil, err
	}
	return struct {
		QueueURL string `json:"QueueUrl"`
	}{c.queueURL(q.Name)}, nil
}

func listQueues(_ context.Context, c *Call) (any, error) {
	var out struct {
		QueueURLs []string `json:"QueueUrls,omitempty"`
	}
	for _, q := range list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Queue { return r.Queues.Values() }) {
		if strings.HasPrefix(q.Name, c.Str("QueueNamePrefix")) {
			out.QueueURLs = append(out.QueueURLs, c.queueURL(q.Name))
		}
	}
	return out, nil
}

func getQueueAttributes(_ context.Context, c *Call) (any, error) {
	var in struct{ AttributeNames []string }
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	q, err := findQueue(c)
	if err != nil {
		return nil, err
	}
	var now time.Time
	c.do(func(s *awssim.State, _ *awssim.Region) { now = s.Now() })
	visible := 0
	for _, m := range q.Messages {
		if !m.Visible.After(now) {
			visible++
		}
	}
	attributes := map[string]string{}
	for name, value := range map[string]string{
		"QueueArn":                              q.ARN,
		"ApproximateNumberOfMessages":           strconv.Itoa(visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(len(q.Messages) - visible),
		"ApproximateNumberOfMessagesDelayed":    "0",
		"CreatedTimestamp":                      strconv.FormatInt(q.Created.Unix(), 10),
		"VisibilityTimeout":                     strconv.Itoa(int(q.Visibility / time.Second)),
		"MessageRetentionPeriod":                strconv.Itoa(int(q.Retention / time.Second)),
	} {
		if wanted(in.AttributeNames, name) {
			attributes[name] = value
		}
	}
	return struct {
		Attributes map[string]string `json:",omitempty"`
	}{attributes}, nil
}

func md5Of(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

// md5OfAttributes is the sum over message attributes, which are all texts: names in order, each with its length, type, kind of
// value and value (SQS developer guide, "Calculating the MD5 message digest for message attributes"). It is empty if there
// are none.
func md5OfAttributes(attributes map[string]string) string {
	if len(attributes) == 0 {
		return ""
	}
	const kindString = 1
	var b []byte
	add := func(text string) {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(text))), text...) //nolint:gosec // texts are shorter than that
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		add(name)
		add("String")
		b = append(b, kindString)
		add(attributes[name])
	}
	sum := md5.Sum(b) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

package provision

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type queueProperties struct {
	KmsMasterKeyID         string
	MessageRetentionPeriod *properties.Int
	QueueName              string
	RedrivePolicy          struct {
		DeadLetterTargetArn string
		MaxReceiveCount     properties.Int
	}
	VisibilityTimeout *properties.Int

	KmsDataKeyReusePeriodSeconds properties.Ignored // data keys are not made
	SqsManagedSseEnabled         properties.Ignored // messages are kept in memory
	Tags                         properties.Ignored // nothing looks at them
}

// queue creates a standard queue. Default values are those of AWS::SQS::Queue in the CloudFormation template reference.
func (c *call) queue(p queueProperties) (cloudformation.Physical, error) {
	name := cmp.Or(p.QueueName, c.GeneratedName(80))
	if _, taken := c.region.Queues.Get(name); taken {
		return failf("A queue already exists with the same name: %s", name)
	}
	q := c.region.CreateQueue(awssim.Queue{
		Name: name, Key: c.keyARN(p.KmsMasterKeyID),
		Visibility: time.Duration(valueOr(p.VisibilityTimeout, 30)) * time.Second,
		Retention:  time.Duration(valueOr(p.MessageRetentionPeriod, 345600)) * time.Second,
		MaxReceive: int(p.RedrivePolicy.MaxReceiveCount), DeadLetter: p.RedrivePolicy.DeadLetterTargetArn,
	})
	return physical(c.queueURL(name), attributes{"Arn": q.ARN, "QueueName": name, "QueueUrl": c.queueURL(name)})
}

func (c *call) queueURL(name string) string {
	return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", c.Region, c.Account, name)
}

// keyARN is the ARN of a customer's key that is named by its id or ARN. AWS's own keys, named by aliases, are no customer's, and
// their policies let no service use them: they are kept as they are named.
func (c *call) keyARN(id string) string {
	if id == "" || strings.HasPrefix(id, "arn:") || strings.HasPrefix(id, "alias/") {
		return id
	}
	return c.arn("kms", "key/"+id)
}

type queuePolicyProperties struct {
	PolicyDocument any
	Queues         []string
}

func (c *call) queuePolicy(p queuePolicyProperties) (cloudformation.Physical, error) {
	policy, err := iam.Parse(iam.Resource, "queue policy "+c.LogicalID, p.PolicyDocument)
	if err != nil {
		return failf("property PolicyDocument: %w", err)
	}
	for _, url := range p.Queues {
		q, ok := c.region.Queues.Get(url[strings.LastIndex(url, "/")+1:])
		if !ok {
			return failf("The specified queue does not exist: %s", url)
		}
		q.Policy = policy
		c.region.Queues.Put(q.Name, q)
	}
	return physical(c.GeneratedName(128), nil)
}

type subscriptionProperties struct {
	Endpoint           string
	Protocol           string
	RawMessageDelivery properties.Bool
	TopicArn           string

	Region properties.Ignored // topics of other Regions do not exist here, which is an error
}

// subscription subscribes an endpoint. Who must confirm it, such as somebody who reads email, is taken to have done so.
func (c *call) subscription(p subscriptionProperties) (cloudformation.Physical, error) {
	s, ok := c.region.Subscribe(p.TopicArn, awssim.Subscription{
		Protocol: p.Protocol, Endpoint: p.Endpoint, Raw: bool(p.RawMessageDelivery), Confirmed: true,
	})
	if !ok {
		return failf("Topic does not exist: %s", p.TopicArn)
	}
	return physical(s.ARN, attributes{"Arn": s.ARN})
}

type logPolicyProperties struct {
	PolicyDocument string
	PolicyName     string
}

// logPolicy is a resource policy of CloudWatch Logs, whose document is JSON in a text.
func (c *call) logPolicy(p logPolicyProperties) (cloudformation.Physical, error) {
	var document any
	if err := json.Unmarshal([]byte(p.PolicyDocument), &document); err != nil {
		return failf("property PolicyDocument: %w", err)
	}
	policy, err := iam.Parse(iam.Resource, p.PolicyName, document)
	if err != nil {
		return failf("property PolicyDocument: %w", err)
	}
	c.region.LogPolicies.Put(p.PolicyName, policy)
	return physical(p.PolicyName, nil)
}

package provision

import (
	"cmp"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type bucketProperties struct {
	BucketName string

	BucketEncryption               properties.Ignored // objects are kept in memory
	LifecycleConfiguration         properties.Ignored // a rehearsal is shorter than a day
	OwnershipControls              properties.Ignored // there is one account
	PublicAccessBlockConfiguration properties.Ignored // nobody asks without credentials
	Tags                           properties.Ignored // nothing looks at them
	VersioningConfiguration        properties.Ignored // earlier versions are not kept
}

func (c *call) bucket(p bucketProperties) (cloudformation.Physical, error) {
	const limit = 63
	name := cmp.Or(p.BucketName, strings.ToLower(c.GeneratedName(limit)))
	if _, taken := c.state.Buckets.Get(name); taken {
		return failf("%s already exists", name)
	}
	b := c.state.CreateBucket(awssim.Bucket{Name: name, Region: c.Region})
	return physical(name, attributes{
		"Arn": b.ARN(), "DomainName": name + ".s3.amazonaws.com", "RegionalDomainName": name + ".s3." + c.Region + ".amazonaws.com",
	})
}

type bucketPolicyProperties struct {
	Bucket         string
	PolicyDocument any
}

func (c *call) bucketPolicy(p bucketPolicyProperties) (cloudformation.Physical, error) {
	bucket, ok := c.state.Buckets.Get(p.Bucket)
	if !ok {
		return failf("The specified bucket does not exist: %s", p.Bucket)
	}
	policy, err := iam.Parse(iam.Resource, "bucket policy of "+p.Bucket, p.PolicyDocument)
	if err != nil {
		return failf("property PolicyDocument: %w", err)
	}
	bucket.Policy = policy
	c.state.Buckets.Put(p.Bucket, bucket)
	return physical(p.Bucket, nil)
}

type topicProperties struct {
	TopicName string

	KmsMasterKeyID string
	Subscription   []struct{ Endpoint, Protocol string }

	DisplayName properties.Ignored // it is what a mail program shows as the sender
	Tags        properties.Ignored // nothing looks at them
}

func (c *call) topic(p topicProperties) (cloudformation.Physical, error) {
	name := cmp.Or(p.TopicName, c.GeneratedName(256))
	if _, taken := c.region.Topics.Get(c.arn("sns", name)); taken {
		return failf("%s already exists", name)
	}
	t := c.region.CreateTopic(awssim.Topic{Name: name, Key: c.keyARN(p.KmsMasterKeyID)})
	for _, s := range p.Subscription {
		c.region.Subscribe(t.ARN, awssim.Subscription{Endpoint: s.Endpoint, Protocol: s.Protocol, Confirmed: true})
	}
	return physical(t.ARN, attributes{"TopicArn": t.ARN, "TopicName": name})
}

type topicPolicyProperties struct {
	PolicyDocument any
	Topics         []string
}

func (c *call) topicPolicy(p topicPolicyProperties) (cloudformation.Physical, error) {
	policy, err := iam.Parse(iam.Resource, "topic policy "+c.LogicalID, p.PolicyDocument)
	if err != nil {
		return failf("property PolicyDocument: %w", err)
	}
	for _, arn := range p.Topics {
		t, ok := c.region.Topics.Get(arn)
		if !ok {
			return failf("Topic does not exist: %s", arn)
		}
		t.Policy = policy
		c.region.Topics.Put(arn, t)
	}
	return physical(c.GeneratedName(128), nil)
}

type keyProperties struct {
	KeyPolicy any

	Description       properties.Ignored // nothing looks at it
	EnableKeyRotation properties.Ignored // nothing is encrypted
	Tags              properties.Ignored // no policy asks for them
}

// key creates a KMS key: an ARN and a policy, which decides who may use what is said to be encrypted with it.
func (c *call) key(p keyProperties) (cloudformation.Physical, error) {
	id := c.uuid()
	arn := c.arn("kms", "key/"+id)
	policy, err := iam.Parse(iam.Resource, "key policy of "+c.LogicalID, p.KeyPolicy)
	if err != nil {
		return failf("property KeyPolicy: %w", err)
	}
	c.Keys[arn] = policy
	c.state.KeyPolicies.Put(arn, policy)
	return physical(id, attributes{"Arn": arn, "KeyId": id})
}

type logGroupProperties struct {
	LogGroupName string

	KmsKeyID        properties.Ignored // events are kept in memory
	RetentionInDays properties.Ignored // a rehearsal is shorter than a day
	Tags            properties.Ignored // nothing looks at them
}

// logGroup creates a log group. Only what services put there is in it: functions log elsewhere.
func (c *call) logGroup(p logGroupProperties) (cloudformation.Physical, error) {
	name := cmp.Or(p.LogGroupName, c.GeneratedName(512))
	g := c.region.CreateLogGroup(awssim.LogGroup{Name: name})
	return physical(name, attributes{"Arn": g.ARN + ":*"})
}

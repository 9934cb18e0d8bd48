package endpoint_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestPublish(t *testing.T) {
	f := newFixture(t)
	var topic awssim.Topic
	f.in(primary, func(r *awssim.Region) { topic = r.CreateTopic(awssim.Topic{Name: "alarms"}) })
	client := sns.NewFromConfig(f.config(primary))
	out := must(client.Publish(t.Context(), &sns.PublishInput{TopicArn: &topic.ARN, Subject: aws.String("s"), Message: aws.String("a & b")}))(t)
	f.in(primary, func(r *awssim.Region) {
		topic, _ := r.Topics.Get(topic.ARN)
		equal(t, "messages", len(topic.Messages), 1)
		equal(t, "id", topic.Messages[0].ID, *out.MessageId)
		equal(t, "body", topic.Messages[0].Body, "a & b")
		equal(t, "subject", topic.Messages[0].Subject, "s")
	})
	_, err := client.Publish(t.Context(), &sns.PublishInput{TopicArn: aws.String(topic.ARN + "x"), Message: aws.String("m")})
	f.wantCode(err, "NotFound")
	_, err = client.Publish(t.Context(), &sns.PublishInput{TopicArn: &topic.ARN, Message: aws.String("")})
	f.wantCode(err, "InvalidParameter")
	session := f.role("Mute", `{"Statement": {"Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:us-east-1:123456789012:other"}}`)
	_, err = sns.NewFromConfig(f.configOf(primary, session)).Publish(t.Context(), &sns.PublishInput{TopicArn: &topic.ARN, Message: aws.String("m")})
	f.wantCode(err, "AuthorizationError")
}

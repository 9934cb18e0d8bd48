package failoverpipeline

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// artifactDays is how long artifacts are kept. Nothing is in them.
const artifactDays = 30

// alarms is the service that tells the topic of alarms. CDK allows that to EventBridge by itself, for rules with the topic as a target.
const alarms = "cloudwatch.amazonaws.com"

// defineKey defines the key. Services that publish to an encrypted topic use its key themselves; see "Enable compatibility between
// event sources from AWS services and encrypted topics" in the SNS developer guide.
func (r *Pipeline) defineKey() awskms.Key {
	key := awskms.NewKey(r, jsii.String("Key"), &awskms.KeyProps{
		Description:       jsii.String("Artifacts, reports and notifications of " + r.site().Pipeline),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     r.props.RemovalPolicy,
	})
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(alarms), nil)},
		Actions:    jsii.Strings("kms:Decrypt", "kms:GenerateDataKey"),
		Resources:  jsii.Strings("*"), // this key
	}), nil)
	return key
}

func (r *Pipeline) defineTopic() awssns.Topic {
	topic := awssns.NewTopic(r, jsii.String("Topic"), &awssns.TopicProps{
		DisplayName: jsii.String(r.site().Pipeline),
		EnforceSSL:  jsii.Bool(true),
		MasterKey:   r.key,
	})
	topic.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String(alarms), nil)},
		Actions:    jsii.Strings("sns:Publish"),
		Resources:  &[]*string{topic.TopicArn()},
		Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Stack_Of(r).Account()}},
	}))
	return topic
}

// defineReports defines the bucket that both Regions know by its name. It is versioned because a source has to be.
func (r *Pipeline) defineReports() awss3.Bucket {
	return awss3.NewBucket(r, jsii.String("Reports"), &awss3.BucketProps{
		BucketName:        jsii.String(r.site().ReportBucket),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		BucketKeyEnabled:  jsii.Bool(true),
		Encryption:        awss3.BucketEncryption_KMS,
		EncryptionKey:     r.key,
		EnforceSSL:        jsii.Bool(true),
		Versioned:         jsii.Bool(true),
		RemovalPolicy:     cdkgo.RetainAfterCreation(r.props.RemovalPolicy),
	})
}

func (r *Pipeline) defineArtifacts() awss3.Bucket {
	return awss3.NewBucket(r, jsii.String("Artifacts"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		BucketKeyEnabled:  jsii.Bool(true),
		Encryption:        awss3.BucketEncryption_KMS,
		EncryptionKey:     r.key,
		EnforceSSL:        jsii.Bool(true),
		LifecycleRules:    &[]*awss3.LifecycleRule{{Expiration: awscdk.Duration_Days(jsii.Number(artifactDays))}},
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY, // made anew by every run
	})
}

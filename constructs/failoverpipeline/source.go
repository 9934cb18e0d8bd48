package failoverpipeline

import (
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/aws-cdk-go/awscdk/v2/customresources"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// sourceKey is the nominal source's key in the bucket of the reports.
const sourceKey = "source/nothing.zip"

// sourceText is what the source says.
const sourceText = "A pipeline begins with a source. This one moves an application, which takes none.\n"

// defineSource puts the nominal source into the bucket of the reports when the stack is deployed: a copy of an asset. The asset
// itself would be in the bucket of CDK's bootstrap stack, which others clean up, and whose loss would show on the day of a
// failover. The function behind the copy is the one that CDK shares among all custom resources of a stack that make one call of
// AWS; CDK's BucketDeployment would bring a function and a layer with the whole AWS CLI.
func (r *Pipeline) defineSource() customresources.AwsCustomResource {
	asset := r.sourceAsset()
	objects, object := *r.reports.BucketArn()+"/", sourceKey
	copied := &customresources.AwsSdkCall{
		Service: jsii.String("S3"),
		Action:  jsii.String("CopyObject"),
		Parameters: map[string]any{
			"Bucket": *r.reports.BucketName(), "Key": object, "CopySource": *asset.S3BucketName() + "/" + *asset.S3ObjectKey(),
		},
		PhysicalResourceId: customresources.PhysicalResourceId_Of(jsii.String(object)),
		OutputPaths:        jsii.Strings(), // the response holds nothing that the stack reads
	}
	statement := func(resource string, actions ...string) awsiam.PolicyStatement {
		return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{Actions: jsii.Strings(actions...), Resources: jsii.Strings(resource)})
	}
	return customresources.NewAwsCustomResource(r, jsii.String("Source"), &customresources.AwsCustomResourceProps{
		ResourceType: jsii.String("Custom::NominalSource"),
		OnCreate:     copied,
		OnUpdate:     copied, // nothing is done on deletion: the object is the bucket's
		Policy: customresources.AwsCustomResourcePolicy_FromStatements(&[]awsiam.PolicyStatement{
			statement(*asset.Bucket().ArnForObjects(asset.S3ObjectKey()), "s3:GetObject"),
			statement(objects+object, "s3:PutObject"),
			statement(*r.key.KeyArn(), "kms:GenerateDataKey"),
		}),
		LogGroup: awslogs.NewLogGroup(r, jsii.String("SourceLog"), &awslogs.LogGroupProps{
			Retention: r.props.LogRetention, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		}),
		InstallLatestAwsSdk: jsii.Bool(false), // the runtime's SDK has this call; fetching one would need the internet
	})
}

// sourceAsset is the source as CDK publishes it.
func (r *Pipeline) sourceAsset() awss3assets.Asset {
	dir, err := os.MkdirTemp("", "warmstandby-source-")
	cdkgo.Must("failover pipeline", r, "SourceAsset", err)
	defer os.RemoveAll(dir) // CDK has copied it into the cloud assembly by then
	err = os.WriteFile(filepath.Join(dir, "README.txt"), []byte(sourceText), 0o600)
	cdkgo.Must("failover pipeline", r, "SourceAsset", err)
	return awss3assets.NewAsset(r, jsii.String("SourceAsset"), &awss3assets.AssetProps{Path: &dir})
}

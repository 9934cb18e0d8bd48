package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodecommit"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// artifactDays is how long the pipeline's artifacts are kept: long enough to look at a failed run.
const artifactDays = 30

// Versions of the tools that the pipeline installs. The CLI is the one of package.json.
const (
	cliVersion    = "2.1148.1"
	assetsVersion = "4.7.3"
)

// DeliveryProps configures a [Delivery]. Config is required.
type DeliveryProps struct {
	Config topology.Config
}

// Delivery is the stack with the repository and the pipeline that delivers the application, and itself, in the primary Region.
type Delivery struct {
	awscdk.Stack

	config     topology.Config
	repository awscodecommit.Repository
	artifacts  awss3.Bucket
	pipeline   pipelines.CodePipeline
}

// NewDelivery defines a Delivery under scope. It delivers nothing before [Delivery.Deploy].
func NewDelivery(scope constructs.Construct, id string, props *DeliveryProps) *Delivery {
	d := &Delivery{config: props.Config}
	awscdk.NewStack_Override(d, scope, &id, &awscdk.StackProps{
		Description: jsii.String("Delivers the application to both Regions and the edge"),
		Env:         environment(d.config, d.config.PrimaryRegion),

		TerminationProtection: jsii.Bool(d.config.RemovalPolicy == topology.Retain),
	})
	d.artifacts = d.defineArtifacts()
	d.pipeline = d.definePipeline(d.defineSource())
	return d
}

// Repository is the repository that the pipeline takes the application from, or nil if the source is elsewhere.
func (d *Delivery) Repository() awscodecommit.Repository { return d.repository }

// Pipeline is the delivery pipeline.
func (d *Delivery) Pipeline() pipelines.CodePipeline { return d.pipeline }

// Deploy lets the pipeline deploy the primary Region, then the secondary, then the edge, and at last what moves the application,
// which reads facts of the edge. Nothing can be added afterwards.
func (d *Delivery) Deploy(primary, secondary awscdk.Stage, edge *Edge, failovers ...*Failover) {
	d.pipeline.AddStage(primary, nil)
	d.pipeline.AddStage(secondary, nil)
	assembly := d.pipeline.CloudAssemblyFileSet()
	alone := []awscdk.Stack{edge}
	first := newStackDeployment(edge, assembly)
	steps := []pipelines.Step{first}
	for _, failover := range failovers {
		next := newStackDeployment(failover, assembly)
		next.AddStepDependency(first)
		alone = append(alone, failover)
		steps = append(steps, next)
	}
	publication := newAssetPublication("Publish", assembly, alone...)
	first.AddStepDependency(publication)
	d.pipeline.AddWave(jsii.String("EdgeDeploy"), &pipelines.WaveOptions{Post: new(append(steps, publication))})
	d.pipeline.BuildPipeline()
	d.removeReplicas()
}

// removeReplicas lets the artifact buckets that CDK defines in other Regions go with their stacks, and what is in them expire.
// They have fixed names, so one that stayed would be in the way of the next deployment.
func (d *Delivery) removeReplicas() {
	for _, support := range *d.pipeline.Pipeline().CrossRegionSupport() {
		support.ReplicationBucket.ApplyRemovalPolicy(awscdk.RemovalPolicy_DESTROY)
		bucket := support.ReplicationBucket.Node().DefaultChild().(awss3.CfnBucket)
		bucket.SetLifecycleConfiguration(&awss3.CfnBucket_LifecycleConfigurationProperty{
			Rules: []any{&awss3.CfnBucket_RuleProperty{Status: jsii.String("Enabled"), ExpirationInDays: jsii.Number(artifactDays)}},
		})
	}
}

func (d *Delivery) defineArtifacts() awss3.Bucket {
	return awss3.NewBucket(d, jsii.String("Artifacts"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		LifecycleRules:    &[]*awss3.LifecycleRule{{Expiration: awscdk.Duration_Days(jsii.Number(artifactDays))}},
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY, // made anew by every run
	})
}

func (d *Delivery) defineSource() pipelines.CodePipelineSource {
	c := d.config
	switch c.Source {
	case topology.Connection:
		return pipelines.CodePipelineSource_Connection(jsii.String(c.Repository), jsii.String(c.Branch), &pipelines.ConnectionSourceOptions{
			ConnectionArn: jsii.String(c.ConnectionArn),
		})
	case topology.S3:
		bucket := awss3.Bucket_FromBucketName(d, jsii.String("Source"), jsii.String(c.SourceBucket))
		return pipelines.CodePipelineSource_S3(bucket, jsii.String(c.SourceKey), nil)
	default:
		d.repository = awscodecommit.NewRepository(d, jsii.String("Repository"), &awscodecommit.RepositoryProps{
			RepositoryName: jsii.String(c.RepositoryName()),
			Description:    jsii.String("What the pipeline " + c.PipelineName() + " delivers"),
		})
		d.repository.ApplyRemovalPolicy(repositoryPolicy(c))
		return pipelines.CodePipelineSource_CodeCommit(d.repository, jsii.String(c.Branch), nil)
	}
}

// repositoryPolicy is the removal policy of the repository. A first deployment that fails does not leave it behind, because its
// name would be taken at the second.
func repositoryPolicy(c topology.Config) awscdk.RemovalPolicy {
	if c.RemovalPolicy == topology.Destroy {
		return awscdk.RemovalPolicy_DESTROY
	}
	return awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
}

func (d *Delivery) definePipeline(source pipelines.CodePipelineSource) pipelines.CodePipeline {
	return pipelines.NewCodePipeline(d, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		PipelineName:     jsii.String(d.config.PipelineName()),
		ArtifactBucket:   d.artifacts,
		CrossAccountKeys: jsii.Bool(false), // one account

		// The versions that the pipeline updates itself and publishes assets with. CDK's default is whatever is newest, which
		// has been a release that cannot read our assemblies.
		CliVersion:          jsii.String(cliVersion),
		CdkAssetsCliVersion: jsii.String(assetsVersion),

		PublishAssetsInParallel: jsii.Bool(false), // one build's start for a handful of small files
		CodeBuildDefaults: &pipelines.CodeBuildOptions{
			BuildEnvironment: &awscodebuild.BuildEnvironment{BuildImage: awscodebuild.LinuxBuildImage_AMAZON_LINUX_2023_5()},
		},
		Synth: pipelines.NewCodeBuildStep(jsii.String("Synth"), &pipelines.CodeBuildStepProps{
			Input:                  source,
			Commands:               jsii.Strings("make synth"),
			PrimaryOutputDirectory: jsii.String("cdk.out"),
			PartialBuildSpec: awscodebuild.BuildSpec_FromObject(&map[string]any{
				"version": "0.2",
				"phases":  map[string]any{"install": map[string]any{"runtime-versions": map[string]any{"golang": "latest", "nodejs": "latest"}}},
			}),
		}),
	})
}

package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// stackDeployment is a pipeline step that deploys one stack of the cloud assembly. CDK's pipelines deploy stages only, whose
// stacks are named after them; this one deploys a stack that stands alone.
//
// Its assets have to be published before, by the step that [newAssetPublication] makes.
type stackDeployment struct {
	pipelines.Step

	stack    awscdk.Stack
	assembly pipelines.FileSet
}

func newStackDeployment(stack awscdk.Stack, assembly pipelines.FileSet) *stackDeployment {
	s := &stackDeployment{stack: stack, assembly: assembly}
	pipelines.NewStep_Override(s, stack.StackName())
	s.AddDependencyFileSet(assembly)
	return s
}

// ProduceAction adds the two actions that deploy a stack: prepare a change set, then execute it.
func (s *stackDeployment) ProduceAction(stage awscodepipeline.IStage, options *pipelines.ProduceActionOptions) *pipelines.CodePipelineActionFactoryResult {
	synthesizer := s.stack.Synthesizer().(awscdk.DefaultStackSynthesizer)
	scope := constructs.NewConstruct(options.Scope, s.stack.StackName())
	deploy := bootstrapRole(scope, "DeployRole", synthesizer.DeployRoleArn())
	execute := bootstrapRole(scope, "ExecutionRole", synthesizer.CloudFormationExecutionRoleArn())
	changeSet := jsii.String("PipelineChange")
	artifact := options.Artifacts.ToCodePipeline(s.assembly)

	stage.AddAction(awscodepipelineactions.NewCloudFormationCreateReplaceChangeSetAction(&awscodepipelineactions.CloudFormationCreateReplaceChangeSetActionProps{
		ActionName:       jsii.String(*s.stack.StackName() + ".Prepare"),
		RunOrder:         options.RunOrder,
		StackName:        s.stack.StackName(),
		ChangeSetName:    changeSet,
		TemplatePath:     artifact.AtPath(s.stack.TemplateFile()),
		Account:          s.stack.Account(),
		Region:           s.stack.Region(),
		Role:             deploy,
		DeploymentRole:   execute,
		AdminPermissions: jsii.Bool(false), // the execution role has them already
		CfnCapabilities:  &[]awscdk.CfnCapabilities{awscdk.CfnCapabilities_NAMED_IAM, awscdk.CfnCapabilities_AUTO_EXPAND},
	}))
	stage.AddAction(awscodepipelineactions.NewCloudFormationExecuteChangeSetAction(&awscodepipelineactions.CloudFormationExecuteChangeSetActionProps{
		ActionName:    jsii.String(*s.stack.StackName() + ".Deploy"),
		RunOrder:      jsii.Number(*options.RunOrder + 1),
		StackName:     s.stack.StackName(),
		ChangeSetName: changeSet,
		Account:       s.stack.Account(),
		Region:        s.stack.Region(),
		Role:          deploy,
	}))
	return &pipelines.CodePipelineActionFactoryResult{RunOrdersConsumed: jsii.Number(2)}
}

// bootstrapRole is a role that CDK's bootstrap stack defines. Its ARN leaves the partition open, in a form that only asset
// manifests understand.
func bootstrapRole(scope constructs.Construct, id string, arn *string) awsiam.IRole {
	resolved := strings.ReplaceAll(*arn, "${AWS::Partition}", *awscdk.Aws_PARTITION())
	return awsiam.Role_FromRoleArn(scope, &id, &resolved, &awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)})
}

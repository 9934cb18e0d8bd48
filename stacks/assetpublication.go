package stacks

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"
)

// newAssetPublication is a pipeline step that publishes the assets of stacks which stand alone, in their Regions, with the tool that
// CDK's pipelines publish assets of stages with. It may use the roles that CDK's bootstrap stacks have for that, and no other.
func newAssetPublication(id string, assembly pipelines.FileSet, stacks ...awscdk.Stack) pipelines.Step {
	commands := []string{"npm install -g cdk-assets@" + assetsVersion}
	var roles []string
	for _, stack := range stacks {
		commands = append(commands, fmt.Sprintf("cdk-assets --path %s.assets.json --verbose publish", *stack.ArtifactId()))
		role := *stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("iam"), Region: jsii.String(""), Resource: jsii.String("role"),
			ResourceName: jsii.String(fmt.Sprintf("cdk-%s-file-publishing-role-%s-%s",
				*stack.Synthesizer().BootstrapQualifier(), *stack.Account(), *stack.Region())),
		})
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return pipelines.NewCodeBuildStep(&id, &pipelines.CodeBuildStepProps{
		Input:    assembly,
		Commands: jsii.PtrSlice(commands...),
		RolePolicyStatements: &[]awsiam.PolicyStatement{awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings("sts:AssumeRole"), Resources: jsii.PtrSlice(roles...),
		})},
	})
}

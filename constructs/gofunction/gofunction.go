package gofunction

import (
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// ImportPathMetadata is the metadata of a function's resource that holds its import path, so that who has the cloud assembly can
// build the function for another machine.
const ImportPathMetadata = "warmstandby:importPath"

// Function is a Lambda function that is built from a Go package.
type Function struct {
	constructs.Construct

	function      awslambda.Function
	version       awslambda.Version
	alias         awslambda.Alias
	logGroup      awslogs.LogGroup
	role          awsiam.Role
	securityGroup awsec2.SecurityGroup
}

// New defines a Function under scope. It panics if a prop is wrong or if the package cannot be built; the error then holds the
// compiler's own lines.
func New(scope constructs.Construct, id string, props *Props) *Function {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("gofunction", scope, id, p.validate())
	p = p.withDefaults()
	bin, err := compile(scope, p)
	cdkgo.Must("gofunction", scope, id, err)
	dir, err := bin.stage()
	cdkgo.Must("gofunction", scope, id, err)
	defer os.RemoveAll(dir) // CDK has copied it into the cloud assembly once the function is defined

	f := &Function{}
	constructs.NewConstruct_Override(f, scope, &id)
	f.logGroup = f.defineLogGroup(p)
	f.role = f.defineRole(p)
	f.securityGroup = f.defineSecurityGroup(p)
	f.function = awslambda.NewFunction(f, jsii.String("Resource"), f.functionProps(p, dir, bin.digest()))
	f.function.Node().DefaultChild().(awscdk.CfnResource).AddMetadata(jsii.String(ImportPathMetadata), p.ImportPath)
	f.version = f.function.CurrentVersion()
	f.alias = awslambda.NewAlias(f, jsii.String("Live"), &awslambda.AliasProps{AliasName: jsii.String("live"), Version: f.version})
	return f
}

// process is the builder that all functions of the app share.
var process = &builder{cache: userCache()}

// compile returns p's binary. CDK commands that need nothing of scope's stack, such as `cdk ls` and `cdk destroy`, do not wait
// for a compiler: they get a file that says what it stands for.
func compile(scope constructs.Construct, p Props) (binary, error) {
	if !*awscdk.Stack_Of(scope).BundlingRequired() {
		return binary("not built, because the CDK command does not need this stack's assets\n"), nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	goarch, err := p.goarch()
	if err != nil {
		return nil, err
	}
	return process.build(target{dir: dir, goarch: goarch}, p.ImportPath, p.BuildWith)
}

func (f *Function) defineLogGroup(p Props) awslogs.LogGroup {
	props := &awslogs.LogGroupProps{Retention: p.LogRetention, RemovalPolicy: p.LogRemovalPolicy}
	if p.FunctionName != "" {
		props.LogGroupName = jsii.String("/aws/lambda/" + p.FunctionName)
	}
	return awslogs.NewLogGroup(f, jsii.String("LogGroup"), props)
}

// defineRole defines the function's execution role. AWS's managed policies for execution roles would let it write to every
// log group of the account, and are not used.
func (f *Function) defineRole(p Props) awsiam.Role {
	role := awsiam.NewRole(f, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
	})
	f.logGroup.GrantWrite(role)
	if p.Vpc != nil {
		role.AddToPolicy(networkInterfaceStatement())
	}
	return role
}

// networkInterfaceStatement lets Lambda attach a function to a VPC, for which it requires all resources; see
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html. The function's own code, whose requests carry
// lambda:SourceFunctionArn, is not let.
func networkInterfaceStatement() awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings(
			"ec2:AssignPrivateIpAddresses",
			"ec2:CreateNetworkInterface",
			"ec2:DeleteNetworkInterface",
			"ec2:DescribeNetworkInterfaces",
			"ec2:DescribeSubnets",
			"ec2:UnassignPrivateIpAddresses",
		),
		Resources:  jsii.Strings("*"),
		Conditions: &map[string]any{"Null": map[string]string{"lambda:SourceFunctionArn": "true"}},
	})
}

func (f *Function) defineSecurityGroup(p Props) awsec2.SecurityGroup {
	if p.Vpc == nil {
		return nil
	}
	return awsec2.NewSecurityGroup(f, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              p.Vpc,
		AllowAllOutbound: jsii.Bool(false), // each thing that the function may reach is a rule that a reviewer sees
	})
}

// functionProps are the function's props, with its code in dir. The digest is the asset's hash, so CDK need not compute one
// from the directory.
func (f *Function) functionProps(p Props, dir, digest string) *awslambda.FunctionProps {
	props := &awslambda.FunctionProps{
		Architecture:  p.Architecture,
		Code:          awslambda.Code_FromAsset(&dir, &awss3assets.AssetOptions{AssetHash: &digest}),
		Environment:   cdkgo.Env(p.Environment),
		Handler:       jsii.String(bootstrap),
		LogGroup:      f.logGroup,
		LoggingFormat: awslambda.LoggingFormat_JSON,
		MemorySize:    jsii.Number(p.MemoryMiB),
		Role:          f.role,
		Runtime:       awslambda.Runtime_PROVIDED_AL2023(),
		Timeout:       p.Timeout,
		Tracing:       awslambda.Tracing_ACTIVE, // adds X-Ray's two actions to the role; they know no resources
	}
	if p.FunctionName != "" {
		props.FunctionName = &p.FunctionName
	}
	if p.Description != "" {
		props.Description = &p.Description
	}
	if p.ReservedConcurrency != nil {
		props.ReservedConcurrentExecutions = jsii.Number(*p.ReservedConcurrency)
	}
	if p.Vpc != nil {
		props.Vpc = p.Vpc
		props.VpcSubnets = p.VpcSubnets
		props.SecurityGroups = &[]awsec2.ISecurityGroup{f.securityGroup}
	}
	return props
}

// Function is the Lambda function. Whatever calls it should call [Function.Alias] instead.
func (f *Function) Function() awslambda.Function { return f.function }

// Version is the version of the code and configuration that this app defines.
func (f *Function) Version() awslambda.Version { return f.version }

// Alias is the alias live of [Function.Version]. Its name stays the same from one deployment to the next.
func (f *Function) Alias() awslambda.Alias { return f.alias }

// LogGroup receives what the function writes to its standard output and error, and Lambda's own events about it.
func (f *Function) LogGroup() awslogs.LogGroup { return f.logGroup }

// Role is the function's execution role. It may write to [Function.LogGroup], send traces and, in a VPC, have network interfaces;
// grant it more where the function needs more.
func (f *Function) Role() awsiam.Role { return f.role }

// SecurityGroup is the security group of the function's network interfaces, nil if the function is in no VPC. It allows no
// traffic until a rule is added, for which the function's Connections serve.
func (f *Function) SecurityGroup() awsec2.SecurityGroup { return f.securityGroup }

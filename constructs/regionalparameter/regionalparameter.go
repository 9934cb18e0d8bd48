package regionalparameter

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/aws-cdk-go/awscdk/v2/customresources"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

// Parameter is an SSM parameter of type String in some Region.
type Parameter struct {
	constructs.Construct

	name   string
	local  awsssm.StringParameter
	remote customresources.AwsCustomResource
}

// New defines a Parameter under scope.
func New(scope constructs.Construct, id string, props *Props) *Parameter {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("regional parameter", scope, id, p.validate())
	p = p.withDefaults()

	r := &Parameter{name: p.Name}
	constructs.NewConstruct_Override(r, scope, &id)
	if p.Region == *awscdk.Stack_Of(r).Region() {
		r.local = r.defineLocal(p)
	} else {
		r.remote = r.defineRemote(p)
	}
	return r
}

// Name is the parameter's full name.
func (r *Parameter) Name() string { return r.name }

// Local is the parameter, or nil if it is in another Region than the stack.
func (r *Parameter) Local() awsssm.StringParameter { return r.local }

// Remote is the custom resource that writes the parameter, or nil if it is in the stack's own Region.
func (r *Parameter) Remote() customresources.AwsCustomResource { return r.remote }

func (r *Parameter) defineLocal(p Props) awsssm.StringParameter {
	return awsssm.NewStringParameter(r, jsii.String("Resource"), &awsssm.StringParameterProps{
		ParameterName: jsii.String(p.Name),
		StringValue:   jsii.String(p.Value),
		Description:   description(p),
	})
}

func (r *Parameter) defineRemote(p Props) customresources.AwsCustomResource {
	put := r.call("PutParameter", p, map[string]any{
		"Name": p.Name, "Value": p.Value, "Type": "String", "Overwrite": true, "Description": p.Description,
	})
	remove := r.call("DeleteParameter", p, map[string]any{"Name": p.Name})
	remove.IgnoreErrorCodesMatching = jsii.String("ParameterNotFound")
	return customresources.NewAwsCustomResource(r, jsii.String("Resource"), &customresources.AwsCustomResourceProps{
		ResourceType:        jsii.String("Custom::RegionalParameter"),
		OnCreate:            put,
		OnUpdate:            put,
		OnDelete:            remove,
		Policy:              r.policy(p),
		LogGroup:            r.logGroup(p),
		InstallLatestAwsSdk: jsii.Bool(false), // the runtime's SDK has these calls; fetching one would need the internet
	})
}

// logGroup is the log group of the function that makes the calls, which all parameters of a stack share. CDK's own would stay
// for two years after the stack.
func (r *Parameter) logGroup(p Props) awslogs.ILogGroup {
	stack, id := awscdk.Stack_Of(r), jsii.String("RegionalParameterLog")
	if shared := stack.Node().TryFindChild(id); shared != nil {
		return shared.(awslogs.ILogGroup)
	}
	return awslogs.NewLogGroup(stack, id, &awslogs.LogGroupProps{
		Retention:     p.LogRetention,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}

func (r *Parameter) call(action string, p Props, parameters map[string]any) *customresources.AwsSdkCall {
	return &customresources.AwsSdkCall{
		Service:            jsii.String("SSM"),
		Action:             jsii.String(action),
		Region:             jsii.String(p.Region),
		Parameters:         parameters,
		PhysicalResourceId: customresources.PhysicalResourceId_Of(jsii.String(p.Region + p.Name)),
		OutputPaths:        jsii.Strings(), // the response holds nothing that the stack reads
	}
}

func (r *Parameter) policy(p Props) customresources.AwsCustomResourcePolicy {
	return customresources.AwsCustomResourcePolicy_FromStatements(&[]awsiam.PolicyStatement{
		awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings("ssm:PutParameter", "ssm:DeleteParameter"),
			Resources: &[]*string{awscdk.Stack_Of(r).FormatArn(&awscdk.ArnComponents{
				Service:      jsii.String("ssm"),
				Region:       jsii.String(p.Region),
				Resource:     jsii.String("parameter"),
				ResourceName: jsii.String(p.Name[1:]),
			})},
		}),
	})
}

func description(p Props) *string {
	if p.Description == "" {
		return nil
	}
	return jsii.String(p.Description)
}

package recoveryfailback

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/recoveryfailback/checks"
	"github.com/warmstandby/warmstandby/constructs/runbook"
)

// Failback is the runbook of a failback, with what it takes.
type Failback struct {
	constructs.Construct

	runbook  *runbook.Runbook
	operator awsiam.Role
	topic    awssns.Topic
	key      awskms.Key
	check    *gofunction.Function
	record   awslogs.LogGroup
}

// New defines a Failback under scope.
func New(scope constructs.Construct, id string, props *Props) *Failback {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("failback", scope, id, p.validate())
	p = p.withDefaults()

	f := &Failback{}
	constructs.NewConstruct_Override(f, scope, &id)
	f.defineTopic(p)
	if len(p.Approvers) == 0 {
		f.defineOperator()
	}
	f.defineCheck(p)
	f.defineRunbook(p)
	f.defineRecord(p)
	f.keepExecutions()
	return f
}

// Runbook is the runbook.
func (f *Failback) Runbook() *runbook.Runbook { return f.runbook }

// Operator is the role that starts executions and approves their steps, or nil if Approvers are set.
func (f *Failback) Operator() awsiam.Role { return f.operator }

// Topic gets the instructions.
func (f *Failback) Topic() awssns.Topic { return f.topic }

// Key encrypts what waits in Topic.
func (f *Failback) Key() awskms.Key { return f.key }

// Check is the function that checks, and that logs each execution when it has ended.
func (f *Failback) Check() *gofunction.Function { return f.check }

// Record is the log of what became of executions and their steps, and when.
func (f *Failback) Record() awslogs.LogGroup { return f.record }

// defineTopic defines the topic for instructions. Systems Manager wants its name to begin with Automation.
func (f *Failback) defineTopic(p Props) {
	f.key = awskms.NewKey(f, jsii.String("Key"), &awskms.KeyProps{
		Description:       jsii.String("Instructions of failbacks"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY, // it encrypts messages that wait for minutes
	})
	name := "Automation-" + *awscdk.Names_UniqueResourceName(f, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(200)})
	f.topic = awssns.NewTopic(f, jsii.String("Topic"), &awssns.TopicProps{
		TopicName: &name, MasterKey: f.key, EnforceSSL: jsii.Bool(true),
	})
	for _, address := range p.Emails {
		f.topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(&address, nil))
	}
}

// defineOperator defines a role that principals of this account can take if their own policies say so.
func (f *Failback) defineOperator() {
	f.operator = awsiam.NewRole(f, jsii.String("Operator"), &awsiam.RoleProps{
		Description: jsii.String("Starts failbacks and approves their steps"),
		AssumedBy:   awsiam.NewAccountRootPrincipal(),
	})
	f.operator.AddToPolicy(f.letExecutions(
		"ssm:DescribeAutomationExecutions", "ssm:DescribeAutomationStepExecutions", "ssm:GetAutomationExecution",
		"ssm:SendAutomationSignal", "ssm:StopAutomationExecution",
	))
}

// letExecutions allows actions on executions, whose ids are not known before.
func (f *Failback) letExecutions(actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.PtrSlice(actions...),
		Resources: jsii.Strings(*awscdk.Stack_Of(f).FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("ssm"), Resource: jsii.String("automation-execution"), ResourceName: jsii.String("*"),
		})),
	})
}

func (f *Failback) defineCheck(p Props) {
	variables := make(map[string]string)
	for name, value := range map[string]string{checks.EnvPrimaryURL: p.PrimaryURL, checks.EnvPublicURL: p.PublicURL, checks.EnvAccessStack: p.AccessStack} {
		if value != "" {
			variables[name] = value
		}
	}
	if p.AccessStack != "" {
		variables[checks.EnvAccessStackRegion] = p.PrimaryRegion
	}
	f.check = gofunction.New(f, "Check", &gofunction.Props{
		ImportPath:   "github.com/warmstandby/warmstandby/functions/failbackcheck",
		Description:  "Looks whether a failback can go on, and logs it when it has ended",
		Timeout:      awscdk.Duration_Seconds(jsii.Number(30)),
		Environment:  variables,
		LogRetention: p.LogRetention, LogRemovalPolicy: cdkgo.RetainAfterCreation(p.RemovalPolicy),
	})
	f.check.Role().AddToPrincipalPolicy(f.letExecutions("ssm:GetAutomationExecution"))
	if p.AccessStack == "" {
		return
	}
	f.check.Role().AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings("cloudformation:DescribeStacks"),
		Resources: jsii.Strings(*awscdk.Stack_Of(f).FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("cloudformation"), Region: &p.PrimaryRegion,
			Resource: jsii.String("stack"), ResourceName: jsii.String(p.AccessStack + "/*"), // its id follows, which is not known before
		})),
	}))
}

func (f *Failback) defineRunbook(p Props) {
	pl := plan{props: p, topic: *f.topic.TopicArn(), approvers: p.Approvers}
	var functions []awslambda.IFunction
	if p.checks() {
		pl.check = *f.check.Alias().FunctionArn()
		functions = append(functions, f.check.Alias())
	}
	if p.Dns != nil {
		functions = append(functions, p.Dns)
	}
	if f.operator != nil {
		pl.approvers = []string{*f.operator.RoleArn()}
	}
	steps := pl.make()
	f.runbook = runbook.New(f, "Runbook", &runbook.Props{
		Name:        p.Name,
		Description: "Bring " + p.Application + " back from its recovery environment to " + p.PrimaryRegion,
		Parameters:  parameters(),
		Steps:       steps,
		Outputs:     outputs(steps),
		Functions:   functions,
	})
	f.letInstruct()
	if f.operator != nil {
		f.runbook.GrantStart(f.operator)
	}
}

// letInstruct lets the runbook send its instructions.
func (f *Failback) letInstruct() {
	for _, right := range []struct {
		resource *string
		actions  *[]*string
	}{
		{f.topic.TopicArn(), jsii.Strings("sns:Publish")},
		{f.key.KeyArn(), jsii.Strings("kms:Decrypt", "kms:GenerateDataKey")},
	} {
		f.runbook.Role().AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: right.actions, Resources: &[]*string{right.resource},
		}))
	}
}

package test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/stacks"
)

// accepted are the findings of cdk-nag that are meant to be as they are, each with its reason. One that is not found any more
// fails the test.
var accepted = []struct {
	rule, path string // path is a regular expression
	reason     string
}{
	{
		"AwsSolutions-IAM5", "^/ToDoMgmt/Pipeline/",
		"CDK's pipelines grant their own roles: object actions of the artifact bucket, and reports and logs of builds whose names are not known yet",
	},
	{
		"AwsSolutions-CB4", "^/ToDoMgmt/Pipeline/",
		"a build keeps nothing; its artifacts are encrypted in their bucket",
	},
	{
		"AwsSolutions-S1", "^/ToDoMgmt/Artifacts/",
		"only the pipeline reads and writes the bucket, and CloudTrail and the pipeline's history record that",
	},
	{
		"AwsSolutions-S1", "^/ToDoMgmt-edge/Edge/LogBucket/",
		"the bucket is where access logs go; logging access to it would not end",
	},
	{
		"AwsSolutions-S1", "/Failover/(Artifacts|Reports)/Resource$",
		"the pipeline and its functions are the only ones that use the buckets; the pipeline's history and the reports themselves record what was done",
	},
	{
		"AwsSolutions-IAM5", "/Failover/(Assess|Move|Verify)/Role/DefaultPolicy/",
		"metrics, traces and answers of jobs know no resources; instances are asked for by a filter, for which RDS wants all of them; ARNs of proxies have ids that names do not tell; objects of runs are many",
	},
	{
		"AwsSolutions-IAM5", "/Failover/Report/Role/DefaultPolicy/",
		"traces and answers of jobs know no resources; objects of runs are many",
	},
	{
		"AwsSolutions-IAM5", "/Failover/Resource/Role/DefaultPolicy/",
		"CDK's pipelines grant their own roles so: object actions of the artifact bucket, its key, versions of the functions, and the list of functions",
	},
	{
		"AwsSolutions-IAM5", "/Monitoring/Status/Role/DefaultPolicy/",
		"X-Ray's two actions know no resources",
	},
	{
		"AwsSolutions-CFR1", "^/ToDoMgmt-edge/Edge/",
		"where callers may be is a business decision; the API has no reason to refuse a country",
	},
	{
		"AwsSolutions-CFR2", "^/ToDoMgmt-edge/Edge/",
		"the web ACL is a setting (waf), because it costs money for each request; TestWaf looks at the application with it",
	},
	{
		"AwsSolutions-CFR4", "^/ToDoMgmt-edge/Edge/",
		"CloudFront's own certificate cannot be held to newer versions of TLS; with a domain name the edge asks for TLS 1.2",
	},
	{
		"AwsSolutions-IAM4", "/AWS679f53fac002430cb0da5b7982bd2287/",
		"CDK's own function behind AwsCustomResource, which writes logs; its policy for everything else names one parameter",
	},
	{
		"AwsSolutions-IAM4", "/Api/Resource/CloudWatchRole/",
		"API Gateway has one role for the logs of all APIs of an account and Region, and this policy is the one that AWS documents",
	},
	{
		"AwsSolutions-IAM4", "/Database/MonitoringRole/",
		"enhanced monitoring documents this policy, which allows nothing but its own log group",
	},
	{
		"AwsSolutions-IAM5", "/(CreateTableFunction|GetToDos|Health|RemoveToDos|UpsertToDos)/Role/DefaultPolicy/",
		"X-Ray's two actions know no resources, and Lambda asks for all of them to attach a function to a VPC; a condition keeps the function's own code from using that",
	},
	{
		"AwsSolutions-APIG3", "/Api/Resource/DeploymentStage",
		"the web ACL belongs to the edge, in front of both Regions",
	},
	{
		"AwsSolutions-APIG4", "/v1/health/GET/",
		"the health check is public; it holds no data",
	},
	{
		"AwsSolutions-COG4", "/v1/health/GET/",
		"the health check is public; it holds no data",
	},
	{
		"AwsSolutions-COG1", "/Identity/",
		"the pool has no users, and its client no flow with a password",
	},
	{
		"AwsSolutions-COG2", "/Identity/",
		"the pool has no users, so nobody has a second factor",
	},
	{
		"AwsSolutions-COG8", "/Identity/",
		"the Plus plan protects the sign-in of users, whom the pool does not have",
	},
	{
		"AwsSolutions-RDS11", "/Database/Resource$",
		"security groups close the network path; RDS Proxy listens on MySQL's default port anyway",
	},
	{
		"AwsSolutions-RDS14", "/Database/Resource$",
		"Aurora has no backtrack in a global database",
	},
	{
		"AwsSolutions-SQS3", "^/ToDoMgmt-recovery/(Failures|Hello|Dns/Ends)/DeadLetters/",
		"the queue is the dead-letter queue, of a rule",
	},
	{
		"AwsSolutions-IAM5", "^/ToDoMgmt-recovery/(Hello/Role|Failback/Operator)/DefaultPolicy/",
		"the execution of a runbook has an id that nobody knows before it is started; which runbook, the same statement says",
	},
	{
		"AwsSolutions-IAM5", "^/ToDoMgmt-recovery/(Dns/Function|Failback/Check)/Role/DefaultPolicy/",
		"X-Ray's two actions know no resources, and the ARNs of a stack and of an execution end in ids that nobody knows before",
	},
	{
		"AwsSolutions-IAM5", "^/ToDoMgmt-recovery/Hello/Runbook/Role/DefaultPolicy/",
		"which servers are recovered is not known before, a condition asks for their tag; what describes servers and commands knows no resources",
	},
	{
		"AwsSolutions-SMG4", "/Database/Secret/",
		"Secrets Manager does not manage the administrator's password of a global database; it is used once, and the functions use IAM",
	},
}

func TestNag(t *testing.T) {
	app := nagApp(t)
	application := stacks.NewApplication(app, arpioConfig())

	// The pipeline synthesizes its stages when it is defined, before an aspect of the app would reach them, so the Regions are
	// looked at in an app of their own.
	regions := nagApp(t)
	props := &stacks.RegionProps{Config: topology.Default()}
	primary := stacks.NewPrimaryRegion(regions, "PriDeploy", props)
	secondary := stacks.NewSecondaryRegion(regions, "SecdDeploy", props)
	awscdk.Aspects_Of(primary).Add(cdknag.NewAwsSolutionsChecks(nil), nil)
	awscdk.Aspects_Of(secondary).Add(cdknag.NewAwsSolutionsChecks(nil), nil)

	found, used := 0, make([]bool, len(accepted))
	for _, stack := range []awscdk.Stack{
		application.Delivery, application.Edge, application.Failover, application.Failback, application.Recovery,
		primary.Infra(), primary.App(), secondary.Infra(), secondary.App(),
	} {
		for _, finding := range nagFindings(stack) {
			found++
			if !isAccepted(finding, used) {
				t.Errorf("%s: %s", finding.path, finding.text)
			}
		}
	}
	if found == 0 {
		t.Error("cdk-nag finds nothing at all, not even what is accepted, so nothing was proved")
	}
	for i, a := range accepted {
		if !used[i] {
			t.Errorf("%s at %s is accepted, but cdk-nag does not find it: remove it", a.rule, a.path)
		}
		if a.reason == "" {
			t.Errorf("%s at %s is accepted without a reason", a.rule, a.path)
		}
	}
}

// nagApp is an app that cdk-nag looks at.
func nagApp(t *testing.T) awscdk.App {
	app := newApp(t)
	// Otherwise the first finding ends synthesis, and the others are not seen.
	app.Node().SetContext(jsii.String("@aws-cdk/core:annotationsInValidationReport"), false)
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(nil), nil)
	return app
}

type nagFinding struct{ rule, path, text string }

var nagRule = regexp.MustCompile(`^AwsSolutions-[A-Z0-9]+`)

// nagFindings are what cdk-nag annotated in a stack, as errors and as warnings.
func nagFindings(stack awscdk.Stack) []nagFinding {
	annotations := assertions.Annotations_FromStack(stack)
	any, ours := jsii.String("*"), assertions.Match_StringLikeRegexp(jsii.String("AwsSolutions-"))
	var found []nagFinding
	for _, message := range append(*annotations.FindError(any, ours), *annotations.FindWarning(any, ours)...) {
		//lint:ignore SA1019 the assertions' own result has the type's old name
		text, path := fmt.Sprint(message.Entry.Data), *message.Id
		found = append(found, nagFinding{rule: nagRule.FindString(text), path: path, text: text})
	}
	return found
}

func isAccepted(f nagFinding, used []bool) bool {
	for i, a := range accepted {
		if a.rule == f.rule && regexp.MustCompile(a.path).MatchString(f.path) {
			used[i] = true
			return true
		}
	}
	return false
}

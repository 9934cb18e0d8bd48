package failoverpipeline

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// allow lets a function do actions with resources.
func allow(f *gofunction.Function, actions []string, resources ...string) {
	f.Role().AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings(actions...), Resources: jsii.Strings(resources...),
	}))
}

// letAnswer lets a function read the topology and answer jobs. AWS knows no resources for the answers: a job's id is secret enough.
func (r *Pipeline) letAnswer(f *gofunction.Function) {
	allow(f, []string{"ssm:GetParameter"}, *r.parameter.ParameterArn())
	allow(f, []string{"codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"}, "*")
}

// letAssess lets the function look at everything, in both Regions.
func (r *Pipeline) letAssess(f *gofunction.Function) {
	r.letLook(f)
	r.letObserve(f)
}

// letMove lets the function look at everything and change what is moved: the writer of this global database and the keys of this
// store.
func (r *Pipeline) letMove(f *gofunction.Function) {
	r.letAssess(f)
	allow(f, []string{"cloudfront-keyvaluestore:UpdateKeys"}, r.props.Document.Edge.StoreArn)
	allow(f, []string{"rds:FailoverGlobalCluster", "rds:RemoveFromGlobalCluster", "rds:SwitchoverGlobalCluster"},
		append([]string{r.globalClusterArn()}, r.clusterArns()...)...)
}

// letVerify lets the function see who writes and who serves.
func (r *Pipeline) letVerify(f *gofunction.Function) { r.letLook(f) }

// letLook lets a function see the edge, the global database and the clusters, ask both Regions' own functions, and keep its journal.
func (r *Pipeline) letLook(f *gofunction.Function) {
	allow(f, []string{"cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:ListKeys"}, r.props.Document.Edge.StoreArn)
	allow(f, []string{"rds:DescribeGlobalClusters"}, r.globalClusterArn())
	allow(f, []string{"rds:DescribeDBClusters"}, r.clusterArns()...)
	// The instances of a cluster are asked for by a filter, for which RDS wants all of them.
	allow(f, []string{"rds:DescribeDBInstances"}, r.inBoth("rds", "db:*")...)
	var checks []string
	for _, role := range topology.Roles() {
		checks = append(checks, r.arn("lambda", role, "function:"+r.props.Document.Regions[role].CheckFunction))
	}
	allow(f, []string{"lambda:InvokeFunction"}, checks...)
	r.letWrite(f, "runs/*")
}

// letWrite lets a function write objects of the bucket of the reports. CDK's own grant would allow more.
func (r *Pipeline) letWrite(f *gofunction.Function, objects ...string) {
	var arns []string
	for _, keys := range objects {
		arns = append(arns, *r.reports.ArnForObjects(jsii.String(keys)))
	}
	allow(f, []string{"s3:PutObject"}, arns...)
	allow(f, []string{"kms:GenerateDataKey"}, *r.key.KeyArn())
}

// letObserve lets a function see what only an assessment asks for. The ARNs of proxies and of their target groups have ids in them
// that RDS makes up, so that they cannot be known from names; and CloudWatch knows no resources.
func (r *Pipeline) letObserve(f *gofunction.Function) {
	allow(f, []string{"rds:DescribeDBProxyTargets"}, append(r.inBoth("rds", "db-proxy:*"), r.inBoth("rds", "target-group:*")...)...)
	allow(f, []string{"cloudwatch:GetMetricData"}, "*")
}

// letReport lets the function read journals, write reports, and ask who started and who approved a run.
func (r *Pipeline) letReport(f *gofunction.Function) {
	allow(f, []string{"s3:ListBucket"}, *r.reports.BucketArn())
	allow(f, []string{"s3:GetObject"}, *r.reports.ArnForObjects(jsii.String("runs/*")))
	allow(f, []string{"kms:Decrypt"}, *r.key.KeyArn())
	r.letWrite(f, "runs/*", "drills/last.json")
	allow(f, []string{"codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"}, r.pipelineArn())
}

// pipelineArn is the pipeline's ARN by its name: the functions are defined before the pipeline.
func (r *Pipeline) pipelineArn() string {
	return *awscdk.Stack_Of(r).FormatArn(&awscdk.ArnComponents{Service: jsii.String("codepipeline"), Resource: jsii.String(r.site().Pipeline)})
}

// account is the partition and the account of the application, by a cluster's ARN.
func (r *Pipeline) account() (partition, account string) {
	parts := strings.Split(r.site().ClusterArn, ":")
	return parts[1], parts[4]
}

func (r *Pipeline) globalClusterArn() string {
	partition, account := r.account()
	return fmt.Sprintf("arn:%s:rds::%s:global-cluster:%s", partition, account, r.props.Document.GlobalCluster)
}

func (r *Pipeline) clusterArns() []string {
	var arns []string
	for _, role := range topology.Roles() {
		arns = append(arns, r.props.Document.Regions[role].ClusterArn)
	}
	return arns
}

// inBoth are the ARNs of a resource in both Regions.
func (r *Pipeline) inBoth(service, resource string) []string {
	var arns []string
	for _, role := range topology.Roles() {
		arns = append(arns, r.arn(service, role, resource))
	}
	return arns
}

func (r *Pipeline) arn(service string, role topology.Role, resource string) string {
	partition, account := r.account()
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", partition, service, r.props.Document.Regions[role].Region, account, resource)
}

package failovermonitoring

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Monitoring is the alarms and the dashboard of a Region.
type Monitoring struct {
	constructs.Construct

	props     Props
	function  *gofunction.Function
	alarms    []awscloudwatch.Alarm
	dashboard awscloudwatch.Dashboard
}

// New defines a Monitoring under scope. It panics with everything that is wrong with props.
func New(scope constructs.Construct, id string, props *Props) *Monitoring {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("failover monitoring", scope, id, p.validate())

	m := &Monitoring{props: p.withDefaults()}
	constructs.NewConstruct_Override(m, scope, &id)
	m.function = m.defineFunction()
	m.defineSchedule()
	m.defineAlarms()
	m.dashboard = m.defineDashboard()
	return m
}

// Function measures what AWS has no metric for.
func (m *Monitoring) Function() *gofunction.Function { return m.function }

// Alarms are all alarms.
func (m *Monitoring) Alarms() []awscloudwatch.Alarm { return m.alarms }

// Dashboard is the dashboard.
func (m *Monitoring) Dashboard() awscloudwatch.Dashboard { return m.dashboard }

// site is the application in the Region.
func (m *Monitoring) site() topology.Site { return m.props.Document.Regions[m.props.Role] }

// importPath is the function's main package.
const importPath = "github.com/warmstandby/warmstandby/functions/failoverstatus"

// functionSeconds is how long the function may take: seven questions of 5 seconds at most.
const functionSeconds = 45

func (m *Monitoring) defineFunction() *gofunction.Function {
	f := gofunction.New(m, "Status", &gofunction.Props{
		ImportPath:   importPath,
		BuildWith:    m.props.BuildWith,
		FunctionName: m.props.FunctionName,
		Description:  "Measures which Region is active and whether writes are refused",
		Environment:  map[string]string{topology.DocumentVariable: *m.props.TopologyParameter.ParameterName()},
		LogRetention: m.props.LogRetention,
		Timeout:      awscdk.Duration_Seconds(jsii.Number(functionSeconds)),
	})
	allow := func(action string, resource *string) {
		f.Role().AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings(action), Resources: &[]*string{resource},
		}))
	}
	parts := strings.Split(m.site().ClusterArn, ":")
	global := fmt.Sprintf("arn:%s:rds::%s:global-cluster:%s", parts[1], parts[4], m.props.Document.GlobalCluster)
	allow("ssm:GetParameter", m.props.TopologyParameter.ParameterArn())
	allow("rds:DescribeGlobalClusters", &global)
	allow("s3:GetObject", m.props.Reports.ArnForObjects(jsii.String("drills/last.json")))
	allow("s3:ListBucket", m.props.Reports.BucketArn()) // without it S3 does not tell an object that is missing from one that is forbidden
	allow("kms:Decrypt", m.props.Key.KeyArn())
	return f
}

func (m *Monitoring) defineSchedule() {
	rule := awsevents.NewRule(m, jsii.String("EveryMinute"), &awsevents.RuleProps{
		Description: jsii.String("Measures the state of " + m.props.Document.Application),
		Schedule:    awsevents.Schedule_Rate(awscdk.Duration_Minutes(jsii.Number(1))),
	})
	rule.AddTarget(awseventstargets.NewLambdaFunction(m.function.Function(), nil))
}

package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/failovermonitoring"
	"github.com/warmstandby/warmstandby/constructs/failoverpipeline"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

const (
	// healthPath is the path of the Health function through the edge.
	healthPath = "/v1/health"

	// settleSeconds is how long the edge's locations are taken to need for a change of the key-value store. AWS publishes no
	// figure; others report seconds, at times tens of them.
	settleSeconds = 30

	// requestSeconds is how long a request can take in a Region: as long as the functions behind the API may.
	requestSeconds = 10

	// drillDays is how often somebody should try a failover.
	drillDays = 90
)

// FailoverProps configures a [Failover]. Both fields are required.
type FailoverProps struct {
	Config topology.Config

	// Activates is the home role of the Region that is activated.
	Activates topology.Role
}

// Failover is the stack that makes a Region the active one, in that Region, with what watches over it there. It reads what it
// needs of the edge from parameters of its own Region, so deploying it asks no other.
type Failover struct {
	awscdk.Stack

	pipeline   *failoverpipeline.Pipeline
	monitoring *failovermonitoring.Monitoring
}

// NewFailover defines a Failover under scope.
func NewFailover(scope constructs.Construct, id string, props *FailoverProps) *Failover {
	c, role := props.Config, props.Activates
	f := &Failover{}
	awscdk.NewStack_Override(f, scope, &id, &awscdk.StackProps{
		Description:           jsii.String("Makes " + c.Region(role) + " the active Region, and watches over it"),
		Env:                   environment(c, c.Region(role)),
		TerminationProtection: jsii.Bool(c.RemovalPolicy == topology.Retain),
	})
	document := f.document(c, role)
	f.pipeline = failoverpipeline.New(f, "Failover", &failoverpipeline.Props{
		Document:              document,
		Activates:             role,
		TopologyParameterName: c.TopologyParameterName(),
		LogRetention:          retention(c),
		RemovalPolicy:         removalPolicy(c),
	})
	f.monitoring = failovermonitoring.New(f, "Monitoring", &failovermonitoring.Props{
		Document:          document,
		Role:              role,
		TopologyParameter: f.pipeline.TopologyParameter(),
		Reports:           f.pipeline.Reports(),
		Key:               f.pipeline.Key(),
		Topic:             f.pipeline.Topic(),
		ApiName:           c.ApiName(),
		StageName:         c.StageName(),
		FunctionName:      id + "-Status",
		BuildWith:         failoverpipeline.ImportPaths(),
		DashboardName:     id,
		MaxDaysSinceDrill: map[topology.Role]int{topology.Secondary: drillDays}[role],
	})
	awscdk.NewCfnOutput(f, jsii.String("TopicArn"), &awscdk.CfnOutputProps{
		Description: jsii.String("Subscribe to it: it asks for approvals and tells of trouble"),
		Value:       f.pipeline.Topic().TopicArn(),
	})
	return f
}

// Pipeline is the pipeline, with its functions.
func (f *Failover) Pipeline() *failoverpipeline.Pipeline { return f.pipeline }

// Monitoring is the alarms and the dashboard.
func (f *Failover) Monitoring() *failovermonitoring.Monitoring { return f.monitoring }

// document is the application as a failover in a home role's Region sees it.
func (f *Failover) document(c topology.Config, role topology.Role) topology.Document {
	fact := func(name string) string {
		parameter := c.ParameterName(role, name)
		return *awsssm.StringParameter_ValueForStringParameter(f, &parameter, nil)
	}
	d := topology.Document{
		Version:       topology.DocumentVersion,
		Application:   c.ApplicationName,
		GlobalCluster: c.GlobalClusterIdentifier(),
		Edge: topology.Edge{
			StoreArn: fact(topology.EdgeStoreArnParameter), URL: "https://" + fact(topology.EdgeHostParameter),
			HealthPath: healthPath, SettleSeconds: settleSeconds,
		},
		Regions: map[topology.Role]topology.Site{},
	}
	for _, r := range topology.Roles() {
		d.Regions[r] = topology.Site{
			Region: c.Region(r), ClusterArn: c.ClusterArn(r), Proxy: c.ProxyName(r),
			CheckFunction: c.FunctionName(r, topology.HealthFunction), RequestSeconds: requestSeconds,
			Pipeline: c.FailoverPipeline(r), ReportBucket: c.ReportBucketName(r),
		}
	}
	return d
}

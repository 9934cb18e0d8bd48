package failovermonitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Metrics of RDS, in milliseconds, which a cluster has while it is a secondary. See "Monitoring an Amazon Aurora global database" in
// the Aurora user guide.
const (
	rpoLag         = "AuroraGlobalDBRPOLag"
	replicationLag = "AuroraGlobalDBReplicationLag"
)

// metric is a metric in periods of so many minutes.
func metric(namespace, name, statistic string, minutes int, dimensions map[string]string) awscloudwatch.Metric {
	converted := map[string]*string{}
	for k, v := range dimensions {
		converted[k] = jsii.String(v)
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String(namespace), MetricName: jsii.String(name), Statistic: jsii.String(statistic),
		Period: awscdk.Duration_Minutes(jsii.Number(minutes)), DimensionsMap: &converted,
	})
}

// database is a metric of the Region's cluster.
func (m *Monitoring) database(name string) awscloudwatch.Metric {
	return metric("AWS/RDS", name, "Maximum", 1, map[string]string{"DBClusterIdentifier": m.site().Cluster()})
}

// own is a metric of the function's.
func (m *Monitoring) own(name string) awscloudwatch.Metric {
	return metric(topology.MetricNamespace, name, "Maximum", 1, map[string]string{topology.ApplicationDimension: m.props.Document.Application})
}

// api is a metric of the Region's API.
func (m *Monitoring) api(name string) awscloudwatch.Metric {
	return metric("AWS/ApiGateway", name, "Sum", 5, map[string]string{"ApiName": m.props.ApiName, "Stage": m.props.StageName})
}

// stray is 1 while the Region is active and not the writer.
func (m *Monitoring) stray() awscloudwatch.MathExpression {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.String("IF(active > 0 AND writer < 1, 1, 0)"),
		Label:      jsii.String("Active and not the writer"),
		Period:     awscdk.Duration_Minutes(jsii.Number(1)),
		UsingMetrics: &map[string]awscloudwatch.IMetric{
			"active": m.own(topology.ActiveMetric), "writer": m.own(topology.WriterMetric),
		},
	})
}

package globaldatabase

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/jsii-runtime-go"
)

// ClusterIdentifier is the name of this member's cluster, as it was given: a plain string, also of use in the other Region.
func (m *member) ClusterIdentifier() string { return m.identifier }

// Capacity is the range in which each instance scales. It is a plain value, which the other side can be given.
func (m *member) Capacity() Capacity { return m.capacity }

// Cluster is this member's cluster, with its resource identifier, endpoints, engine, port and security group. What depends on
// it waits for its instances.
func (m *member) Cluster() awsrds.IDatabaseCluster { return m.cluster }

// Resource is the CloudFormation resource behind [Primary.Cluster].
func (m *member) Resource() awsrds.CfnDBCluster { return m.resource }

// Instances are the instances, the first one first.
func (m *member) Instances() []awsrds.CfnDBInstance { return slices.Clone(m.instances) }

// SecurityGroup is the security group of the instances.
func (m *member) SecurityGroup() awsec2.SecurityGroup { return m.securityGroup }

// SubnetGroup is the group of subnets that the instances live in.
func (m *member) SubnetGroup() awsrds.SubnetGroup { return m.subnetGroup }

// ParameterGroup holds the cluster's parameters. Add more with its AddParameter.
func (m *member) ParameterGroup() awsrds.ParameterGroup { return m.parameterGroup }

// MonitoringRole is the role with which Amazon RDS writes enhanced monitoring.
func (m *member) MonitoringRole() awsiam.Role { return m.monitoringRole }

// Key is the key that encrypts data, secret and logs: the caller's, or a new one.
func (m *member) Key() awskms.IKey { return m.key }

// LogGroups are the log groups of the exported logs, by the name of the log: audit, error, iam-db-auth-error and slowquery.
func (m *member) LogGroups() map[string]awslogs.LogGroup { return maps.Clone(m.logGroups) }

// GrantConnect lets grantee log in to this member as the database user with IAM authentication, without a proxy between. The
// network path is a matter of security groups, see [Primary.SecurityGroup].
func (m *member) GrantConnect(grantee awsiam.IGrantable, user string) awsiam.Grant {
	return m.cluster.GrantConnect(grantee, jsii.String(user))
}

// MetricReplicationLag is how far this member is behind the writer, in milliseconds: by default the maximum in each minute.
// A member reports it, to its own Region, while it is a secondary, and nothing while it is the writer.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
func (m *member) MetricReplicationLag(opts *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric("AuroraGlobalDBReplicationLag", opts)
}

// MetricRPOLag is the age, in milliseconds, of the newest user transaction that a failover to this member would lose: by
// default the maximum in each minute. A member reports it, to its own Region, while it is a secondary, and nothing while it
// is the writer.
//
// See https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.AuroraMonitoring.Metrics.html
func (m *member) MetricRPOLag(opts *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	return m.metric("AuroraGlobalDBRPOLag", opts)
}

func (m *member) metric(name string, opts *awscloudwatch.MetricOptions) awscloudwatch.Metric {
	metric := awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String("AWS/RDS"),
		MetricName:    jsii.String(name),
		DimensionsMap: &map[string]*string{"DBClusterIdentifier": jsii.String(m.identifier)},
		Statistic:     jsii.String("Maximum"),
		Period:        awscdk.Duration_Minutes(jsii.Number(1)),
	})
	if opts == nil {
		return metric
	}
	return metric.With(opts)
}

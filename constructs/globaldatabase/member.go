package globaldatabase

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsrds"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
)

const (
	engine = "aurora-mysql"
	port   = 3306
)

// member is one Region's cluster with all that it lives on, alike on both sides.
type member struct {
	identifier string
	capacity   Capacity

	key            awskms.IKey
	securityGroup  awsec2.SecurityGroup
	subnetGroup    awsrds.SubnetGroup
	parameterGroup awsrds.ParameterGroup
	monitoringRole awsiam.Role
	logGroups      map[string]awslogs.LogGroup
	resource       awsrds.CfnDBCluster
	cluster        awsrds.IDatabaseCluster
	instances      []awsrds.CfnDBInstance
}

// newMember is a member that is not the zero value, which jsii would take for one of its own when it finds it embedded.
func newMember(p RegionalProps) member {
	return member{identifier: p.ClusterIdentifier, capacity: p.Capacity}
}

// defineSurroundings defines under scope what the cluster needs before it can exist.
func (m *member) defineSurroundings(scope constructs.Construct, p RegionalProps) {
	m.key = defineKey(scope, p)
	m.securityGroup = defineSecurityGroup(scope, p)
	m.subnetGroup = defineSubnetGroup(scope, p)
	m.parameterGroup = defineParameterGroup(scope, p)
	m.monitoringRole = defineMonitoringRole(scope, p)
	m.logGroups = defineLogGroups(scope, p, m.key)
}

// defineCluster defines the cluster and its instances under scope.
func (m *member) defineCluster(scope constructs.Construct, p RegionalProps, props *awsrds.CfnDBClusterProps) {
	m.resource = awsrds.NewCfnDBCluster(scope, jsii.String("Resource"), props)
	m.resource.ApplyRemovalPolicy(p.RemovalPolicy, nil)
	for _, export := range logExports {
		// RDS makes a log group that it does not find, without a retention, and then this one could not be made.
		m.resource.Node().AddDependency(m.logGroups[export.log])
	}
	m.cluster = m.importCluster(scope, p)
	m.instances = m.defineInstances(p)
}

// clusterProps is the cluster as it is on both sides. It is an L1 cluster, because CDK's DatabaseCluster can neither join a
// global cluster nor do without credentials.
func (m *member) clusterProps(p RegionalProps) *awsrds.CfnDBClusterProps {
	parameters := m.parameterGroup.BindToCluster(&awsrds.ParameterGroupClusterBindOptions{})
	return &awsrds.CfnDBClusterProps{
		DbClusterIdentifier:         jsii.String(p.ClusterIdentifier),
		Engine:                      jsii.String(engine),
		EngineVersion:               p.EngineVersion.AuroraMysqlFullVersion(),
		Port:                        jsii.Number(port),
		DbClusterParameterGroupName: parameters.ParameterGroupName,
		DbSubnetGroupName:           m.subnetGroup.SubnetGroupName(),
		VpcSecurityGroupIds:         &[]any{m.securityGroup.SecurityGroupId()},
		ServerlessV2ScalingConfiguration: &awsrds.CfnDBCluster_ServerlessV2ScalingConfigurationProperty{
			MinCapacity: jsii.Number(p.Capacity.Min),
			MaxCapacity: jsii.Number(p.Capacity.Max),
		},

		EnableIamDatabaseAuthentication: jsii.Bool(true),
		StorageEncrypted:                jsii.Bool(true),
		KmsKeyId:                        m.key.KeyArn(),
		DeletionProtection:              jsii.Bool(p.deletionProtection()),
		BackupRetentionPeriod:           jsii.Number(p.BackupRetentionDays),
		CopyTagsToSnapshot:              jsii.Bool(true),

		// Set on the cluster, monitoring holds for every instance, also for one that is added by hand in an emergency.
		EnableCloudwatchLogsExports: exportedLogs(),
		MonitoringInterval:          jsii.Number(p.MonitoringInterval.Seconds()),
		MonitoringRoleArn:           m.monitoringRole.RoleArn(),
		DatabaseInsightsMode:        jsii.String("standard"),
		PerformanceInsightsEnabled:  jsii.Bool(true),
		PerformanceInsightsKmsKeyId: m.key.KeyArn(),
	}
}

// importCluster wraps the L1 cluster for the rest of CDK, such as grants, security group rules and RDS Proxy.
func (m *member) importCluster(scope constructs.Construct, p RegionalProps) awsrds.IDatabaseCluster {
	return awsrds.DatabaseCluster_FromDatabaseClusterAttributes(scope, jsii.String("Cluster"), &awsrds.DatabaseClusterAttributes{
		ClusterIdentifier:         m.resource.Ref(),
		ClusterResourceIdentifier: m.resource.AttrDbClusterResourceId(),
		ClusterEndpointAddress:    m.resource.AttrEndpointAddress(),
		ReaderEndpointAddress:     m.resource.AttrReadEndpointAddress(),
		Port:                      jsii.Number(port),
		Engine:                    clusterEngine(p),
		SecurityGroups:            &[]awsec2.ISecurityGroup{m.securityGroup},
	})
}

// defineInstances defines the instances as children of the imported cluster, as CDK's own cluster has them: whoever depends
// on the cluster then waits for its instances. The first comes before the others, so that it becomes the writer.
func (m *member) defineInstances(p RegionalProps) []awsrds.CfnDBInstance {
	scope := m.cluster.(constructs.Construct)
	instances := make([]awsrds.CfnDBInstance, p.Instances)
	for i := range instances {
		instances[i] = awsrds.NewCfnDBInstance(scope, jsii.Sprintf("Instance%d", i+1), &awsrds.CfnDBInstanceProps{
			DbClusterIdentifier: m.resource.Ref(),
			DbInstanceClass:     jsii.String("db.serverless"),
			Engine:              jsii.String(engine),
			PubliclyAccessible:  jsii.Bool(false),
		})
		instances[i].ApplyRemovalPolicy(p.repeatablePolicy(), nil)
		if i > 0 {
			instances[i].AddResourceDependency(instances[0], nil)
		}
	}
	return instances
}

// deletionProtection is on unless the database is meant to be deleted with its stack.
func (p RegionalProps) deletionProtection() bool {
	return p.RemovalPolicy != awscdk.RemovalPolicy_DESTROY
}

// repeatablePolicy is the removal policy of what surrounds the cluster. It is the cluster's, except that a first deployment that
// fails leaves none of it behind: the names would be taken at the second, and the VPC could not be deleted. The cluster itself
// cannot be so, because its deletion protection would make the rollback fail too, and its key has to stay with it.
func (p RegionalProps) repeatablePolicy() awscdk.RemovalPolicy {
	return cdkgo.RetainAfterCreation(p.RemovalPolicy)
}

func clusterEngine(p RegionalProps) awsrds.IClusterEngine {
	return awsrds.DatabaseClusterEngine_AuroraMysql(&awsrds.AuroraMysqlClusterEngineProps{Version: p.EngineVersion})
}

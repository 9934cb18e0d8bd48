package provision

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

// Cluster is a database cluster.
type Cluster struct {
	// Region is the cluster's Region.
	Region string

	// Identifier is the cluster's name in the Region.
	Identifier string

	// ARN is the cluster's ARN.
	ARN string

	// ResourceID is what rds-db:connect has to be allowed for at the cluster's own endpoints: cluster-….
	ResourceID string

	// GlobalCluster is the identifier of the global cluster that it belongs to; empty if it belongs to none.
	GlobalCluster string

	// Writer reports whether it accepted writes when it was deployed.
	Writer bool

	// Instances is how many instances it has.
	Instances int

	// DatabaseName is the database that is there from the beginning; empty if there is none. A secondary cluster has its
	// writer's, as it has the writer's users.
	DatabaseName string

	// MasterUsername and MasterPassword are those of the first user.
	MasterUsername, MasterPassword string

	// Parameters are those that the cluster's parameter group sets.
	Parameters map[string]string
}

type globalClusterProperties struct {
	DatabaseName            string
	DeletionProtection      properties.Bool
	Engine                  string
	EngineVersion           string
	GlobalClusterIdentifier string
	StorageEncrypted        properties.Bool

	Tags properties.Ignored // nothing looks at them
}

func (c *call) globalCluster(p globalClusterProperties) (cloudformation.Physical, error) {
	id := strings.ToLower(cmp.Or(p.GlobalClusterIdentifier, c.GeneratedName(63)))
	if _, taken := c.state.GlobalClusters.Get(id); taken {
		return failf("Global cluster with identifier %s already exists", id)
	}
	host := id + ".global-" + draw(c.random, 12, lower) + ".global.rds.amazonaws.com"
	c.state.CreateGlobalCluster(awssim.GlobalCluster{
		Identifier: id, Engine: p.Engine, EngineVersion: p.EngineVersion, DatabaseName: p.DatabaseName, Endpoint: host,
		StorageEncrypted: bool(p.StorageEncrypted), DeletionProtection: bool(p.DeletionProtection),
	})
	c.addEndpoint(Endpoint{Kind: GlobalWriter, Host: host, Name: id})
	return physical(id, attributes{"GlobalEndpoint": map[string]any{"Address": host}})
}

type subnetGroupProperties struct {
	DBSubnetGroupName string
	SubnetIDs         []string

	DBSubnetGroupDescription properties.Ignored // nothing looks at it
	Tags                     properties.Ignored // nothing looks at them
}

func (c *call) subnetGroup(p subnetGroupProperties) (cloudformation.Physical, error) {
	at, err := c.attach(p.SubnetIDs, nil)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	zones := make(map[string]bool)
	for _, id := range p.SubnetIDs {
		zones[c.Network.subnets[id].zone] = true
	}
	if len(zones) < 2 {
		return failf("The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement: it needs subnets in 2 zones, got %d", len(zones))
	}
	name := strings.ToLower(cmp.Or(p.DBSubnetGroupName, c.GeneratedName(255)))
	c.subnetGroups[c.regional(name)] = at
	return physical(name, nil)
}

type parameterGroupProperties struct {
	DBClusterParameterGroupName string
	Parameters                  map[string]scalar

	Description properties.Ignored // nothing looks at it
	Family      properties.Ignored // parameters are not validated
	Tags        properties.Ignored // nothing looks at them
}

func (c *call) parameterGroup(p parameterGroupProperties) (cloudformation.Physical, error) {
	name := strings.ToLower(cmp.Or(p.DBClusterParameterGroupName, c.GeneratedName(255)))
	group := make(map[string]string, len(p.Parameters))
	for key, value := range p.Parameters {
		group[key] = string(value)
	}
	c.parameterGroups[c.regional(name)] = group
	return physical(name, nil)
}

type clusterProperties struct {
	BackupRetentionPeriod            properties.Int
	DBClusterIdentifier              string
	DBClusterParameterGroupName      string
	DBSubnetGroupName                string
	DatabaseName                     string
	DeletionProtection               properties.Bool
	EnableIAMDatabaseAuthentication  properties.Bool
	Engine                           string
	EngineVersion                    string
	GlobalClusterIdentifier          string
	KmsKeyID                         string
	MasterUserPassword               string
	MasterUsername                   string
	Port                             properties.Int
	ServerlessV2ScalingConfiguration *struct{ MinCapacity, MaxCapacity json.Number }
	StorageEncrypted                 properties.Bool
	Tags                             []awssim.Tag
	VpcSecurityGroupIDs              []string

	CopyTagsToSnapshot          properties.Ignored // there are no snapshots
	DatabaseInsightsMode        properties.Ignored // nobody watches
	EnableCloudwatchLogsExports properties.Ignored // the servers' logs stay where they are
	MonitoringInterval          properties.Ignored // nobody watches
	MonitoringRoleArn           properties.Ignored // nobody watches
	PerformanceInsightsEnabled  properties.Ignored // nobody watches
	PerformanceInsightsKmsKeyID properties.Ignored // nobody watches
	SourceRegion                properties.Ignored // a secondary cluster replicates from the global cluster's writer
}

// refuse says why RDS does not create the cluster. Its words for secondary clusters are those that its users report.
func (p clusterProperties) refuse(c *call) error {
	if p.GlobalClusterIdentifier == "" {
		return p.refuseCredentials()
	}
	g, ok := c.state.GlobalClusters.Get(strings.ToLower(p.GlobalClusterIdentifier))
	switch {
	case !ok:
		return fmt.Errorf("Global cluster %s not found", p.GlobalClusterIdentifier)
	case g.Engine != p.Engine || p.EngineVersion != "" && g.EngineVersion != "" && g.EngineVersion != p.EngineVersion:
		return fmt.Errorf("engine %s %s does not match %s %s of global cluster %s", p.Engine, p.EngineVersion, g.Engine, g.EngineVersion, g.Identifier)
	case g.StorageEncrypted != bool(p.StorageEncrypted):
		return fmt.Errorf("property StorageEncrypted must be %t, as in global cluster %s", g.StorageEncrypted, g.Identifier)
	case g.Writer() == "":
		return p.refuseCredentials()
	case p.MasterUsername != "":
		return errors.New("Cannot specify user name for cross region replication cluster")
	case p.MasterUserPassword != "":
		return errors.New("Cannot specify password for cross region replication cluster")
	case p.DatabaseName != "":
		return errors.New("Cannot specify database name for cross region replication cluster")
	case !c.hasInstance(g.Writer()):
		return fmt.Errorf("property MasterUsername is required, because %s has no instance to replicate from yet", g.Writer())
	}
	return nil
}

// refuseCredentials says what is missing for a cluster that replicates from none.
func (p clusterProperties) refuseCredentials() error {
	if p.MasterUsername == "" || p.MasterUserPassword == "" {
		return errors.New("the properties MasterUsername and MasterUserPassword are required, because the cluster replicates from no other")
	}
	return nil
}

// hasInstance reports whether the cluster of that ARN, in whatever Region, has an instance.
func (c *call) hasInstance(arn string) bool {
	for _, other := range c.Clusters {
		if other.ARN == arn {
			cluster, _ := c.state.Region(other.Region).DBClusters.Get(other.Identifier)
			return len(cluster.Members) > 0
		}
	}
	return false
}

func (c *call) cluster(p clusterProperties) (cloudformation.Physical, error) {
	id := strings.ToLower(cmp.Or(p.DBClusterIdentifier, c.GeneratedName(63)))
	if _, taken := c.region.DBClusters.Get(id); taken {
		return failf("DB Cluster already exists: %s", id)
	}
	if err := p.refuse(c); err != nil {
		return cloudformation.Physical{}, err
	}
	at, parameters, err := c.clusterSurroundings(p)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	state, err := p.state()
	if err != nil {
		return cloudformation.Physical{}, err
	}
	state.Identifier = id
	state.Port = cmp.Or(int(p.Port), mysqlPort)
	state.Endpoint, state.ReaderEndpoint = c.rdsHost(id, "cluster-"), c.rdsHost(id, "cluster-ro-")
	for _, id := range at.Subnets {
		state.AvailabilityZones = append(state.AvailabilityZones, c.Network.subnets[id].zone)
	}
	state = c.region.CreateDBCluster(state)
	c.Clusters = append(c.Clusters, &Cluster{
		Region: c.Region, Identifier: id, ARN: state.ARN, ResourceID: state.ResourceID, GlobalCluster: state.GlobalCluster,
		DatabaseName: p.DatabaseName, MasterUsername: p.MasterUsername, MasterPassword: p.MasterUserPassword, Parameters: parameters,
	})
	shared := Endpoint{Port: state.Port, Name: id, Cluster: id, ResourceID: state.ResourceID, Attachment: at}
	shared.Kind, shared.Host = ClusterWriter, state.Endpoint
	c.addEndpoint(shared)
	shared.Kind, shared.Host = ClusterReader, state.ReaderEndpoint
	c.addEndpoint(shared)
	return physical(id, attributes{
		"DBClusterArn": state.ARN, "DBClusterResourceId": state.ResourceID,
		"Endpoint":     address(state.Endpoint, state.Port),
		"ReadEndpoint": map[string]any{"Address": state.ReaderEndpoint},
	})
}

// clusterSurroundings are where a cluster is, and its parameters.
func (c *call) clusterSurroundings(p clusterProperties) (Attachment, map[string]string, error) {
	subnets, ok := c.subnetGroups[c.regional(strings.ToLower(p.DBSubnetGroupName))]
	if !ok {
		return Attachment{}, nil, fmt.Errorf("DBSubnetGroup not found: %q", p.DBSubnetGroupName)
	}
	if len(p.VpcSecurityGroupIDs) == 0 {
		return Attachment{}, nil, errors.New("property VpcSecurityGroupIds must be given, because the VPC's default security group is not modelled")
	}
	at, err := c.attach(subnets.Subnets, p.VpcSecurityGroupIDs)
	if err != nil {
		return at, nil, err
	}
	parameters, ok := c.parameterGroups[c.regional(strings.ToLower(p.DBClusterParameterGroupName))]
	if !ok && p.DBClusterParameterGroupName != "" {
		return at, nil, fmt.Errorf("DBClusterParameterGroup not found: %s", p.DBClusterParameterGroupName)
	}
	return at, parameters, nil
}

// state is what the properties say of the cluster as RDS shows it.
func (p clusterProperties) state() (awssim.DBCluster, error) {
	state := awssim.DBCluster{
		Engine: p.Engine, EngineVersion: p.EngineVersion, DatabaseName: p.DatabaseName, MasterUsername: p.MasterUsername,
		ParameterGroup: p.DBClusterParameterGroupName, SubnetGroup: p.DBSubnetGroupName, KMSKeyID: p.KmsKeyID,
		StorageEncrypted: bool(p.StorageEncrypted), IAMAuthentication: bool(p.EnableIAMDatabaseAuthentication),
		DeletionProtection: bool(p.DeletionProtection), GlobalCluster: p.GlobalClusterIdentifier, Tags: p.Tags,
		BackupRetentionPeriod: cmp.Or(int(p.BackupRetentionPeriod), 1), SecurityGroups: memberships(p.VpcSecurityGroupIDs),
	}
	if scaling := p.ServerlessV2ScalingConfiguration; scaling != nil {
		least, err := scaling.MinCapacity.Float64()
		most, err2 := scaling.MaxCapacity.Float64()
		if err := errors.Join(err, err2); err != nil {
			return state, fmt.Errorf("property ServerlessV2ScalingConfiguration: %w", err)
		}
		state.ServerlessV2Scaling = &awssim.ServerlessV2{MinCapacity: least, MaxCapacity: most}
	}
	return state, nil
}

// memberships are security groups as RDS shows them.
func memberships(ids []string) []awssim.SecurityGroup {
	groups := make([]awssim.SecurityGroup, len(ids))
	for i, id := range ids {
		groups[i] = awssim.SecurityGroup{ID: id, Status: "active"}
	}
	return groups
}

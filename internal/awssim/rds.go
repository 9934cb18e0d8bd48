package awssim

import (
	"slices"
	"strings"
	"time"
)

// StatusAvailable is the status of a global cluster, cluster, instance or proxy that nothing is happening to.
const StatusAvailable = "available"

// States of a member's replication, and of a secondary's write forwarding (RDS API reference, GlobalClusterMember). A writer is
// connected, too (AWS CLI command reference, examples of failover-global-cluster).
const (
	Connected               = "connected"
	PendingResync           = "pending-resync"
	WriteForwardingDisabled = "disabled"
)

// GlobalCluster is an Aurora global database. Its fields, and those of the types below, are named and shown as in the RDS API
// reference (GlobalCluster, DBCluster, DBInstance).
type GlobalCluster struct {
	Identifier         string                `xml:"GlobalClusterIdentifier"`
	ResourceID         string                `xml:"GlobalClusterResourceId"`
	ARN                string                `xml:"GlobalClusterArn"`
	Status             string                `xml:"Status"`
	Engine             string                `xml:"Engine"`
	EngineVersion      string                `xml:"EngineVersion"`
	DatabaseName       string                `xml:"DatabaseName,omitempty"`
	StorageEncrypted   bool                  `xml:"StorageEncrypted"`
	DeletionProtection bool                  `xml:"DeletionProtection"`
	Members            []GlobalClusterMember `xml:"GlobalClusterMembers>GlobalClusterMember"`
	Endpoint           string                `xml:"Endpoint,omitempty"` // the writer's, wherever it is

	// FailoverState is what is in progress; nil if nothing is.
	FailoverState *FailoverState `xml:"FailoverState,omitempty"`
}

// GlobalClusterMember is a Region's cluster in a global cluster.
type GlobalClusterMember struct {
	DBClusterARN          string   `xml:"DBClusterArn"`
	Readers               []string `xml:"Readers>member"` // ARNs of the secondary clusters; only the writer has any
	IsWriter              bool     `xml:"IsWriter"`
	WriteForwardingStatus string   `xml:"GlobalWriteForwardingStatus,omitempty"` // of secondary clusters
	SynchronizationStatus string   `xml:"SynchronizationStatus,omitempty"`
}

// FailoverState is a switchover or failover in progress.
type FailoverState struct {
	Status            string `xml:"Status"`
	FromDBClusterARN  string `xml:"FromDbClusterArn"`
	ToDBClusterARN    string `xml:"ToDbClusterArn"`
	IsDataLossAllowed bool   `xml:"IsDataLossAllowed"`
}

// Writer is the ARN of the cluster that accepts writes, or empty if there is none.
func (g GlobalCluster) Writer() string {
	for _, m := range g.Members {
		if m.IsWriter {
			return m.DBClusterARN
		}
	}
	return ""
}

// DBCluster is an Aurora cluster in one Region.
type DBCluster struct {
	Identifier            string            `xml:"DBClusterIdentifier"`
	ARN                   string            `xml:"DBClusterArn"`
	ResourceID            string            `xml:"DbClusterResourceId"` // cluster-…, as in the ARNs of rds-db:connect
	Status                string            `xml:"Status"`
	Engine                string            `xml:"Engine"`
	EngineVersion         string            `xml:"EngineVersion"`
	EngineMode            string            `xml:"EngineMode"`
	DatabaseName          string            `xml:"DatabaseName,omitempty"`
	MasterUsername        string            `xml:"MasterUsername,omitempty"`
	Endpoint              string            `xml:"Endpoint"`
	ReaderEndpoint        string            `xml:"ReaderEndpoint"`
	Port                  int               `xml:"Port"`
	ParameterGroup        string            `xml:"DBClusterParameterGroup,omitempty"`
	SubnetGroup           string            `xml:"DBSubnetGroup,omitempty"`
	AvailabilityZones     []string          `xml:"AvailabilityZones>AvailabilityZone"`
	Members               []DBClusterMember `xml:"DBClusterMembers>DBClusterMember"`
	SecurityGroups        []SecurityGroup   `xml:"VpcSecurityGroups>VpcSecurityGroupMembership"`
	MultiAZ               bool              `xml:"MultiAZ"`
	StorageEncrypted      bool              `xml:"StorageEncrypted"`
	KMSKeyID              string            `xml:"KmsKeyId,omitempty"`
	IAMAuthentication     bool              `xml:"IAMDatabaseAuthenticationEnabled"`
	DeletionProtection    bool              `xml:"DeletionProtection"`
	BackupRetentionPeriod int               `xml:"BackupRetentionPeriod"`
	ServerlessV2Scaling   *ServerlessV2     `xml:"ServerlessV2ScalingConfiguration,omitempty"`
	GlobalCluster         string            `xml:"GlobalClusterIdentifier,omitempty"`
	CreateTime            time.Time         `xml:"ClusterCreateTime"`
	Tags                  []Tag             `xml:"TagList>Tag"`
}

// DBClusterMember is an instance in a cluster.
type DBClusterMember struct {
	Instance             string `xml:"DBInstanceIdentifier"`
	IsClusterWriter      bool   `xml:"IsClusterWriter"`
	ParameterGroupStatus string `xml:"DBClusterParameterGroupStatus"`
	PromotionTier        int    `xml:"PromotionTier"`
}

// SecurityGroup is a security group of a cluster or an instance.
type SecurityGroup struct {
	ID     string `xml:"VpcSecurityGroupId"`
	Status string `xml:"Status"`
}

// ServerlessV2 is the range of capacity of a cluster's serverless instances, in Aurora capacity units.
type ServerlessV2 struct {
	MinCapacity float64 `xml:"MinCapacity"`
	MaxCapacity float64 `xml:"MaxCapacity"`
}

// DBInstance is an instance of a cluster.
type DBInstance struct {
	Identifier        string          `xml:"DBInstanceIdentifier"`
	ARN               string          `xml:"DBInstanceArn"`
	ResourceID        string          `xml:"DbiResourceId"`
	Class             string          `xml:"DBInstanceClass"`
	Engine            string          `xml:"Engine"`
	EngineVersion     string          `xml:"EngineVersion"`
	Status            string          `xml:"DBInstanceStatus"`
	Endpoint          InstanceAddress `xml:"Endpoint"`
	Cluster           string          `xml:"DBClusterIdentifier"`
	AvailabilityZone  string          `xml:"AvailabilityZone,omitempty"`
	SecurityGroups    []SecurityGroup `xml:"VpcSecurityGroups>VpcSecurityGroupMembership"`
	PromotionTier     int             `xml:"PromotionTier"`
	StorageEncrypted  bool            `xml:"StorageEncrypted"`
	IAMAuthentication bool            `xml:"IAMDatabaseAuthenticationEnabled"`
	CreateTime        time.Time       `xml:"InstanceCreateTime"`
	Tags              []Tag           `xml:"TagList>Tag"`
}

// InstanceAddress is where an instance listens.
type InstanceAddress struct {
	Address string `xml:"Address"`
	Port    int    `xml:"Port"`
}

// CreateGlobalCluster stores an empty global cluster. It fills in ARN, resource id and status; names are kept in lower case,
// as RDS does.
func (s *State) CreateGlobalCluster(g GlobalCluster) GlobalCluster {
	g.Identifier = strings.ToLower(g.Identifier)
	g.ARN = "arn:aws:rds::" + s.account + ":global-cluster:" + g.Identifier
	g.ResourceID = "cluster-" + s.newID(16, hexits)
	g.Status = StatusAvailable
	s.GlobalClusters.Put(g.Identifier, g)
	return g
}

// CreateDBCluster stores a cluster. It fills in ARN, resource id, status, mode and creation time. The first cluster to join
// a global cluster becomes its writer, as the documentation of AWS::RDS::GlobalCluster has it; the next ones read from it.
func (r *Region) CreateDBCluster(c DBCluster) DBCluster {
	c.Identifier = strings.ToLower(c.Identifier)
	c.GlobalCluster = strings.ToLower(c.GlobalCluster)
	c.ARN = r.arn("rds", "cluster:"+c.Identifier)
	c.ResourceID = "cluster-" + r.state.newID(26, upper)
	c.Status = StatusAvailable
	c.EngineMode = "provisioned"
	c.CreateTime = r.state.Now()
	r.DBClusters.Put(c.Identifier, c)
	if g, ok := r.state.GlobalClusters.Get(c.GlobalCluster); ok {
		r.state.GlobalClusters.Put(g.Identifier, g.join(c))
		if g.Writer() != "" && r.state.lag > 0 {
			r.state.SetLag(c.ARN, r.state.lag)
		}
	}
	return c
}

// join returns the global cluster with one more member.
func (g GlobalCluster) join(c DBCluster) GlobalCluster {
	m := GlobalClusterMember{DBClusterARN: c.ARN, SynchronizationStatus: Connected}
	g.Members = slices.Clone(g.Members)
	if g.Writer() == "" {
		m.IsWriter = true
		g.Engine, g.EngineVersion, g.StorageEncrypted = c.Engine, c.EngineVersion, c.StorageEncrypted
	} else {
		m.WriteForwardingStatus = WriteForwardingDisabled
		w := slices.IndexFunc(g.Members, func(m GlobalClusterMember) bool { return m.IsWriter })
		g.Members[w].Readers = append(slices.Clone(g.Members[w].Readers), c.ARN)
	}
	g.Members = append(g.Members, m)
	return g
}

// CreateDBInstance stores an instance and makes it a member of its cluster: the first one is the cluster's writer, which in
// a secondary cluster writes nothing. It fills in ARN, resource id, status and creation time.
func (r *Region) CreateDBInstance(i DBInstance) DBInstance {
	i.Identifier = strings.ToLower(i.Identifier)
	i.Cluster = strings.ToLower(i.Cluster)
	i.ARN = r.arn("rds", "db:"+i.Identifier)
	i.ResourceID = "db-" + r.state.newID(26, upper)
	i.Status = StatusAvailable
	i.CreateTime = r.state.Now()
	r.DBInstances.Put(i.Identifier, i)
	if c, ok := r.DBClusters.Get(i.Cluster); ok {
		c.Members = append(slices.Clone(c.Members), DBClusterMember{
			Instance:             i.Identifier,
			IsClusterWriter:      len(c.Members) == 0,
			ParameterGroupStatus: "in-sync",
			PromotionTier:        i.PromotionTier,
		})
		r.DBClusters.Put(c.Identifier, c)
	}
	return i
}

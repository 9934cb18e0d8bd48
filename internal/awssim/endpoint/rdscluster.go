package endpoint

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// rdsClusterOperations make and delete clusters, instances and snapshots. Parameter groups, subnet groups and option groups, which the
// Service authorization reference requires for some of them, are asked for where the request names them; tags are not kept.
func rdsClusterOperations() []operation {
	cluster, instance, snapshot := clusterARN("DBClusterIdentifier"), namedARN("db", "DBInstanceIdentifier"), namedARN("cluster-snapshot", "DBClusterSnapshotIdentifier")
	subnets := optional("DBSubnetGroupName", namedARN("subgrp", "DBSubnetGroupName"))
	return []operation{
		{
			name: "CreateDBCluster", do: createDBCluster,
			resources: rdsResources(cluster, subnets, optional("DBClusterParameterGroupName", namedARN("cluster-pg", "DBClusterParameterGroupName")), optional("GlobalClusterIdentifier", globalARN)),
		},
		{name: "ModifyDBCluster", resources: rdsResources(cluster), do: modifyDBCluster},
		{
			name: "DeleteDBCluster", do: deleteDBCluster,
			resources: rdsResources(cluster, optional("FinalDBSnapshotIdentifier", namedARN("cluster-snapshot", "FinalDBSnapshotIdentifier"))),
		},
		{name: "CreateDBInstance", resources: rdsResources(instance, subnets, optional("DBClusterIdentifier", cluster)), do: createDBInstance},
		{name: "DeleteDBInstance", resources: rdsResources(instance), do: deleteDBInstance},
		{name: "CreateDBClusterSnapshot", resources: rdsResources(cluster, snapshot), do: createDBClusterSnapshot},
		{name: "DescribeDBClusterSnapshots", resources: rdsResources(cluster, snapshot), do: describeDBClusterSnapshots},
	}
}

func dbCluster(c awssim.DBCluster, err error) (any, error) {
	return struct{ DBCluster awssim.DBCluster }{c}, err
}

func dbInstance(i awssim.DBInstance, err error) (any, error) {
	return struct{ DBInstance awssim.DBInstance }{i}, err
}

// clusterInput is what CreateDBCluster is asked with.
type clusterInput struct {
	DBClusterIdentifier, GlobalClusterIdentifier, Engine, EngineVersion, DatabaseName string
	MasterUsername, MasterUserPassword, DBClusterParameterGroupName                   string
	DBSubnetGroupName, KmsKeyId                                                       string
	Port, BackupRetentionPeriod                                                       int
	StorageEncrypted, DeletionProtection, EnableIAMDatabaseAuthentication             bool
	VpcSecurityGroupIds                                                               []string
	ServerlessV2ScalingConfiguration                                                  *awssim.ServerlessV2
}

// mysqlPort is where Aurora MySQL listens unless it is told otherwise.
const mysqlPort = 3306

func createDBCluster(_ context.Context, c *Call) (any, error) {
	return dbCluster(rdsDo(c, func(r awssim.RDS, in clusterInput) (awssim.DBCluster, error) {
		cluster := awssim.DBCluster{
			Identifier: in.DBClusterIdentifier, GlobalCluster: in.GlobalClusterIdentifier, Engine: in.Engine, EngineVersion: in.EngineVersion,
			DatabaseName: in.DatabaseName, MasterUsername: in.MasterUsername, Port: cmp.Or(in.Port, mysqlPort),
			ParameterGroup: in.DBClusterParameterGroupName, SubnetGroup: in.DBSubnetGroupName, KMSKeyID: in.KmsKeyId,
			StorageEncrypted: in.StorageEncrypted, DeletionProtection: in.DeletionProtection,
			IAMAuthentication: in.EnableIAMDatabaseAuthentication, BackupRetentionPeriod: cmp.Or(in.BackupRetentionPeriod, 1),
			ServerlessV2Scaling: in.ServerlessV2ScalingConfiguration,
			Endpoint:            rdsHost(c, in.DBClusterIdentifier, "cluster-"), ReaderEndpoint: rdsHost(c, in.DBClusterIdentifier, "cluster-ro-"),
		}
		for _, id := range in.VpcSecurityGroupIds {
			cluster.SecurityGroups = append(cluster.SecurityGroups, awssim.SecurityGroup{ID: id, Status: "active"})
		}
		return r.CreateDBCluster(cluster)
	}))
}

// rdsHost is the host name of a cluster or an instance that is made by a call. AWS's have a part that belongs to the account.
func rdsHost(c *Call, id, kind string) string {
	return strings.ToLower(id) + "." + kind + "x." + c.Region + ".rds.amazonaws.com"
}

func modifyDBCluster(_ context.Context, c *Call) (any, error) {
	type input struct {
		DBClusterIdentifier              string
		DeletionProtection               *bool
		BackupRetentionPeriod            *int
		ServerlessV2ScalingConfiguration *awssim.ServerlessV2
	}
	return dbCluster(rdsDo(c, func(r awssim.RDS, in input) (awssim.DBCluster, error) {
		return r.ModifyDBCluster(awssim.ClusterChange{
			DBClusterIdentifier: in.DBClusterIdentifier, DeletionProtection: in.DeletionProtection,
			BackupRetentionPeriod: in.BackupRetentionPeriod, ServerlessV2Scaling: in.ServerlessV2ScalingConfiguration,
		})
	}))
}

func deleteDBCluster(_ context.Context, c *Call) (any, error) {
	type input struct {
		DBClusterIdentifier, FinalDBSnapshotIdentifier string
		SkipFinalSnapshot                              bool
	}
	return dbCluster(rdsDo(c, func(r awssim.RDS, in input) (awssim.DBCluster, error) {
		if in.SkipFinalSnapshot == (in.FinalDBSnapshotIdentifier != "") {
			return awssim.DBCluster{}, failure(http.StatusBadRequest, "InvalidParameterCombination",
				"FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.")
		}
		return r.DeleteDBCluster(in.DBClusterIdentifier, in.FinalDBSnapshotIdentifier)
	}))
}

func createDBInstance(_ context.Context, c *Call) (any, error) {
	type input struct {
		DBInstanceIdentifier, DBInstanceClass, Engine, DBClusterIdentifier, AvailabilityZone string
		PromotionTier                                                                        *int
	}
	return dbInstance(rdsDo(c, func(r awssim.RDS, in input) (awssim.DBInstance, error) {
		tier := 1 // RDS API reference, CreateDBInstance
		if in.PromotionTier != nil {
			tier = *in.PromotionTier
		}
		return r.CreateDBInstance(awssim.DBInstance{
			Identifier: in.DBInstanceIdentifier, Class: in.DBInstanceClass, Engine: in.Engine, Cluster: in.DBClusterIdentifier,
			AvailabilityZone: in.AvailabilityZone, PromotionTier: tier,
			Endpoint: awssim.InstanceAddress{Address: rdsHost(c, in.DBInstanceIdentifier, ""), Port: mysqlPort},
		})
	}))
}

func deleteDBInstance(_ context.Context, c *Call) (any, error) {
	return dbInstance(rdsDo(c, func(r awssim.RDS, _ struct{}) (awssim.DBInstance, error) {
		return r.DeleteDBInstance(c.Str("DBInstanceIdentifier"))
	}))
}

func createDBClusterSnapshot(_ context.Context, c *Call) (any, error) {
	shot, err := rdsDo(c, func(r awssim.RDS, _ struct{}) (awssim.DBClusterSnapshot, error) {
		return r.CreateDBClusterSnapshot(c.Str("DBClusterSnapshotIdentifier"), c.Str("DBClusterIdentifier"))
	})
	return struct{ DBClusterSnapshot awssim.DBClusterSnapshot }{shot}, err
}

func describeDBClusterSnapshots(_ context.Context, c *Call) (any, error) {
	all := list(c, func(_ *awssim.State, r *awssim.Region) []awssim.DBClusterSnapshot {
		return r.DBClusterSnapshots.Values()
	})
	all, err := pick(all, c.Str("DBClusterSnapshotIdentifier"), "DBClusterSnapshotNotFoundFault", "DBClusterSnapshot",
		func(s awssim.DBClusterSnapshot, id string) bool {
			return s.Identifier == id || strings.ToLower(s.ARN) == id
		})
	if err != nil {
		return nil, err
	}
	wanted := func(s awssim.DBClusterSnapshot) bool {
		cluster, kind := strings.ToLower(c.Str("DBClusterIdentifier")), c.Str("SnapshotType")
		return (cluster == "" || s.Cluster == cluster || strings.HasSuffix(cluster, ":cluster:"+s.Cluster)) && (kind == "" || s.Type == kind)
	}
	shots := []awssim.DBClusterSnapshot{}
	for _, s := range all {
		if wanted(s) {
			shots = append(shots, s)
		}
	}
	part, marker, err := describe(c, shots, nil)
	type snapshots struct {
		Items []awssim.DBClusterSnapshot `xml:"DBClusterSnapshot"`
	}
	return struct {
		DBClusterSnapshots snapshots
		Marker             string `xml:",omitempty"`
	}{snapshots{part}, marker}, err
}

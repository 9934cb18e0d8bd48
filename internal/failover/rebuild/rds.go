package rebuild

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/rds"
)

// RDS is what a rebuild asks of RDS in one Region. [rds.Client] satisfies it.
type RDS interface {
	DescribeGlobalClusters(context.Context, *rds.DescribeGlobalClustersInput, ...func(*rds.Options)) (*rds.DescribeGlobalClustersOutput, error)
	DescribeDBClusters(context.Context, *rds.DescribeDBClustersInput, ...func(*rds.Options)) (*rds.DescribeDBClustersOutput, error)
	DescribeDBInstances(context.Context, *rds.DescribeDBInstancesInput, ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error)
	DescribeDBClusterSnapshots(context.Context, *rds.DescribeDBClusterSnapshotsInput, ...func(*rds.Options)) (*rds.DescribeDBClusterSnapshotsOutput, error)
	DescribeDBProxyTargets(context.Context, *rds.DescribeDBProxyTargetsInput, ...func(*rds.Options)) (*rds.DescribeDBProxyTargetsOutput, error)

	CreateDBClusterSnapshot(context.Context, *rds.CreateDBClusterSnapshotInput, ...func(*rds.Options)) (*rds.CreateDBClusterSnapshotOutput, error)
	RemoveFromGlobalCluster(context.Context, *rds.RemoveFromGlobalClusterInput, ...func(*rds.Options)) (*rds.RemoveFromGlobalClusterOutput, error)
	ModifyGlobalCluster(context.Context, *rds.ModifyGlobalClusterInput, ...func(*rds.Options)) (*rds.ModifyGlobalClusterOutput, error)
	DeleteGlobalCluster(context.Context, *rds.DeleteGlobalClusterInput, ...func(*rds.Options)) (*rds.DeleteGlobalClusterOutput, error)
	CreateGlobalCluster(context.Context, *rds.CreateGlobalClusterInput, ...func(*rds.Options)) (*rds.CreateGlobalClusterOutput, error)
	ModifyDBCluster(context.Context, *rds.ModifyDBClusterInput, ...func(*rds.Options)) (*rds.ModifyDBClusterOutput, error)
	DeleteDBInstance(context.Context, *rds.DeleteDBInstanceInput, ...func(*rds.Options)) (*rds.DeleteDBInstanceOutput, error)
	DeleteDBCluster(context.Context, *rds.DeleteDBClusterInput, ...func(*rds.Options)) (*rds.DeleteDBClusterOutput, error)
	CreateDBCluster(context.Context, *rds.CreateDBClusterInput, ...func(*rds.Options)) (*rds.CreateDBClusterOutput, error)
	CreateDBInstance(context.Context, *rds.CreateDBInstanceInput, ...func(*rds.Options)) (*rds.CreateDBInstanceOutput, error)
	DeregisterDBProxyTargets(context.Context, *rds.DeregisterDBProxyTargetsInput, ...func(*rds.Options)) (*rds.DeregisterDBProxyTargetsOutput, error)
	RegisterDBProxyTargets(context.Context, *rds.RegisterDBProxyTargetsInput, ...func(*rds.Options)) (*rds.RegisterDBProxyTargetsOutput, error)
}

// Clock is the time.
type Clock interface {
	// Now is the time.
	Now() time.Time

	// Sleep waits for d, or until ctx ends, and then returns its error.
	Sleep(ctx context.Context, d time.Duration) error
}

package failover

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// seeDatabase sees the global database as a Region does.
func (e *Engine) seeDatabase(ctx context.Context, role topology.Role) DatabaseSeen {
	in := &rds.DescribeGlobalClustersInput{GlobalClusterIdentifier: &e.Document.GlobalCluster}
	out, err := read(ctx, e, "DescribeGlobalClusters", func(ctx context.Context) (*rds.DescribeGlobalClustersOutput, error) {
		return e.clients(role).RDS.DescribeGlobalClusters(ctx, in)
	})
	var missing *types.GlobalClusterNotFoundFault
	switch {
	case errors.As(err, &missing):
		return DatabaseSeen{}
	case err != nil:
		return DatabaseSeen{Error: fmt.Sprintf("describe global cluster %s in %s: %v", e.Document.GlobalCluster, e.site(role).Region, err)}
	case len(out.GlobalClusters) == 0:
		return DatabaseSeen{}
	}
	return e.databaseSeen(out.GlobalClusters[0])
}

// databaseSeen is the global cluster in terms of home roles.
func (e *Engine) databaseSeen(g types.GlobalCluster) DatabaseSeen {
	seen := DatabaseSeen{Found: true, Status: aws.ToString(g.Status), Members: map[topology.Role]string{}}
	for _, m := range g.GlobalClusterMembers {
		role, ours := e.Document.RoleOfCluster(aws.ToString(m.DBClusterArn))
		if !ours {
			continue
		}
		seen.Members[role] = string(m.SynchronizationStatus)
		if aws.ToBool(m.IsWriter) {
			seen.Writer, seen.Members[role] = role, ""
		}
	}
	if f := g.FailoverState; f != nil && (f.Status != "" || f.ToDbClusterArn != nil) {
		from, _ := e.Document.RoleOfCluster(aws.ToString(f.FromDbClusterArn))
		to, _ := e.Document.RoleOfCluster(aws.ToString(f.ToDbClusterArn))
		seen.Operation = &Operation{Status: string(f.Status), From: from, To: to, DataLossAllowed: aws.ToBool(f.IsDataLossAllowed)}
	}
	return seen
}

// seeCluster sees a Region's cluster and its instances.
func (e *Engine) seeCluster(ctx context.Context, role topology.Role) ClusterSeen {
	id := e.site(role).Cluster()
	out, err := read(ctx, e, "DescribeDBClusters", func(ctx context.Context) (*rds.DescribeDBClustersOutput, error) {
		return e.clients(role).RDS.DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{DBClusterIdentifier: &id})
	})
	var missing *types.DBClusterNotFoundFault
	switch {
	case errors.As(err, &missing):
		return ClusterSeen{}
	case err != nil:
		return ClusterSeen{Error: fmt.Sprintf("describe cluster %s: %v", id, err)}
	case len(out.DBClusters) == 0:
		return ClusterSeen{}
	}
	c := out.DBClusters[0]
	seen := ClusterSeen{Found: true, Status: aws.ToString(c.Status), Version: aws.ToString(c.EngineVersion)}
	if s := c.ServerlessV2ScalingConfiguration; s != nil {
		seen.MaxCapacity = aws.ToFloat64(s.MaxCapacity)
	}
	seen.Available, err = e.countInstances(ctx, role, id)
	if err != nil {
		seen.Error = err.Error()
	}
	return seen
}

// countInstances counts a cluster's instances that are available.
func (e *Engine) countInstances(ctx context.Context, role topology.Role, cluster string) (int, error) {
	in := &rds.DescribeDBInstancesInput{Filters: []types.Filter{{Name: aws.String("db-cluster-id"), Values: []string{cluster}}}}
	out, err := read(ctx, e, "DescribeDBInstances", func(ctx context.Context) (*rds.DescribeDBInstancesOutput, error) {
		return e.clients(role).RDS.DescribeDBInstances(ctx, in)
	})
	if err != nil {
		return 0, fmt.Errorf("describe instances of cluster %s: %w", cluster, err)
	}
	count := 0
	for _, i := range out.DBInstances {
		if aws.ToString(i.DBInstanceStatus) == available {
			count++
		}
	}
	return count, nil
}

// seeProxy sees what a Region's proxy can do.
func (e *Engine) seeProxy(ctx context.Context, role topology.Role) ProxySeen {
	name := e.site(role).Proxy
	out, err := read(ctx, e, "DescribeDBProxyTargets", func(ctx context.Context) (*rds.DescribeDBProxyTargetsOutput, error) {
		return e.clients(role).RDS.DescribeDBProxyTargets(ctx, &rds.DescribeDBProxyTargetsInput{DBProxyName: &name})
	})
	if err != nil {
		return ProxySeen{Error: fmt.Sprintf("describe targets of proxy %s: %v", name, err)}
	}
	var seen ProxySeen
	for _, t := range out.Targets {
		switch {
		case t.Type != types.TargetTypeRdsInstance || t.TargetHealth == nil:
		case t.TargetHealth.State != types.TargetStateAvailable:
			seen.Unhealthy = fmt.Sprintf("%s is %s (%s)", aws.ToString(t.RdsResourceId), t.TargetHealth.State, t.TargetHealth.Reason)
		default:
			seen.Readable = true
			seen.Writable = seen.Writable || t.Role == types.TargetRoleReadWrite
		}
	}
	return seen
}

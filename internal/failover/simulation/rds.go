package simulation

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// rdsClient is a Region's RDS.
type rdsClient struct {
	*caller

	region string
}

var _ failover.RDS = rdsClient{}

func (c rdsClient) call(operation string) call {
	return call{service: "rds", operation: operation, region: c.region}
}

func (c rdsClient) change(operation string) call {
	return call{service: "rds", operation: operation, region: c.region, changes: true}
}

// DescribeGlobalClusters shows the global cluster as it is. What a Region shows that is cut off from all others while its control
// plane answers is nobody's promise: it would be older than the engine's settings allow.
func (c rdsClient) DescribeGlobalClusters(ctx context.Context, in *rds.DescribeGlobalClustersInput, _ ...func(*rds.Options)) (*rds.DescribeGlobalClustersOutput, error) {
	return carry(ctx, c.caller, c.call("DescribeGlobalClusters"), func(s *awssim.State) (*rds.DescribeGlobalClustersOutput, error) {
		g, ok := s.GlobalClusters.Get(*in.GlobalClusterIdentifier)
		if !ok {
			return nil, &awssim.RDSError{Code: "GlobalClusterNotFoundFault", Message: "no such global cluster"}
		}
		return &rds.DescribeGlobalClustersOutput{GlobalClusters: []types.GlobalCluster{globalOf(g)}}, nil
	})
}

// globalOf is a global cluster in the SDK's terms.
func globalOf(g awssim.GlobalCluster) types.GlobalCluster {
	out := types.GlobalCluster{GlobalClusterIdentifier: &g.Identifier, Status: &g.Status}
	for _, m := range g.Members {
		out.GlobalClusterMembers = append(out.GlobalClusterMembers, types.GlobalClusterMember{
			DBClusterArn: aws.String(m.DBClusterARN), IsWriter: aws.Bool(m.IsWriter),
			SynchronizationStatus: types.GlobalClusterMemberSynchronizationStatus(m.SynchronizationStatus),
		})
	}
	if f := g.FailoverState; f != nil {
		out.FailoverState = &types.FailoverState{
			Status: types.FailoverStatus(f.Status), FromDbClusterArn: &f.FromDBClusterARN, ToDbClusterArn: &f.ToDBClusterARN,
			IsDataLossAllowed: &f.IsDataLossAllowed,
		}
	}
	return out
}

// DescribeDBClusters shows the Region's cluster.
func (c rdsClient) DescribeDBClusters(ctx context.Context, in *rds.DescribeDBClustersInput, _ ...func(*rds.Options)) (*rds.DescribeDBClustersOutput, error) {
	return carry(ctx, c.caller, c.call("DescribeDBClusters"), func(s *awssim.State) (*rds.DescribeDBClustersOutput, error) {
		found, ok := s.Region(c.region).DBClusters.Get(*in.DBClusterIdentifier)
		if !ok {
			return nil, &awssim.RDSError{Code: "DBClusterNotFoundFault", Message: "no such cluster"}
		}
		return &rds.DescribeDBClustersOutput{DBClusters: []types.DBCluster{{
			DBClusterIdentifier: &found.Identifier, Status: &found.Status, EngineVersion: &found.EngineVersion,
			ServerlessV2ScalingConfiguration: &types.ServerlessV2ScalingConfigurationInfo{MaxCapacity: &found.ServerlessV2Scaling.MaxCapacity},
		}}}, nil
	})
}

// DescribeDBInstances shows the instances of the cluster that the filter names.
func (c rdsClient) DescribeDBInstances(ctx context.Context, in *rds.DescribeDBInstancesInput, _ ...func(*rds.Options)) (*rds.DescribeDBInstancesOutput, error) {
	return carry(ctx, c.caller, c.call("DescribeDBInstances"), func(s *awssim.State) (*rds.DescribeDBInstancesOutput, error) {
		out := &rds.DescribeDBInstancesOutput{}
		for _, i := range s.Region(c.region).DBInstances.Values() {
			if i.Cluster == in.Filters[0].Values[0] {
				out.DBInstances = append(out.DBInstances, types.DBInstance{DBInstanceIdentifier: &i.Identifier, DBInstanceStatus: &i.Status})
			}
		}
		return out, nil
	})
}

// DescribeDBProxyTargets shows what the Region's proxy connects to.
func (c rdsClient) DescribeDBProxyTargets(ctx context.Context, in *rds.DescribeDBProxyTargetsInput, _ ...func(*rds.Options)) (*rds.DescribeDBProxyTargetsOutput, error) {
	return carry(ctx, c.caller, c.call("DescribeDBProxyTargets"), func(s *awssim.State) (*rds.DescribeDBProxyTargetsOutput, error) {
		r := s.Region(c.region)
		proxy, _ := r.DBProxies.Get(*in.DBProxyName)
		out := &rds.DescribeDBProxyTargetsOutput{}
		for _, g := range proxy.TargetGroups {
			for _, t := range r.Targets(g) {
				target := types.DBProxyTarget{RdsResourceId: &t.ResourceID, Type: types.TargetType(t.Type), Role: types.TargetRole(t.Role)}
				if h := t.Health; h != nil {
					target.TargetHealth = &types.TargetHealth{State: types.TargetState(h.State), Reason: types.TargetHealthReason(h.Reason)}
				}
				out.Targets = append(out.Targets, target)
			}
		}
		return out, nil
	})
}

// SwitchoverGlobalCluster asks for a switchover.
func (c rdsClient) SwitchoverGlobalCluster(ctx context.Context, in *rds.SwitchoverGlobalClusterInput, _ ...func(*rds.Options)) (*rds.SwitchoverGlobalClusterOutput, error) {
	return carry(ctx, c.caller, c.change("SwitchoverGlobalCluster"), func(s *awssim.State) (*rds.SwitchoverGlobalClusterOutput, error) {
		g, err := s.Region(c.region).RDS().SwitchoverGlobalCluster(awssim.FailoverRequest{
			GlobalClusterIdentifier: *in.GlobalClusterIdentifier, TargetDbClusterIdentifier: *in.TargetDbClusterIdentifier,
		})
		if err != nil {
			return nil, err
		}
		c.w.begun(c.caller, *in.TargetDbClusterIdentifier, true)
		return &rds.SwitchoverGlobalClusterOutput{GlobalCluster: new(globalOf(g))}, nil
	})
}

// FailoverGlobalCluster asks for a failover.
func (c rdsClient) FailoverGlobalCluster(ctx context.Context, in *rds.FailoverGlobalClusterInput, _ ...func(*rds.Options)) (*rds.FailoverGlobalClusterOutput, error) {
	return carry(ctx, c.caller, c.change("FailoverGlobalCluster"), func(s *awssim.State) (*rds.FailoverGlobalClusterOutput, error) {
		g, err := s.Region(c.region).RDS().FailoverGlobalCluster(awssim.FailoverRequest{
			GlobalClusterIdentifier: *in.GlobalClusterIdentifier, TargetDbClusterIdentifier: *in.TargetDbClusterIdentifier,
			AllowDataLoss: aws.ToBool(in.AllowDataLoss), Switchover: aws.ToBool(in.Switchover),
		})
		if err != nil {
			return nil, err
		}
		c.w.begun(c.caller, *in.TargetDbClusterIdentifier, false)
		return &rds.FailoverGlobalClusterOutput{GlobalCluster: new(globalOf(g))}, nil
	})
}

// RemoveFromGlobalCluster asks for the detachment of the Region's cluster.
func (c rdsClient) RemoveFromGlobalCluster(ctx context.Context, in *rds.RemoveFromGlobalClusterInput, _ ...func(*rds.Options)) (*rds.RemoveFromGlobalClusterOutput, error) {
	return carry(ctx, c.caller, c.change("RemoveFromGlobalCluster"), func(s *awssim.State) (*rds.RemoveFromGlobalClusterOutput, error) {
		g, err := s.Region(c.region).RDS().RemoveFromGlobalCluster(*in.GlobalClusterIdentifier, *in.DbClusterIdentifier)
		if err != nil {
			return nil, err
		}
		c.w.begun(c.caller, *in.DbClusterIdentifier, false)
		return &rds.RemoveFromGlobalClusterOutput{GlobalCluster: new(globalOf(g))}, nil
	})
}

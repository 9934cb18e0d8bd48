package failover

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/regioncheck"
)

// promote asks RDS once to make the target's cluster the writer. A switchover is asked for where the writer is, everything else
// where the target is (Aurora User Guide, "Using switchover or failover in an Aurora global database").
func (m *move) promote(ctx context.Context) error {
	global, target := &m.Document.GlobalCluster, aws.String(m.site(m.r.Target).ClusterArn)
	_, err := once(ctx, m.Engine, func(ctx context.Context) (any, error) {
		switch there := m.clients(m.r.Target).RDS; m.r.Mode {
		case Detach:
			return there.RemoveFromGlobalCluster(ctx, &rds.RemoveFromGlobalClusterInput{GlobalClusterIdentifier: global, DbClusterIdentifier: target})
		case Failover:
			return there.FailoverGlobalCluster(ctx, &rds.FailoverGlobalClusterInput{
				GlobalClusterIdentifier: global, TargetDbClusterIdentifier: target, AllowDataLoss: aws.Bool(true),
			})
		default:
			here := m.clients(m.r.Target.Other()).RDS
			return here.SwitchoverGlobalCluster(ctx, &rds.SwitchoverGlobalClusterInput{GlobalClusterIdentifier: global, TargetDbClusterIdentifier: target})
		}
	})
	return err
}

// promoteDetail says what RDS was asked for.
func (m *move) promoteDetail() string {
	switch m.r.Mode {
	case Detach:
		return fmt.Sprintf("asked RDS in %s to remove its cluster from the global database", m.site(m.r.Target).Region)
	case Failover:
		return fmt.Sprintf("asked RDS in %s to fail over to its cluster, with data loss allowed", m.site(m.r.Target).Region)
	default:
		return fmt.Sprintf("asked RDS in %s to switch over to the cluster of %s", m.site(m.r.Target.Other()).Region, m.site(m.r.Target).Region)
	}
}

// write asks the target's own function to write.
func (e *Engine) writeThrough(ctx context.Context, r Request) error {
	answer, err := once(ctx, e, func(ctx context.Context) (regioncheck.Answer, error) {
		return e.check(ctx, r.Target, regioncheck.Request{Check: regioncheck.Write, Run: r.Run})
	})
	if err != nil {
		return err
	}
	if answer.Role != regioncheck.Writer || answer.Region != e.site(r.Target).Region {
		return fmt.Errorf("%s answers for the %s in %s", e.site(r.Target).CheckFunction, answer.Role, answer.Region)
	}
	return nil
}

func (m *move) write(ctx context.Context) error { return m.writeThrough(ctx, m.r) }

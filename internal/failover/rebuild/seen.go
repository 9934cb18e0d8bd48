package rebuild

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// seen is what was seen at one time. A part that does not exist is nil or empty.
type seen struct {
	global    *types.GlobalCluster
	globalIn  topology.Role      // the home role of a Region that shows it
	writer    *types.DBCluster   // the cluster of the Region that writes
	old       *types.DBCluster   // the cluster of the other Region, old or made anew
	instances []types.DBInstance // of that cluster
	recipe    *Recipe
	snapshot  string // its status, empty if there is none
	targets   []types.DBProxyTarget
}

// statusAvailable is the status of what nothing is happening to.
const statusAvailable = "available"

// look looks at everything.
func (r *Rebuild) look(ctx context.Context) (s seen, err error) {
	there := r.Writer.Other()
	if s.writer, err = r.cluster(ctx, r.Writer); err != nil {
		return s, err
	}
	if s.old, err = r.cluster(ctx, there); err != nil {
		return s, err
	}
	if s.global, s.globalIn, err = r.global(ctx); err != nil {
		return s, err
	}
	if s.instances, err = r.instances(ctx, there); err != nil {
		return s, err
	}
	if s.recipe, err = r.Recipes.Load(ctx, r.site(there).ClusterArn); err != nil {
		return s, fmt.Errorf("load what %s was like: %w", r.site(there).ClusterArn, err)
	}
	if s.snapshot, err = r.snapshot(ctx, s.recipe); err != nil {
		return s, err
	}
	s.targets, err = r.targets(ctx)
	return s, err
}

func (r *Rebuild) site(role topology.Role) topology.Site { return r.Document.Regions[role] }

// old is RDS in the Region that does not write, here in the one that does.
func (r *Rebuild) old() RDS  { return r.RDS[r.Writer.Other()] }
func (r *Rebuild) here() RDS { return r.RDS[r.Writer] }

func (r *Rebuild) cluster(ctx context.Context, role topology.Role) (*types.DBCluster, error) {
	id := r.site(role).Cluster()
	out, err := r.RDS[role].DescribeDBClusters(ctx, &rds.DescribeDBClustersInput{DBClusterIdentifier: &id})
	var missing *types.DBClusterNotFoundFault
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil || len(out.DBClusters) == 0 {
		return nil, wrap(err, "describe cluster %s in %s", id, r.site(role).Region)
	}
	return &out.DBClusters[0], nil
}

// global is the global database. It is shown in the Regions of its members, so that the one that was left behind may be shown in the
// other Region only. The one that has the writer counts, where there could be doubt.
func (r *Rebuild) global(ctx context.Context) (found *types.GlobalCluster, in topology.Role, err error) {
	for _, role := range []topology.Role{r.Writer, r.Writer.Other()} {
		out, err := r.RDS[role].DescribeGlobalClusters(ctx, &rds.DescribeGlobalClustersInput{GlobalClusterIdentifier: &r.Document.GlobalCluster})
		var missing *types.GlobalClusterNotFoundFault
		switch {
		case errors.As(err, &missing):
			continue
		case err != nil:
			return nil, "", wrap(err, "describe global cluster %s in %s", r.Document.GlobalCluster, r.site(role).Region)
		case len(out.GlobalClusters) == 0:
			continue
		}
		g := &out.GlobalClusters[0]
		if found == nil || (!r.has(found, r.Writer) && r.has(g, r.Writer)) {
			found, in = g, role
		}
	}
	return found, in, nil
}

// has says whether a home role's cluster is a member.
func (r *Rebuild) has(g *types.GlobalCluster, role topology.Role) bool {
	return r.member(g, role) != nil
}

func (r *Rebuild) member(g *types.GlobalCluster, role topology.Role) *types.GlobalClusterMember {
	if g == nil {
		return nil
	}
	i := slices.IndexFunc(g.GlobalClusterMembers, func(m types.GlobalClusterMember) bool {
		return aws.ToString(m.DBClusterArn) == r.site(role).ClusterArn
	})
	if i < 0 {
		return nil
	}
	return &g.GlobalClusterMembers[i]
}

func (r *Rebuild) instances(ctx context.Context, role topology.Role) ([]types.DBInstance, error) {
	id := r.site(role).Cluster()
	filter := types.Filter{Name: aws.String("db-cluster-id"), Values: []string{id}}
	out, err := r.RDS[role].DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{Filters: []types.Filter{filter}})
	if err != nil {
		return nil, wrap(err, "describe instances of %s in %s", id, r.site(role).Region)
	}
	return out.DBInstances, nil
}

func (r *Rebuild) snapshot(ctx context.Context, recipe *Recipe) (status string, err error) {
	if recipe == nil {
		return "", nil
	}
	name := recipe.Snapshot()
	out, err := r.old().DescribeDBClusterSnapshots(ctx, &rds.DescribeDBClusterSnapshotsInput{DBClusterSnapshotIdentifier: &name})
	var missing *types.DBClusterSnapshotNotFoundFault
	if errors.As(err, &missing) {
		return "", nil
	}
	if err != nil || len(out.DBClusterSnapshots) == 0 {
		return "", wrap(err, "describe snapshot %s", name)
	}
	return aws.ToString(out.DBClusterSnapshots[0].Status), nil
}

func (r *Rebuild) targets(ctx context.Context) ([]types.DBProxyTarget, error) {
	name := r.site(r.Writer.Other()).Proxy
	out, err := r.old().DescribeDBProxyTargets(ctx, &rds.DescribeDBProxyTargetsInput{DBProxyName: &name})
	if err != nil {
		return nil, wrap(err, "describe targets of proxy %s", name)
	}
	return out.Targets, nil
}

// wrap says what was tried, if it failed.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

package awssim

import (
	"slices"
	"strings"
	"time"
)

// maxSecondaries is the greatest number of secondary clusters of a global cluster (Aurora user guide, "Advantages of Amazon Aurora
// global databases").
const maxSecondaries = 10

// CreateDBCluster makes a cluster. One that names a global cluster becomes its writer if there is none, or else a secondary that is
// connected as soon as it is available.
//
// Source: RDS API reference, CreateDBCluster. The messages on secondaries' user names and databases are what users report.
func (r RDS) CreateDBCluster(c DBCluster) (DBCluster, error) {
	c.Identifier = strings.ToLower(c.Identifier)
	if c.Identifier == "" {
		return c, refuse(invalidValue, "The parameter DBClusterIdentifier must be provided and must not be blank.")
	}
	if _, taken := r.region.DBClusters.Get(c.Identifier); taken {
		return c, refuse(clusterExists, "DB Cluster already exists")
	}
	secondary := false
	if c.GlobalCluster != "" {
		g, err := r.joinable(c)
		if err != nil {
			return c, err
		}
		secondary = g.Writer() != ""
		if secondary {
			c.EngineVersion, c.DatabaseName = g.EngineVersion, g.DatabaseName
		}
	}
	if !secondary && c.MasterUsername == "" {
		return c, refuse(invalidValue, "The parameter MasterUsername must be provided and must not be blank.")
	}
	return r.createCluster(c, secondary), nil
}

func (r RDS) createCluster(c DBCluster, secondary bool) DBCluster {
	s := r.state()
	c = r.region.CreateDBCluster(c)
	c.Status = statusCreating
	r.region.DBClusters.Put(c.Identifier, c)
	if secondary {
		s.synchronize(c.GlobalCluster, c.ARN, PendingResync)
	}
	took := s.timing.draw(s.timing.CreateCluster, s.source("create "+c.ARN))
	s.plan(s.Now().Add(took), func(time.Time) {
		s.setStatus(c.ARN, statusCreating, StatusAvailable)
		if secondary {
			s.synchronize(c.GlobalCluster, c.ARN, Connected)
		}
	})
	return c
}

// joinable returns the global cluster that a new cluster names, if it may join it.
func (r RDS) joinable(c DBCluster) (GlobalCluster, error) {
	g, err := r.global(c.GlobalCluster)
	if err != nil {
		return g, err
	}
	inRegion := slices.ContainsFunc(g.Members, func(m GlobalClusterMember) bool { return regionOf(m.DBClusterARN) == r.region.name })
	named := slices.ContainsFunc(g.Members, func(m GlobalClusterMember) bool {
		return strings.HasSuffix(m.DBClusterARN, ":"+c.Identifier)
	})
	secondary := g.Writer() != ""
	switch {
	case g.Status != StatusAvailable || g.FailoverState != nil:
		return g, refuse(invalidGlobalClusterState, "Global cluster %s is %s.", g.Identifier, g.busy())
	case inRegion:
		return g, refuse(invalidGlobalClusterState, "Global cluster %s has a cluster in %s already.", g.Identifier, r.region.name)
	case named:
		return g, refuse(clusterExists, "Global cluster %s has a cluster named %s already.", g.Identifier, c.Identifier)
	case len(g.Members) > maxSecondaries:
		return g, refuse(invalidGlobalClusterState, "Global cluster %s has %d secondary clusters already.", g.Identifier, maxSecondaries)
	case c.Engine != g.Engine, c.EngineVersion != "" && g.EngineVersion != "" && c.EngineVersion != g.EngineVersion:
		return g, refuse(invalidCombination, "Engine %s %s doesn't match %s %s of global cluster %s.", c.Engine, c.EngineVersion, g.Engine, g.EngineVersion, g.Identifier)
	case secondary && c.MasterUsername != "":
		return g, refuse(invalidCombination, "Cannot specify user name for cross region replication cluster")
	case secondary && c.DatabaseName != "":
		return g, refuse(invalidCombination, "Cannot specify database name for cross region replication cluster")
	}
	return g, nil
}

// ClusterChange is what ModifyDBCluster is asked with. What is nil stays as it is.
type ClusterChange struct {
	DBClusterIdentifier   string
	DeletionProtection    *bool
	BackupRetentionPeriod *int // days
	ServerlessV2Scaling   *ServerlessV2
}

// ModifyDBCluster changes an available cluster, whose status is modifying meanwhile.
//
// Source: RDS API reference, ModifyDBCluster. Changes are made at once, as if by ApplyImmediately.
func (r RDS) ModifyDBCluster(in ClusterChange) (DBCluster, error) {
	c, err := r.cluster(in.DBClusterIdentifier)
	if err != nil {
		return c, err
	}
	if c.Status != StatusAvailable || r.moving(c) {
		return c, refuse(invalidClusterState, "DBCluster %s is not available.", c.Identifier)
	}
	if in.DeletionProtection != nil {
		c.DeletionProtection = *in.DeletionProtection
	}
	if in.BackupRetentionPeriod != nil {
		c.BackupRetentionPeriod = *in.BackupRetentionPeriod
	}
	if in.ServerlessV2Scaling != nil {
		scaling := *in.ServerlessV2Scaling
		c.ServerlessV2Scaling = &scaling
	}
	c.Status = statusModifying
	r.region.DBClusters.Put(c.Identifier, c)
	s := r.state()
	took := s.timing.draw(s.timing.Modify, s.source("modify "+c.ARN))
	s.plan(s.Now().Add(took), func(time.Time) { s.setStatus(c.ARN, statusModifying, StatusAvailable) })
	return c, nil
}

// moving reports whether a switchover or failover is in progress in the cluster's global cluster.
func (r RDS) moving(c DBCluster) bool {
	_, moving := r.state().moves[c.GlobalCluster]
	return moving
}

// DeleteDBCluster deletes a cluster without instances that is in no global cluster. It leaves a snapshot of that name, or none if the
// name is empty.
//
// Source: RDS API reference, DeleteDBCluster. Its messages are what users report.
func (r RDS) DeleteDBCluster(id, finalSnapshot string) (DBCluster, error) {
	c, err := r.cluster(id)
	g, global := r.state().GlobalClusters.Get(c.GlobalCluster)
	_, taken := r.region.DBClusterSnapshots.Get(strings.ToLower(finalSnapshot))
	switch {
	case err != nil:
		return c, err
	case c.DeletionProtection:
		return c, refuse(invalidCombination, "Cannot delete protected Cluster, please disable deletion protection and try again.")
	case global && g.Writer() == c.ARN && len(g.Members) > 1:
		return c, refuse(invalidGlobalClusterState, "Unable to delete cluster that is a primary member of global cluster while there are other global cluster members")
	case global:
		return c, refuse(invalidClusterState, "This cluster is a part of a global cluster, please remove it from globalcluster first")
	case len(c.Members) > 0:
		return c, refuse(invalidClusterState, "Cluster cannot be deleted, it still contains DB instances in non-deleting state.")
	case c.Status != StatusAvailable:
		return c, refuse(invalidClusterState, "DBCluster %s is %s.", c.Identifier, c.Status)
	case taken:
		return c, refuse(snapshotExists, "DB cluster snapshot %s already exists.", finalSnapshot)
	}
	s := r.state()
	if finalSnapshot != "" {
		r.region.snapshot(c, finalSnapshot, "manual", s.Now())
	}
	s.setStatus(c.ARN, StatusAvailable, statusDeleting)
	took := s.timing.draw(s.timing.DeleteCluster, s.source("delete "+c.ARN))
	s.plan(s.Now().Add(took), func(time.Time) {
		r.region.DBClusters.Delete(c.Identifier)
		delete(s.links, c.ARN)
		s.setAccess(c.ARN, 0)
		s.setHealth(c.ARN, TargetHealth{})
	})
	c.Status = statusDeleting
	return c, nil
}

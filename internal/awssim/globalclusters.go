package awssim

import (
	"slices"
	"strings"
	"time"
)

// GlobalClusterRequest is what CreateGlobalCluster is asked with.
type GlobalClusterRequest struct {
	GlobalClusterIdentifier   string
	SourceDBClusterIdentifier string // the ARN of the cluster to be its writer; empty for an empty global cluster
	Engine, EngineVersion     string // of an empty one
	DatabaseName              string // of an empty one
	DeletionProtection        bool
	StorageEncrypted          bool // of an empty one
}

// CreateGlobalCluster makes a global cluster, empty or around a cluster that is in none.
//
// Source: RDS API reference, CreateGlobalCluster. The message on a missing engine is what users report.
func (r RDS) CreateGlobalCluster(in GlobalClusterRequest) (GlobalCluster, error) {
	id := strings.ToLower(in.GlobalClusterIdentifier)
	if id == "" {
		return GlobalCluster{}, refuse(invalidValue, "The parameter GlobalClusterIdentifier must be provided and must not be blank.")
	}
	if _, taken := r.state().GlobalClusters.Get(id); taken {
		return GlobalCluster{}, refuse(globalClusterExists, "Global cluster %s already exists.", id)
	}
	g := GlobalCluster{
		Identifier: id, Engine: in.Engine, EngineVersion: in.EngineVersion, DatabaseName: in.DatabaseName,
		StorageEncrypted: in.StorageEncrypted, DeletionProtection: in.DeletionProtection,
	}
	g.Endpoint = id + ".global-" + r.state().newID(12, lower) + ".global.rds.amazonaws.com"
	if in.SourceDBClusterIdentifier == "" {
		if in.Engine == "" {
			return g, refuse(invalidValue, "When creating standalone global cluster, value for engineName should be specified")
		}
		return r.state().CreateGlobalCluster(g), nil
	}
	return r.createAround(g, in.SourceDBClusterIdentifier)
}

// createAround makes a global cluster whose writer is a cluster that is there already.
func (r RDS) createAround(g GlobalCluster, source string) (GlobalCluster, error) {
	if g.Engine != "" || g.EngineVersion != "" || g.DatabaseName != "" || g.StorageEncrypted {
		return g, refuse(invalidCombination, "Engine, EngineVersion, DatabaseName and StorageEncrypted can't be specified together with SourceDBClusterIdentifier.")
	}
	c, err := r.cluster(source)
	switch {
	case err != nil:
		return g, err
	case c.GlobalCluster != "":
		return g, refuse(invalidClusterState, "DBCluster %s is part of global cluster %s.", c.ARN, c.GlobalCluster)
	case c.Status != StatusAvailable:
		return g, refuse(invalidClusterState, "DBCluster %s is %s.", c.ARN, c.Status)
	}
	g = r.state().CreateGlobalCluster(g)
	r.state().updateCluster(c.ARN, func(c *DBCluster) { c.GlobalCluster = g.Identifier })
	g = g.join(c)
	g.DatabaseName = c.DatabaseName
	r.state().GlobalClusters.Put(g.Identifier, g)
	return g, nil
}

// DeleteGlobalCluster deletes a global cluster without members.
//
// Source: RDS API reference, DeleteGlobalCluster. "is not empty" is what users report; the other message is assumed.
func (r RDS) DeleteGlobalCluster(id string) (GlobalCluster, error) {
	g, err := r.global(id)
	switch {
	case err != nil:
		return g, err
	case g.DeletionProtection:
		return g, refuse(invalidGlobalClusterState, "Cannot delete protected global cluster %s, please disable deletion protection and try again.", g.Identifier)
	case len(g.Members) > 0:
		return g, refuse(invalidGlobalClusterState, "Global Cluster %s is not empty", g.ARN)
	}
	r.state().GlobalClusters.Delete(g.Identifier)
	g.Status = statusDeleting
	return g, nil
}

// GlobalClusterChange is what ModifyGlobalCluster is asked with. What is zero stays as it is.
type GlobalClusterChange struct {
	GlobalClusterIdentifier    string
	NewGlobalClusterIdentifier string
	DeletionProtection         *bool
	EngineVersion              string // all members are upgraded
}

// ModifyGlobalCluster renames a global cluster, upgrades its members or protects it from deletion.
//
// Source: RDS API reference, ModifyGlobalCluster. That only an upgrade takes time is assumed.
func (r RDS) ModifyGlobalCluster(in GlobalClusterChange) (GlobalCluster, error) {
	g, err := r.global(in.GlobalClusterIdentifier)
	id := strings.ToLower(in.NewGlobalClusterIdentifier)
	_, taken := r.state().GlobalClusters.Get(id)
	switch {
	case err != nil:
		return g, err
	case g.Status != StatusAvailable || g.FailoverState != nil:
		return g, refuse(invalidGlobalClusterState, "Global cluster %s is %s.", g.Identifier, g.busy())
	case id != "" && taken:
		return g, refuse(globalClusterExists, "Global cluster %s already exists.", id)
	}
	if in.DeletionProtection != nil {
		g.DeletionProtection = *in.DeletionProtection
	}
	if id != "" {
		r.rename(&g, id)
	}
	r.state().GlobalClusters.Put(g.Identifier, g)
	if in.EngineVersion != "" && in.EngineVersion != g.EngineVersion {
		return r.upgrade(g, in.EngineVersion)
	}
	return g, nil
}

// busy is what a global cluster is doing.
func (g GlobalCluster) busy() string {
	if g.FailoverState != nil {
		return g.FailoverState.Status
	}
	return g.Status
}

func (r RDS) rename(g *GlobalCluster, id string) {
	r.state().GlobalClusters.Delete(g.Identifier)
	g.Identifier = id
	g.ARN = "arn:aws:rds::" + r.state().account + ":global-cluster:" + id
	for _, m := range g.Members {
		r.state().updateCluster(m.DBClusterARN, func(c *DBCluster) { c.GlobalCluster = id })
	}
}

// upgrade brings all members to a version of the engine.
func (r RDS) upgrade(g GlobalCluster, version string) (GlobalCluster, error) {
	s := r.state()
	for _, m := range g.Members {
		if c, _ := s.cluster(m.DBClusterARN); c.Status != StatusAvailable {
			return g, refuse(invalidClusterState, "DBCluster %s is %s.", m.DBClusterARN, c.Status)
		}
	}
	g.Status = statusUpgrading
	s.GlobalClusters.Put(g.Identifier, g)
	for _, m := range g.Members {
		s.setStatus(m.DBClusterARN, StatusAvailable, statusUpgrading)
	}
	took := s.timing.draw(s.timing.Modify, s.source("modify "+g.Identifier))
	s.plan(s.Now().Add(took), func(time.Time) {
		for _, m := range g.Members {
			s.updateCluster(m.DBClusterARN, func(c *DBCluster) { c.EngineVersion = version })
			s.setStatus(m.DBClusterARN, statusUpgrading, StatusAvailable)
		}
		s.updateGlobal(g.Identifier, func(g *GlobalCluster) { g.Status, g.EngineVersion = StatusAvailable, version })
	})
	return g, nil
}

// RemoveFromGlobalCluster detaches the Region's cluster of that ARN. A secondary writes once it is detached; the primary can be
// detached only when it is alone. A switchover or failover to a cluster that is being detached has ended.
//
// Source: RDS API reference, RemoveFromGlobalCluster; Aurora user guide, "Performing manual failovers for Aurora global databases".
// That a move in progress does not prevent it, and most messages, are assumed.
func (r RDS) RemoveFromGlobalCluster(global, arn string) (GlobalCluster, error) {
	g, err := r.global(global)
	if err != nil {
		return g, err
	}
	c, err := r.cluster(arn)
	m, member := g.member(arn)
	switch {
	case err != nil:
		return g, err
	case !member:
		return g, refuse(invalidValue, "Cluster %s is not found in global cluster %s", arn, g.Identifier)
	case m.IsWriter && len(g.Members) > 1:
		return g, refuse(invalidGlobalClusterState, "Cluster %s is the primary of global cluster %s, which has other members. Remove them first.", arn, g.Identifier)
	case c.Status != StatusAvailable:
		return g, refuse(invalidClusterState, "DBCluster %s is %s.", arn, c.Status)
	}
	s := r.state()
	if running := s.moves[g.Identifier]; running != nil && running.To == arn {
		s.end(running)
	}
	s.setStatus(arn, StatusAvailable, statusPromoting)
	s.holdLink(arn, s.Now())
	took := s.timing.draw(s.timing.Detach, s.source("detach "+arn))
	s.plan(s.Now().Add(took), func(at time.Time) { s.detach(c.ARN, at) })
	g, _ = s.GlobalClusters.Get(g.Identifier)
	return g, nil
}

// detach ends a cluster's membership of its global cluster, as a writer of its own.
func (s *State) detach(arn string, at time.Time) {
	c, _ := s.cluster(arn)
	if g, _ := s.GlobalClusters.Get(c.GlobalCluster); g.Writer() != arn {
		s.promoted(Promotion{ARN: arn, From: g.Writer(), At: at, Until: s.links[arn].floor})
	}
	s.updateGlobal(c.GlobalCluster, func(g *GlobalCluster) {
		g.Members = slices.DeleteFunc(g.Members, func(m GlobalClusterMember) bool { return m.DBClusterARN == arn })
		for i := range g.Members {
			g.Members[i].Readers = slices.DeleteFunc(slices.Clone(g.Members[i].Readers), func(r string) bool { return r == arn })
		}
	})
	s.updateCluster(arn, func(c *DBCluster) { c.GlobalCluster = "" })
	s.setStatus(arn, statusPromoting, StatusAvailable)
	s.setAccess(arn, 0)
	s.setHealth(arn, TargetHealth{})
	delete(s.links, arn)
}

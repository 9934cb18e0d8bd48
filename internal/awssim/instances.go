package awssim

import (
	"slices"
	"strings"
	"time"
)

// CreateDBInstance makes an instance of a cluster. It is a member of the cluster at once, and available later.
//
// Source: RDS API reference, CreateDBInstance.
func (r RDS) CreateDBInstance(i DBInstance) (DBInstance, error) {
	i.Identifier = strings.ToLower(i.Identifier)
	_, taken := r.region.DBInstances.Get(i.Identifier)
	c, err := r.cluster(i.Cluster)
	switch {
	case i.Identifier == "":
		return i, refuse(invalidValue, "The parameter DBInstanceIdentifier must be provided and must not be blank.")
	case taken:
		return i, refuse(instanceExists, "DB instance already exists")
	case err != nil:
		return i, err
	case c.Status == statusDeleting:
		return i, refuse(invalidClusterState, "DBCluster %s is %s.", c.Identifier, c.Status)
	case i.Engine != "" && i.Engine != c.Engine:
		return i, refuse(invalidCombination, "The engine %s doesn't match %s of the cluster.", i.Engine, c.Engine)
	}
	i.Cluster, i.Engine, i.EngineVersion = c.Identifier, c.Engine, c.EngineVersion
	s := r.state()
	i = r.region.CreateDBInstance(i)
	i.Status = statusCreating
	r.region.DBInstances.Put(i.Identifier, i)
	took := s.timing.draw(s.timing.CreateInstance, s.source("create "+i.ARN))
	s.plan(s.Now().Add(took), func(time.Time) { r.region.setInstance(i.Identifier, statusCreating, StatusAvailable) })
	s.revision++
	return i, nil
}

// setInstance changes an instance's status if it is from.
func (r *Region) setInstance(id, from, to string) {
	if i, ok := r.DBInstances.Get(id); ok && i.Status == from {
		i.Status = to
		r.DBInstances.Put(id, i)
	}
}

// DeleteDBInstance deletes an instance. The last one of a primary cluster stays as long as there are secondary clusters.
//
// Source: RDS API reference, DeleteDBInstance. The message on the last instance is what users report.
func (r RDS) DeleteDBInstance(id string) (DBInstance, error) {
	i, ok := r.region.DBInstances.Get(strings.ToLower(id))
	if !ok {
		return i, refuse(instanceNotFound, "DBInstance %s not found.", id)
	}
	c, _ := r.region.DBClusters.Get(i.Cluster)
	g, _ := r.state().GlobalClusters.Get(c.GlobalCluster)
	switch {
	case i.Status == statusDeleting || i.Status == statusCreating:
		return i, refuse(invalidInstanceState, "DBInstance %s is %s.", i.Identifier, i.Status)
	case g.Writer() == c.ARN && len(g.Members) > 1 && len(c.Members) == 1:
		return i, refuse(invalidClusterState, "Cannot delete the last instance of the master cluster. Delete the replica cluster before deleting the last master cluster instance")
	}
	s := r.state()
	i.Status = statusDeleting
	r.region.DBInstances.Put(i.Identifier, i)
	took := s.timing.draw(s.timing.DeleteInstance, s.source("delete "+i.ARN))
	s.plan(s.Now().Add(took), func(time.Time) { r.region.deleteInstance(i) })
	return i, nil
}

// deleteInstance removes an instance; if it was its cluster's writer, the next one is.
func (r *Region) deleteInstance(i DBInstance) {
	r.DBInstances.Delete(i.Identifier)
	c, ok := r.DBClusters.Get(i.Cluster)
	if !ok {
		return
	}
	c.Members = slices.DeleteFunc(slices.Clone(c.Members), func(m DBClusterMember) bool { return m.Instance == i.Identifier })
	writes := slices.ContainsFunc(c.Members, func(m DBClusterMember) bool { return m.IsClusterWriter })
	if !writes && len(c.Members) > 0 {
		c.Members[0].IsClusterWriter = true
	}
	r.DBClusters.Put(c.Identifier, c)
	r.state.revision++
}

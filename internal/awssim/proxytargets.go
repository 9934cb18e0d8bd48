package awssim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// ProxyTargetsRequest is what RegisterDBProxyTargets and DeregisterDBProxyTargets are asked with.
type ProxyTargetsRequest struct {
	DBProxyName          string
	TargetGroupName      string   // default if empty
	DBClusterIdentifiers []string // names
}

// RegisterDBProxyTargets lets a proxy's target group track a cluster of the Region. A proxy tracks one.
//
// Source: RDS API reference, RegisterDBProxyTargets; Aurora user guide, "Using RDS Proxy with Aurora global databases". Messages are
// assumed.
func (r RDS) RegisterDBProxyTargets(in ProxyTargetsRequest) ([]Target, error) {
	p, group, err := r.targetGroup(in)
	if err != nil {
		return nil, err
	}
	if len(in.DBClusterIdentifiers) != 1 {
		return nil, refuse(invalidCombination, "Exactly one DBClusterIdentifier must be specified, got %d.", len(in.DBClusterIdentifiers))
	}
	c, err := r.cluster(in.DBClusterIdentifiers[0])
	switch g := p.TargetGroups[group]; {
	case err != nil:
		return nil, err
	case len(g.Targets) > 0:
		return nil, refuse(targetAlreadyRegistered, "The target group %s of DB proxy %s has the target %s already.", g.Name, p.Name, g.Targets[0].ResourceID)
	case c.Status != StatusAvailable:
		return nil, refuse(invalidClusterState, "DBCluster %s is %s.", c.Identifier, c.Status)
	}
	r.setTargets(p, group, []Target{{ResourceID: c.Identifier, Port: c.Port, Type: TargetTrackedCluster}})
	s := r.state()
	s.setHealth(p.ARN, TargetHealth{State: TargetRegistering})
	took := s.timing.draw(s.timing.ProxyTarget, s.source("register "+p.ARN))
	s.plan(s.Now().Add(took), func(time.Time) { s.setHealth(p.ARN, TargetHealth{}) })
	p, _ = r.region.DBProxies.Get(p.Name)
	return r.region.Targets(p.TargetGroups[group]), nil
}

// DeregisterDBProxyTargets lets a proxy's target group track a cluster no longer.
//
// Source: RDS API reference, DeregisterDBProxyTargets.
func (r RDS) DeregisterDBProxyTargets(in ProxyTargetsRequest) error {
	p, group, err := r.targetGroup(in)
	if err != nil {
		return err
	}
	kept := slices.Clone(p.TargetGroups[group].Targets)
	for _, id := range in.DBClusterIdentifiers {
		i := slices.IndexFunc(kept, func(t Target) bool { return t.ResourceID == strings.ToLower(id) })
		if i < 0 {
			return refuse(targetNotFound, "DB proxy %s has no target %s.", p.Name, id)
		}
		kept = slices.Delete(kept, i, i+1)
	}
	r.setTargets(p, group, kept)
	return nil
}

// targetGroup returns the proxy and the index of its target group that a request names.
func (r RDS) targetGroup(in ProxyTargetsRequest) (DBProxy, int, error) {
	p, ok := r.region.DBProxies.Get(strings.ToLower(in.DBProxyName))
	if !ok {
		return p, 0, refuse(proxyNotFound, "DB proxy %s not found.", in.DBProxyName)
	}
	name := cmp.Or(in.TargetGroupName, "default")
	i := slices.IndexFunc(p.TargetGroups, func(g TargetGroup) bool { return g.Name == name })
	if i < 0 {
		return p, 0, refuse(targetGroupNotFound, "Target group %s not found.", name)
	}
	return p, i, nil
}

func (r RDS) setTargets(p DBProxy, group int, targets []Target) {
	p.TargetGroups = slices.Clone(p.TargetGroups)
	p.TargetGroups[group].Targets = targets
	p.TargetGroups[group].UpdatedDate = r.state().Now()
	r.region.DBProxies.Put(p.Name, p)
}

package awssim

import (
	"strings"
	"time"
)

// FailoverRequest is what FailoverGlobalCluster and SwitchoverGlobalCluster are asked with.
type FailoverRequest struct {
	GlobalClusterIdentifier string

	// TargetDbClusterIdentifier is the ARN of the secondary cluster to be promoted.
	TargetDbClusterIdentifier string

	// AllowDataLoss asks for a failover, Switchover for a switchover, and neither for a switchover, too. Only for
	// FailoverGlobalCluster.
	AllowDataLoss, Switchover bool
}

// SwitchoverGlobalCluster begins a switchover: pending, then writes are blocked until the target has all of them, then the roles
// are exchanged. It must be called in the Region of the present writer; all members must be available, connected and of the same
// version. If one of the two Regions is cut off, that is found out later: the operation is cancelled.
//
// Source: RDS API reference, SwitchoverGlobalCluster and FailoverState; Aurora user guide, "Performing switchovers for Amazon
// Aurora global databases". Messages are assumed.
func (r RDS) SwitchoverGlobalCluster(in FailoverRequest) (GlobalCluster, error) {
	g, target, err := r.target(in)
	if err != nil {
		return g, err
	}
	if regionOf(g.Writer()) != r.region.name {
		return g, refuse(invalidGlobalClusterState, "The switchover must be called in the Region of the primary cluster %s.", g.Writer())
	}
	if err := r.state().switchable(g); err != nil {
		return g, err
	}
	return r.state().begin(r.state().switchover(g, target)), nil
}

// FailoverGlobalCluster begins a failover, or a switchover if no data may be lost. A failover must be called in the target's Region,
// and needs nothing of any other.
//
// Source: RDS API reference, FailoverGlobalCluster; Aurora user guide, "Performing managed failovers for Aurora global databases".
// Messages are assumed.
func (r RDS) FailoverGlobalCluster(in FailoverRequest) (GlobalCluster, error) {
	if in.AllowDataLoss && in.Switchover {
		return GlobalCluster{}, refuse(invalidCombination, "AllowDataLoss and Switchover can't be specified together.")
	}
	if !in.AllowDataLoss {
		return r.SwitchoverGlobalCluster(in)
	}
	g, target, err := r.target(in)
	switch {
	case err != nil:
		return g, err
	case regionOf(target.ARN) != r.region.name:
		return g, refuse(clusterNotFound, "DBCluster %s not found in %s.", target.ARN, r.region.name)
	case target.EngineVersion != g.EngineVersion:
		return g, refuse(invalidGlobalClusterState, "Engine version %s of %s doesn't match %s of the global cluster.", target.EngineVersion, target.ARN, g.EngineVersion)
	}
	return r.state().begin(r.state().failover(g, target)), nil
}

// target returns what a request names, if nothing is in progress there and the target is fit to be promoted.
func (r RDS) target(in FailoverRequest) (GlobalCluster, DBCluster, error) {
	g, err := r.global(in.GlobalClusterIdentifier)
	if err != nil {
		return g, DBCluster{}, err
	}
	arn := in.TargetDbClusterIdentifier
	if !strings.HasPrefix(arn, "arn:") {
		return g, DBCluster{}, refuse(invalidValue, "The parameter TargetDbClusterIdentifier must be an Amazon Resource Name (ARN), got %q.", arn)
	}
	c, ok := r.state().cluster(arn)
	m, member := g.member(arn)
	switch {
	case !ok || !member:
		return g, c, refuse(clusterNotFound, "DBCluster %s not found in global cluster %s.", arn, g.Identifier)
	case g.FailoverState != nil:
		return g, c, refuse(invalidGlobalClusterState, "Global cluster %s has an operation in progress, which is %s.", g.Identifier, g.FailoverState.Status)
	case g.Status != StatusAvailable:
		return g, c, refuse(invalidGlobalClusterState, "Global cluster %s is %s.", g.Identifier, g.Status)
	case m.IsWriter:
		return g, c, refuse(invalidClusterState, "DBCluster %s is already the primary cluster of global cluster %s.", arn, g.Identifier)
	case c.Status != StatusAvailable:
		return g, c, refuse(invalidClusterState, "DBCluster %s is %s.", arn, c.Status)
	case len(c.Members) == 0:
		return g, c, refuse(invalidClusterState, "DBCluster %s has no DB instance.", arn)
	case m.SynchronizationStatus != Connected:
		return g, c, refuse(invalidGlobalClusterState, "DBCluster %s is %s.", arn, m.SynchronizationStatus)
	}
	return g, c, nil
}

// switchable says why there can be no switchover, whatever its target.
func (s *State) switchable(g GlobalCluster) error {
	version := ""
	for _, m := range g.Members {
		c, ok := s.cluster(m.DBClusterARN)
		switch {
		case !ok || c.Status != StatusAvailable:
			return refuse(invalidClusterState, "DBCluster %s is %s.", m.DBClusterARN, c.Status)
		case !m.IsWriter && m.SynchronizationStatus != Connected:
			return refuse(invalidGlobalClusterState, "DBCluster %s is %s.", m.DBClusterARN, m.SynchronizationStatus)
		case version != "" && version != c.EngineVersion:
			return refuse(invalidGlobalClusterState, "The clusters of global cluster %s have the engine versions %s and %s.", g.Identifier, version, c.EngineVersion)
		}
		version = c.EngineVersion
	}
	return nil
}

// switchover is the course of a switchover.
func (s *State) switchover(g GlobalCluster, target DBCluster) *move {
	m := &move{Move: Move{GlobalCluster: g.Identifier, From: g.Writer(), To: target.ARN}}
	random := s.source("switchover " + g.Identifier)
	t := s.timing
	pending, sync, roles, finish, proxy := t.draw(t.Pending, random), t.draw(t.Synchronize, random), t.draw(t.SwitchRoles, random), t.draw(t.Finish, random), t.draw(t.ProxyTarget, random)
	lag, _ := s.Lag(target.ARN)
	m.steps = []step{
		{Pending, pending, func(m *move, _ time.Time) {
			s.showMove(m, FailoverSwitching)
			s.setAccess(m.From, blocked)
		}},
		{Synchronizing, sync + lag, func(m *move, _ time.Time) {
			for _, arn := range []string{m.From, m.To} {
				s.setStatus(arn, StatusAvailable, statusModifying)
				s.setHealth(arn, failedTarget)
			}
		}},
		{Switching, roles, func(m *move, at time.Time) {
			s.exchange(m, PendingResync)
			s.setAccess(m.From, 0)
			s.relink(m, at)
			s.setHealth(m.From, TargetHealth{})
			s.promoteTargets(m.To, at, proxy)
		}},
		{Finishing, finish, func(m *move, _ time.Time) { s.synchronize(m.GlobalCluster, m.From, Connected) }},
	}
	return m
}

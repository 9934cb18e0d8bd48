package awssim

import "time"

// Further states and reasons of a target's health (RDS API reference, TargetHealth). Which reason is given when is not documented;
// it is assumed.
const (
	TargetRegistering       = "REGISTERING"
	TargetUnavailable       = "UNAVAILABLE"
	UnreachableTarget       = "UNREACHABLE"
	ConnectionFailed        = "CONNECTION_FAILED"
	PendingProxyCapacity    = "PENDING_PROXY_CAPACITY"
	InvalidReplicationState = "INVALID_REPLICATION_STATE"
)

var (
	// failedTarget is an instance whose role is changing.
	failedTarget = TargetHealth{TargetUnavailable, ConnectionFailed, "The database is restarting"}

	// unreachableTarget is an instance in a Region that is cut off.
	unreachableTarget = TargetHealth{TargetUnavailable, UnreachableTarget, "The database cannot be reached"}

	// unsynchronizedTarget is an instance of a former primary, before it is connected again.
	unsynchronizedTarget = TargetHealth{TargetUnavailable, InvalidReplicationState, "The cluster is not synchronized"}

	// waitingTarget is an instance that the proxy is about to use.
	waitingTarget = TargetHealth{TargetUnavailable, PendingProxyCapacity, "The proxy is scaling"}
)

// setHealth sets the health of a cluster's or a proxy's targets; the zero value is good health.
func (s *State) setHealth(arn string, h TargetHealth) {
	if h == (TargetHealth{}) {
		s.health.Delete(arn)
		return
	}
	s.health.Put(arn, h)
}

// promoteTargets lets proxies use a cluster's instances again some time after they were promoted.
func (s *State) promoteTargets(arn string, at time.Time, took time.Duration) {
	s.setHealth(arn, waitingTarget)
	s.plan(at.Add(took), func(time.Time) {
		if h, _ := s.health.Get(arn); h == waitingTarget {
			s.setHealth(arn, TargetHealth{})
		}
	})
}

// targetHealth is the health of a cluster's instances for a proxy of its Region.
func (r *Region) targetHealth(proxy, cluster string) *TargetHealth {
	if !r.state.Reachable(r.name) {
		h := unreachableTarget
		return &h
	}
	for _, arn := range []string{proxy, cluster} {
		if h, bad := r.state.health.Get(arn); bad {
			return &h
		}
	}
	return &TargetHealth{State: TargetAvailable}
}

package awssim

import (
	"math/rand/v2"
	"time"
)

// Range is how long something takes: at least Min and at most Max, equally likely in between. Its zero value is no time at all.
type Range struct {
	Min, Max time.Duration
}

// draw picks a duration.
func (r Range) draw(random *rand.Rand) time.Duration {
	if r.Max <= r.Min {
		return r.Min
	}
	return r.Min + time.Duration(random.Int64N(int64(r.Max-r.Min)+1))
}

// Timing says how long the operations of RDS and CloudFront take. Its zero value lets all of them end at once. [DefaultTiming] has figures that
// resemble AWS's; whoever wants others changes them there.
type Timing struct {
	// Scale multiplies all durations: 0.1 is ten times as fast as AWS.
	//
	// Default: 1.
	Scale float64

	Pending     Range // of a switchover or failover: both clusters are verified
	Synchronize Range // of a switchover: writes are blocked until the target has all of them. The target's lag is added
	SwitchRoles Range // of a switchover: the primary is demoted and the target promoted; nobody writes
	Finish      Range // of a switchover or failover: from the new writer's first write until the operation has ended
	Cancel      Range // of a switchover or failover that fails: until the former writer writes again

	Fence   Range // of a failover: until a former primary that can be reached accepts no writes any more
	Promote Range // of a failover: until the target writes
	Rejoin  Range // of a failover: until a former primary that can be reached again has learnt that it is one
	Resync  Range // of a failover: from then until the former primary is connected; from promotion on until other secondaries are
	Detach  Range // until a secondary that is removed from its global cluster writes

	ProxyTarget Range // until a proxy can use a target that was registered, or promoted

	CreateCluster  Range
	CreateInstance Range
	Modify         Range // of a cluster or a global cluster, an upgrade of its version included
	DeleteCluster  Range
	DeleteInstance Range
	Snapshot       Range

	Deploy     Range // until the edge serves a changed distribution
	Invalidate Range // until the edge has forgotten what it had cached
}

// DefaultTiming is the Timing to start from. AWS publishes no figures: the Aurora user guide says that a switchover takes a short
// time that grows with the lag, that a failover takes a few minutes, and that a former primary may take from minutes to hours to
// rejoin. Users report about one minute for a switchover and eight for one failover between Regions
// (keycloak/keycloak-benchmark#445). Changed distributions are deployed within 5 minutes ("Slashing CloudFront change propagation times
// in 2020", AWS Networking & Content Delivery Blog), and CloudFront's console has said that invalidations take from 60 to 300 seconds.
// How the time is divided among phases, and all other figures, are assumptions.
func DefaultTiming() Timing {
	return Timing{
		Pending:     Range{2 * time.Second, 15 * time.Second},
		Synchronize: Range{time.Second, 20 * time.Second},
		SwitchRoles: Range{10 * time.Second, 60 * time.Second},
		Finish:      Range{5 * time.Second, 60 * time.Second},
		Cancel:      Range{5 * time.Second, 30 * time.Second},

		Fence:   Range{0, 10 * time.Second},
		Promote: Range{45 * time.Second, 8 * time.Minute},
		Rejoin:  Range{30 * time.Second, 5 * time.Minute},
		Resync:  Range{2 * time.Minute, 30 * time.Minute},
		Detach:  Range{30 * time.Second, 3 * time.Minute},

		ProxyTarget: Range{0, 30 * time.Second},

		CreateCluster:  Range{30 * time.Second, 3 * time.Minute},
		CreateInstance: Range{2 * time.Minute, 8 * time.Minute},
		Modify:         Range{5 * time.Second, 60 * time.Second},
		DeleteCluster:  Range{30 * time.Second, 3 * time.Minute},
		DeleteInstance: Range{1 * time.Minute, 5 * time.Minute},
		Snapshot:       Range{30 * time.Second, 3 * time.Minute},

		Deploy:     Range{time.Minute, 5 * time.Minute},
		Invalidate: Range{time.Minute, 5 * time.Minute},
	}
}

// draw picks a duration of the scaled range.
func (t Timing) draw(r Range, random *rand.Rand) time.Duration {
	d := r.draw(random)
	if t.Scale == 0 {
		return d
	}
	return time.Duration(float64(d) * t.Scale)
}

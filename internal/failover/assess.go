package failover

import (
	"context"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Assess observes and decides, and puts both into the journal. It changes nothing.
func (e *Engine) Assess(ctx context.Context, r Request) Assessment {
	a := e.assess(ctx, r)
	notes := e.keepJournal(ctx, r.Run)
	defer notes.close()
	notes.append(Entry{At: e.Clock.Now(), Request: &r})
	notes.append(Entry{At: e.Clock.Now(), Assessment: &a})
	return a
}

// assess observes and decides.
func (e *Engine) assess(ctx context.Context, r Request) Assessment {
	o := e.Observe(ctx, r)
	return Assessment{Observation: o, Decision: Assess(o, r, e.Document, e.Settings)}
}

// Assess decides whether to move, of one observation. It is a pure function: everything it knows is given to it.
func Assess(o Observation, r Request, d topology.Document, s Settings) Decision {
	if o.Arrived(r.Target) && !o.Edge.Lease.heldByOther(r.Run, o.At) {
		return Decision{Go: true, Arrived: true}
	}
	a := assessor{Observation: o, r: r, d: d, s: s}
	a.edge()
	a.database()
	if !a.underWay() {
		a.target()
		a.source()
		a.lag()
	}
	return decide(a.reasons, r.Overrides)
}

// assessor collects reasons.
type assessor struct {
	Observation
	r       Request
	d       topology.Document
	s       Settings
	reasons []Reason
}

// against adds a reason.
func (a *assessor) against(code Code, seen, expected, do string) {
	a.reasons = append(a.reasons, Reason{Code: code, Seen: seen, Expected: expected, Do: do})
}

// region is the name of a home role's Region.
func (a *assessor) region(role topology.Role) string {
	if site, ok := a.d.Regions[role]; ok {
		return site.Region
	}
	return "a Region that is not the application's"
}

// underWay says that the target is being promoted, or has been: it is too late to ask how healthy everything was.
func (a *assessor) underWay() bool {
	op := a.Database.Operation
	return a.Promoted(a.r.Target) || (op != nil && op.To == a.r.Target)
}

// edge asks whether the edge can be changed, and nobody else is changing it.
func (a *assessor) edge() {
	e := a.Edge
	if e.Error != "" {
		a.against(EdgeUnreadable, e.Error, "a readable key-value store", "try again; without the store no traffic can be moved")
	}
	if e.Lease.heldByOther(a.r.Run, a.At) {
		a.against(LeaseHeld, fmt.Sprintf("run %s of %s (%s to %s)", e.Lease.Run, e.Lease.StartedBy, e.Lease.Mode, a.region(e.Lease.Target)),
			"no other run", fmt.Sprintf("wait for it, or stop it and wait until its lease ends at %s", e.Lease.Expires.UTC().Format(time.RFC3339)))
	}
	if a.Requests != nil && a.Requests.Error != "" {
		a.against(EdgeUnreachable, a.Requests.Error, "an answer through the edge", "check the distribution and the network from here to it")
	}
}

// database asks whether the global database can be moved at all.
func (a *assessor) database() {
	db, target := a.Database, a.r.Target
	_, member := db.Members[target]
	switch {
	case db.Error != "":
		a.against(GlobalClusterUnreadable, db.Error, "an answer of RDS in "+a.region(target), "try again")
	case a.Detached(target) && a.r.Mode == Detach:
		// The promotion is done; what follows it is not.
	case !db.Found:
		a.against(GlobalClusterNotFound, "no global cluster "+a.d.GlobalCluster, "the global cluster",
			"rebuild it around the cluster that writes: warmstandby failback does so step by step")
	case !member:
		a.against(TargetDetached, "the cluster of "+a.region(target)+" is not in the global cluster", "a member",
			"rebuild the global cluster: warmstandby failback does so step by step")
	case db.Members[target] == pendingResync:
		a.against(NotSynchronized, "the cluster of "+a.region(target)+" is resynchronizing", "connected",
			"wait until it has caught up (RDS event RDS-EVENT-0241)")
	}
	if db.Found && a.Severed(target) {
		a.against(SourceDetached, "the cluster of "+a.region(a.Edge.Active)+" has left the global cluster, and the target does not have its data", "a member",
			"rebuild the global cluster around it: warmstandby failback does so step by step")
	}
	if op := db.Operation; op != nil && op.To != target {
		a.against(OperationElsewhere, fmt.Sprintf("%s to %s", op.Status, a.region(op.To)), "nothing in progress",
			"wait for its end, and assess again")
	}
}

// pendingResync is the state of a cluster that receives everything anew (RDS API reference, GlobalClusterMember).
const pendingResync = "pending-resync"

// target asks whether the target can take over.
func (a *assessor) target() {
	region := a.region(a.r.Target)
	seen := a.Regions[a.r.Target]
	if seen == nil {
		return
	}
	if text := unavailable(seen.Cluster); text != "" {
		a.against(TargetUnavailable, "the cluster of "+region+" "+text, "an available cluster with an available instance", "repair it first")
	}
	if text := unhealthy(seen, false); text != "" {
		a.against(TargetUnhealthy, "in "+region+" "+text, "the application's function reads through the proxy", "repair it, or override if the cause is known")
	}
}

// source asks whether the active Region is as the mode expects: well for a planned move, gone for the others.
func (a *assessor) source() {
	role := a.r.Target.Other()
	region := a.region(role)
	if !a.r.Mode.Planned() {
		if q := a.Requests; q != nil && q.ReadBy == role && q.WriteBy == role && q.Steady {
			a.against(SourceServing, region+" serves reads and takes writes", "a Region that is gone",
				"use switchover, which loses nothing, or override if its data is known to be wrong")
		}
		return
	}
	seen := a.Regions[role]
	if seen == nil {
		return
	}
	if text := unavailable(seen.Cluster); text != "" {
		a.against(SourceUnavailable, "the cluster of "+region+" "+text, "an available cluster with an available instance",
			"use failover if the Region is gone")
	} else if db := a.Database; db.Found && db.Operation == nil && db.Status != available {
		a.against(SourceUnavailable, "the global cluster is "+db.Status, available, "wait, or use failover if the Region is gone")
	}
	if text := first(unhealthy(seen, true), a.unsteady()); text != "" {
		a.against(SourceUnhealthy, "in "+region+" "+text, "the application's function works with the writer", "use failover if the Region is gone, or override if the cause is known")
	}
	a.compare(seen)
}

// unsteady says that reads through the edge are not what they are when the active Region is well, or is empty. Retries hide most of a
// brown-out from what is asked once; clients see it.
func (a *assessor) unsteady() string {
	if q := a.Requests; q != nil && q.Error == "" && a.Edge.Error == "" && (q.ReadBy != a.Edge.Active || !q.Steady) {
		return "reads through the edge fail, or take long"
	}
	return ""
}

// compare asks whether the target is up to the source.
func (a *assessor) compare(source *RegionSeen) {
	target := a.Regions[a.r.Target]
	if target == nil || !source.Cluster.Found || !target.Cluster.Found {
		return
	}
	if s, t := source.Cluster.Version, target.Cluster.Version; s != t {
		a.against(VersionMismatch, fmt.Sprintf("versions %s and %s", s, t), "the same version",
			"upgrade the older one; detach moves in spite of it, and the global cluster must be rebuilt then")
	}
	if most := target.Cluster.MaxCapacity; source.Load != nil && most > 0 && *source.Load > most {
		a.against(CapacityBelow, fmt.Sprintf("a load of %g capacity units, and at most %g in %s", *source.Load, most, a.region(a.r.Target)),
			"at least the load", "raise the greatest capacity of the cluster there")
	}
}

// lag asks whether the target is close enough to the writer.
func (a *assessor) lag() {
	seen := a.Regions[a.r.Target]
	if seen == nil || seen.Lag == nil || a.Detached(a.r.Target) {
		return
	}
	limit, do := a.r.MaxDataLoss, "wait, or override and lose more"
	if a.r.Mode.Planned() {
		limit, do = a.s.PlannedLag, "wait until it is lower, or override and wait longer with writes stopped"
	}
	l := seen.Lag
	switch age := a.At.Sub(l.At); {
	case l.Error != "":
		a.against(LagUnknown, "lag of "+a.region(a.r.Target)+": "+l.Error, "a figure", "override if the loss is acceptable whatever it is")
	case age > a.s.LagAge:
		a.against(LagUnknown, fmt.Sprintf("lag of %s as of %s ago", l.Lag, age.Round(time.Second)), fmt.Sprintf("a figure of the last %s", a.s.LagAge),
			"override if the loss is acceptable whatever it is")
	case l.Lag > limit:
		a.against(LagAboveLimit, fmt.Sprintf("lag of %s (%s)", l.Lag, l.Metric), fmt.Sprintf("at most %s", limit), do)
	}
}

// unavailable says why a cluster cannot be promoted or moved from, or is empty.
func unavailable(c ClusterSeen) string {
	switch {
	case c.Error != "":
		return "could not be seen (" + c.Error + ")"
	case !c.Found:
		return "does not exist"
	case c.Status != available:
		return "is " + c.Status
	case c.Available == 0:
		return "has no available instance"
	}
	return ""
}

// unhealthy says why a Region's application does not work, or is empty.
func unhealthy(seen *RegionSeen, writes bool) string {
	switch p := seen.Proxy; {
	case seen.Check.Error != "":
		return "the check fails: " + seen.Check.Error
	case p.Error != "":
		return "the proxy could not be seen: " + p.Error
	case writes && !p.Writable, !p.Readable:
		return "the proxy has no target for it: " + p.Unhealthy
	}
	return ""
}

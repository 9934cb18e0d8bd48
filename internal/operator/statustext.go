package operator

import (
	"fmt"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// writeStatus writes a status for people.
func (o *Operator) writeStatus(s Status) {
	o.say("%s at %s\n", s.Application, s.At.Format(timeFormat))
	o.say("  %-12s %s", "edge", o.edgeText(s))
	o.say("  %-12s %s", "writes", o.fenceText(s.Edge))
	o.say("  %-12s %s", "lease", o.leaseText(s.Edge, s.At))
	o.say("  %-12s %s\n", "database", o.databaseText(s))
	pri, secd := s.Regions[topology.Primary], s.Regions[topology.Secondary]
	row := func(name string, cell func(topology.Role, RegionStatus) string) {
		o.say("  %-12s %-32s %s", name, cell(topology.Primary, pri), cell(topology.Secondary, secd))
	}
	row("", func(role topology.Role, _ RegionStatus) string { return o.named(role) })
	row("role", func(role topology.Role, _ RegionStatus) string { return roleText(s, role) })
	row("cluster", func(_ topology.Role, r RegionStatus) string { return clusterText(r.Cluster) })
	row("version", func(_ topology.Role, r RegionStatus) string { return orNone(r.Cluster.Version) })
	row("replication", func(role topology.Role, r RegionStatus) string { return replicationText(s, role, r) })
	row("proxy", func(_ topology.Role, r RegionStatus) string { return proxyText(r.Proxy) })
	row("check", func(_ topology.Role, r RegionStatus) string { return checkText(r.Check) })
	row("capacity", func(_ topology.Role, r RegionStatus) string { return capacityText(r) })
	if len(s.Problems) > 0 {
		o.say("\nWhat could not be seen, or does not fit:")
	}
	for _, p := range s.Problems {
		o.say("  %s", strings.ReplaceAll(p, "\n", " "))
	}
}

// timeFormat is how times are shown.
const timeFormat = "2006-01-02 15:04:05 UTC"

// Cells for what is not there, and for what could not be seen.
const none, unseen = "-", "not seen"

func (o *Operator) edgeText(s Status) string {
	if s.Edge.Error != "" {
		return unseen
	}
	text := o.region(s.Active) + " is active"
	switch q := s.Requests; {
	case q.Error != "":
		return text + "; no request is answered"
	case q.Fenced:
		return text + "; reads come from " + o.region(q.ReadBy) + ", writes are refused"
	default:
		return text + "; reads come from " + o.region(q.ReadBy) + ", writes go to " + o.region(q.WriteBy)
	}
}

func (o *Operator) fenceText(e failover.EdgeSeen) string {
	switch f := e.Fence; {
	case e.Error != "":
		return unseen
	case f == nil:
		return "accepted (no fence)"
	default:
		return fmt.Sprintf("REFUSED since %s by run %s (%s to %s)", f.Since.UTC().Format(timeFormat), orNone(f.Run), orNone(string(f.Mode)), o.region(f.Target))
	}
}

func (o *Operator) leaseText(e failover.EdgeSeen, now time.Time) string {
	switch l := e.Lease; {
	case e.Error != "":
		return unseen
	case l == nil:
		return "nobody's"
	default:
		verb := "is held until"
		if !now.Before(l.Expires) {
			verb = "has ended at"
		}
		return fmt.Sprintf("run %s of %s (%s to %s) %s %s", l.Run, orNone(l.StartedBy), l.Mode, o.region(l.Target), verb, l.Expires.UTC().Format(timeFormat))
	}
}

// databaseText is the global database as those see it who can.
func (o *Operator) databaseText(s Status) string {
	text := o.Document.GlobalCluster + " " + unseen
	for _, role := range []topology.Role{s.Active, topology.Primary, topology.Secondary} {
		d := s.Regions[role].Database
		if role == "" || d.Error != "" {
			continue
		}
		if !d.Found {
			text = fmt.Sprintf("%s does not exist, as %s sees it", o.Document.GlobalCluster, o.region(role))
			continue
		}
		text = fmt.Sprintf("%s is %s; writer %s", o.Document.GlobalCluster, d.Status, o.region(d.Writer))
		if op := d.Operation; op != nil {
			kind := "switchover"
			if op.DataLossAllowed {
				kind = "failover"
			}
			text += fmt.Sprintf("; %s to %s is %s", kind, o.region(op.To), orNone(op.Status))
		}
		return text
	}
	return text
}

func roleText(s Status, role topology.Role) string {
	words := []string{"stands by", "reads"}
	if s.Active == role {
		words[0] = "ACTIVE"
	}
	if s.Writer == role {
		words[1] = "WRITER"
	}
	if s.Active == "" {
		words[0] = "active?"
	}
	if s.Writer == "" {
		words[1] = "writer?"
	}
	return strings.Join(words, ", ")
}

func clusterText(c failover.ClusterSeen) string {
	switch {
	case c.Error != "":
		return unseen
	case !c.Found:
		return "does not exist"
	}
	return fmt.Sprintf("%s, %d available", c.Status, c.Available)
}

func replicationText(s Status, role topology.Role, r RegionStatus) string {
	state, member := r.Database.Members[role]
	switch {
	case r.Database.Error != "":
		return unseen
	case !member:
		return "not in the global database"
	case s.Writer == role:
		return "sends"
	}
	text := orNone(state)
	if l := r.Lag; l != nil && l.Error == "" {
		return fmt.Sprintf("%s, lag %s (%s ago)", text, l.Lag.Round(time.Millisecond), s.At.Sub(l.At).Round(time.Second))
	}
	return text + ", lag unknown"
}

func proxyText(p failover.ProxySeen) string {
	switch {
	case p.Error != "":
		return unseen
	case p.Writable:
		return "reads and writes"
	case p.Readable:
		return "reads"
	}
	return "no target: " + orNone(p.Unhealthy)
}

func checkText(c failover.CheckSeen) string {
	if c.Error != "" {
		return "fails"
	}
	return fmt.Sprintf("%s, %d ms", orNone(c.Role), c.Millis)
}

func capacityText(r RegionStatus) string {
	load := "?"
	if r.Load != nil {
		load = fmt.Sprintf("%g", *r.Load)
	}
	if r.Cluster.MaxCapacity == 0 {
		return none
	}
	return fmt.Sprintf("%s of %g ACU", load, r.Cluster.MaxCapacity)
}

func orNone(text string) string {
	if text == "" {
		return none
	}
	return text
}

package simulation

import (
	"slices"
	"sort"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// commit is a write that a cluster has carried out.
type commit struct {
	at time.Time
	id int
	by topology.Role // whose cluster
}

// data are the contents of both clusters. A cluster that writes has a log; one that reads has what the writer's log held at the time
// up to which it is replicated. Promotion with data loss cuts the log there, a switchover does not.
type data struct {
	logs   map[topology.Role][]commit
	writer topology.Role                // of the global database
	alone  map[topology.Role]bool       // detached
	until  map[topology.Role]time.Time // up to when a cluster was replicated, a moment ago
	last   promotion                   // the latest one
	chosen topology.Role               // of two writers, the one that the edge was opened for; empty if there is one
	lost   map[int]promotion           // writes that a promotion has cut off, by id
}

// promotion is a cluster's becoming a writer.
type promotion struct {
	at       time.Time
	from, to topology.Role
	lossy    bool
	asked    asking
}

// asking is a call by which somebody made RDS begin an operation. Past the engine it is nobody's run.
type asking struct {
	at     time.Time
	run    string
	target topology.Role
}

func newData(writer topology.Role) data {
	return data{
		logs: map[topology.Role][]commit{}, writer: writer, alone: map[topology.Role]bool{},
		until: map[topology.Role]time.Time{}, lost: map[int]promotion{},
	}
}

// sample notes up to when clusters are replicated. It is called a moment before anything happens by itself.
func (d *data) sample(_ *World, s *awssim.State) {
	for _, role := range topology.Roles() {
		d.until[role] = s.ReplicatedUntil(arns[role])
	}
}

// follow notices what happened to the roles of clusters.
func (d *data) follow(w *World, s *awssim.State) {
	g, _ := s.GlobalClusters.Get(globalCluster)
	if writer := roleOf(g.Writer()); writer != "" && writer != d.writer {
		d.promote(w, s, d.writer, writer, g.FailoverState != nil && g.FailoverState.IsDataLossAllowed)
		d.writer = writer
	}
	for _, role := range topology.Roles() {
		c, _ := s.Region(regions[role]).DBClusters.Get(string(role))
		if alone := c.GlobalCluster == ""; alone && !d.alone[role] {
			d.alone[role] = true
			if role != d.writer {
				d.promote(w, s, d.writer, role, true)
			}
		}
	}
}

// promote gives a cluster the log that it has from now on.
func (d *data) promote(w *World, s *awssim.State, from, to topology.Role, lossy bool) {
	p := promotion{at: s.Now(), from: from, to: to, lossy: lossy}
	if w.asked.target == to {
		p.asked = w.asked
	}
	log := d.logs[from]
	kept := len(log)
	if lossy {
		kept = prefix(log, d.until[to])
	}
	for _, c := range log[kept:] {
		d.lost[c.id] = p
	}
	d.logs[to] = slices.Clone(log[:kept])
	d.last, w.edge.answered = p, time.Time{}
	w.trace("database", "%s is the writer (data loss allowed: %t): has %d writes, %d are lost", to, lossy, kept, len(log)-kept)
}

// prefix is how many commits were made by a time.
func prefix(log []commit, until time.Time) int {
	return sort.Search(len(log), func(i int) bool { return log[i].at.After(until) })
}

// writes reports whether a cluster is the application's writer. A detachment leaves two clusters that write: the writer is the detached
// one if an engine has asked for that, until the edge was opened for one of the two.
func (d *data) writes(role topology.Role) bool {
	switch other := role.Other(); {
	case d.chosen != "":
		return role == d.chosen
	case d.alone[role]:
		return true
	default:
		return d.writer == role && (!d.alone[other] || d.last.asked.run == "")
	}
}

// choose notes for which of two writers the edge is open.
func (d *data) choose(v view) {
	if !v.fenced && (d.alone[topology.Primary] || d.alone[topology.Secondary]) {
		d.chosen = v.active
	}
}

// has reports whether a cluster holds a commit.
func (d *data) has(s *awssim.State, role topology.Role, c commit) bool {
	log := d.logs[role]
	if !s.AcceptsWrites(arns[role]) && d.writer != role {
		log = d.logs[d.writer]
		log = log[:prefix(log, s.ReplicatedUntil(arns[role]))]
	}
	i := sort.Search(len(log), func(i int) bool { return !log[i].at.Before(c.at) })
	for ; i < len(log) && log[i].at.Equal(c.at); i++ {
		if log[i].id == c.id {
			return true
		}
	}
	return false
}

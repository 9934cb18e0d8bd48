package awssim

import (
	"maps"
	"time"
)

// past is the state as it was from a time on.
type past struct {
	at    time.Time
	state *State
}

// record keeps the state as it is at that time, if it changed since it was kept last, and forgets what is too old.
func (c *Cloud) record(at time.Time) {
	if c.history == 0 {
		return
	}
	if writes := c.state.tableWrites(); len(c.pasts) == 0 || writes != c.writes {
		c.writes = writes
		c.pasts = append(c.pasts, past{at, c.state.freeze()})
	}
	for len(c.pasts) > 1 && !c.pasts[1].at.After(at.Add(-c.history)) {
		c.pasts = c.pasts[1:]
	}
}

// AsOf returns a Cloud that is as this one was at that time, for good; if that is longer ago than [Options.History], as it was
// then. Reads of it are what a service answers whose view is stale. What is changed in it is changed nowhere else.
func (c *Cloud) AsOf(at time.Time) *Cloud {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.advance()
	found := c.state
	for i, p := range c.pasts {
		if i == 0 || !p.at.After(at) {
			found = p.state
		}
	}
	s := found.freeze()
	s.clock = func() time.Time { return at }
	return &Cloud{state: s}
}

// freeze returns a copy of the state in which nothing happens by itself.
func (s *State) freeze() *State {
	frozen := *s
	frozen.events, frozen.moves, frozen.waiting = nil, nil, nil
	frozen.draws, frozen.outages, frozen.links = maps.Clone(s.draws), maps.Clone(s.outages), maps.Clone(s.links)
	for _, t := range append(s.tables(), frozen.tables()...) {
		t.share()
	}
	frozen.regions = make(map[string]*Region, len(s.regions))
	for name, r := range s.regions {
		other := *r
		other.state = &frozen
		for _, t := range append(r.tables(), other.tables()...) {
			t.share()
		}
		frozen.regions[name] = &other
	}
	return &frozen
}

// shared is a table of any values.
type shared interface {
	share()
	changes() uint64
}

// tables are all tables of the state but those of its Regions.
func (s *State) tables() []shared {
	return []shared{
		&s.Roles, &s.Users, &s.GlobalClusters, &s.Distributions, &s.Invalidations, &s.KeyValueStores, &s.Buckets, &s.KeyPolicies,
		&s.HostedZones, &s.Changes, &s.credentials, &s.access, &s.health, &s.storeVersions,
	}
}

func (r *Region) tables() []shared {
	return []shared{
		&r.Functions, &r.DBClusters, &r.DBInstances, &r.DBProxies, &r.DBEndpoints, &r.DBClusterSnapshots, &r.Secrets, &r.Parameters,
		&r.Stacks, &r.UserPools, &r.Topics, &r.Metrics, &r.Pipelines, &r.PipelineExecutions, &r.PipelineJobs, &r.Queues, &r.LogGroups,
		&r.LogPolicies, &r.EventBuses, &r.EventRules, &r.Archives, &r.Replays, &r.Documents, &r.Automations, &r.Commands, &r.Instances,
		&r.ItemTables, &r.Alarms,
	}
}

// tableWrites counts all changes of all tables.
func (s *State) tableWrites() (n uint64) {
	for _, t := range s.tables() {
		n += t.changes()
	}
	for _, r := range s.regions {
		for _, t := range r.tables() {
			n += t.changes()
		}
	}
	return n
}

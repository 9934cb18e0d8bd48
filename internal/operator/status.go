package operator

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// StatusVersion is the version of [Status]'s form. A member that is added leaves it as it is.
const StatusVersion = 1

// Status is how an application is, as both its Regions and its edge show it. What could not be seen has an error in its place.
type Status struct {
	// Version is [StatusVersion].
	Version int `json:"version"`

	// Application is the application's name.
	Application string `json:"application"`

	// At is when it was looked at.
	At time.Time `json:"at"`

	// Active is the home role of the active Region, empty if the edge could not be read.
	Active topology.Role `json:"active,omitempty"`

	// Writer is the home role of the Region whose cluster writes; empty if none is known, or if the Regions contradict each other.
	Writer topology.Role `json:"writer,omitempty"`

	// Edge is the key-value store, with fence and lease.
	Edge failover.EdgeSeen `json:"edge"`

	// Requests are what requests through the edge showed.
	Requests failover.RequestsSeen `json:"requests"`

	// Regions are both Regions.
	Regions map[topology.Role]RegionStatus `json:"regions"`

	// Problems are what could not be seen and why, and what does not fit together, in sentences.
	Problems []string `json:"problems"`
}

// RegionStatus is how one Region is.
type RegionStatus struct {
	// Region is the Region's name.
	Region string `json:"region"`

	// Database is the global database as this Region sees it.
	Database failover.DatabaseSeen `json:"database"`

	failover.RegionSeen
}

// Status looks at everything and shows it, on one screen or as JSON.
func (o *Operator) Status(ctx context.Context) error {
	s := o.look(ctx)
	if o.JSON {
		return o.writeJSON(s)
	}
	o.writeStatus(s)
	return nil
}

// look looks at both Regions, from each one's own side.
func (o *Operator) look(ctx context.Context) Status {
	looker := o.looker(nil)
	var seen [2]failover.Observation
	var all sync.WaitGroup
	for i, role := range topology.Roles() {
		all.Go(func() {
			seen[i] = looker.Observe(ctx, failover.Request{Mode: failover.Switchover, Target: role})
		})
	}
	all.Wait()
	s := Status{
		Version: StatusVersion, Application: o.Document.Application, At: seen[0].At.UTC(), Edge: seen[0].Edge,
		Regions: map[topology.Role]RegionStatus{}, Problems: []string{},
	}
	if seen[0].Requests != nil {
		s.Requests = *seen[0].Requests
	}
	if s.Edge.Error != "" {
		s.Edge = seen[1].Edge
	}
	s.Active = s.Edge.Active
	for i, role := range topology.Roles() {
		r := RegionStatus{Region: o.region(role), Database: seen[i].Database}
		if own := seen[i].Regions[role]; own != nil {
			r.RegionSeen = *own
		}
		if other := seen[1-i].Regions[role]; other != nil {
			r.Load = other.Load // asked of a Region that is not the target
		}
		s.Regions[role] = r
	}
	s.judge(o.Application)
	return s
}

// judge works out the writer and the problems.
func (s *Status) judge(a *Application) {
	if s.Edge.Error != "" {
		s.problem("edge: " + s.Edge.Error)
	}
	if s.Requests.Error != "" {
		s.problem("requests through the edge: " + s.Requests.Error)
	}
	var writers []topology.Role
	for _, role := range topology.Roles() {
		r := s.Regions[role]
		for _, text := range []string{r.Database.Error, r.Cluster.Error, r.Proxy.Error, r.Check.Error} {
			if text != "" {
				s.problem(r.Region + ": " + text)
			}
		}
		if writer := r.writer(role); writer != "" {
			writers = append(writers, writer)
		}
	}
	switch {
	case len(writers) == 1, len(writers) == 2 && writers[0] == writers[1]:
		s.Writer = writers[0]
	case len(writers) == 2:
		s.problem("each Region takes another cluster for the writer: the clusters are detached, or one of the Regions is cut off and has not learnt of a failover")
	}
	if r, ok := s.Regions[s.Writer]; ok {
		r.Lag = nil // a writer lags behind nobody
		s.Regions[s.Writer] = r
	}
	if s.Writer != "" && s.Active != "" && s.Writer != s.Active {
		s.problem("the active Region is " + a.region(s.Active) + ", and the writer is in " + a.region(s.Writer))
	}
}

func (s *Status) problem(text string) { s.Problems = append(s.Problems, text) }

// writer is who writes, as a Region sees it. A cluster in no global database writes on its own.
func (r RegionStatus) writer(self topology.Role) topology.Role {
	_, member := r.Database.Members[self]
	if r.Database.Error == "" && !member && r.Cluster.Error == "" && r.Cluster.Found {
		return self
	}
	return r.Database.Writer
}

// writeJSON writes a value for a program.
func (o *Operator) writeJSON(v any) error {
	e := json.NewEncoder(o.Out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

package failover

import (
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Observation is what was seen of an application at one time. A part that was not looked at is nil; a part that could not be
// seen carries the error.
type Observation struct {
	// At is when.
	At time.Time `json:"at"`

	// Edge is the key-value store.
	Edge EdgeSeen `json:"edge"`

	// Database is the global database.
	Database DatabaseSeen `json:"database"`

	// Regions are the Regions that were looked at: both for a planned move, the target for all others.
	Regions map[topology.Role]*RegionSeen `json:"regions,omitempty"`

	// Requests are what requests through the edge showed.
	Requests *RequestsSeen `json:"requests,omitempty"`
}

// EdgeSeen is the key-value store as it was seen.
type EdgeSeen struct {
	// Error says why it could not be read, or is empty.
	Error string `json:"error,omitempty"`

	// Version is the ETag that a change must name.
	Version string `json:"version,omitempty"`

	// Active is the home role of the active Region.
	Active topology.Role `json:"active,omitempty"`

	// Fence is there while writes are stopped.
	Fence *Fence `json:"fence,omitempty"`

	// Lease is there while a run holds it, or held it and has not dropped it.
	Lease *Lease `json:"lease,omitempty"`
}

// DatabaseSeen is the global database as the target's Region, or the one that was asked, sees it.
type DatabaseSeen struct {
	// Error says why it could not be read, or is empty.
	Error string `json:"error,omitempty"`

	// Found says whether it exists.
	Found bool `json:"found"`

	// Status is its status, such as "available".
	Status string `json:"status,omitempty"`

	// Operation is the switchover or failover in progress, if there is one.
	Operation *Operation `json:"operation,omitempty"`

	// Writer is the home role of the cluster that writes; empty if no member of the application's does.
	Writer topology.Role `json:"writer,omitempty"`

	// Members are the home roles of the application's clusters in it, with the state of their replication ("connected",
	// "pending-resync", or empty for the writer).
	Members map[topology.Role]string `json:"members,omitempty"`
}

// Operation is a switchover or failover in progress.
type Operation struct {
	// Status is its status, such as "pending". Others than those that are documented mean that it is in progress, too.
	Status string `json:"status"`

	// From and To are the home roles of the clusters, empty for clusters that are not the application's.
	From topology.Role `json:"from,omitempty"`
	To   topology.Role `json:"to,omitempty"`

	// DataLossAllowed tells a failover from a switchover.
	DataLossAllowed bool `json:"dataLossAllowed"`
}

// RegionSeen is one Region as it was seen.
type RegionSeen struct {
	// Cluster is the Region's cluster.
	Cluster ClusterSeen `json:"cluster"`

	// Proxy is the Region's proxy.
	Proxy ProxySeen `json:"proxy"`

	// Check is what the Region's own function answered.
	Check CheckSeen `json:"check"`

	// Lag is how far the cluster lags behind the writer; nil for a Region that was not asked.
	Lag *LagSeen `json:"lag,omitempty"`

	// Load is the capacity in use, in Aurora capacity units; nil if it was not asked or is not known.
	Load *float64 `json:"load,omitempty"`
}

// ClusterSeen is a cluster.
type ClusterSeen struct {
	Error       string  `json:"error,omitempty"`       // why it could not be seen, or empty
	Found       bool    `json:"found"`                 // whether it exists
	Status      string  `json:"status,omitempty"`      // such as "available"
	Version     string  `json:"version,omitempty"`     // the engine's
	Available   int     `json:"available"`             // number of instances that are available
	MaxCapacity float64 `json:"maxCapacity,omitempty"` // of each instance, in Aurora capacity units; 0 if it is not serverless
}

// ProxySeen is a proxy.
type ProxySeen struct {
	Error     string `json:"error,omitempty"` // why it could not be seen, or empty
	Readable  bool   `json:"readable"`        // a target is available
	Writable  bool   `json:"writable"`        // a target that reads and writes is available
	Unhealthy string `json:"unhealthy,omitempty"`
}

// CheckSeen is the answer of a Region's own function.
type CheckSeen struct {
	Error  string `json:"error,omitempty"`  // why it failed, or empty
	Role   string `json:"role,omitempty"`   // the database's: writer or reader
	Millis int64  `json:"millis,omitempty"` // how long it took
}

// LagSeen is how far a cluster lags.
type LagSeen struct {
	// Error says why there is no figure, or is empty.
	Error string `json:"error,omitempty"`

	// Lag is the figure.
	Lag time.Duration `json:"lag"`

	// Metric is the metric that it is from.
	Metric string `json:"metric,omitempty"`

	// At is when it was measured.
	At time.Time `json:"at"`
}

// Bound is the age that the newest write that the cluster has can have at most, at the time given: the lag, and what may have
// been written since it was measured.
func (l LagSeen) Bound(now time.Time) time.Duration { return l.Lag + max(now.Sub(l.At), 0) }

// RequestsSeen is what requests through the edge showed.
type RequestsSeen struct {
	// Error says why no request was answered, or is empty.
	Error string `json:"error,omitempty"`

	// ReadBy is the home role of the Region that answered a read, empty if none did.
	ReadBy topology.Role `json:"readBy,omitempty"`

	// Steady says that the same Region answered several reads in a row, each of them quickly.
	Steady bool `json:"steady"`

	// Fenced says that a write was refused at the edge because of the fence.
	Fenced bool `json:"fenced"`

	// WriteBy is the home role of the Region whose API answered a write, empty if none did. The write is one that no API
	// takes.
	WriteBy topology.Role `json:"writeBy,omitempty"`
}

// Arrived says whether the application is where the target is, all of it: nothing is left to move.
func (o Observation) Arrived(target topology.Role) bool {
	return (o.Promoted(target) || o.Detached(target)) && o.Edge.Error == "" && o.Edge.Active == target && o.Edge.Fence == nil
}

// Promoted says whether the target's cluster is the global database's writer, and nothing is in progress.
func (o Observation) Promoted(target topology.Role) bool {
	d := o.Database
	return d.Error == "" && d.Operation == nil && d.Status == available && d.Writer == target && !o.Severed(target)
}

// Severed says whether the active Region is another one than the target's, and its cluster has left the global database: it writes by
// itself, and the target does not have what it writes.
func (o Observation) Severed(target topology.Role) bool {
	_, member := o.Database.Members[o.Edge.Active]
	return o.Edge.Error == "" && o.Database.Error == "" && o.Edge.Active != target && !member
}

// Detached says whether the target's cluster is on its own: it is available, and not in the global database.
func (o Observation) Detached(target topology.Role) bool {
	r := o.Regions[target]
	if o.Database.Error != "" || r == nil || r.Cluster.Status != available || o.Severed(target) {
		return false
	}
	_, member := o.Database.Members[target]
	return !member
}

// available is the status of a global cluster, cluster or instance that nothing is happening to.
const available = "available"

package failover

import (
	"encoding/json"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Lease keeps two runs from moving the application at the same time. It is in the key-value store, whose version makes every
// change of it, of the fence and of the active Region conditional on what its writer has seen. So a run that has lost its
// lease changes nothing at the edge.
//
// It also says when the run reached its steps, so that a run which is killed and goes on knows how long it has waited.
type Lease struct {
	Run       string        `json:"run"`
	Mode      Mode          `json:"mode"`
	Target    topology.Role `json:"target"`
	StartedBy string        `json:"by,omitempty"`
	Expires   time.Time     `json:"expires"`

	// Asked is when RDS was first asked to promote the target, or a promotion was found under way. From then on the run may be
	// past the point of no return.
	Asked *time.Time `json:"asked,omitempty"`

	// Promoted is when the target was first seen to be the writer.
	Promoted *time.Time `json:"promoted,omitempty"`

	// Shifted is when the target became the active Region.
	Shifted *time.Time `json:"shifted,omitempty"`
}

// heldBy says whether a run holds the lease.
func (l *Lease) heldBy(run string, now time.Time) bool {
	return l != nil && l.Run == run && now.Before(l.Expires)
}

// heldByOther says whether another run holds the lease.
func (l *Lease) heldByOther(run string, now time.Time) bool {
	return l != nil && l.Run != run && now.Before(l.Expires)
}

// Fence says who stopped the writes, and since when.
type Fence struct {
	Run    string        `json:"run"`
	Mode   Mode          `json:"mode"`
	Target topology.Role `json:"target"`
	Since  time.Time     `json:"since"`
}

// encode is a value of the store. It is far below the store's limit of 1 KB as long as names are.
func encode(v any) string {
	data, _ := json.Marshal(v) // texts and times: it cannot fail
	return string(data)
}

// decodeLease reads a lease. One that cannot be read was not written by a run, and holds nobody off.
func decodeLease(text string) *Lease {
	var l Lease
	if json.Unmarshal([]byte(text), &l) != nil || l.Run == "" {
		return nil
	}
	return &l
}

// decodeFence reads a fence. The edge refuses writes whatever the value is, so one that cannot be read is a fence, too.
func decodeFence(text string) *Fence {
	var f Fence
	if json.Unmarshal([]byte(text), &f) != nil {
		return &Fence{}
	}
	return &f
}

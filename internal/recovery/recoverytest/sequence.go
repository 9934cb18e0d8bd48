package recoverytest

import (
	"math/rand/v2"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
)

// What the histories are about. Other applications and resources appear in them, too.
const (
	// Account is the AWS account of the recovery environment.
	Account = "654321654321"

	// PrimaryAccount is the AWS account of the primary environment.
	PrimaryAccount = "123456123456"

	// Application is Arpio's id of the application.
	Application = "hSN9jWjSCtEY7UdRJRslwo"

	// OtherApplication is another one in the same environment, with phases of its own.
	OtherApplication = "gRM8TmEKCtEY7Ud8J8ride"

	// Resource is the ARN of a primary resource of Application's.
	Resource = "arn:aws:apigateway:us-east-1::/restapis/home1"
)

// Sequence is a history as it is delivered.
type Sequence struct {
	// Seed is what it was made from.
	Seed uint64

	// Steps are what happens, in order.
	Steps []Step

	// Lossless says that no event was lost.
	Lossless bool

	// Away is the id of Resource's replica if Application is failed over to it in the end; Home says that somebody went back from the
	// last failover. There may be neither: then nobody can say where traffic should be.
	Away string
	Home bool

	// Replicas are the ids that Resource was ever recovered under, for a failover and with success.
	Replicas map[string]bool

	// Servers are the ids of all servers that were recovered with success, for whatever.
	Servers map[string]bool
}

// Step is an event that is delivered, or a request to go back to the primary environment.
type Step struct {
	// Now is the time. It never goes back, and is never before the event's.
	Now time.Time

	// Event is the event in JSON, or nil if the step is a request to go back.
	Event []byte

	// Type and Phase are what the event is: the phase of Application, or of the resource. They are zero for a request.
	Type  lifecycle.EventType
	Phase lifecycle.Phase

	// State is how far the restoration of the resource has come; empty if the event is not an upsert.
	State lifecycle.State

	// Server is the recovery id that the event has for a server; it may be any text. IsServer says whether it is about one.
	Server   string
	IsServer bool

	// NextVersion says that the event is of the next version of the schema.
	NextVersion bool

	// At is the event's time.
	At time.Time
}

// New makes a sequence from a seed.
func New(seed uint64) Sequence {
	h := &history{random: rand.New(rand.NewPCG(seed, 0)), now: start, replicas: map[string]bool{}, servers: map[string]bool{}}
	h.write()
	s := Sequence{Seed: seed, Away: h.away(), Home: h.home(), Replicas: h.replicas, Servers: h.servers, Lossless: h.chance(50)}
	s.Steps = h.deliver(!s.Lossless)
	return s
}

// start is when histories begin.
const start = 1_750_000_000

// history is what really happens, as it is being written.
type history struct {
	random *rand.Rand
	now    int64
	steps  []Step

	// What is true of Application.
	failedOver, seen, other, returned, gone int64 // as in package dns's Order
	latest                                  string
	latestAt                                int64
	done                                    bool // whether the latest replica is
	replicas                                map[string]bool
	count                                   int
	servers                                 map[string]bool // those that are recovered
	standing                                []string        // servers of the failover that goes on
}

// chance is true in percent of all cases.
func (h *history) chance(percent int) bool { return h.random.IntN(100) < percent }

// write writes some episodes. A failover that is not concluded ends the history.
func (h *history) write() {
	h.update(lifecycle.Standby)
	for range 1 + h.random.IntN(3) {
		switch h.random.IntN(3) {
		case 0:
			h.update(lifecycle.Standby) // a recovery point
		case 1:
			h.update(lifecycle.FailoverTest)
			h.update(lifecycle.Standby) // its conclusion
		case 2:
			if !h.failover() {
				return
			}
		}
	}
}

// failover writes a failover and what may come after it, and reports whether it is concluded.
func (h *history) failover() bool {
	h.update(lifecycle.Failover)
	for h.chance(30) {
		h.update(lifecycle.Failover) // another try
	}
	if h.chance(60) {
		h.tick()
		h.returned, h.gone = h.now, h.seen
		h.steps = append(h.steps, Step{Now: time.Unix(h.now, 0).UTC()})
		if h.chance(30) {
			h.update(lifecycle.Failover) // another try after failback
		}
	}
	if h.chance(40) {
		return false
	}
	h.update(lifecycle.Standby)
	return true
}

func (h *history) tick() { h.now += 1 + h.random.Int64N(120) }

// update writes an update of the recovery environment.
func (h *history) update(phase lifecycle.Phase) {
	h.boundary(lifecycle.RecoveryStart, phase)
	if phase != lifecycle.Standby || h.chance(30) {
		h.resource(phase)
	}
	for range h.random.IntN(3) {
		h.stranger(phase)
	}
	h.recoverServers(phase)
	h.boundary(lifecycle.RecoveryEnd, phase)
	if phase != lifecycle.Failover {
		h.other = h.now
		return
	}
	h.seen = h.now
	if h.gone <= h.other {
		h.failedOver = h.now
	}
}

// boundary writes a start or end event.
func (h *history) boundary(t lifecycle.EventType, phase lifecycle.Phase) {
	h.tick()
	e := h.event(t)
	if h.chance(20) {
		e.Detail.EventID = h.hostile()
	}
	phases := []lifecycle.Phase{lifecycle.Standby, lifecycle.FailoverTest, lifecycle.Failover}
	e.Detail.ApplicationRestorePhase = map[string]lifecycle.Phase{Application: phase, OtherApplication: phases[h.random.IntN(len(phases))]}
	h.add(e, phase)
}

// resource writes upsert events of Resource.
func (h *history) resource(phase lifecycle.Phase) {
	h.count++
	id := "api" + string(rune('a'+h.count))
	outcome, usable := lifecycle.Done, true
	if h.chance(10) {
		outcome, usable = lifecycle.Failed, false
	}
	if h.chance(5) {
		id, usable = h.hostile(), false
	}
	for _, state := range []lifecycle.State{lifecycle.Processing, outcome} {
		h.tick()
		h.add(h.upsert(Resource, id, state, phase), phase)
	}
	if phase != lifecycle.Failover {
		return
	}
	h.latest, h.latestAt, h.done = id, h.now, usable
	if h.done {
		h.replicas[id] = true
	}
}

// stranger writes an event of another resource, whose strings are hostile.
func (h *history) stranger(phase lifecycle.Phase) {
	h.tick()
	states := []lifecycle.State{lifecycle.Processing, lifecycle.Done, lifecycle.Failed}
	e := h.upsert("arn:aws:ec2:us-east-1:"+PrimaryAccount+":instance/i-"+h.hostile(), h.hostile(), states[h.random.IntN(len(states))], phase)
	if h.chance(30) {
		e.Type = lifecycle.ResourceDelete
	}
	e.Detail.EventID = h.hostile()
	h.add(e, phase)
}

func (h *history) hostile() string { return Hostile[h.random.IntN(len(Hostile)-1)] } // the long one is for add

// away is the replica that traffic must go to in the end, or "".
func (h *history) away() string {
	if h.failedOver > h.other && h.failedOver > h.returned && h.latestAt > h.other && h.done {
		return h.latest
	}
	return ""
}

// home reports whether traffic must be at home in the end.
func (h *history) home() bool { return h.returned > h.failedOver }

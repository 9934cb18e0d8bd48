package simulation

import (
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
)

// writers and readers are how many clients there are, and thinkTime how long each waits on average.
const writers, readers, thinkTime = 5, 1, 3 * time.Second

// traffic is what the clients did.
type traffic struct {
	flying       map[topology.Role]int       // writes on their way to a Region or back
	arrived      map[topology.Role]time.Time // when the application was last at rest there
	acknowledged []commit
	ids          int
	writes       map[string]int // by result
	reads        map[string]int
}

func newTraffic() traffic {
	return traffic{flying: map[topology.Role]int{}, arrived: map[topology.Role]time.Time{}, writes: map[string]int{}, reads: map[string]int{}}
}

// client is one client. Its requests come one after the other.
type client struct {
	drawer

	w     *World
	slot  int
	newest commit // that it knows to be acknowledged
}

// Results of requests.
const (
	acknowledged = "acknowledged"
	refused      = "refused" // by the fence, with its word that nothing was done
	failed       = "failed"
	unknown      = "unknown"
)

// start lets all clients begin.
func (w *World) startClients() {
	for i := range writers + readers {
		c := &client{drawer: drawer{random(w.Seed, "client", i)}, w: w, slot: slotClients + i}
		act := c.write
		if i >= writers {
			act = c.read
		}
		w.clients.Go(func() { c.live(act) })
	}
}

// live acts until the world ends.
func (c *client) live(act func()) {
	for c.sleep(time.Duration(c.ExpFloat64() * float64(thinkTime))) {
		act()
	}
}

// sleep waits, and reports whether the world goes on.
func (c *client) sleep(d time.Duration) bool {
	time.Sleep(time.Until(wake(time.Now().Add(min(d, 10*thinkTime)), c.slot)))
	select {
	case <-c.w.over:
		return false
	default:
		return true
	}
}

// write writes something, and tries again with the same id unless it is known to be written.
func (c *client) write() {
	id := 0
	c.w.do(func(*awssim.State) {
		c.w.traffic.ids++
		id = c.w.traffic.ids
	})
	first := time.Now()
	for range 3 {
		result := c.send(id, first)
		if result == acknowledged || !c.sleep(time.Second) {
			return
		}
	}
}

// send sends a write through some location, and waits for the answer.
func (c *client) send(id int, first time.Time) (result string) {
	var role topology.Role
	location := c.IntN(len(locations))
	c.w.do(func(*awssim.State) {
		if origins := c.w.edge.views[location].route("POST"); origins != nil {
			role = origins[0]
			c.w.traffic.flying[role]++
		}
	})
	if role == "" {
		return c.record(refused, commit{})
	}
	there, back := c.latency()
	c.sleep(there)
	var written commit
	c.w.do(func(s *awssim.State) { written, result = c.w.execute(s, role, id, first) })
	c.sleep(back)
	c.w.do(func(s *awssim.State) {
		c.w.traffic.flying[role]--
		if !reachable(s, role) {
			result = unknown
		}
	})
	return c.record(result, written)
}

// latency is how long a request takes to get there and back: together less than the longest time that a request can take.
func (c *client) latency() (there, back time.Duration) {
	longest := c.w.Request - time.Millisecond
	if !c.chance(15) {
		longest = 300 * time.Millisecond
	}
	total := c.between(10*time.Millisecond, longest)
	there = c.between(0, total)
	return there, total - there
}

// execute carries out a write in a Region, if it can. One that is there already is not written again.
func (w *World) execute(s *awssim.State, role topology.Role, id int, first time.Time) (commit, string) {
	if !reachable(s, role) || !w.writable(s, role) {
		return commit{}, failed
	}
	log := w.data.logs[role]
	for i := len(log) - 1; i >= 0 && !log[i].at.Before(first); i-- {
		if log[i].id == id {
			return log[i], acknowledged
		}
	}
	done := commit{s.Now(), id, role}
	w.data.logs[role] = append(log, done)
	if !w.data.writes(role) {
		w.data.lost[id] = w.data.last // its promotion is not known here yet
	} else if lost, ok := w.data.lost[id]; ok && lost.to == role {
		delete(w.data.lost, id)
	}
	return done, acknowledged
}

// record notes the result of a write.
func (c *client) record(result string, written commit) string {
	c.w.do(func(*awssim.State) {
		c.w.traffic.writes[result]++
		if result == acknowledged {
			c.newest = written
			c.w.traffic.acknowledged = append(c.w.traffic.acknowledged, written)
		}
	})
	return result
}

// read reads through some location: whoever answers and is the writer must know the newest write that was acknowledged before.
func (c *client) read() {
	location := c.IntN(len(locations))
	c.w.do(func(s *awssim.State) {
		t := &c.w.traffic
		for _, role := range c.w.edge.views[location].route("GET") {
			if !reachable(s, role) || !readable(s, role) {
				continue
			}
			t.reads[fmt.Sprintf("by %s", role)]++
			if n := len(t.acknowledged); n > 0 && c.w.data.writes(role) {
				c.w.holds(s, role, t.acknowledged[n-1])
			}
			return
		}
		t.reads[failed]++
	})
}

// holds checks that a writer has a write that was acknowledged, unless a promotion has lost it, or it is of another writer, which only
// a detached cluster leaves.
func (w *World) holds(s *awssim.State, role topology.Role, c commit) {
	other := c.by != role && c.at.After(w.data.last.at)
	if _, lost := w.data.lost[c.id]; !lost && !other && !w.data.has(s, role, c) {
		w.fail("no acknowledged write is lost", "%s is the writer and does not have write %d of %s", role, c.id, w.since(c.at))
	}
}

package failover_test

import (
	"flag"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/simulation"
)

var (
	seeds = flag.Int("seeds", 200, "how many seeds the simulation runs")
	seed  = flag.Uint64("seed", 1, "the first seed")
)

func simulate(t *testing.T, seed uint64, trace bool) (r *simulation.Report) {
	synctest.Test(t, func(*testing.T) { r = simulation.Run(simulation.Draw(seed, time.Now()), trace, nil) })
	return r
}

func TestSimulation(t *testing.T) {
	start := time.Now()
	outcomes := map[string]int{}
	bad := map[string][]uint64{}
	var virtual time.Duration
	for i := range uint64(*seeds) {
		r := simulate(t, *seed+i, *seeds == 1)
		virtual += r.Lasted
		for _, o := range r.Outcomes {
			outcomes[string(r.Scenario.Operators[0].Request.Mode)+" "+string(o)]++
		}
		for _, v := range r.Violations {
			bad[v.Invariant] = append(bad[v.Invariant], *seed+i)
		}
		if *seeds == 1 {
			t.Log(r.Trace())
		}
	}
	t.Log(time.Since(start), virtual, outcomes)
	for k, v := range bad {
		t.Errorf("%s: %d %v", k, len(v), v[:min(len(v), 10)])
	}
}

package failover_test

import (
	"flag"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/warmstandby/warmstandby/internal/failover/simulation"
)

var (
	seeds = flag.Int("seeds", 300, "how many seeds TestSimulation runs")
	seed  = flag.Uint64("seed", 1, "the first of them")
)

// run runs a seed in a bubble of its own.
func run(t *testing.T, seed uint64, trace bool, change func(*simulation.Wiring)) (r *simulation.Report) {
	t.Helper()
	synctest.Test(t, func(*testing.T) {
		r = simulation.Run(simulation.Draw(seed, time.Now()), trace, change)
	})
	return r
}

// explain says what is wrong with a seed, how to run it alone, and what happened.
func explain(t *testing.T, seed uint64) string {
	t.Helper()
	r := run(t, seed, true, nil)
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d:\n", seed)
	for _, v := range r.Violations {
		fmt.Fprintf(&b, "  after %s: %s: %s\n", v.At, v.Invariant, v.Seen)
	}
	fmt.Fprintf(&b, "run it again with: go test ./internal/failover -run 'Simulation$' -seeds 1 -seed %d\n%s", seed, r.Trace())
	return b.String()
}

// maxExplained is how many seeds are explained.
const maxExplained = 3

// TestSimulation runs seeds, as many at a time as there are processors.
func TestSimulation(t *testing.T) {
	var next, bad atomic.Int64
	var mu sync.Mutex
	total := &simulation.Tally{}
	t.Run("seeds", func(t *testing.T) {
		for worker := range runtime.GOMAXPROCS(0) {
			t.Run(fmt.Sprint("worker ", worker), func(t *testing.T) {
				t.Parallel()
				tally := &simulation.Tally{}
				for i := next.Add(1) - 1; i < int64(*seeds); i = next.Add(1) - 1 {
					r := run(t, *seed+uint64(i), false, nil)
					tally.Add(r)
					if len(r.Violations) > 0 && bad.Add(1) <= maxExplained {
						t.Error(explain(t, *seed+uint64(i)))
					}
				}
				mu.Lock()
				defer mu.Unlock()
				total.Merge(tally)
			})
		}
	})
	if n := bad.Load(); n > 0 {
		t.Errorf("%d of %d seeds show that something does not hold", n, *seeds)
	}
	t.Logf("%s", total)
}

// TestSimulationIsReproducible runs seeds twice: everything that happens is the same, and at the same time.
func TestSimulationIsReproducible(t *testing.T) {
	for i := range uint64(40) {
		a, b := run(t, *seed+i, true, nil).Trace(), run(t, *seed+i, true, nil).Trace()
		if a == b {
			continue
		}
		was, is := strings.Split(a, "\n"), strings.Split(b, "\n")
		for n := range was {
			if n >= len(is) || was[n] != is[n] {
				t.Fatalf("seed %d differs in line %d:\n%s\n%s", *seed+i, n, was[n], is[min(n, len(is)-1)])
			}
		}
	}
}

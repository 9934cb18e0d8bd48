package simulation_test

import (
	"flag"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/warmstandby/warmstandby/internal/recovery/recoverytest"
	"github.com/warmstandby/warmstandby/internal/recovery/simulation"
)

var (
	seeds = flag.Int("seeds", 100, "how many seeds TestSimulation runs")
	seed  = flag.Uint64("seed", 1, "the first of them")
)

// template is the recovery stack's, with everything that one can have.
const template = "../../../test/testdata/ToDoMgmt-recovery.golden.json"

func read(t *testing.T) simulation.Stack {
	t.Helper()
	stack, err := simulation.Read(template)
	if err != nil {
		t.Fatal(err)
	}
	return stack
}

// run plays the history of a seed in a bubble of its own.
func run(t *testing.T, stack simulation.Stack, seed uint64, change func(*simulation.Wiring)) (r *simulation.Report) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var err error
		if r, err = stack.Run(t.Context(), recoverytest.New(seed), change); err != nil {
			t.Fatal(err)
		}
	})
	return r
}

// explain says what is wrong with a seed, and how to run it alone.
func explain(t *testing.T, r *simulation.Report) {
	t.Helper()
	for _, v := range r.Violations {
		t.Errorf("seed %d at %s: %s: %s", r.Seed, v.At, v.Invariant, v.Seen)
	}
	t.Errorf("run it again with: go test ./internal/recovery/simulation -run 'Simulation$' -seeds 1 -seed %d", r.Seed)
}

// maxExplained is how many seeds are explained.
const maxExplained = 3

// TestSimulation runs seeds, as many at a time as there are processors.
func TestSimulation(t *testing.T) {
	stack := read(t)
	var next, bad atomic.Int64
	var mu sync.Mutex
	var total simulation.Tally
	t.Run("seeds", func(t *testing.T) {
		for range runtime.GOMAXPROCS(0) {
			t.Run("worker", func(t *testing.T) {
				t.Parallel()
				for i := next.Add(1) - 1; i < int64(*seeds); i = next.Add(1) - 1 {
					r := run(t, stack, *seed+uint64(i), nil)
					mu.Lock()
					total.Add(r.Tally)
					mu.Unlock()
					if len(r.Violations) > 0 && bad.Add(1) <= maxExplained {
						explain(t, r)
					}
				}
			})
		}
	})
	if n := bad.Load(); n > 0 {
		t.Errorf("%d of %d seeds show that something does not hold", n, *seeds)
	}
	t.Logf("seeds %d to %d: %+v", *seed, *seed+uint64(*seeds)-1, total)
	if *seeds >= 100 && (total.Dropped == 0 || total.Effects == 0 || total.Moves == 0 || total.Failbacks == 0) {
		t.Error("the simulation proves nothing")
	}
}

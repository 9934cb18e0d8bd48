package simulation_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/internal/recovery/simulation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/automation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/sandbox"
)

// realSeeds is how many histories are played with real shells.
const realSeeds = 12

// TestRealShells plays histories on servers that have a real shell, and looks at the servers: each has one line of the script, and
// nothing that a hostile text asked for.
func TestRealShells(t *testing.T) {
	stack, effects := read(t), 0
	for i := range uint64(realSeeds) {
		dir := t.TempDir()
		r := run(t, stack, *seed+i, func(w *simulation.Wiring) { w.Shell = real{w.Shell, sandbox.NewMachines(dir)} })
		if len(r.Violations) > 0 {
			explain(t, r)
		}
		servers, err := os.ReadDir(dir)
		if err != nil || len(servers) != r.Effects {
			t.Errorf("seed %d: scripts ran on %d servers, want %d: %v", r.Seed, len(servers), r.Effects, err)
		}
		for _, server := range servers {
			check(t, r.Seed, filepath.Join(dir, server.Name()))
		}
		effects += r.Effects
	}
	if effects == 0 {
		t.Error("no script ran, which proves nothing")
	}
}

// check looks at a server.
func check(t *testing.T, seed uint64, server string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(server, "tmp", "hello.txt"))
	if err != nil || strings.Count(string(text), "\n") != 1 || !strings.HasPrefix(string(text), "Hello at time ") {
		t.Errorf("seed %d: /tmp/hello.txt of %s is %q: %v", seed, filepath.Base(server), text, err)
	}
	if files, err := os.ReadDir(filepath.Join(server, "tmp")); err != nil || len(files) != 1 {
		t.Errorf("seed %d: %s has more in /tmp: %v, %v", seed, filepath.Base(server), files, err)
	}
}

// real runs a script that the other shell takes for the runbook's, and that does not fail there, on a machine.
type real struct {
	automation.Shell

	machines *sandbox.Machines
}

func (r real) Run(ctx context.Context, instance string, s sandbox.Script) (sandbox.Result, error) {
	noted, err := r.Shell.Run(ctx, instance, s)
	if err != nil || noted.ExitCode != 0 {
		return noted, err
	}
	return r.machines.Run(ctx, instance, s)
}

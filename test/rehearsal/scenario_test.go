package rehearsal

import (
	"context"
	"encoding/json"
	"os"
	"testing"
	"time"

	runreport "github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/local"
	"github.com/warmstandby/warmstandby/internal/rehearsal/scenario"
)

// timeScale is how much faster than AWS scenarios are played.
const timeScale = 0.02

// options are those of the systems that scenarios are played on.
func options(kind database.Kind, seed uint64) rehearsal.Options {
	return rehearsal.Options{
		Functions: functions, Assembly: assembly, Database: string(kind), Listen: "127.0.0.1:0", Seed: seed, TimeScale: timeScale,
	}
}

// play plays a scenario on a system of its own, which has no problems.
func play(t *testing.T, name string, kind database.Kind, seed uint64) runreport.Report {
	t.Helper()
	r, problems := playOn(t, name, options(kind, seed), func(s rehearsal.System) rehearsal.System { return s })
	if problems.Any() {
		t.Errorf("AWS refused, or did not know: %+v", problems)
	}
	return r
}

// playOn plays a scenario on a system of its own, of which something can be made, and returns its problems, too.
func playOn(t *testing.T, name string, o rehearsal.Options, wrap func(rehearsal.System) rehearsal.System) (runreport.Report, rehearsal.Problems) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	s, ok := scenario.Find(name)
	if !ok {
		t.Fatalf("no scenario %s", name)
	}
	system, err := local.Start(ctx, o, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	r, err := scenario.Play(ctx, s, scenario.Options{
		System: wrap(system), Rate: 40, Seed: o.Seed, TimeScale: o.TimeScale, Progress: func(text string) { t.Log(time.Now().Format("05.000"), text) },
	})
	problems := system.Problems()
	if err != nil {
		if log, readErr := os.ReadFile(system.LogFile()); readErr == nil {
			t.Logf("log:\n%s", log[max(len(log)-20000, 0):])
		}
	}
	if err := system.Close(); err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r, problems
}

// held fails the test for everything that did not hold.
func held(t *testing.T, r runreport.Report) {
	t.Helper()
	for _, e := range r.Rehearsal.Verdict.Expectations {
		if e.Held {
			t.Logf("%s: %s", e.Must, e.Measured)
		} else {
			t.Errorf("%s: %s", e.Must, e.Measured)
		}
	}
	c := r.Rehearsal.Clients
	c.Lost.Writes = nil
	data, _ := json.MarshalIndent(c, "", " ")
	t.Logf("%s", data)
}

// Every scenario holds, with every database.
func TestScenarios(t *testing.T) {
	for _, s := range scenario.All() {
		for _, kind := range kinds() {
			t.Run(s.Name+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				held(t, play(t, s.Name, kind, 1))
			})
		}
	}
}

package rehearsal

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	runreport "github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/database"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
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
		System: wrap(system), Rate: 40, Seed: o.Seed, Progress: func(text string) { t.Log(time.Now().Format("05.000"), text) },
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

// measured fails the test for figures that are missing, or that do not agree with one another.
func measured(t *testing.T, r runreport.Report) {
	t.Helper()
	h := r.Rehearsal
	for kind, requests := range map[string]runreport.Requests{"reads": h.Clients.Reads, "writes": h.Clients.Writes} {
		succeeded, failed := 0, 0
		for _, by := range requests.AnsweredBy {
			succeeded, failed = succeeded+by.Succeeded, failed+by.Failed
		}
		if succeeded+failed != requests.Total || failed != requests.Failed() {
			t.Errorf("%s: by who answered, %d succeeded and %d failed; in all, %d of %d failed", kind, succeeded, failed, requests.Failed(), requests.Total)
		}
	}
	if h.Clients.Writes.Failures[history.Fenced] == 0 {
		t.Errorf("no write met the fence, but %v", h.Clients.Writes.Failures)
	}
	if len(h.Clients.Recoveries) == 0 || h.Clients.RTO == nil {
		t.Error("there is no recovery")
	}
	for _, recovery := range h.Clients.Recoveries {
		if recovery.Span.From != runreport.FromInterruption || recovery.Span.Seconds <= 0 {
			t.Errorf("got %+v, want a time from the interruption", recovery)
		}
	}
	if len(h.Promotions) < len(h.Clients.Recoveries) {
		t.Errorf("%d promotions in %d moves", len(h.Promotions), len(h.Clients.Recoveries))
	}
	seen := make(map[string]int)
	for _, p := range h.Propagations {
		seen[strings.Fields(p.Change)[0]]++
		if p.Seconds <= 0 || p.At.Before(h.Timeline.Start) {
			t.Errorf("propagation %+v", p)
		}
	}
	for _, change := range []string{"fence", "active", "release"} {
		if seen[change] < len(h.Clients.Recoveries) {
			t.Errorf("the propagation of %d changes of %s is known, of %d moves", seen[change], change, len(h.Clients.Recoveries))
		}
	}
	for _, c := range h.Calls {
		if c.WhileLost > 0 && (c.By == runreport.ByAutomation || c.Total < c.WhileLost) {
			t.Errorf("%+v went to a lost Region", c)
		}
	}
	for _, run := range append(h.Earlier, r) {
		if !run.Succeeded() {
			continue // refused, so that nobody was asked, or given up
		}
		if len(run.Approvals) == 0 || !run.Approvals[0].Approved || !strings.HasSuffix(run.Approvals[0].By, ":user/operator") || !strings.HasSuffix(run.StartedBy, ":user/operator") {
			t.Errorf("%s: started by %q, approved: %v", run.Mode, run.StartedBy, run.Approvals)
		}
	}
}

// Every scenario holds, with every database.
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, s := range scenario.All() {
		for _, kind := range kinds() {
			t.Run(s.Name+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				r := play(t, s.Name, kind, 1)
				held(t, r)
				measured(t, r)
			})
		}
	}
}

package dns_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/constructs/lifecycle"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
)

func TestFailoverAndBack(t *testing.T) {
	w := newWorld(t)
	w.must(end(app, lifecycle.Standby, 10), upsert("api2", lifecycle.Processing, 20), upsert("api2", lifecycle.Done, 21))
	w.atHome()
	report := w.must(end(app, lifecycle.Failover, 30))
	w.away("api2")
	if len(report.Changes) != 2 || report.Decisions[app] != dns.Move || report.Changes[0].From != homeAPI || !strings.Contains(w.log.String(), `"to":"198.51.100.1"`) {
		t.Errorf("report %+v, log %s", report, &w.log)
	}
	if got := w.route53.Values("*.example.com", "A"); got != "home.example.net" {
		t.Errorf("the other application's record is %s", got)
	}
	w.must(failback())
	w.atHome()
}

func TestWhatMovesNothing(t *testing.T) {
	for name, payload := range map[string]lifecycle.Event{
		"a start":             event(lifecycle.RecoveryStart, 30),
		"a test":              end(app, lifecycle.FailoverTest, 30),
		"a recovery point":    end(app, lifecycle.Standby, 30),
		"a phase to come":     end(app, "warm", 30),
		"another application": end("other", lifecycle.Failover, 30),
		"a resource":          upsert("api3", lifecycle.Done, 30),
		"a deletion": func() lifecycle.Event {
			e := event(lifecycle.ResourceDelete, 30)
			e.Detail.PrimaryResourceARN = api
			return e
		}(),
		"an end of nothing": event(lifecycle.RecoveryEnd, 30),
		"a resource of nothing": func() lifecycle.Event {
			e := upsert("x", lifecycle.Done, 30)
			e.Detail.PrimaryResourceARN = ""
			return e
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.must(upsert("api2", lifecycle.Done, 20))
			if payload.Type == lifecycle.RecoveryStart {
				payload.Detail.ApplicationRestorePhase = map[string]lifecycle.Phase{app: lifecycle.Failover}
			}
			batches := w.route53.Batches()
			if report := w.must(payload); len(report.Changes) > 0 || len(report.Decisions) == 0 || w.route53.Batches() != batches {
				t.Errorf("report %+v", report)
			}
			w.atHome()
		})
	}
}

func TestRepeatsChangeNothing(t *testing.T) {
	w := newWorld(t)
	w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 30))
	batches := w.route53.Batches()
	w.must(end(app, lifecycle.Failover, 30), upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 40), end(app, lifecycle.Failover, 35))
	if w.away("api2"); w.route53.Batches() != batches {
		t.Errorf("%d batches for repeats", w.route53.Batches()-batches)
	}
	w.must(failback(), failback())
	if w.atHome(); w.route53.Batches() != batches+1 {
		t.Errorf("%d batches for a repeated failback", w.route53.Batches()-batches)
	}
}

// Another try may replace what was recovered.
func TestAnotherTry(t *testing.T) {
	w := newWorld(t)
	w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 30), upsert("api3", lifecycle.Done, 40), upsert("api2", lifecycle.Done, 20))
	w.away("api2")
	w.must(end(app, lifecycle.Failover, 50))
	w.away("api3")
}

func TestOlderEventsNeverOverride(t *testing.T) {
	w := newWorld(t)
	w.must(end(app, lifecycle.Standby, 100), upsert("api2", lifecycle.Done, 90))
	if report := w.must(end(app, lifecycle.Failover, 95)); report.Decisions[app] != dns.Older {
		t.Errorf("report %+v", report)
	}
	w.atHome()
}

func TestResourcesThatAreNotReady(t *testing.T) {
	for name, tc := range map[string]struct {
		events []any
		want   string
	}{
		"not known":                 {nil, "no upsert event of this failover is known for " + api},
		"of the failover before":    {[]any{upsert("api2", lifecycle.Done, 5), end(app, lifecycle.Standby, 10)}, "no upsert event of this failover"},
		"in progress":               {[]any{upsert("api2", lifecycle.Processing, 20)}, `is "processing" and must be "done"`},
		"failed":                    {[]any{upsert("api2", lifecycle.Done, 20), upsert("api2", lifecycle.Failed, 21)}, `is "failed"`},
		"failed in the same second": {[]any{upsert("api2", lifecycle.Failed, 20), upsert("api2", lifecycle.Done, 20)}, `is "failed"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.must(tc.events...)
			w.fails(end(app, lifecycle.Failover, 30), tc.want)
			w.atHome() // all records of an application move, or none
			w.must(upsert("api9", lifecycle.Done, 25))
			w.away("api9") // the end is known, and waited for this
			w.must(end(app, lifecycle.Failover, 30))
			w.away("api9")
		})
	}
}

// After failback, another try must not move traffic; after the conclusion, a failover must.
func TestAfterFailback(t *testing.T) {
	w := newWorld(t)
	w.handler.Now = func() time.Time { return seconds(50) }
	w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 30), failback())
	w.fails(end(app, lifecycle.Failover, 60), "failback was done")
	if report := w.must(end(app, lifecycle.Failover, 30)); report.Decisions[app] != dns.Older {
		t.Errorf("report %+v", report)
	}
	w.atHome()
	w.must(end(app, lifecycle.Standby, 70), upsert("api3", lifecycle.Done, 80), end(app, lifecycle.Failover, 90))
	w.away("api3")
}

func TestDryRun(t *testing.T) {
	w := newWorld(t)
	w.handler.Plan.DryRun = true
	report := w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 30))
	if len(report.Changes) != 2 || !report.DryRun {
		t.Errorf("report %+v", report)
	}
	w.atHome()
}

func TestAnotherInvocationAtWork(t *testing.T) {
	w := newWorld(t)
	w.must(upsert("api2", lifecycle.Done, 20))
	if err := w.handler.Store.Acquire(t.Context(), "somebody", seconds(1_000_000), seconds(1_000_060)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.send(end(app, lifecycle.Failover, 30)); !errors.Is(err, dns.ErrBusy) {
		t.Errorf("error %v", err)
	}
	w.must(upsert("api3", lifecycle.Done, 25)) // needs no lease
	w.handler.Now = func() time.Time { return seconds(1_000_061) }
	w.must(end(app, lifecycle.Failover, 30))
	w.away("api3")
}

// Whatever fails, and wherever, the same event again brings the records where they belong.
func TestFaults(t *testing.T) {
	failed := 0
	for n := range 20 {
		w := newWorld(t)
		w.must(upsert("api2", lifecycle.Done, 20))
		calls := 0
		fault := func(string, bool) error {
			if calls++; calls == n+1 {
				return errors.New("throttled")
			}
			return nil
		}
		w.dynamoDB.Fault, w.route53.Fault = fault, fault
		_, first := w.send(end(app, lifecycle.Failover, 30))
		w.dynamoDB.Fault, w.route53.Fault = nil, nil
		w.handler.Now = func() time.Time { return seconds(1_000_100) } // the lease of one that failed has ended
		_, second := w.send(end(app, lifecycle.Failover, 30))
		if first != nil {
			failed++
		}
		if w.away("api2"); second != nil || first != nil && !strings.Contains(first.Error(), "throttled") {
			t.Errorf("fault %d: %v, then %v", n, first, second)
		}
	}
	if failed < 10 {
		t.Errorf("only %d of the faults were hit", failed)
	}
}

func TestBadPayloads(t *testing.T) {
	for payload, want := range map[string]string{
		``:                                      "the event must be a JSON object",
		`[]`:                                    "the event must be a JSON object",
		`{}`:                                    "detail must be an object",
		`{"action":"failover"}`:                 `action must be "failback", got "failover"`,
		`{"action":5}`:                          `action must be "failback", got 5`,
		`{"action":"failback"}`:                 "application must be Arpio's id of an application, got ",
		`{"action":"failback","application":7}`: "application must be Arpio's id of an application, got 7",
		`{"action":"failback","application":"x"}`:                `application must be one of the plan's, got "x"`,
		`{"action":"failback","detail-type":"ArpioRecoveryEnd"}`: "has both action and detail-type",
		`{"detail-type":"ArpioRecoveryEnd","detail":{}}`:         "detail.event-id is missing",
		`{"detail":{"arpio-schema-version":"1"}}`:                "arpio-schema-version is not supported",
	} {
		w := newWorld(t)
		if _, err := w.handler.Handle(t.Context(), json.RawMessage(payload)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v lacks %q", payload, err, want)
		}
		w.atHome()
	}
}

func TestHostileEvents(t *testing.T) {
	for _, id := range []string{
		"", "evil.example.net/", "a.b", "x.evil.net.", "{recovery-region}", "${Token[x]}", "a b", "a\nb", "$(id)", `"`, "*", "-a", strings.Repeat("a", 64), "é", "\x00",
	} {
		w := newWorld(t)
		w.must(upsert(id, lifecycle.Done, 20))
		w.fails(end(app, lifecycle.Failover, 30), "{recovery-resource-id} must be letters, digits and hyphens")
		w.atHome()
	}
	w := newWorld(t)
	future := end(app, lifecycle.Standby, 0)
	future.Time = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	w.fails(future, "which is to come")
	w.must(upsert("api2", lifecycle.Done, 20), end(app, lifecycle.Failover, 30))
	w.away("api2")
}

package fault_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/fault"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// call is a call to an operation of RDS in us-east-1, so many seconds after noon.
func call(operation string, n, seconds int) fault.Call {
	return fault.Call{Service: "rds", Operation: operation, Region: "us-east-1", Caller: "c", N: n, At: noon.Add(time.Duration(seconds) * time.Second)}
}

func TestOutages(t *testing.T) {
	for _, test := range []struct {
		name    string
		outage  fault.Outage
		call    fault.Call
		outcome fault.Kind
	}{
		{"before", fault.Outage{Region: "us-east-1", From: noon}, call("DescribeDBClusters", 1, -1), fault.None},
		{"during", fault.Outage{Region: "us-east-1", From: noon, Until: noon.Add(time.Second)}, call("DescribeDBClusters", 1, 0), fault.Unreachable},
		{"after", fault.Outage{Region: "us-east-1", From: noon, Until: noon.Add(time.Second)}, call("DescribeDBClusters", 1, 1), fault.None},
		{"for good", fault.Outage{Region: "us-east-1", From: noon}, call("DescribeDBClusters", 1, 1e6), fault.Unreachable},
		{"elsewhere", fault.Outage{Region: "us-east-2", From: noon}, call("DescribeDBClusters", 1, 1), fault.None},
		{"of the control plane", fault.Outage{Region: "us-east-1", Plane: fault.ControlPlane}, call("DescribeDBClusters", 1, 1), fault.Unreachable},
		{"of the data plane", fault.Outage{Region: "us-east-1", Plane: fault.DataPlane}, call("DescribeDBClusters", 1, 1), fault.None},
		{
			"of the data plane, which is called",
			fault.Outage{Region: "us-east-1", Plane: fault.DataPlane},
			fault.Call{Service: "secretsmanager", Operation: "GetSecretValue", Region: "us-east-1"},
			fault.Unreachable,
		},
		{"of global services", fault.Outage{Region: fault.Global}, fault.Call{Service: "cloudfront-keyvaluestore", Operation: "GetKey", Region: fault.RegionOf("*")}, fault.Unreachable},
	} {
		equal(t, test.name, fault.Plan{Outages: []fault.Outage{test.outage}}.Decide(test.call).Kind, test.outcome)
	}
}

func TestRules(t *testing.T) {
	p := fault.Plan{MaxStale: time.Second, Rules: []fault.Rule{
		{Operation: "DescribeDBClusters", N: 2, Kind: fault.Throttled},
		{Operation: "DescribeDBClusters", N: 3, Kind: fault.Slow, Delay: time.Minute},
		{Service: "rds", Region: "us-east-1", Operation: "DeleteDBCluster", Kind: fault.Stale},
		{Operation: "DescribeDBInstances", Kind: fault.TimeoutAfter},
	}}
	equal(t, "first", p.Decide(call("DescribeDBClusters", 1, 0)), fault.Decision{})
	equal(t, "second", p.Decide(call("DescribeDBClusters", 2, 0)), fault.Decision{Kind: fault.Throttled, Delay: time.Second, Status: 400, Code: "Throttling", Message: "Rate exceeded"})
	equal(t, "third", p.Decide(call("DescribeDBClusters", 3, 0)), fault.Decision{Kind: fault.Slow, Delay: time.Minute})
	equal(t, "a write is not stale", p.Decide(call("DeleteDBCluster", 1, 0)).Kind, fault.Slow)
	equal(t, "time-out", p.Decide(call("DescribeDBInstances", 9, 0)), fault.Decision{Kind: fault.TimeoutAfter, Delay: time.Minute})
}

func TestBrownOut(t *testing.T) {
	rates := map[fault.Kind]float64{fault.Throttled: 0.2, fault.ServerError: 0.1, fault.Stale: 0.1}
	p := fault.Plan{Seed: 3, MaxStale: 5 * time.Second, BrownOuts: []fault.BrownOut{{Service: "rds", From: noon, Until: noon.Add(time.Minute), Rates: rates, Latency: time.Second}}}
	counts := map[fault.Kind]int{}
	const calls = 10_000
	for n := range calls {
		d := p.Decide(call("DescribeDBClusters", n, n%60))
		counts[d.Kind]++
		if d.Delay > time.Second || d.Age > 5*time.Second || (d.Kind == fault.Stale) != (d.Age > 0) {
			t.Fatalf("call %d: %+v", n, d)
		}
	}
	for k, rate := range rates {
		if got := float64(counts[k]) / calls; got < rate*0.85 || got > rate*1.15 {
			t.Errorf("%s: %.3f of calls, want about %.3f", k, got, rate)
		}
	}
	equal(t, "other kinds", counts[fault.TimeoutBefore]+counts[fault.Unreachable], 0)
	equal(t, "afterwards", p.Decide(call("DescribeDBClusters", 1, 60)), fault.Decision{})
}

func TestCallersDoNotDisturbOneAnother(t *testing.T) {
	plan := fault.Plan{Seed: 5, BrownOuts: []fault.BrownOut{{Rates: map[fault.Kind]float64{fault.Throttled: 0.5}}}}
	decisions := func(callers int) (mine []fault.Kind) {
		i := fault.NewInjector(plan)
		var others sync.WaitGroup
		for c := range callers {
			others.Go(func() {
				for range 1000 {
					i.Decide("rds", "DescribeDBClusters", "us-east-1", fmt.Sprint(c), noon)
				}
			})
		}
		for range 1000 {
			mine = append(mine, i.Decide("rds", "DescribeDBClusters", "us-east-1", "me", noon).Kind)
		}
		others.Wait()
		total := 0
		for _, c := range i.Counts() {
			total += c.Calls
		}
		equal(t, "counted", total, (callers+1)*1000)
		return mine
	}
	equal(t, "decisions", decisions(4), decisions(0))
}

func TestCallersAreNotAlike(t *testing.T) {
	plan := fault.Plan{Seed: 5, BrownOuts: []fault.BrownOut{{Rates: map[fault.Kind]float64{fault.Throttled: 0.5}}}}
	alike := 0
	for n := range 1000 {
		one, other := call("DescribeDBClusters", n, 0), call("DescribeDBClusters", n, 0)
		other.Caller = "another"
		if plan.Decide(one) == plan.Decide(other) {
			alike++
		}
	}
	if alike < 400 || alike > 600 {
		t.Errorf("%d of 1000 decisions are alike, want about half", alike)
	}
}

// TestCalls counts by caller, and what came while the Region was lost.
func TestCalls(t *testing.T) {
	i := fault.NewInjector(fault.Plan{Outages: []fault.Outage{{Region: "us-east-1", From: noon, Until: noon.Add(time.Minute)}}})
	for _, c := range []struct {
		service, region, caller string
		seconds                 int
	}{{"rds", "us-east-1", "mover", -1}, {"rds", "us-east-1", "mover", 1}, {"rds", "us-east-1", "mover", 2}, {"rds", "us-east-1", "operator", 3}, {"rds", "us-east-1", "mover", 60}, {"rds", "us-east-2", "mover", 1}, {"lambda", "us-east-2", "mover", 1}} {
		i.Decide(c.service, "Describe", c.region, c.caller, noon.Add(time.Duration(c.seconds)*time.Second))
	}
	equal(t, "calls", i.Calls(), []fault.Called{
		{"lambda", "Describe", "us-east-2", "mover", 1, 0},
		{"rds", "Describe", "us-east-1", "mover", 4, 2},
		{"rds", "Describe", "us-east-1", "operator", 1, 1},
		{"rds", "Describe", "us-east-2", "mover", 1, 0},
	})
}

func TestNilInjector(t *testing.T) {
	var i *fault.Injector
	equal(t, "decision", i.Decide("rds", "DescribeDBClusters", "us-east-1", "c", noon), fault.Decision{})
}

func TestRandom(t *testing.T) {
	space := fault.Space{Regions: []string{"us-east-1", "us-east-2"}, Operations: []string{"DescribeGlobalClusters"}, From: noon, Length: time.Hour}
	outages, brownOuts, rules, planes := map[int]int{}, map[int]int{}, map[int]int{}, map[fault.Plane]int{}
	for seed := range uint64(500) {
		p := fault.Random(seed, space)
		equal(t, "the same seed", fault.Random(seed, space), p)
		outages[len(p.Outages)]++
		brownOuts[len(p.BrownOuts)]++
		rules[len(p.Rules)]++
		for _, o := range p.Outages {
			planes[o.Plane]++
			equal(t, "begins in time", o.From.Before(noon) || o.From.After(noon.Add(time.Hour)), false)
			equal(t, "ends after it begins", o.Until.IsZero() || o.Until.After(o.From), true)
		}
		for _, b := range p.BrownOuts {
			sum := 0.0
			for k, r := range b.Rates {
				sum += r
				equal(t, "kind", k > fault.None && k < fault.Unreachable, true)
			}
			equal(t, "rates", sum <= 0.3, true)
		}
	}
	equal(t, "numbers", []int{len(outages), len(brownOuts), len(rules), len(planes)}, []int{3, 4, 4, 3})
}

func TestFates(t *testing.T) {
	plan := fault.Plan{Seed: 1, Fates: fault.Fates{Hang: 0.3, Fail: 0.3}}
	seen := map[awssim.Fate]int{}
	for n := range 1000 {
		seen[plan.Fate(awssim.Move{GlobalCluster: "g", N: n})]++
	}
	equal(t, "fates", len(seen), 1+4+3) // nothing can fail in the last phase
	equal(t, "without", fault.Plan{}.Fate(awssim.Move{}), awssim.Fate{})
}

func TestApply(t *testing.T) {
	cloud := awssim.New(awssim.Options{Account: "123456789012", Clock: func() time.Time { return noon }})
	cloud.Do(fault.Plan{Outages: []fault.Outage{
		{Region: "a", From: noon},
		{Region: "b", From: noon, Plane: fault.ControlPlane},
		{Region: "c", From: noon, Plane: fault.DataPlane},
		{Region: "d", From: noon.Add(time.Second)},
		{Region: "e", From: noon.Add(-time.Hour), Until: noon},
		{Region: fault.Global},
	}}.Apply)
	cloud.Do(func(s *awssim.State) {
		reach := ""
		for _, region := range []string{"a", "b", "c", "d", "e", fault.Global} {
			if s.Reachable(region) {
				reach += region
			}
		}
		equal(t, "reachable", reach, "bde"+fault.Global)
	})
}

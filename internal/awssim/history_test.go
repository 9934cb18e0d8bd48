package awssim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func TestAsOf(t *testing.T) {
	w := newWorld(t, func(o *awssim.Options) { o.History = 10 * time.Second })
	wantCode(t, "switchover", w.switchover(primary, standby), "")
	w.after(9, nothing) // all changes until then happen now
	for seconds, want := range map[int]string{
		0: "switching-over pending pri:writer secd:connected",
		2: "switching-over switching-over pri:writer secd:connected",
		7: "switching-over switching-over pri:pending-resync secd:writer",
	} {
		w.cloud.AsOf(noon.Add(time.Duration(seconds) * time.Second)).Do(func(s *awssim.State) {
			equal(t, fmt.Sprint("after ", seconds), look(s)[:len(want)], want)
			equal(t, "clock", s.Now(), noon.Add(time.Duration(seconds)*time.Second))
			s.Region(primary).DBClusters.Delete("pri")
		})
	}
	w.after(0, func(s *awssim.State) { equal(t, "clusters", s.Region(primary).DBClusters.Len(), 1) })
	w.after(100, nothing)
	w.cloud.AsOf(noon).Do(func(s *awssim.State) { equal(t, "no longer kept", s.GlobalClusters.Values()[0].Status, "available") })
	w.cloud.AsOf(noon).Do(func(s *awssim.State) { equal(t, "in progress", s.GlobalClusters.Values()[0].FailoverState, nil) })
}

func TestHistoryIsNotDisturbedByLaterChanges(t *testing.T) {
	w := newWorld(t, func(o *awssim.Options) { o.History = time.Hour })
	for i := range 50 {
		w.after(1, func(s *awssim.State) {
			r := s.Region(primary)
			r.PutParameter(awssim.Parameter{Name: "p", Value: fmt.Sprint(i)})
			r.PutMetric(awssim.MetricID{Namespace: "n", Name: "m"}, float64(i), "Count")
		})
	}
	for i := range 50 {
		w.cloud.AsOf(noon.Add(time.Duration(i+1) * time.Second)).Do(func(s *awssim.State) {
			p, _ := s.Region(primary).Parameters.Get("p")
			equal(t, "parameter", p.Value, fmt.Sprint(i))
			equal(t, "data", len(s.Region(primary).Metric(awssim.MetricID{Namespace: "n", Name: "m"}).Data), i+1)
		})
	}
}

func TestItemsAt(t *testing.T) {
	seen := func(delay awssim.Range) (changes map[string]int) {
		w := newWorld(t, func(o *awssim.Options) { o.EdgeDelay = delay })
		var k awssim.KeyValueStore
		w.do(func(s *awssim.State) {
			k = s.CreateKeyValueStore(awssim.KeyValueStore{Name: "k", Items: map[string]string{"active": "pri"}})
			var err error
			k, err = s.UpdateKeys(k.ARN, k.ETag, map[string]string{"active": "secd"}, nil)
			wantCode(t, "update", err, "")
			equal(t, "the API's", k.Items["active"], "secd")
		})
		changes = map[string]int{}
		for second := range 61 {
			w.do(func(s *awssim.State) {
				for _, location := range []string{"FRA", "IAD", "NRT"} {
					if s.ItemsAt(k.ARN, location)["active"] == "pri" {
						changes[location] = second + 1
					}
				}
				equal(t, "none", len(s.ItemsAt("none", "FRA")), 0)
			})
			w.now = w.now.Add(time.Second)
		}
		return changes
	}
	equal(t, "without delay", seen(awssim.Range{}), map[string]int{})
	first := seen(awssim.Range{Min: time.Second, Max: time.Minute})
	equal(t, "the same seed", seen(awssim.Range{Min: time.Second, Max: time.Minute}), first)
	if len(first) != 3 || first["FRA"] == first["IAD"] && first["IAD"] == first["NRT"] || first["FRA"] > 60 {
		t.Errorf("locations change after %v seconds, want 1 to 60, each its own", first)
	}
}

func TestEdgesForgetWhatNobodySees(t *testing.T) {
	w := newWorld(t, func(o *awssim.Options) { o.EdgeDelay = awssim.Range{Min: time.Second, Max: 5 * time.Second} })
	var k awssim.KeyValueStore
	w.do(func(s *awssim.State) { k = s.CreateKeyValueStore(awssim.KeyValueStore{Name: "k"}) })
	last := -1
	for i := range 100 {
		w.after(1, func(s *awssim.State) {
			k, _ = s.UpdateKeys(k.ARN, k.ETag, map[string]string{"n": fmt.Sprint(i)}, nil)
			var n int
			_, _ = fmt.Sscan(s.ItemsAt(k.ARN, "FRA")["n"], &n) // there is none at first
			if n < last || n < i-5 || n > i {
				t.Errorf("at %d the location knows %d, after %d", i, n, last)
			}
			last = n
		})
	}
}

func TestMetricsAreBounded(t *testing.T) {
	w := newWorld(t)
	id := awssim.MetricID{Namespace: "n", Name: "m"}
	w.do(func(s *awssim.State) {
		for i := range 50_000 {
			s.Region(primary).PutMetric(id, float64(i), "Count")
		}
		data := s.Region(primary).Metric(id).Data
		equal(t, "bounded", len(data) <= 24_000, true)
		equal(t, "last", data[len(data)-1].Values[0].Value, 49_999.0)
	})
}

package local

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/edgejs"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/cloudfront"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// edgeStore reads a store as the edge knows it.
type edgeStore struct {
	cloud *awssim.Cloud
	arn   string
}

func (e edgeStore) Get(_ context.Context, key string) (value string, found bool, err error) {
	e.cloud.Do(func(s *awssim.State) { value, found = s.ItemsAt(e.arn, cloudfront.EdgeLocation)[key] })
	return value, found, nil
}

// world is an edge whose store takes from one to nine seconds to be known, and that is read ten times a second.
type world struct {
	*system

	t     *testing.T
	arn   string
	store edgejs.Store
	began time.Time
}

func newWorld(t *testing.T) *world {
	s := &system{
		application: endpoints.Application{Primary: "us-east-1", Secondary: "us-east-2"},
		cloud:       awssim.New(awssim.Options{Account: "123456789012", Seed: 1, EdgeDelay: edgeDelay}),
	}
	s.changes = newChanges(s.now)
	w := &world{system: s, t: t, began: time.Now()}
	s.cloud.Do(func(state *awssim.State) { w.arn = state.CreateKeyValueStore(awssim.KeyValueStore{Name: "edge"}).ARN })
	w.store = s.watchStores(map[string]edgejs.Store{w.arn: edgeStore{s.cloud, w.arn}})[w.arn]
	return w
}

func (w *world) update(puts map[string]string, deletes ...string) {
	w.t.Helper()
	w.cloud.Do(func(s *awssim.State) {
		store, _ := s.KeyValueStores.Get(w.arn)
		if _, err := s.UpdateKeys(w.arn, store.ETag, puts, deletes); err != nil {
			w.t.Error(err)
		}
	})
}

// serve has requests read the store for a time.
func (w *world) serve(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		for _, key := range []string{topology.FenceKey, topology.ActiveKey} {
			if _, _, err := w.store.Get(w.t.Context(), key); err != nil {
				w.t.Error(err)
			}
		}
	}
}

// TestChanges are seen by the first request that the edge serves after it has learnt of them, and a lease is none of them.
func TestChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.update(map[string]string{topology.FenceKey: "run", topology.LeaseKey: "a"})
		w.update(map[string]string{topology.FenceKey: "run", topology.LeaseKey: "b"}) // a fence is a fence
		w.serve(10 * time.Second)
		w.update(map[string]string{topology.ActiveKey: string(topology.Secondary)})
		w.serve(10 * time.Second)
		w.update(nil, topology.FenceKey)
		time.Sleep(20 * time.Second) // nobody asks
		w.serve(time.Second)

		var got []string
		for _, c := range w.Changes() {
			got = append(got, c.What+" "+c.Region+" "+c.At.Sub(w.began).String())
			if took := c.Seen.Sub(c.At); c.What != rehearsal.Release && (took < edgeDelay.Min || took > edgeDelay.Max+100*time.Millisecond) {
				t.Errorf("%s took %s", c.What, took)
			} else if c.What == rehearsal.Release && took != 20*time.Second {
				t.Errorf("the release was seen after %s although nobody asked for twenty seconds", took)
			}
		}
		if diff := cmp.Diff([]string{"fence  0s", "active Region us-east-2 10s", "release  20s"}, got); diff != "" {
			t.Errorf("changes (-want +got):\n%s", diff)
		}
	})
}

// TestOvertaken is a change that another one follows before any request was served by it.
func TestOvertaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.update(map[string]string{topology.ActiveKey: string(topology.Secondary)})
		w.update(map[string]string{topology.ActiveKey: string(topology.Primary)})
		w.serve(10 * time.Second)
		all := w.Changes()
		if len(all) != 2 || !all[0].Seen.IsZero() || all[1].Seen.IsZero() || all[1].Region != "us-east-1" {
			t.Errorf("got %+v", all)
		}
	})
}

// TestChangesOfDistribution are those that people make with UpdateDistribution and CreateInvalidation.
func TestChangesOfDistribution(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var d awssim.Distribution
		w.cloud = awssim.New(awssim.Options{Account: "123456789012", Seed: 1, Timing: awssim.DefaultTiming()})
		w.cloud.Do(func(s *awssim.State) { d = s.CreateDistribution(awssim.Distribution{}) })
		e, err := newEdge(w.cloud, w.changes, d.ID, func(awssim.DistributionConfig) (*cloudfront.Distribution, error) {
			return &cloudfront.Distribution{}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.cloud.Do(func(s *awssim.State) {
			_, err = s.UpdateDistribution(d.ID, d.ETag, d.Config)
			if err == nil {
				_, err = s.CreateInvalidation(d.ID, awssim.InvalidationBatch{Paths: awssim.Items[awssim.InvalidationPath]{"/*"}, CallerReference: "1"})
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if all := w.Changes(); len(all) != 1 || !all[0].Seen.IsZero() {
			t.Errorf("at once: %+v", all)
		}
		for range 301 {
			time.Sleep(time.Second)
			e.now()
		}
		all := w.Changes()
		if len(all) != 2 {
			t.Fatalf("got %+v", all)
		}
		for _, c := range all {
			if took := c.Seen.Sub(c.At); !c.At.Equal(w.began) || took < time.Minute || took > 5*time.Minute+time.Second {
				t.Errorf("%s at %s, seen after %s", c.What, c.At, took)
			}
		}
	})
}

package failover_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	kvs "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore"
	kvstypes "github.com/aws/aws-sdk-go-v2/service/cloudfrontkeyvaluestore/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/constructs/regioncheck"
	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/failover"
	"github.com/warmstandby/warmstandby/internal/failover/simulation"
)

// mutants are engines whose guards do not work, because what they rely on lies or is set wrongly.
var mutants = []struct {
	name  string
	does  func(*simulation.Wiring)
	finds string // the invariant that does not hold then
}{
	{"versions of the store are ignored", func(w *simulation.Wiring) { w.IgnoreVersions = true }, "a run without the lease changes nothing at the edge"},
	{"other runs' leases are not seen", solitary, "a run without the lease changes nothing at the edge"},
	{"the edge is taken to know at once", func(w *simulation.Wiring) { w.Engine.Document.Edge.SettleSeconds = 0 }, "no write is routed to a Region whose cluster is not the writer"},
	{"nothing is drained", drain(0), "nothing is in flight at a planned move"},
	{"requests take longer than is known", drain(1), "nothing is in flight at a planned move"},
	{"the fence is not there, though it is shown", loses(topology.FenceKey), "no write is routed to a Region whose cluster is not the writer"},
	{"the active Region is not changed, though it is shown", loses(topology.ActiveKey), "no write is routed to a Region whose cluster is not the writer"},
	{"what was asked for is taken not to happen soon", func(w *simulation.Wiring) { w.Engine.Settings.Stale = 0 }, "results are true"},
	{"a promotion is shown early, and checks succeed", func(w *simulation.Wiring) { early(w); credulous(w) }, "no write is routed to a Region whose cluster is not the writer"},
	{"checks succeed", credulous, "writes are let through again only after one has succeeded"},
	{"a failover looks at the Region that it leaves", exchanged, "a failover calls nothing in the Region that it leaves"},
	{"a switchover is a failover", hasty, "a planned move loses no acknowledged write"},
	{"the lag is shown as nothing", punctual, "nothing is lost that is older than the lag reported"},
	{"polls are frequent", func(w *simulation.Wiring) { w.Engine.Settings.Poll /= 10 }, "nothing is polled more than once a second"},
	{"arrival is not seen", restless, "moving again changes nothing"},
}

// mostSeeds is how many seeds it may take.
const mostSeeds = 1500

func TestMutants(t *testing.T) {
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(mostSeeds) {
				for _, v := range run(t, seed, false, m.does).Violations {
					if v.Invariant == m.finds {
						t.Logf("seed %d: %s: %s", seed, v.Invariant, v.Seen)
						return
					}
				}
			}
			t.Errorf("%d seeds show nothing", mostSeeds)
		})
	}
}

// drain sets how long requests are taken to take.
func drain(seconds int) func(*simulation.Wiring) {
	return func(w *simulation.Wiring) {
		for role, site := range w.Engine.Document.Regions {
			site.RequestSeconds = seconds
			w.Engine.Document.Regions[role] = site
		}
	}
}

// forgetful is a store that shows a key as it was put, and does not have it.
type forgetful struct {
	failover.KeyValueStore

	key, value string
}

func loses(key string) func(*simulation.Wiring) {
	return func(w *simulation.Wiring) {
		store := &forgetful{KeyValueStore: w.Engine.Clients.Edge, key: key}
		w.Engine.Clients.Edge = store
		if key == topology.FenceKey {
			w.Engine.Clients.HTTP = closed{w.Engine.Clients.HTTP, store}
		}
	}
}

func (f *forgetful) UpdateKeys(ctx context.Context, in *kvs.UpdateKeysInput, o ...func(*kvs.Options)) (*kvs.UpdateKeysOutput, error) {
	kept := *in
	kept.Puts, kept.Deletes = nil, nil
	value := f.value
	for _, p := range in.Puts {
		if *p.Key == f.key {
			value = *p.Value
		} else {
			kept.Puts = append(kept.Puts, p)
		}
	}
	for _, d := range in.Deletes {
		if *d.Key == f.key && f.value != "" {
			value = ""
		} else {
			kept.Deletes = append(kept.Deletes, d)
		}
	}
	out, err := f.KeyValueStore.UpdateKeys(ctx, &kept, o...)
	if err == nil {
		f.value = value
	}
	return out, err
}

func (f *forgetful) ListKeys(ctx context.Context, in *kvs.ListKeysInput, o ...func(*kvs.Options)) (*kvs.ListKeysOutput, error) {
	out, err := f.KeyValueStore.ListKeys(ctx, in, o...)
	if err == nil && f.value != "" {
		out.Items = append(out.Items, kvstypes.ListKeysResponseListItem{Key: &f.key, Value: &f.value})
	}
	return out, err
}

// closed answers writes as if the fence was there that the store shows.
type closed struct {
	failover.Doer

	store *forgetful
}

func (c closed) Do(r *http.Request) (*http.Response, error) {
	response, err := c.Doer.Do(r)
	if err == nil && r.Method == http.MethodPost && c.store.value != "" {
		response.Header.Set(topology.FencedHeader, "1")
	}
	return response, err
}

// regional replaces the clients of all Regions.
func regional(w *simulation.Wiring, change func(region string, c *failover.Regional)) {
	clients := maps.Clone(w.Engine.Clients.Regions)
	for region, c := range clients {
		change(region, &c)
		clients[region] = c
	}
	w.Engine.Clients.Regions = clients
}

// early shows what is in progress as done.
func early(w *simulation.Wiring) {
	regional(w, func(_ string, c *failover.Regional) { c.RDS = earlyRDS{c.RDS} })
}

type earlyRDS struct{ failover.RDS }

func (e earlyRDS) DescribeGlobalClusters(ctx context.Context, in *rds.DescribeGlobalClustersInput, o ...func(*rds.Options)) (*rds.DescribeGlobalClustersOutput, error) {
	out, err := e.RDS.DescribeGlobalClusters(ctx, in, o...)
	if err != nil || out.GlobalClusters[0].FailoverState == nil {
		return out, err
	}
	g := &out.GlobalClusters[0]
	for i, m := range g.GlobalClusterMembers {
		g.GlobalClusterMembers[i].IsWriter = aws.Bool(*m.DBClusterArn == *g.FailoverState.ToDbClusterArn)
	}
	g.FailoverState, g.Status = nil, aws.String("available")
	return out, nil
}

// credulous lets every check succeed as a writer's.
func credulous(w *simulation.Wiring) {
	regional(w, func(region string, c *failover.Regional) { c.Lambda = yes{c.Lambda, region} })
}

type yes struct {
	failover.Lambda

	region string
}

func (y yes) Invoke(ctx context.Context, in *lambda.InvokeInput, o ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	out, err := y.Lambda.Invoke(ctx, in, o...)
	if err == nil {
		out.FunctionError, out.Payload = nil, []byte(`{"region":"`+y.region+`","role":"`+regioncheck.Writer+`"}`)
	}
	return out, err
}

// exchanged asks the other Region.
func exchanged(w *simulation.Wiring) {
	d := w.Engine.Document.Regions
	a, b := d[topology.Primary].Region, d[topology.Secondary].Region
	clients := w.Engine.Clients.Regions
	w.Engine.Clients.Regions = map[string]failover.Regional{a: clients[b], b: clients[a]}
}

// hasty promotes with data loss allowed, in the target's Region.
func hasty(w *simulation.Wiring) {
	others := maps.Clone(w.Engine.Clients.Regions)
	regional(w, func(region string, c *failover.Regional) {
		for other := range others {
			if other != region {
				c.RDS = hastyRDS{c.RDS, others[other].RDS}
			}
		}
	})
}

type hastyRDS struct {
	failover.RDS

	other failover.RDS
}

func (h hastyRDS) SwitchoverGlobalCluster(ctx context.Context, in *rds.SwitchoverGlobalClusterInput, o ...func(*rds.Options)) (*rds.SwitchoverGlobalClusterOutput, error) {
	_, err := h.other.FailoverGlobalCluster(ctx, &rds.FailoverGlobalClusterInput{
		GlobalClusterIdentifier: in.GlobalClusterIdentifier, TargetDbClusterIdentifier: in.TargetDbClusterIdentifier, AllowDataLoss: aws.Bool(true),
	}, o...)
	return &rds.SwitchoverGlobalClusterOutput{}, err
}

// punctual shows no lag.
func punctual(w *simulation.Wiring) {
	regional(w, func(_ string, c *failover.Regional) { c.CloudWatch = noLag{c.CloudWatch} })
}

type noLag struct{ failover.CloudWatch }

func (n noLag) GetMetricData(ctx context.Context, in *cloudwatch.GetMetricDataInput, o ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error) {
	out, err := n.CloudWatch.GetMetricData(ctx, in, o...)
	if err == nil {
		for _, r := range out.MetricDataResults {
			for i := range r.Values {
				r.Values[i], r.Timestamps[i] = 0, *in.EndTime
			}
		}
	}
	return out, err
}

// solitary does not see the leases of other runs.
func solitary(w *simulation.Wiring) {
	w.Engine.Clients.Edge = hiding{w.Engine.Clients.Edge, func(item kvstypes.ListKeysResponseListItem) bool {
		return *item.Key == topology.LeaseKey && !strings.Contains(*item.Value, `"`+w.Run+`"`)
	}}
}

// restless does not see that the secondary Region is the active one.
func restless(w *simulation.Wiring) {
	if strings.HasSuffix(w.Run, "-again") {
		w.Engine.Clients.Edge = hiding{w.Engine.Clients.Edge, func(item kvstypes.ListKeysResponseListItem) bool {
			return *item.Key == topology.ActiveKey
		}}
	}
}

// hiding is a store that does not show some keys.
type hiding struct {
	failover.KeyValueStore

	hides func(kvstypes.ListKeysResponseListItem) bool
}

func (h hiding) ListKeys(ctx context.Context, in *kvs.ListKeysInput, o ...func(*kvs.Options)) (*kvs.ListKeysOutput, error) {
	out, err := h.KeyValueStore.ListKeys(ctx, in, o...)
	if err == nil {
		out.Items = slices.DeleteFunc(out.Items, h.hides)
	}
	return out, err
}

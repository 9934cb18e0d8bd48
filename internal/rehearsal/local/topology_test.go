package local

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// deployedTopology is a topology as a template has it.
func deployedTopology(settle, promote int) topology.Document {
	site := func(region string) topology.Site {
		return topology.Site{
			Region: region, ClusterArn: "arn:aws:rds:" + region + ":123456789012:cluster:shop", Proxy: "shop", CheckFunction: "shop-Health",
			RequestSeconds: 10, Pipeline: "shop", ReportBucket: "reports-" + region,
		}
	}
	return topology.Document{
		Version: topology.DocumentVersion, Application: "shop", GlobalCluster: "shop", PromoteSeconds: promote,
		Edge: topology.Edge{
			StoreArn: "arn:aws:cloudfront::123456789012:key-value-store/store", URL: "http://127.0.0.1:1", HealthPath: "/health", SettleSeconds: settle,
		},
		Regions: map[topology.Role]topology.Site{topology.Primary: site("us-east-1"), topology.Secondary: site("us-east-2")},
	}
}

func TestScaledTopology(t *testing.T) {
	tests := map[string]struct {
		scale                             float64
		settle, promote                   int // as deployed
		wantSettle, wantRequest, wantGone int
	}{
		"quick":                      {0.02, 30, 0, 1, 1, 15}, // 9.9 s at most, and 5 s
		"a little quicker than AWS":  {0.5, 30, 0, 15, 5, 253},
		"rounded up":                 {0.07, 30, 0, 3, 1, 40},
		"no time at all":             {0, 30, 0, 1, 1, 5},
		"given up sooner":            {0.5, 30, 60, 15, 5, 60},
		"an edge that knows at once": {0.02, 0, 0, 0, 1, 15},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			deployed := deployedTopology(tt.settle, tt.promote)
			want := deployedTopology(tt.wantSettle, tt.wantGone)
			for role, site := range want.Regions {
				site.RequestSeconds = tt.wantRequest
				want.Regions[role] = site
			}
			text, err := json.Marshal(deployed)
			if err != nil {
				t.Fatal(err)
			}
			scaled, err := scaledTopology(string(text), tt.scale)
			if err != nil {
				t.Fatal(err)
			}
			got, err := topology.ParseDocument(scaled)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// Each Region's parameter is scaled, at AWS's own speed none is, and what is no topology is said.
func TestScaleTopology(t *testing.T) {
	text, err := json.Marshal(deployedTopology(30, 0))
	if err != nil {
		t.Fatal(err)
	}
	start := func(scale float64, value string) (*system, error) {
		s := &system{
			options: rehearsal.Options{TimeScale: scale}, cloud: awssim.New(awssim.Options{Account: "123456789012"}),
			application: endpoints.Application{Name: "shop", Primary: "us-east-1", Secondary: "us-east-2"},
		}
		s.cloud.Do(func(state *awssim.State) {
			for _, region := range s.application.Regions() {
				state.Region(region).PutParameter(awssim.Parameter{Name: "/shop/topology", Value: value})
				state.Region(region).PutParameter(awssim.Parameter{Name: "/shop/other", Value: value})
			}
		})
		return s, s.scaleTopology()
	}
	for scale, settle := range map[float64]int{0.02: 1, 1: 30} {
		s, err := start(scale, string(text))
		if err != nil {
			t.Fatal(err)
		}
		s.cloud.Do(func(state *awssim.State) {
			for _, region := range s.application.Regions() {
				p, _ := state.Region(region).Parameters.Get("/shop/topology")
				d, err := topology.ParseDocument(p.Value)
				if err != nil || d.Edge.SettleSeconds != settle {
					t.Errorf("at %g in %s: %d s, %v, want %d s", scale, region, d.Edge.SettleSeconds, err, settle)
				}
				if p, _ := state.Region(region).Parameters.Get("/shop/other"); p.Value != string(text) {
					t.Errorf("%s in %s has changed", p.Name, region)
				}
			}
		})
	}
	if _, err := start(0.02, "{}"); err == nil || !strings.Contains(err.Error(), "parameter /shop/topology in us-east-1: topology: version must be") {
		t.Errorf("got %v of what is no topology", err)
	}
}

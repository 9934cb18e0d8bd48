package failoverpipeline

import (
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

func validSite(region string) topology.Site {
	return topology.Site{
		Region: region, ClusterArn: "arn:aws:rds:" + region + ":123456789012:cluster:shop", Proxy: "shop", CheckFunction: "check",
		RequestSeconds: 10, Pipeline: "shop", ReportBucket: "shop-reports",
	}
}

func valid() Props {
	return Props{
		Activates: topology.Secondary, TopologyParameterName: "/shop/secd/topology",
		Document: topology.Document{
			Version: 1, Application: "Shop", GlobalCluster: "shop",
			Edge:    topology.Edge{StoreArn: someStore, URL: someURL, HealthPath: "/health"},
			Regions: map[topology.Role]topology.Site{topology.Primary: validSite("eu-west-1"), topology.Secondary: validSite("eu-west-2")},
		},
	}
}

func TestValidate(t *testing.T) {
	change := func(f func(*topology.Site)) func(*Props) {
		return func(p *Props) {
			site := p.Document.Regions[topology.Secondary]
			f(&site)
			p.Document.Regions[topology.Secondary] = site
		}
	}
	for name, test := range map[string]struct {
		change func(*Props)
		region string
		want   string // empty means valid
	}{
		"valid":                     {func(*Props) {}, "eu-west-2", ""},
		"fails in the other Region": {func(*Props) {}, "eu-west-1", `the stack must be in eu-west-2, which the pipeline activates, got Region "eu-west-1"; set Env of the stack`},
		"fails on a role":           {func(p *Props) { p.Activates = "primary" }, "eu-west-2", `Activates must be one of [pri secd], got "primary"`},
		"fails on the document":     {func(p *Props) { p.Document.Version = 2 }, "eu-west-2", "version must be 1, got 2"},
		"fails on a store":          {func(p *Props) { p.Document.Edge.StoreArn = "store" }, "eu-west-2", `edge.storeArn must be the ARN of a key-value store, got "store"`},
		"fails on a pipeline":       {change(func(s *topology.Site) { s.Pipeline = "shop failover" }), "eu-west-2", `Pipeline of secd must be 1 to 50 letters, digits, hyphens and underscores, got "shop failover"`},
		"fails on a bucket":         {change(func(s *topology.Site) { s.ReportBucket = "-reports" }), "eu-west-2", `ReportBucket of secd must be 3 to 63 lower-case letters`},
		"fails on a parameter":      {func(p *Props) { p.TopologyParameterName = "shop" }, "eu-west-2", `TopologyParameterName must be levels such as /shop/secd/topology, got "shop"`},
	} {
		t.Run(name, func(t *testing.T) {
			p := valid()
			test.change(&p)
			err := p.validate(test.region)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// TestVariables holds CodePipeline's limits of variables, and that one has to be set.
func TestVariables(t *testing.T) {
	for _, role := range topology.Roles() {
		without := 0
		for _, v := range Variables(role) {
			if len(v.Description) == 0 || len(v.Description) > 200 || v.Name == "" {
				t.Errorf("%+v: the description must have 1 to 200 characters, has %d", v, len(v.Description))
			}
			if v.Default == "" {
				without++
			}
		}
		if without != 1 {
			t.Errorf("%d variables of %s have no default, want the reason only: the pipeline would start when it is created", without, role)
		}
	}
}

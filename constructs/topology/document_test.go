package topology

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func shop() Document {
	site := func(region, role string) Site {
		return Site{
			Region: region, ClusterArn: "arn:aws:rds:" + region + ":123456789012:cluster:shop-" + role, Proxy: "shop-" + role,
			CheckFunction: "Health", RequestSeconds: 10, Pipeline: "p", ReportBucket: "b",
		}
	}
	return Document{
		Version: DocumentVersion, Application: "Shop", GlobalCluster: "shop",
		Edge: Edge{
			StoreArn: "arn:aws:cloudfront::123456789012:key-value-store/c0ffee", URL: "https://d111111abcdef8.cloudfront.net",
			HealthPath: "/v1/health", SettleSeconds: 10,
		},
		Regions: map[Role]Site{Primary: site("us-east-1", "pri"), Secondary: site("us-east-2", "secd")},
	}
}

func TestParseDocument(t *testing.T) {
	data, err := json.Marshal(shop())
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseDocument(string(data))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shop(), got); diff != "" {
		t.Error(diff)
	}
	// A Systems Manager parameter of the standard tier holds 4 KB.
	if len(data) > 2048 {
		t.Errorf("the document has %d bytes", len(data))
	}
}

func TestParseDocumentFails(t *testing.T) {
	change := func(f func(*Document)) string {
		d := shop()
		f(&d)
		data, _ := json.Marshal(d)
		return string(data)
	}
	secondary := func(f func(*Site)) string {
		return change(func(d *Document) {
			s := d.Regions[Secondary]
			f(&s)
			d.Regions[Secondary] = s
		})
	}
	for want, text := range map[string]string{
		"read topology":                               "{",
		"version must be 1, got 2":                    change(func(d *Document) { d.Version = 2 }),
		"application is missing":                      change(func(d *Document) { d.Application = "" }),
		"globalCluster is missing":                    change(func(d *Document) { d.GlobalCluster = "" }),
		`storeArn must be the ARN`:                    change(func(d *Document) { d.Edge.StoreArn = "arn:aws:s3:::x" }),
		`edge.url must be a URL`:                      change(func(d *Document) { d.Edge.URL = "d1.cloudfront.net" }),
		`without a slash at its end`:                  change(func(d *Document) { d.Edge.URL += "/" }),
		`edge.healthPath must begin`:                  change(func(d *Document) { d.Edge.HealthPath = "v1" }),
		`settleSeconds must not be negative, got -1`:  change(func(d *Document) { d.Edge.SettleSeconds = -1 }),
		"promoteSeconds must not be negative, got -5": change(func(d *Document) { d.PromoteSeconds = -5 }),
		"the Regions must differ":                     secondary(func(s *Site) { *s = shop().Regions[Primary] }),
		`must be the ARN of a cluster in us-east-2`:   secondary(func(s *Site) { s.ClusterArn = shop().Regions[Primary].ClusterArn }),
		"regions.secd.checkFunction is missing":       secondary(func(s *Site) { s.CheckFunction = "" }),
		"regions.secd.requestSeconds must be 1":       secondary(func(s *Site) { s.RequestSeconds = 0 }),
		"regions.pri.proxy is missing":                `{"version":1}`,
		"regions.secd.reportBucket is missing":        secondary(func(s *Site) { s.ReportBucket = "" }),
		"topology: regions.secd.pipeline is missing":  secondary(func(s *Site) { s.Pipeline = "" }),
		"cannot unmarshal number into Go value of ty": "5",
	} {
		if _, err := ParseDocument(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func TestDocumentRoles(t *testing.T) {
	d := shop()
	if role, ok := d.RoleOf("us-east-2"); role != Secondary || !ok {
		t.Errorf("got %q", role)
	}
	if _, ok := d.RoleOf("eu-west-1"); ok {
		t.Error("a Region that is not the application's has a role")
	}
	if role, ok := d.RoleOfCluster(d.Regions[Primary].ClusterArn); role != Primary || !ok {
		t.Errorf("got %q", role)
	}
	if _, ok := d.RoleOfCluster(""); ok {
		t.Error("a cluster that is not the application's has a role")
	}
	if Primary.Other() != Secondary || Secondary.Other() != Primary {
		t.Error("the other role is wrong")
	}
	if got := d.Regions[Primary].Cluster(); got != "shop-pri" {
		t.Errorf("got %q", got)
	}
}

func FuzzParseDocument(f *testing.F) {
	data, _ := json.Marshal(shop())
	f.Add(string(data))
	f.Add(`{"version":1,"regions":{"pri":null}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := ParseDocument(text); err == nil && d.Validate() != nil {
			t.Errorf("%q was read but is not valid", text)
		}
	})
}

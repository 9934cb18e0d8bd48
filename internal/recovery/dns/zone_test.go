package dns_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
	"github.com/warmstandby/warmstandby/internal/recovery/dns/dnstest"
)

func TestDifference(t *testing.T) {
	record := dnsplan.Record{Name: "API.example.com.", Type: "A"}
	values := func(v ...string) dnsplan.Target { return dnsplan.Target{Values: v} }
	for name, tc := range map[string]struct {
		current types.ResourceRecordSet
		target  dnsplan.Target
		from    string // "same" if there is no change
	}{
		"the same":                 {set("api.example.com", "A", 60, "192.0.2.1"), values("192.0.2.1"), "same"},
		"in another order":         {set("api.example.com", "A", 60, "192.0.2.2", "192.0.2.1"), values("192.0.2.1", "192.0.2.2"), "same"},
		"another value":            {set("api.example.com", "A", 60, "192.0.2.2"), values("192.0.2.1"), "192.0.2.2"},
		"another TTL":              {set("api.example.com", "A", 300, "192.0.2.1"), values("192.0.2.1"), "192.0.2.1"},
		"no record":                {set("zzz.example.com", "A", 60, "192.0.2.1"), values("192.0.2.1"), ""},
		"a record of another type": {set("api.example.com", "AAAA", 60, "::1"), values("192.0.2.1"), ""},
		"an alias instead":         {set("api.example.com", "A", 60, "192.0.2.1"), dnsplan.Target{AliasName: "x.example.net", AliasZoneID: "Z"}, "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			service := &dnstest.Route53{}
			service.Set(tc.current)
			change, err := dns.NewZone(service, "Z1").Difference(t.Context(), record, tc.target)
			if err != nil {
				t.Fatal(err)
			}
			if got := from(change); got != tc.from {
				t.Errorf("from %q, want %q", got, tc.from)
			}
		})
	}
}

func from(c *dns.Change) string {
	if c == nil {
		return "same"
	}
	return c.From
}

func TestOtherRoutingIsRefused(t *testing.T) {
	service := &dnstest.Route53{}
	weighted := set("api.example.com", "A", 60, "192.0.2.1")
	weighted.SetIdentifier = aws.String("blue")
	service.Set(weighted)
	_, err := dns.NewZone(service, "Z1").Difference(t.Context(), dnsplan.Record{Name: "api.example.com", Type: "A"}, dnsplan.Target{Values: []string{"192.0.2.1"}})
	if err == nil {
		t.Error("no error")
	}
}

func set(name, recordType string, ttl int64, values ...string) types.ResourceRecordSet {
	s := types.ResourceRecordSet{Name: &name, Type: types.RRType(recordType), TTL: &ttl}
	for _, v := range values {
		s.ResourceRecords = append(s.ResourceRecords, types.ResourceRecord{Value: &v})
	}
	return s
}

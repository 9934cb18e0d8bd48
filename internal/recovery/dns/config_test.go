package dns_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/warmstandby/warmstandby/constructs/recoverydns/dnsplan"
	"github.com/warmstandby/warmstandby/internal/recovery/dns"
)

func TestNew(t *testing.T) {
	encoded, err := plan().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		environment map[string]string
		want        []string
	}{
		"everything": {map[string]string{dnsplan.EnvPlan: encoded, dnsplan.EnvTable: "Order", "AWS_REGION": "us-east-2"}, nil},
		"nothing":    {nil, []string{"environment variable RECOVERY_DNS_PLAN: it must not be empty", "RECOVERY_DNS_TABLE is not set", "AWS_REGION is not set"}},
		"a bad plan": {map[string]string{dnsplan.EnvPlan: `{"zone":"Z"}`, dnsplan.EnvTable: "Order", "AWS_REGION": "us-east-2"}, []string{"RECOVERY_DNS_PLAN: Records must have at least one record"}},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := dns.New(func(name string) string { return tc.environment[name] }, slog.Default())
			if (err == nil) != (tc.want == nil) || (h == nil) != (err != nil) {
				t.Fatalf("handler %v, error %v", h, err)
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}

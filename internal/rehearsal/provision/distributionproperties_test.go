package provision_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// What a distribution's owner changes with the API is the same as if the template had it.
func TestDistributionProperties(t *testing.T) {
	read := []awssim.Method{"GET", "HEAD"}
	want := awssim.DistributionConfig{
		Aliases: awssim.NewItems[awssim.CNAME]("todos.example.com"), Comment: "todos", Enabled: true, HTTPVersion: "http2", PriceClass: "PriceClass_100", IPv6: true,
		Origins: awssim.NewItems(awssim.Origin{
			ID: "pri", DomainName: "b.example.com", OriginPath: "/prod", ConnectionAttempts: 1, ConnectionTimeout: 2,
			CustomHeaders: awssim.NewItems(awssim.Header{Name: "X-From", Value: "edge"}),
			CustomOrigin: &awssim.CustomOrigin{
				HTTPPort: 80, HTTPSPort: 443, ProtocolPolicy: "https-only", SSLProtocols: awssim.NewItems[awssim.SSLProtocol]("TLSv1.2"), ReadTimeout: 30, KeepaliveTimeout: 5,
			},
		}),
		OriginGroups: awssim.NewItems(awssim.OriginGroup{
			ID: "reads", StatusCodes: awssim.NewItems[awssim.StatusCode](502), Members: awssim.NewItems(awssim.GroupMember{OriginID: "pri"}, awssim.GroupMember{OriginID: "secd"}),
		}),
		DefaultCacheBehavior: awssim.CacheBehavior{
			TargetOriginID: "pri", ViewerProtocolPolicy: "https-only", AllowedMethods: awssim.NewAllowedMethods(read, "GET", "HEAD", "POST"), CachePolicyID: "c",
			OriginRequestPolicyID: "o", ResponseHeadersPolicyID: "r", Compress: true,
			FunctionAssociations: awssim.NewItems(awssim.FunctionAssociation{FunctionARN: "arn:f", EventType: "viewer-request"}),
		},
		CacheBehaviors:       awssim.NewItems(awssim.PathBehavior{PathPattern: "/v1/health", CacheBehavior: awssim.CacheBehavior{TargetOriginID: "reads", AllowedMethods: awssim.NewAllowedMethods(read, read...)}}),
		CustomErrorResponses: awssim.NewItems(awssim.ErrorPage{ErrorCode: 502, ResponsePagePath: "/sorry", ResponseCode: "503", ErrorCachingMinTTL: 0}),
		ViewerCertificate:    awssim.ViewerCertificate{CloudFrontDefault: true, MinimumProtocolVersion: "TLSv1"},
	}
	template := map[string]any{
		"Tags":               []any{"kept"},
		"DistributionConfig": map[string]any{"Comment": "replaced", "Logging": "kept", "CacheBehaviors": []any{"replaced"}},
	}
	properties := provision.DistributionProperties(template, want)
	got, err := provision.DistributionConfig(properties)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, (-want +got):\n%s", err, diff)
	}
	text, err := json.Marshal(properties)
	if err != nil {
		t.Fatal(err)
	}
	var kept struct {
		Tags               []string
		DistributionConfig struct{ Logging string }
	}
	if err := json.Unmarshal(text, &kept); err != nil || len(kept.Tags) != 1 || kept.DistributionConfig.Logging != "kept" {
		t.Errorf("%v, kept %+v", err, kept)
	}
	if template["DistributionConfig"].(map[string]any)["Comment"] != "replaced" {
		t.Error("the template was changed")
	}
}

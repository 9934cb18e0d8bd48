package test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"
	"github.com/warmstandby/warmstandby/constructs/failoveredge"
)

// edgeConfig is the configuration of the only distribution of an edge with props changed by change.
func edgeConfig(t *testing.T, change func(awscdk.Stack, *failoveredge.Props)) map[string]any {
	t.Helper()
	stack := newStack(t)
	props := edgeProps()
	change(stack, props)
	failoveredge.New(stack, "Edge", props)
	return synthesize(t, stack).only(t, "AWS::CloudFront::Distribution").properties["DistributionConfig"].(map[string]any)
}

func TestFailoverEdgeOrigins(t *testing.T) {
	config := edgeConfig(t, func(_ awscdk.Stack, p *failoveredge.Props) { p.Secondary.OriginPath = "" })
	custom := map[string]any{"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": []string{"TLSv1.2"}, "OriginReadTimeout": 10}
	want := asJSON(t, []map[string]any{
		{
			"Id": "pri", "DomainName": "a1.execute-api.us-east-1.amazonaws.com", "OriginPath": "/prod",
			"ConnectionAttempts": 2, "ConnectionTimeout": 3, "CustomOriginConfig": custom,
		},
		{
			"Id": "secd", "DomainName": "b2.execute-api.us-east-2.amazonaws.com",
			"ConnectionAttempts": 2, "ConnectionTimeout": 3, "CustomOriginConfig": custom,
		},
	})
	if diff := cmp.Diff(want, config["Origins"]); diff != "" {
		t.Errorf("origins (-want +got):\n%s", diff)
	}
	if groups, ok := config["OriginGroups"]; ok {
		t.Errorf("there are origin groups, which CloudFront refuses where writes are allowed: %v", groups)
	}
}

func TestFailoverEdgeTakesTokensForTheApis(t *testing.T) {
	config := edgeConfig(t, func(stack awscdk.Stack, p *failoveredge.Props) {
		host := awscdk.NewCfnParameter(stack, jsii.String("Host"), nil)
		p.Secondary.DomainName = *host.ValueAsString()
		p.Secondary.OriginPath = "/" + *host.ValueAsString()
	})
	secondary := config["Origins"].([]any)[1].(map[string]any)
	ref := map[string]any{"Ref": "Host"}
	if diff := cmp.Diff(ref, secondary["DomainName"]); diff != "" {
		t.Errorf("domain name (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(asJSON(t, map[string]any{"Fn::Join": []any{"", []any{"/", ref}}}), secondary["OriginPath"]); diff != "" {
		t.Errorf("path (-want +got):\n%s", diff)
	}
}

func TestFailoverEdgeBehavior(t *testing.T) {
	config := edgeConfig(t, func(awscdk.Stack, *failoveredge.Props) {})
	behavior := config["DefaultCacheBehavior"].(map[string]any)
	slices.SortFunc(behavior["AllowedMethods"].([]any), func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	for property, want := range map[string]any{
		"TargetOriginId":       "pri",
		"ViewerProtocolPolicy": "https-only",
		"AllowedMethods":       []any{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"},
		"CachedMethods":        []any{"GET", "HEAD", "OPTIONS"},
		// AWS's managed policies CachingDisabled and AllViewerExceptHostHeader.
		"CachePolicyId":         "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
		"OriginRequestPolicyId": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
	} {
		if diff := cmp.Diff(want, behavior[property]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", property, diff)
		}
	}
	associations := behavior["FunctionAssociations"].([]any)
	if len(associations) != 1 || associations[0].(map[string]any)["EventType"] != "viewer-request" {
		t.Errorf("function associations are %v", associations)
	}
	if others, ok := config["CacheBehaviors"]; ok {
		t.Errorf("there are other behaviours: %v", others)
	}
}

func TestFailoverEdgeCachesNoErrors(t *testing.T) {
	config := edgeConfig(t, func(awscdk.Stack, *failoveredge.Props) {})
	var statuses []float64
	for _, e := range config["CustomErrorResponses"].([]any) {
		response := e.(map[string]any)
		if response["ErrorCachingMinTTL"] != 0.0 || len(response) != 2 {
			t.Errorf("error response is %v, want no caching and nothing else", response)
		}
		statuses = append(statuses, response["ErrorCode"].(float64))
	}
	want := []float64{400, 403, 404, 405, 414, 500, 501, 502, 503, 504}
	if diff := cmp.Diff(want, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

func TestFailoverEdgeDefaults(t *testing.T) {
	config := edgeConfig(t, func(awscdk.Stack, *failoveredge.Props) {})
	for property, want := range map[string]any{
		"Enabled":     true,
		"HttpVersion": "http2and3",
		"IPV6Enabled": true,
		"PriceClass":  "PriceClass_All",
		"Comment":     "REST API with failover between Regions",
	} {
		if config[property] != want {
			t.Errorf("%s is %v, want %v", property, config[property], want)
		}
	}
	for _, property := range []string{"Aliases", "ViewerCertificate", "WebACLId", "Restrictions"} {
		if got, ok := config[property]; ok {
			t.Errorf("%s is %v, want none", property, got)
		}
	}
}

func TestFailoverEdgeProps(t *testing.T) {
	const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/c1"
	const acl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/a1"
	for _, tt := range []struct {
		name   string
		change func(awscdk.Stack, *failoveredge.Props)
		want   map[string]any
	}{
		{
			"a domain name", func(stack awscdk.Stack, p *failoveredge.Props) {
				p.DomainNames = []string{"api.example.com", "www.example.com"}
				p.Certificate = awscertificatemanager.Certificate_FromCertificateArn(stack, jsii.String("Certificate"), jsii.String(certificate))
			}, map[string]any{
				"Aliases": []string{"api.example.com", "www.example.com"},
				"ViewerCertificate": map[string]any{
					"AcmCertificateArn": certificate, "MinimumProtocolVersion": "TLSv1.2_2021", "SslSupportMethod": "sni-only",
				},
			},
		},
		{"a web ACL", func(_ awscdk.Stack, p *failoveredge.Props) { p.WebACLArn = acl }, map[string]any{"WebACLId": acl}},
		{"a comment", func(_ awscdk.Stack, p *failoveredge.Props) { p.Comment = "Shop" }, map[string]any{"Comment": "Shop"}},
		{"a price class", func(_ awscdk.Stack, p *failoveredge.Props) {
			p.PriceClass = awscloudfront.PriceClass_PRICE_CLASS_100
		}, map[string]any{"PriceClass": "PriceClass_100"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			config := edgeConfig(t, tt.change)
			for property, want := range tt.want {
				if diff := cmp.Diff(asJSON(t, want), config[property]); diff != "" {
					t.Errorf("%s (-want +got):\n%s", property, diff)
				}
			}
		})
	}
}

func TestFailoverEdgeReadTimeoutHoldsForBothOrigins(t *testing.T) {
	config := edgeConfig(t, func(_ awscdk.Stack, p *failoveredge.Props) { p.ReadTimeoutSeconds = 29 })
	for _, o := range config["Origins"].([]any) {
		origin := o.(map[string]any)
		if got := origin["CustomOriginConfig"].(map[string]any)["OriginReadTimeout"]; got != 29.0 {
			t.Errorf("origin %v waits %v seconds, want 29", origin["Id"], got)
		}
	}
}

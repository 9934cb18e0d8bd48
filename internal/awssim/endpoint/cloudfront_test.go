package endpoint_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

func putDistribution(f *fixture) (d awssim.Distribution) {
	read := []awssim.Method{"GET", "HEAD"}
	f.do(func(s *awssim.State) {
		d = s.CreateDistribution(awssim.Distribution{Config: awssim.DistributionConfig{
			CallerReference: "ref", Comment: "todos", Enabled: true, HTTPVersion: "http2and3", PriceClass: "PriceClass_100",
			Aliases: awssim.NewItems[awssim.CNAME]("todos.example.com"),
			Origins: awssim.NewItems(awssim.Origin{
				ID: "pri", DomainName: "a.example.com", OriginPath: "/prod", ConnectionAttempts: 1, ConnectionTimeout: 2,
				CustomHeaders: awssim.NewItems(awssim.Header{Name: "X-From", Value: "edge"}),
				CustomOrigin:  &awssim.CustomOrigin{HTTPPort: 80, HTTPSPort: 443, ProtocolPolicy: "https-only", SSLProtocols: awssim.NewItems[awssim.SSLProtocol]("TLSv1.2"), ReadTimeout: 30, KeepaliveTimeout: 5},
			}),
			OriginGroups: awssim.NewItems(awssim.OriginGroup{
				ID: "reads", StatusCodes: awssim.NewItems[awssim.StatusCode](502, 503), Members: awssim.NewItems(awssim.GroupMember{OriginID: "pri"}, awssim.GroupMember{OriginID: "secd"}),
			}),
			DefaultCacheBehavior: awssim.CacheBehavior{
				TargetOriginID: "pri", ViewerProtocolPolicy: "https-only", AllowedMethods: awssim.NewAllowedMethods(read, "GET", "HEAD", "POST"),
				FunctionAssociations: awssim.NewItems(awssim.FunctionAssociation{FunctionARN: "arn:f", EventType: "viewer-request"}),
			},
			CacheBehaviors: awssim.NewItems(awssim.PathBehavior{PathPattern: "/v1/health", CacheBehavior: awssim.CacheBehavior{TargetOriginID: "reads", ViewerProtocolPolicy: "https-only", AllowedMethods: awssim.NewAllowedMethods(read, read...)}}),
		}})
	})
	return d
}

func TestGetDistribution(t *testing.T) {
	f := newFixture(t)
	d := putDistribution(f)
	client := cloudfront.NewFromConfig(f.config(secondary))
	out := must(client.GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: &d.ID}))(t)
	equal(t, "ETag", *out.ETag, d.ETag)
	equal(t, "domain", *out.Distribution.DomainName, d.DomainName)
	equal(t, "modified", out.Distribution.LastModifiedTime.IsZero(), false)
	checkConfig(t, out.Distribution.DistributionConfig)
	_, err := client.GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: aws.String("ENONE")})
	f.wantCode(err, "NoSuchDistribution")
}

func TestGetDistributionConfig(t *testing.T) {
	f := newFixture(t)
	d := putDistribution(f)
	client := cloudfront.NewFromConfig(f.config(primary))
	out := must(client.GetDistributionConfig(t.Context(), &cloudfront.GetDistributionConfigInput{Id: &d.ID}))(t)
	equal(t, "ETag", *out.ETag, d.ETag)
	checkConfig(t, out.DistributionConfig)
	_, err := client.GetDistributionConfig(t.Context(), &cloudfront.GetDistributionConfigInput{Id: aws.String("ENONE")})
	f.wantCode(err, "NoSuchDistribution")
}

func checkConfig(t *testing.T, c *types.DistributionConfig) {
	t.Helper()
	equal(t, "alias", c.Aliases.Items[0], "todos.example.com")
	equal(t, "enabled", *c.Enabled, true)
	o := c.Origins.Items[0]
	equal(t, "origins", *c.Origins.Quantity, 1)
	equal(t, "path", *o.OriginPath, "/prod")
	equal(t, "header", *o.CustomHeaders.Items[0].HeaderValue, "edge")
	equal(t, "protocol", o.CustomOriginConfig.OriginSslProtocols.Items[0], types.SslProtocolTLSv12)
	g := c.OriginGroups.Items[0]
	equal(t, "status", g.FailoverCriteria.StatusCodes.Items[1], 503)
	equal(t, "member", *g.Members.Items[1].OriginId, "secd")
	b := c.DefaultCacheBehavior
	equal(t, "method", b.AllowedMethods.Items[2], types.MethodPost)
	equal(t, "cached", len(b.AllowedMethods.CachedMethods.Items), 2)
	equal(t, "function", *b.FunctionAssociations.Items[0].FunctionARN, "arn:f")
	equal(t, "pattern", *c.CacheBehaviors.Items[0].PathPattern, "/v1/health")
	equal(t, "target", *c.CacheBehaviors.Items[0].TargetOriginId, "reads")
	equal(t, "error pages", *c.CustomErrorResponses.Quantity, 0)
}

package rehearsal

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/warmstandby/warmstandby/internal/rehearsal/client"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
	"github.com/warmstandby/warmstandby/internal/rehearsal/history"
)

// script is an operator who moves the application with AWS's own operations, and with nothing of ours: a failover of the global
// cluster, and origins that are pointed to the other Region.
type script struct {
	t          *testing.T
	rds        *rds.Client // in the Region that is to be active
	cloudfront *cloudfront.Client
}

func newScript(t *testing.T, e endpoints.AWS) *script {
	provider := credentials.NewStaticCredentialsProvider(e.AccessKeyID, e.SecretAccessKey, "")
	return &script{
		t:          t,
		rds:        rds.New(rds.Options{Region: application.Secondary, BaseEndpoint: &e.Endpoint, Credentials: provider}),
		cloudfront: cloudfront.New(cloudfront.Options{Region: application.Primary, BaseEndpoint: &e.Endpoint, Credentials: provider}),
	}
}

// must returns what an operation returned, or ends the test if it failed.
func must[T any](out T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// promote makes the secondary cluster the writer.
func (s *script) promote(ctx context.Context) {
	s.t.Helper()
	cluster := must(s.rds.DescribeGlobalClusters(ctx, &rds.DescribeGlobalClustersInput{}))(s.t).GlobalClusters[0]
	target := ""
	for _, m := range cluster.GlobalClusterMembers {
		if !*m.IsWriter {
			target = *m.DBClusterArn
		}
	}
	must(s.rds.FailoverGlobalCluster(ctx, &rds.FailoverGlobalClusterInput{
		GlobalClusterIdentifier: cluster.GlobalClusterIdentifier, TargetDbClusterIdentifier: &target, AllowDataLoss: aws.Bool(true),
	}))(s.t)
	eventually(s.t, func() []string {
		now := must(s.rds.DescribeGlobalClusters(ctx, &rds.DescribeGlobalClustersInput{}))(s.t).GlobalClusters[0]
		for _, m := range now.GlobalClusterMembers {
			if *m.IsWriter && *m.DBClusterArn == target {
				return nil
			}
		}
		return []string{"a global cluster that is " + *now.Status}
	})
}

// repoint points every origin to the API of the secondary Region, waits until that is deployed, and invalidates everything.
func (s *script) repoint(ctx context.Context) {
	s.t.Helper()
	id := must(s.cloudfront.ListDistributions(ctx, &cloudfront.ListDistributionsInput{}))(s.t).DistributionList.Items[0].Id
	present := must(s.cloudfront.GetDistributionConfig(ctx, &cloudfront.GetDistributionConfigInput{Id: id}))(s.t)
	origins := present.DistributionConfig.Origins.Items
	other := slices.IndexFunc(origins, func(o cloudfronttypes.Origin) bool { return strings.Contains(*o.DomainName, application.Secondary) })
	if other < 0 {
		s.t.Fatal("no origin is in " + application.Secondary)
	}
	for i := range origins {
		origins[i].DomainName = origins[other].DomainName
	}
	must(s.cloudfront.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{
		Id: id, IfMatch: present.ETag, DistributionConfig: present.DistributionConfig,
	}))(s.t)
	batch := &cloudfronttypes.InvalidationBatch{
		CallerReference: aws.String("moved"), Paths: &cloudfronttypes.Paths{Quantity: aws.Int32(1), Items: []string{"/*"}},
	}
	made := must(s.cloudfront.CreateInvalidation(ctx, &cloudfront.CreateInvalidationInput{DistributionId: id, InvalidationBatch: batch}))(s.t)
	eventually(s.t, func() []string {
		d := must(s.cloudfront.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: id}))(s.t)
		i := must(s.cloudfront.GetInvalidation(ctx, &cloudfront.GetInvalidationInput{DistributionId: id, Id: made.Invalidation.Id}))(s.t)
		if *d.Distribution.Status == "Deployed" && *i.Invalidation.Status == "Completed" {
			return nil
		}
		return []string{"a distribution that is " + *d.Distribution.Status + ", and an invalidation that is " + *i.Invalidation.Status}
	})
}

// What was made for the AWS CLI works on a rehearsal, and the clients' record shows what it costs.
func TestMoveByOtherMeans(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "e.json")
	p := start(t, "--assembly", assembly, "--hold", "--endpoints", path)
	p.awaitHold()
	e := wantEndpoints(t, path)
	createTable(t, e)
	c := client.New(e, application.Regions(), 64)
	defer c.Close()
	token := must(c.AccessToken(t.Context(), application.Primary))(t)
	load := history.Start(history.Options{Sender: c, Base: e.Edge, Token: token, Rate: 50, Seed: 1})
	written := func(region string) func() []string {
		return func() []string {
			if _, ok := load.Snapshot().FirstWrite(region, time.Time{}); ok {
				return nil
			}
			return []string{"no write in " + region}
		}
	}
	eventually(t, written(application.Primary))
	s := newScript(t, e.AWS)
	s.promote(t.Context())
	s.repoint(t.Context())
	eventually(t, written(application.Secondary))
	h := load.Stop()
	if g := h.LongestGap(true); g.Length() < time.Second || len(h.Failures(true)) == 0 {
		t.Errorf("writes failed for %s only, with %v: the database had moved before the edge did", g.Length(), h.Failures(true))
	}
	last := h.Records[len(h.Records)-1]
	if last.Region != application.Secondary {
		t.Errorf("the last request was answered by %q", last.Region)
	}
	t.Logf("longest gaps: reads %s, writes %s; failed writes %v", h.LongestGap(false).Length(), h.LongestGap(true).Length(), h.Failures(true))
	p.signal(os.Interrupt)
	p.drain()
	if code := p.wait(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, p.stderr)
	}
}

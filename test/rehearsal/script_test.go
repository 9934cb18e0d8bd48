package rehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cloudfronttypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	runreport "github.com/warmstandby/warmstandby/internal/failover/report"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
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

// scriptVariable makes this program the script, for a shell's command.
const scriptVariable = "WARMSTANDBY_TEST_SCRIPT"

// runScript is what this program does then.
func runScript(t *testing.T) {
	s := newScript(t, endpoints.AWS{
		Endpoint: os.Getenv("AWS_ENDPOINT_URL"), AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
	})
	s.promote(t.Context())
	s.repoint(t.Context())
}

// byOtherMeans plays a scenario in which a command moves the application, and returns its report.
func byOtherMeans(t *testing.T, scenario, command string) runreport.Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.json")
	_, code, output := run(t, "--assembly", assembly, "--scenario", scenario, "--seed", "1", "--rate", "40", "--json", path, "--move", "command:"+command)
	if code != 0 {
		t.Fatalf("exit code %d:\n%s", code, output)
	}
	data, err := os.ReadFile(path)
	var r runreport.Report
	if err := errors.Join(err, json.Unmarshal(data, &r)); err != nil {
		t.Fatal(err)
	}
	held(t, r)
	return r
}

// What was made for the AWS CLI works on a rehearsal, and the clients' record shows what it costs.
func TestMoveByScript(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := byOtherMeans(t, "switchover", scriptVariable+"=1 '"+self+"'")
	writes := r.Rehearsal.Clients.Writes
	if writes.LongestGap == nil || writes.LongestGap.Seconds < 1 || len(writes.Failures) == 0 {
		t.Errorf("writes: %+v: the database had moved before the edge did", writes)
	}
	if first := r.Rehearsal.Clients.FirstWrite; first == nil || first.Region != application.Secondary {
		t.Errorf("the first write is %+v", first)
	}
	seen := make(map[string]float64)
	for _, p := range r.Rehearsal.Propagations {
		seen[p.Change] = p.Seconds
	}
	if seen["distribution"] <= 0 || seen["invalidation"] <= 0 || len(seen) != 2 {
		t.Errorf("changes of the edge took %v, want those of the distribution and of the invalidation", seen)
	}
	if rto := r.Rehearsal.Clients.RTO; rto == nil || rto.From != runreport.FromStart {
		t.Errorf("RTO is %+v, want one from the start: nothing refused writes", rto)
	}
}

// The operator's command can be in the pipeline's place when the Region is lost.
func TestMoveByCommandWhenLost(t *testing.T) {
	t.Parallel()
	r := byOtherMeans(t, "region-loss", "XDG_STATE_HOME='"+t.TempDir()+"' '"+command+"' failover --region us-east-2 --reason outage --yes --confirm us-east-2")
	if c := r.Rehearsal.Clients; c.RTO == nil || c.FirstWrite.Region != application.Secondary {
		t.Errorf("got RTO %+v, first write %+v", c.RTO, c.FirstWrite)
	}
}

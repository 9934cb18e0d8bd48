package rehearsal

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/warmstandby/warmstandby/constructs/topology"
	"github.com/warmstandby/warmstandby/internal/rehearsal/endpoints"
)

// wantMeasured waits until the status functions have measured, since a time, that a home role's Region is active and writes, and the
// other one is not and does not: as their rules' schedules have it, through the edge, under their own roles.
func wantMeasured(t *testing.T, e endpoints.AWS, active topology.Role, since time.Time) {
	t.Helper()
	provider := credentials.NewStaticCredentialsProvider(e.AccessKeyID, e.SecretAccessKey, "")
	regions := map[topology.Role]string{topology.Primary: application.Primary, topology.Secondary: application.Secondary}
	eventually(t, func() (wrong []string) {
		for role, region := range regions {
			client := cloudwatch.New(cloudwatch.Options{Region: region, BaseEndpoint: &e.Endpoint, Credentials: provider})
			is := 0.0
			if role == active {
				is = 1
			}
			for metric, want := range map[string]float64{
				topology.ActiveMetric: is, topology.WriterMetric: is, topology.FencedMetric: 0, topology.EdgeAnswersMetric: 1,
			} {
				out := must(client.GetMetricStatistics(t.Context(), &cloudwatch.GetMetricStatisticsInput{
					Namespace: aws.String(topology.MetricNamespace), MetricName: &metric,
					Dimensions: []types.Dimension{{Name: aws.String(topology.ApplicationDimension), Value: &application.Name}},
					StartTime:  &since, EndTime: aws.Time(time.Now().Add(time.Minute)), Period: aws.Int32(1), Statistics: []types.Statistic{types.StatisticMaximum},
				}))(t)
				got := -1.0 // not measured
				var at time.Time
				for _, p := range out.Datapoints {
					if !p.Timestamp.Before(at) {
						at, got = *p.Timestamp, *p.Maximum
					}
				}
				if got != want {
					wrong = append(wrong, fmt.Sprintf("%s in %s is %g, not %g", metric, region, got, want))
				}
			}
		}
		return wrong
	})
}

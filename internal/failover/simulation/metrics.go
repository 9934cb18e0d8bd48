package simulation

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/failover"
)

// metricsClient is a Region's CloudWatch.
type metricsClient struct {
	*caller

	region string
}

var _ failover.CloudWatch = metricsClient{}

// GetMetricData shows the maximum of each period, the newest first.
func (c metricsClient) GetMetricData(ctx context.Context, in *cloudwatch.GetMetricDataInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error) {
	k := call{service: "monitoring", operation: "GetMetricData", region: c.region}
	return carry(ctx, c.caller, k, func(s *awssim.State) (*cloudwatch.GetMetricDataOutput, error) {
		out := &cloudwatch.GetMetricDataOutput{}
		for _, q := range in.MetricDataQueries {
			out.MetricDataResults = append(out.MetricDataResults, maximum(s.Region(c.region), q, *in.StartTime, *in.EndTime))
		}
		return out, nil
	})
}

func maximum(r *awssim.Region, q types.MetricDataQuery, start, end time.Time) types.MetricDataResult {
	stat := q.MetricStat
	id := awssim.MetricID{Namespace: *stat.Metric.Namespace, Name: *stat.Metric.MetricName}
	for _, d := range stat.Metric.Dimensions {
		id.Dimensions = append(id.Dimensions, awssim.Dimension{Name: *d.Name, Value: *d.Value})
	}
	result := types.MetricDataResult{Id: q.Id}
	points := r.Metric(id).Points(start, end, time.Duration(*stat.Period)*time.Second, string(stat.Unit))
	for _, p := range slices.Backward(points) {
		result.Timestamps = append(result.Timestamps, p.Start)
		result.Values = append(result.Values, p.Max)
	}
	return result
}


package failover

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"github.com/warmstandby/warmstandby/constructs/regioncheck"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Metrics of a secondary cluster's lag, the better one first. The first one is about transactions of users; engines older than
// Aurora MySQL 3.04.0 have the second one only (Aurora User Guide, "Monitoring an Amazon Aurora global database").
var lagMetrics = []string{"AuroraGlobalDBRPOLag", "AuroraGlobalDBReplicationLag"}

// capacityMetric is the capacity that a cluster's serverless instances use, in Aurora capacity units.
const capacityMetric = "ServerlessDatabaseCapacity"

// How far metrics are looked back. RDS reports them once a minute.
const metricWindow, metricPeriod = time.Hour, 60

// seeLag sees how far a Region's cluster lags.
func (e *Engine) seeLag(ctx context.Context, role topology.Role) *LagSeen {
	results, err := e.metrics(ctx, role, types.StandardUnitMilliseconds, lagMetrics...)
	if err != nil {
		return &LagSeen{Error: err.Error()}
	}
	for i, r := range results {
		if len(r.Values) > 0 && len(r.Timestamps) > 0 {
			return &LagSeen{Lag: time.Duration(r.Values[0] * float64(time.Millisecond)), Metric: lagMetrics[i], At: r.Timestamps[0]}
		}
	}
	return &LagSeen{Error: fmt.Sprintf("no figure in the last %s", metricWindow)}
}

// seeLoad sees the capacity that a Region's cluster uses, or nil if that is not known.
func (e *Engine) seeLoad(ctx context.Context, role topology.Role) *float64 {
	results, err := e.metrics(ctx, role, "", capacityMetric)
	if err != nil || len(results) == 0 || len(results[0].Values) == 0 {
		return nil
	}
	return &results[0].Values[0]
}

// metrics asks for metrics of a Region's cluster, the newest value first, in the order of the names.
func (e *Engine) metrics(ctx context.Context, role topology.Role, unit types.StandardUnit, names ...string) ([]types.MetricDataResult, error) {
	now := e.Clock.Now()
	in := &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(now.Add(-metricWindow)), EndTime: aws.Time(now), ScanBy: types.ScanByTimestampDescending,
	}
	for i, name := range names {
		in.MetricDataQueries = append(in.MetricDataQueries, types.MetricDataQuery{
			Id: aws.String(fmt.Sprintf("m%d", i)),
			MetricStat: &types.MetricStat{
				Stat: aws.String("Maximum"), Period: aws.Int32(metricPeriod), Unit: unit,
				Metric: &types.Metric{
					Namespace: aws.String("AWS/RDS"), MetricName: &name,
					Dimensions: []types.Dimension{{Name: aws.String("DBClusterIdentifier"), Value: aws.String(e.site(role).Cluster())}},
				},
			},
		})
	}
	out, err := read(ctx, e, "GetMetricData", func(ctx context.Context) (*cloudwatch.GetMetricDataOutput, error) {
		return e.clients(role).CloudWatch.GetMetricData(ctx, in)
	})
	if err != nil {
		return nil, fmt.Errorf("get metrics of cluster %s: %w", e.site(role).Cluster(), err)
	}
	results := make([]types.MetricDataResult, len(names))
	for _, r := range out.MetricDataResults {
		for i := range names {
			if aws.ToString(r.Id) == fmt.Sprintf("m%d", i) {
				results[i] = r
			}
		}
	}
	return results, nil
}

// seeRead asks a Region's own function to read.
func (e *Engine) seeRead(ctx context.Context, role topology.Role) CheckSeen {
	start := e.Clock.Now()
	answer, err := read(ctx, e, "Invoke", func(ctx context.Context) (regioncheck.Answer, error) {
		return e.check(ctx, role, regioncheck.Request{Check: regioncheck.Read})
	})
	if err != nil {
		return CheckSeen{Error: err.Error()}
	}
	return CheckSeen{Role: answer.Role, Millis: e.Clock.Now().Sub(start).Milliseconds()}
}

// check asks a Region's own function once.
func (e *Engine) check(ctx context.Context, role topology.Role, r regioncheck.Request) (regioncheck.Answer, error) {
	name := e.site(role).CheckFunction
	out, err := e.clients(role).Lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: r.Marshal()})
	if err != nil {
		return regioncheck.Answer{}, fmt.Errorf("invoke %s: %w", name, err)
	}
	if out.FunctionError != nil {
		return regioncheck.Answer{}, checkFailure{fmt.Sprintf("%s: %s", name, functionError(out.Payload))}
	}
	var answer regioncheck.Answer
	if err := json.Unmarshal(out.Payload, &answer); err != nil || (answer.Role != regioncheck.Writer && answer.Role != regioncheck.Reader) {
		return answer, checkFailure{fmt.Sprintf("%s does not answer checks as package regioncheck says", name)}
	}
	return answer, nil
}

// checkFailure is a check that was made and failed.
type checkFailure struct{ text string }

func (f checkFailure) Error() string { return f.text }

// functionError is the message of a function's error.
func functionError(payload []byte) string {
	var e struct {
		Message string `json:"errorMessage"`
	}
	if json.Unmarshal(payload, &e) != nil || e.Message == "" {
		return "the function failed without a message"
	}
	return e.Message
}

package endpoint_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

var (
	noon   = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	lag    = awssim.MetricID{Namespace: "AWS/RDS", Name: "AuroraGlobalDBRPOLag", Dimensions: []awssim.Dimension{{Name: "DBClusterIdentifier", Value: "c"}}}
	lagSDK = &types.Metric{
		Namespace: aws.String("AWS/RDS"), MetricName: aws.String("AuroraGlobalDBRPOLag"),
		Dimensions: []types.Dimension{{Name: aws.String("DBClusterIdentifier"), Value: aws.String("c")}},
	}
)

// putLag puts the values 0 to n-1, ten seconds apart, from noon on.
func putLag(f *fixture, n int) {
	f.in(primary, func(r *awssim.Region) {
		for i := range n {
			r.PutMetricData(lag, awssim.Datum{
				Time: noon.Add(time.Duration(i) * 10 * time.Second), Unit: "Milliseconds", Values: []awssim.Sample{{Value: float64(i), Count: 1}},
			})
		}
	})
}

func statQuery(id, stat string) types.MetricDataQuery {
	return types.MetricDataQuery{Id: &id, MetricStat: &types.MetricStat{Metric: lagSDK, Period: aws.Int32(60), Stat: &stat}}
}

func TestGetMetricData(t *testing.T) {
	f := newFixture(t)
	putLag(f, 12)
	client := cloudwatch.NewFromConfig(f.config(primary))
	end := noon.Add(time.Hour)
	in := &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(noon.Add(30 * time.Second)), EndTime: &end,
		MetricDataQueries: []types.MetricDataQuery{statQuery("max", "Maximum"), statQuery("avg", "Average"), statQuery("p50", "p50")},
	}
	out := must(client.GetMetricData(t.Context(), in))(t)
	equal(t, "values", fmt.Sprint(out.MetricDataResults[0].Values, out.MetricDataResults[1].Values, out.MetricDataResults[2].Values), "[11 5] [8.5 2.5] [8 2]")
	equal(t, "newest first", out.MetricDataResults[0].Timestamps[0].Equal(noon.Add(time.Minute)), true)
	equal(t, "label", *out.MetricDataResults[0].Label, "AuroraGlobalDBRPOLag")
	in.ScanBy = types.ScanByTimestampAscending
	out = must(client.GetMetricData(t.Context(), in))(t)
	equal(t, "ascending", fmt.Sprint(out.MetricDataResults[0].Values), "[5 11]")

	in.MaxDatapoints = aws.Int32(4)
	pages := cloudwatch.NewGetMetricDataPaginator(client, in)
	counts := ""
	for pages.HasMorePages() {
		for _, r := range must(pages.NextPage(t.Context()))(t).MetricDataResults {
			counts += fmt.Sprint(len(r.Values), r.StatusCode, " ")
		}
	}
	equal(t, "pages", counts, "2Complete 2PartialData 0Complete 0Complete 0Complete 2Complete ")
	other := must(cloudwatch.NewFromConfig(f.config(secondary)).GetMetricData(t.Context(), in))(t)
	equal(t, "elsewhere", len(other.MetricDataResults[0].Values), 0)
}

func TestGetMetricDataRefuses(t *testing.T) {
	f := newFixture(t)
	client := cloudwatch.NewFromConfig(f.config(primary))
	end := noon.Add(time.Hour)
	maths := types.MetricDataQuery{Id: aws.String("e"), Expression: aws.String("1+1")}
	odd := statQuery("a", "Sum")
	odd.MetricStat = &types.MetricStat{Metric: lagSDK, Period: aws.Int32(61), Stat: aws.String("Sum")}
	for code, in := range map[string]*cloudwatch.GetMetricDataInput{
		"ValidationError":             {StartTime: &noon, EndTime: &end, MetricDataQueries: []types.MetricDataQuery{maths}},
		"InvalidParameterCombination": {StartTime: &end, EndTime: &noon, MetricDataQueries: []types.MetricDataQuery{statQuery("a", "Sum")}},
		"InvalidParameterValue":       {StartTime: &noon, EndTime: &end, MetricDataQueries: []types.MetricDataQuery{odd}},
		"InvalidNextToken":            {StartTime: &noon, EndTime: &end, NextToken: aws.String("?"), MetricDataQueries: []types.MetricDataQuery{statQuery("a", "Sum")}},
	} {
		_, err := client.GetMetricData(t.Context(), in)
		f.wantCode(err, code)
	}
}

func TestGetMetricStatistics(t *testing.T) {
	f := newFixture(t)
	putLag(f, 12)
	client := cloudwatch.NewFromConfig(f.config(primary))
	end := noon.Add(time.Hour)
	in := &cloudwatch.GetMetricStatisticsInput{
		Namespace: lagSDK.Namespace, MetricName: lagSDK.MetricName, Dimensions: lagSDK.Dimensions, StartTime: &noon, EndTime: &end, Period: aws.Int32(300),
		Statistics: []types.Statistic{"SampleCount", "Sum", "Minimum", "Maximum", "Average"}, ExtendedStatistics: []string{"p100"},
	}
	d := must(client.GetMetricStatistics(t.Context(), in))(t).Datapoints[0]
	equal(t, "statistics", fmt.Sprint(*d.SampleCount, *d.Sum, *d.Minimum, *d.Maximum, *d.Average, d.ExtendedStatistics), "12 66 0 11 5.5 map[p100:11]")
	equal(t, "unit", d.Unit, types.StandardUnitMilliseconds)
	equal(t, "time", d.Timestamp.Equal(noon), true)
	in.Unit = types.StandardUnitSeconds
	equal(t, "other unit", len(must(client.GetMetricStatistics(t.Context(), in))(t).Datapoints), 0)
	in.Unit, in.Statistics, in.ExtendedStatistics = "", []types.Statistic{"Median"}, nil
	_, err := client.GetMetricStatistics(t.Context(), in)
	f.wantCode(err, "InvalidParameterValue")
	in.Statistics, in.Period = nil, aws.Int32(60)
	_, err = client.GetMetricStatistics(t.Context(), in)
	f.wantCode(err, "MissingParameter")
	in.Period = aws.Int32(1)
	_, err = client.GetMetricStatistics(t.Context(), in)
	f.wantCode(err, "InvalidParameterCombination")
}

func TestPutMetricData(t *testing.T) {
	f := newFixture(t)
	client := cloudwatch.NewFromConfig(f.config(primary))
	data := make([]types.MetricDatum, 0, 1001) // enough to be compressed
	for i := range 500 {
		data = append(data, types.MetricDatum{MetricName: aws.String("RTO"), Timestamp: &noon, Value: aws.Float64(float64(i)), Unit: types.StandardUnitSeconds})
	}
	data = append(data,
		types.MetricDatum{MetricName: aws.String("Many"), Timestamp: &noon, Values: []float64{1, 2}, Counts: []float64{3, 4}},
		types.MetricDatum{MetricName: aws.String("Set"), Timestamp: &noon, StatisticValues: &types.StatisticSet{SampleCount: aws.Float64(2), Sum: aws.Float64(5), Minimum: aws.Float64(-1), Maximum: aws.Float64(6)}},
		types.MetricDatum{MetricName: aws.String("Now"), Value: aws.Float64(1)},
	)
	must(client.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("Todos"), MetricData: data}))(t)
	f.in(primary, func(r *awssim.Region) {
		for name, want := range map[string]awssim.Summary{
			"RTO": {Count: 500, Sum: 124750, Min: 0, Max: 499}, "Many": {Count: 7, Sum: 11, Min: 1, Max: 2}, "Set": {Count: 2, Sum: 5, Min: -1, Max: 6},
		} {
			p := r.Metric(awssim.MetricID{Namespace: "Todos", Name: name}).Points(noon, noon.Add(time.Minute), time.Minute, "")
			equal(t, name, p[0].Summary, want)
		}
	})
	one := []types.MetricDatum{{MetricName: aws.String("A"), Value: aws.Float64(1)}}
	for code, in := range map[string]*cloudwatch.PutMetricDataInput{
		"InvalidParameterValue":       {Namespace: aws.String("AWS/RDS"), MetricData: one},
		"InvalidParameterCombination": {Namespace: aws.String("Todos"), MetricData: []types.MetricDatum{{MetricName: aws.String("A")}}},
	} {
		_, err := client.PutMetricData(t.Context(), in)
		f.wantCode(err, code)
	}
	session := f.role("OwnNamespace", `{"Statement": {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": {"StringEquals": {"cloudwatch:namespace": "Todos"}}}}`)
	restricted := cloudwatch.NewFromConfig(f.configOf(primary, session))
	must(restricted.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("Todos"), MetricData: one}))(t)
	_, err := restricted.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("Other"), MetricData: one})
	f.wantCode(err, "AccessDeniedException")
}

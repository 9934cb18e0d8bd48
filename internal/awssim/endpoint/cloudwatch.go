package endpoint

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// cloudWatch is CloudWatch's metrics. Metric maths, insights, units' conversion, trimmed statistics and streams are left out.
// Older SDKs speak the query protocol with it, some JSON, present ones CBOR.
func cloudWatch() *service {
	// The shapes of errors, by code, as in the service's model.
	shapes := queryCompatible{
		"InvalidParameterValue":       "InvalidParameterValueException",
		"InvalidParameterCombination": "InvalidParameterCombinationException",
		"MissingParameter":            "MissingRequiredParameterException",
	}
	return &service{
		name:   "monitoring",
		prefix: "cloudwatch",
		protocols: []protocol{
			rpcCBOR{query: shapes},
			jsonRPC{version: "1.0", query: shapes},
			query{namespace: "http://monitoring.amazonaws.com/doc/2010-08-01/"},
		},
		gzip: true,
		operations: []operation{
			{name: "GetMetricData", do: getMetricData},
			{name: "GetMetricStatistics", do: getMetricStatistics},
			{
				name: "PutMetricData",
				context: func(c *Call) map[string][]string {
					return map[string][]string{"cloudwatch:namespace": {c.Str("Namespace")}}
				},
				do: putMetricData,
			},
		},
	}
}

func invalidMetric(format string, args ...any) error {
	return failure(http.StatusBadRequest, "InvalidParameterValue", format, args...)
}

// metricDatum is a datum as PutMetricData sends it.
type metricDatum struct {
	MetricName      string
	Dimensions      []awssim.Dimension
	Timestamp       time.Time
	Value           *float64
	Values          []float64
	Counts          []float64
	StatisticValues *struct{ SampleCount, Sum, Minimum, Maximum float64 }
	Unit            string
}

// maxData and maxValues bound a request (CloudWatch API reference, PutMetricData and MetricDatum).
const maxData, maxValues, maxDimensions = 1000, 150, 30

func putMetricData(_ context.Context, c *Call) (any, error) {
	var in struct {
		Namespace  string
		MetricData []metricDatum
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	if in.Namespace == "" {
		return nil, failure(http.StatusBadRequest, "MissingParameter", "The parameter Namespace is required.")
	}
	if strings.HasPrefix(in.Namespace, "AWS/") {
		return nil, invalidMetric("The value AWS/ for parameter Namespace is invalid.")
	}
	if len(in.MetricData) > maxData {
		return nil, invalidMetric("The collection MetricData must not have a size greater than %d.", maxData)
	}
	data := make([]awssim.Datum, len(in.MetricData))
	for i, d := range in.MetricData {
		datum, err := d.datum()
		if err != nil {
			return nil, err
		}
		data[i] = datum
	}
	c.do(func(_ *awssim.State, r *awssim.Region) {
		for i, d := range in.MetricData {
			r.PutMetricData(awssim.MetricID{Namespace: in.Namespace, Name: d.MetricName, Dimensions: d.Dimensions}, data[i])
		}
	})
	return nil, nil
}

// datum checks what was sent, and returns it as the state keeps it.
func (d metricDatum) datum() (awssim.Datum, error) {
	out := awssim.Datum{Time: d.Timestamp, Unit: d.Unit}
	switch {
	case d.MetricName == "":
		return out, failure(http.StatusBadRequest, "MissingParameter", "The parameter MetricData.member.MetricName is required.")
	case len(d.Dimensions) > maxDimensions:
		return out, invalidMetric("The collection Dimensions must not have a size greater than %d.", maxDimensions)
	case d.StatisticValues != nil:
		s := *d.StatisticValues
		out.Summary = &awssim.Summary{Count: s.SampleCount, Sum: s.Sum, Min: s.Minimum, Max: s.Maximum}
	case d.Value != nil:
		out.Values = []awssim.Sample{{Value: *d.Value, Count: 1}}
	case len(d.Values) == 0 || len(d.Values) > maxValues || len(d.Counts) > 0 && len(d.Counts) != len(d.Values):
		return out, failure(http.StatusBadRequest, "InvalidParameterCombination",
			"At least one of Value, Values and StatisticValues must be specified, with as many Counts as Values, at most %d.", maxValues)
	}
	for i, v := range d.Values {
		count := 1.0
		if len(d.Counts) > 0 {
			count = d.Counts[i]
		}
		out.Values = append(out.Values, awssim.Sample{Value: v, Count: count})
	}
	return out, nil
}

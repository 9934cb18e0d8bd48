package endpoint

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

// metric names a metric in a request.
type metric struct {
	Namespace  string
	MetricName string
	Dimensions []awssim.Dimension
}

// points returns the metric's statistics over the periods between two times.
func (m metric) points(c *Call, start, end time.Time, period int, unit string) []awssim.Point {
	id := awssim.MetricID{Namespace: m.Namespace, Name: m.MetricName, Dimensions: m.Dimensions}
	return list(c, func(_ *awssim.State, r *awssim.Region) []awssim.Point {
		return r.Metric(id).Points(start, end, time.Duration(period)*time.Second, unit)
	})
}

// checkRange checks times and period of a request.
func checkRange(start, end time.Time, period int) error {
	switch {
	case start.IsZero() || end.IsZero():
		return failure(http.StatusBadRequest, "MissingParameter", "The parameters StartTime and EndTime are required.")
	case !start.Before(end):
		return failure(http.StatusBadRequest, "InvalidParameterCombination", "The parameter StartTime must be less than the parameter EndTime.")
	case period < 1 || period > maxPeriod || period%60 != 0 && !slices.Contains(shortPeriods, period):
		return invalidMetric("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
	}
	return nil
}

// maxPeriod is a day, in seconds; shortPeriods are the periods of high-resolution metrics.
const maxPeriod = 24 * 60 * 60

var shortPeriods = []int{1, 5, 10, 20, 30}

// statistic returns the value of a statistic at a point, if it can be had there. known is false if there is no such statistic.
func statistic(name string, p awssim.Point) (value float64, ok, known bool) {
	switch name {
	case "SampleCount":
		return p.Count, true, true
	case "Sum":
		return p.Sum, true, true
	case "Minimum":
		return p.Min, true, true
	case "Maximum":
		return p.Max, true, true
	case "Average":
		return p.Average(), true, true
	}
	q, err := strconv.ParseFloat(strings.TrimPrefix(name, "p"), 64)
	if err != nil || !strings.HasPrefix(name, "p") || q < 0 || q > 100 {
		return 0, false, false
	}
	value, ok = p.Percentile(q)
	return value, ok, true
}

type dataQuery struct {
	ID         string `json:"Id"`
	Label      string
	Expression string
	ReturnData *bool
	MetricStat *struct {
		Metric     metric
		Period     int
		Stat, Unit string
	}
}

type dataResult struct {
	ID         string `json:"Id" xml:"Id"`
	Label      string
	Timestamps []stamp   `xml:"Timestamps>member"`
	Values     []float64 `xml:"Values>member"`
	StatusCode string
}

type dataResults struct {
	MetricDataResults []dataResult `xml:"MetricDataResults>member"`
	NextToken         string       `json:",omitempty" xml:",omitempty"`
}

// maxQueries is the greatest number of queries, and maxDatapoints the greatest and the default number of values in an answer
// (CloudWatch API reference, GetMetricData).
const maxQueries, maxDatapoints = 500, 100_800

// dataPoint is a value of one of the queries.
type dataPoint struct {
	query int
	at    time.Time
	value float64
}

func getMetricData(_ context.Context, c *Call) (any, error) {
	in := struct {
		MetricDataQueries  []dataQuery
		StartTime, EndTime time.Time
		ScanBy, NextToken  string
		MaxDatapoints      int
	}{MaxDatapoints: maxDatapoints}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	if n := len(in.MetricDataQueries); n == 0 || n > maxQueries || in.MaxDatapoints < 1 || in.MaxDatapoints > maxDatapoints {
		return nil, invalidMetric("There must be 1 to %d MetricDataQueries and MaxDatapoints must be at most %d.", maxQueries, maxDatapoints)
	}
	var all []dataPoint
	for i, q := range in.MetricDataQueries {
		points, err := q.run(c, i, in.StartTime, in.EndTime)
		if err != nil {
			return nil, err
		}
		if in.ScanBy != "TimestampAscending" {
			slices.Reverse(points)
		}
		all = append(all, points...)
	}
	part, next, ok := page(all, in.NextToken, in.MaxDatapoints)
	if !ok {
		return nil, failure(http.StatusBadRequest, "InvalidNextToken", "The next token specified is invalid.")
	}
	return dataResults{collect(in.MetricDataQueries, part, next != ""), next}, nil
}

// run returns the query's values, oldest first; none if it is not to be returned.
func (q dataQuery) run(c *Call, index int, start, end time.Time) ([]dataPoint, error) {
	if q.MetricStat == nil || q.Expression != "" {
		return nil, failure(http.StatusBadRequest, "ValidationError", "query %s: only MetricStat is simulated, not Expression", q.ID)
	}
	s := q.MetricStat
	if err := checkRange(start, end, s.Period); err != nil {
		return nil, err
	}
	if _, _, known := statistic(s.Stat, awssim.Point{}); !known {
		return nil, failure(http.StatusBadRequest, "ValidationError", "The value '%s' for statistics is not valid", s.Stat)
	}
	var values []dataPoint
	for _, p := range s.Metric.points(c, start, end, s.Period, s.Unit) {
		if v, ok, _ := statistic(s.Stat, p); ok {
			values = append(values, dataPoint{index, p.Start, v})
		}
	}
	return values, nil
}

// collect sorts values by query. The last query with a value goes on in the next answer if there is one.
func collect(queries []dataQuery, points []dataPoint, more bool) []dataResult {
	results := make([]dataResult, 0, len(queries))
	place := map[int]int{}
	for i, q := range queries {
		if q.ReturnData != nil && !*q.ReturnData {
			continue
		}
		label := q.Label
		if label == "" {
			label = q.MetricStat.Metric.MetricName
		}
		place[i] = len(results)
		results = append(results, dataResult{ID: q.ID, Label: label, Timestamps: []stamp{}, Values: []float64{}, StatusCode: "Complete"})
	}
	for i, p := range points {
		at, returned := place[p.query]
		if !returned {
			continue
		}
		r := &results[at]
		r.Timestamps = append(r.Timestamps, stamp(p.at))
		r.Values = append(r.Values, p.value)
		if more && i == len(points)-1 {
			r.StatusCode = "PartialData"
		}
	}
	return results
}

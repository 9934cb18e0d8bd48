package endpoint

import (
	"context"
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
)

type datapoint struct {
	Timestamp          *stamp
	SampleCount        *float64 `json:",omitempty" xml:",omitempty"`
	Average            *float64 `json:",omitempty" xml:",omitempty"`
	Sum                *float64 `json:",omitempty" xml:",omitempty"`
	Minimum            *float64 `json:",omitempty" xml:",omitempty"`
	Maximum            *float64 `json:",omitempty" xml:",omitempty"`
	Unit               string
	ExtendedStatistics extended `json:",omitempty" xml:",omitempty"`
}

// maxStatistics is the greatest number of points in an answer of GetMetricStatistics (CloudWatch API reference).
const maxStatistics = 1440

// getMetricStatistics answers in no order, as documented; here it is the order of time.
func getMetricStatistics(_ context.Context, c *Call) (any, error) {
	var in struct {
		Namespace, MetricName          string
		Dimensions                     []awssim.Dimension
		StartTime, EndTime             time.Time
		Period                         int
		Statistics, ExtendedStatistics []string
		Unit                           string
	}
	if err := c.Bind(&in); err != nil {
		return nil, err
	}
	if err := checkRange(in.StartTime, in.EndTime, in.Period); err != nil {
		return nil, err
	}
	if n := int(in.EndTime.Sub(in.StartTime).Seconds()) / in.Period; n > maxStatistics {
		return nil, failure(http.StatusBadRequest, "InvalidParameterCombination",
			"You have requested up to %d datapoints, which exceeds the limit of %d.", n, maxStatistics)
	}
	names := slices.Concat(in.Statistics, in.ExtendedStatistics)
	if len(names) == 0 {
		return nil, failure(http.StatusBadRequest, "MissingParameter", "Must specify either Statistics or ExtendedStatistics")
	}
	m := metric{in.Namespace, in.MetricName, in.Dimensions}
	points := []datapoint{}
	for _, p := range m.points(c, in.StartTime, in.EndTime, in.Period, in.Unit) {
		d, err := datapointOf(p, names)
		if err != nil {
			return nil, err
		}
		points = append(points, d)
	}
	return struct {
		Label      string
		Datapoints []datapoint `xml:"Datapoints>member"`
	}{in.MetricName, points}, nil
}

// datapointOf is a point with the statistics of those names.
func datapointOf(p awssim.Point, names []string) (datapoint, error) {
	d := datapoint{Timestamp: stampOf(p.Start), Unit: p.Unit}
	fields := map[string]**float64{
		"SampleCount": &d.SampleCount, "Average": &d.Average, "Sum": &d.Sum, "Minimum": &d.Minimum, "Maximum": &d.Maximum,
	}
	for _, name := range names {
		value, ok, known := statistic(name, p)
		if !known {
			return d, invalidMetric("The value %s for parameter Statistics is invalid.", name)
		}
		field, plain := fields[name]
		switch {
		case plain:
			*field = &value
		case ok && d.ExtendedStatistics == nil:
			d.ExtendedStatistics = extended{name: value}
		case ok:
			d.ExtendedStatistics[name] = value
		}
	}
	return d, nil
}

// extended are percentiles by name.
type extended map[string]float64

// MarshalXML writes a map as the query protocol has it: entries of key and value.
func (x extended) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	type entry struct {
		Key   string  `xml:"key"`
		Value float64 `xml:"value"`
	}
	var entries struct {
		Entry []entry `xml:"entry"`
	}
	for _, name := range slices.Sorted(maps.Keys(x)) {
		entries.Entry = append(entries.Entry, entry{name, x[name]})
	}
	return e.EncodeElement(entries, start)
}

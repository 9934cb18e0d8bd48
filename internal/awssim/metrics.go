package awssim

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Dimension is a name and a value that tell metrics of the same name apart.
type Dimension struct {
	Name  string
	Value string
}

// MetricID names a metric.
type MetricID struct {
	Namespace  string
	Name       string
	Dimensions []Dimension // in any order
}

// Metric is a CloudWatch metric and its data, in the order in which they were put. Of more than maxMetricData, which is more than
// three hours by the second, the oldest are forgotten.
type Metric struct {
	ID   MetricID
	Data []Datum
}

const maxMetricData = 12_000

// Datum is one or more measurements of a metric at one time.
type Datum struct {
	Time   time.Time
	Unit   string // None if empty
	Values []Sample

	// Summary stands for measurements that only their statistics are known of; nil if Values has them.
	Summary *Summary
}

// Sample is a measured value and how often it was measured.
type Sample struct {
	Value float64
	Count float64
}

// Summary is the statistics of some measurements.
type Summary struct {
	Count, Sum, Min, Max float64
}

// key is the metric's name in the table of metrics.
func (id MetricID) key() string {
	dims := slices.SortedFunc(slices.Values(id.Dimensions), func(a, b Dimension) int { return cmp.Compare(a.Name, b.Name) })
	parts := []string{id.Namespace, id.Name}
	for _, d := range dims {
		parts = append(parts, d.Name, d.Value)
	}
	return strings.Join(parts, "\x00")
}

// PutMetricData adds data to the metric. A datum without a time gets the present one.
func (r *Region) PutMetricData(id MetricID, data ...Datum) {
	m, ok := r.Metrics.Get(id.key())
	if !ok {
		m.ID = id
	}
	for _, d := range data {
		if d.Time.IsZero() {
			d.Time = r.state.Now()
		}
		m.Data = append(m.Data, d) // behind what earlier readers see
	}
	if len(m.Data) > 2*maxMetricData { // seldom, since it copies
		m.Data = slices.Clone(m.Data[len(m.Data)-maxMetricData:])
	}
	r.Metrics.Put(id.key(), m)
}

// PutMetric adds one measurement, made now.
func (r *Region) PutMetric(id MetricID, value float64, unit string) {
	r.PutMetricData(id, Datum{Unit: unit, Values: []Sample{{Value: value, Count: 1}}})
}

// Metric returns the metric; it has no data if nothing was put.
func (r *Region) Metric(id MetricID) Metric {
	m, _ := r.Metrics.Get(id.key())
	return m
}

// Point is the statistics of a metric over one period.
type Point struct {
	Start time.Time
	Unit  string
	Summary
	samples []Sample
}

// Points returns the metric's statistics for each period with data in [start, end), oldest first. Periods begin at multiples
// of their length, and start is rounded down to one (CloudWatch API reference, GetMetricData). unit picks the data with that
// unit; empty means any.
func (m Metric) Points(start, end time.Time, period time.Duration, unit string) []Point {
	byStart := map[int64]*Point{}
	for _, d := range m.Data {
		d.Unit = cmp.Or(d.Unit, "None")
		if d.Time.Before(start.Truncate(period)) || !d.Time.Before(end) || unit != "" && unit != d.Unit {
			continue
		}
		at := d.Time.Truncate(period)
		p, ok := byStart[at.UnixNano()]
		if !ok {
			p = &Point{Start: at.UTC(), Unit: d.Unit, Summary: Summary{Min: math.Inf(1), Max: math.Inf(-1)}}
			byStart[at.UnixNano()] = p
		}
		p.add(d)
	}
	points := make([]Point, 0, len(byStart))
	for _, p := range byStart {
		points = append(points, *p)
	}
	slices.SortFunc(points, func(a, b Point) int { return a.Start.Compare(b.Start) })
	return points
}

func (p *Point) add(d Datum) {
	if d.Summary != nil {
		p.merge(*d.Summary)
	}
	for _, s := range d.Values {
		p.merge(Summary{Count: s.Count, Sum: s.Value * s.Count, Min: s.Value, Max: s.Value})
		p.samples = append(p.samples, s)
	}
}

func (p *Point) merge(s Summary) {
	p.Count += s.Count
	p.Sum += s.Sum
	p.Min = min(p.Min, s.Min)
	p.Max = max(p.Max, s.Max)
}

// Average is the mean of the period's measurements.
func (p Point) Average() float64 { return p.Sum / p.Count }

// Percentile returns the value that q per cent of the period's measurements do not exceed, by nearest rank, and whether the
// measurements are known: a summary has none. CloudWatch interpolates, so its values may differ slightly.
func (p Point) Percentile(q float64) (float64, bool) {
	samples := slices.SortedFunc(slices.Values(p.samples), func(a, b Sample) int { return cmp.Compare(a.Value, b.Value) })
	total := 0.0
	for _, s := range samples {
		total += s.Count
	}
	if total == 0 || total < p.Count {
		return 0, false
	}
	rank, seen := q/100*total, 0.0
	for _, s := range samples {
		if seen += s.Count; seen >= rank {
			return s.Value, true
		}
	}
	return samples[len(samples)-1].Value, true
}

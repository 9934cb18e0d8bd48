package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/awssim/iam"
	"github.com/warmstandby/warmstandby/internal/rehearsal/provision"
)

// functionLog is where a function's log goes. CloudWatch takes metrics from it, if the function's role lets Lambda write it.
func (s *system) functionLog(f *provision.Function) io.Writer {
	for _, err := range f.Lacks {
		if denied, ok := errors.AsType[*iam.Denied](err); ok && strings.HasPrefix(denied.Action, "logs:") {
			return s.log
		}
	}
	return metricsLog{to: s.log, cloud: s.cloud, region: f.Region}
}

// metricsLog is a log out of which CloudWatch takes metrics: lines in the embedded metric format (CloudWatch user guide,
// "Specification: Embedded metric format"). A line that is not in that format is nothing but a line.
type metricsLog struct {
	to     io.Writer
	cloud  *awssim.Cloud
	region string
}

// Write takes the metrics out of a line, which may begin with something before its object, and passes it on.
func (l metricsLog) Write(line []byte) (int, error) {
	if start := bytes.IndexByte(line, '{'); start >= 0 && bytes.Contains(line, []byte(`"_aws"`)) {
		l.take(line[start:])
	}
	return l.to.Write(line)
}

// take puts the metrics of an object.
func (l metricsLog) take(object []byte) {
	var metadata struct {
		AWS struct {
			Timestamp         int64 // milliseconds since 1970
			CloudWatchMetrics []directive
		} `json:"_aws"`
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &metadata) != nil || json.Unmarshal(object, &members) != nil {
		return
	}
	at := time.UnixMilli(metadata.AWS.Timestamp).UTC()
	l.cloud.Do(func(s *awssim.State) {
		for _, d := range metadata.AWS.CloudWatchMetrics {
			d.put(s.Region(l.region), at, members)
		}
	})
}

// directive is a MetricDirective: what of an object is a metric.
type directive struct {
	Namespace  string
	Dimensions [][]string
	Metrics    []struct{ Name, Unit string }
}

// put puts each metric once for each set of dimensions.
func (d directive) put(r *awssim.Region, at time.Time, members map[string]json.RawMessage) {
	for _, set := range d.Dimensions {
		dimensions, ok := dimensionsOf(set, members)
		if !ok {
			continue
		}
		for _, m := range d.Metrics {
			if values := samples(members[m.Name]); len(values) > 0 {
				id := awssim.MetricID{Namespace: d.Namespace, Name: m.Name, Dimensions: dimensions}
				r.PutMetricData(id, awssim.Datum{Time: at, Unit: m.Unit, Values: values})
			}
		}
	}
}

// dimensionsOf are dimensions with the object's texts, and whether it has all of them.
func dimensionsOf(names []string, members map[string]json.RawMessage) (dimensions []awssim.Dimension, ok bool) {
	for _, name := range names {
		var value string
		if json.Unmarshal(members[name], &value) != nil || value == "" {
			return nil, false
		}
		dimensions = append(dimensions, awssim.Dimension{Name: name, Value: value})
	}
	return dimensions, true
}

// samples are the numbers of a member, which is one or a list of them.
func samples(member json.RawMessage) []awssim.Sample {
	var all []float64
	var one float64
	switch {
	case json.Unmarshal(member, &one) == nil:
		all = []float64{one}
	case json.Unmarshal(member, &all) != nil:
		return nil
	}
	values := make([]awssim.Sample, len(all))
	for i, v := range all {
		values[i] = awssim.Sample{Value: v, Count: 1}
	}
	return values
}

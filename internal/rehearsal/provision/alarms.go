package provision

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/warmstandby/warmstandby/internal/awssim"
	"github.com/warmstandby/warmstandby/internal/cloudformation"
	"github.com/warmstandby/warmstandby/internal/rehearsal/properties"
)

type alarmProperties struct {
	AlarmActions       []string
	AlarmDescription   string
	AlarmName          string
	ComparisonOperator string
	DatapointsToAlarm  *properties.Int
	Dimensions         []awssim.Dimension
	EvaluationPeriods  properties.Int
	MetricName         string
	Metrics            []metricQueryProperties
	Namespace          string
	Period             properties.Int
	Statistic          string
	Threshold          float64
	TreatMissingData   string

	ActionsEnabled          properties.Ignored // alarms do not act
	InsufficientDataActions properties.Ignored // as above
	OKActions               properties.Ignored // as above
	Tags                    properties.Ignored // nothing looks at them
	Unit                    properties.Ignored // a metric has one unit here
}

type metricQueryProperties struct {
	Expression string
	ID         string
	MetricStat *struct {
		Metric struct {
			Dimensions []awssim.Dimension
			MetricName string
			Namespace  string
		}
		Period properties.Int
		Stat   string

		Unit properties.Ignored // a metric has one unit here
	}
	ReturnData *properties.Bool

	Label properties.Ignored // it is shown, and nothing depends on it
}

// alarm is AWS::CloudWatch::Alarm.
func (c *call) alarm(p alarmProperties) (cloudformation.Physical, error) {
	queries, err := alarmQueries(p)
	if err != nil {
		return cloudformation.Physical{}, err
	}
	a := c.region.CreateAlarm(awssim.Alarm{
		Name: cmp.Or(p.AlarmName, c.GeneratedName(255)), Description: p.AlarmDescription,
		Metric:    awssim.MetricID{Namespace: p.Namespace, Name: p.MetricName, Dimensions: p.Dimensions},
		Statistic: p.Statistic, Queries: queries, Comparison: p.ComparisonOperator, Threshold: p.Threshold,
		Period: time.Duration(p.Period) * time.Second, Periods: int(p.EvaluationPeriods),
		Datapoints: valueOr(p.DatapointsToAlarm, int(p.EvaluationPeriods)), Missing: p.TreatMissingData, Actions: p.AlarmActions,
	})
	return physical(a.Name, attributes{"Arn": a.ARN})
}

// alarmQueries are the metrics and expressions of an alarm that is not on one metric. One of them is what the alarm is on
// (CloudWatch API reference, PutMetricAlarm and MetricDataQuery).
func alarmQueries(p alarmProperties) ([]awssim.AlarmQuery, error) {
	if (p.MetricName == "") == (len(p.Metrics) == 0) {
		return nil, errors.New("either property MetricName or property Metrics must be given")
	}
	if len(p.Metrics) > 0 && (p.Namespace != "" || p.Statistic != "" || p.Period != 0 || len(p.Dimensions) > 0) {
		return nil, errors.New("properties Namespace, Statistic, Period and Dimensions must not be given together with Metrics")
	}
	var queries []awssim.AlarmQuery
	watched := 0
	for _, m := range p.Metrics {
		if (m.Expression == "") == (m.MetricStat == nil) {
			return nil, fmt.Errorf("metric %s must have either Expression or MetricStat", m.ID)
		}
		q := awssim.AlarmQuery{ID: m.ID, Expression: m.Expression, Watched: m.ReturnData == nil || bool(*m.ReturnData)}
		if s := m.MetricStat; s != nil {
			q.Metric = awssim.MetricID{Namespace: s.Metric.Namespace, Name: s.Metric.MetricName, Dimensions: s.Metric.Dimensions}
			q.Statistic, q.Period = s.Stat, time.Duration(s.Period)*time.Second
		}
		if q.Watched {
			watched++
		}
		queries = append(queries, q)
	}
	if len(queries) > 0 && watched != 1 {
		return nil, fmt.Errorf("exactly one of Metrics must have ReturnData true, got %d", watched)
	}
	return queries, nil
}

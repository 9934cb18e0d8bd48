package awssim

import "time"

// Alarm is a CloudWatch alarm. It is on one metric, or on what an expression makes of several.
type Alarm struct {
	Name        string
	ARN         string
	Description string
	Metric      MetricID
	Statistic   string
	Queries     []AlarmQuery // in place of Metric, Statistic and Period
	Comparison  string
	Threshold   float64
	Period      time.Duration
	Periods     int    // how many are looked at
	Datapoints  int    // how many of them must be beyond the threshold
	Missing     string // what a period without data counts as: breaching, notBreaching, ignore or missing
	Actions     []string
}

// AlarmQuery is a metric that an alarm's expressions use, or an expression.
type AlarmQuery struct {
	ID         string
	Expression string // empty for a metric
	Metric     MetricID
	Statistic  string
	Period     time.Duration
	Watched    bool // whether the alarm is on it
}

// CreateAlarm stores an alarm. It fills in the ARN.
func (r *Region) CreateAlarm(a Alarm) Alarm {
	a.ARN = r.arn("cloudwatch", "alarm:"+a.Name)
	r.Alarms.Put(a.Name, a)
	return a
}

package awssim

import "time"

// Alarm is a CloudWatch alarm on one metric.
type Alarm struct {
	Name        string
	ARN         string
	Description string
	Metric      MetricID
	Statistic   string
	Comparison  string
	Threshold   float64
	Period      time.Duration
	Periods     int    // how many are looked at
	Datapoints  int    // how many of them must be beyond the threshold
	Missing     string // what a period without data counts as: breaching, notBreaching, ignore or missing
	Actions     []string
}

// CreateAlarm stores an alarm. It fills in the ARN.
func (r *Region) CreateAlarm(a Alarm) Alarm {
	a.ARN = r.arn("cloudwatch", "alarm:"+a.Name)
	r.Alarms.Put(a.Name, a)
	return a
}

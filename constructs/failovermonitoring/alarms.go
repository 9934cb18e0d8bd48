package failovermonitoring

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// How long something has to last, in periods of a minute unless the metric's are longer.
const (
	lagPeriods   = 5
	strayPeriods = 10
	edgePeriods  = 5
)

// drillPeriods are as many as an hour has: a drill's figures change slowly.
const drillPeriods = 60

// alarm is an alarm's threshold.
type alarm struct {
	id, text  string
	metric    awscloudwatch.IMetric
	below     bool // goes off below the threshold, not at or above it
	threshold float64
	periods   int
	missing   awscloudwatch.TreatMissingData
}

// thresholds are the alarms of the Region.
func (m *Monitoring) thresholds() []alarm {
	p, region := m.props, m.site().Region
	const quiet = awscloudwatch.TreatMissingData_NOT_BREACHING
	all := []alarm{
		{"RpoLag", "What a failover to " + region + " would lose grows", m.database(rpoLag), false, float64(p.MaxLagSeconds) * 1000, lagPeriods, quiet},
		{"ReplicationLag", "The database in " + region + " lags behind the writer", m.database(replicationLag), false, float64(p.MaxLagSeconds) * 1000, lagPeriods, quiet},
		{"ServerErrors", "The API in " + region + " fails", m.api("5XXError"), false, float64(p.MaxServerErrors), 1, quiet},
		{"Fenced", fmt.Sprintf("The edge refuses writes for %d minutes: see the fence's run in its pipeline, or run warmstandby status", p.MaxFenceMinutes), m.own(topology.FencedMetric), false, 1, p.MaxFenceMinutes, quiet},
		{"ActiveWithoutWriter", "The edge routes to " + region + ", whose database is not the writer", m.stray(), false, 1, strayPeriods, quiet},
		{"EdgeSilent", "Requests through the edge are not answered, or nothing measures that: see the function's log", m.own(topology.EdgeAnswersMetric), true, 1, edgePeriods, awscloudwatch.TreatMissingData_BREACHING},
		{"DrillFailed", "The last drill that activated " + region + " failed: see its report", m.own(topology.DrillSucceededMetric), true, 1, drillPeriods, quiet},
	}
	if p.MaxDaysSinceDrill > 0 {
		all = append(all, alarm{
			"DrillOverdue", fmt.Sprintf("Nobody has tried a failover to %s for %d days", region, p.MaxDaysSinceDrill),
			m.own(topology.DaysSinceDrillMetric), false, float64(p.MaxDaysSinceDrill), drillPeriods, quiet,
		})
	}
	return all
}

func (m *Monitoring) defineAlarms() {
	action := awscloudwatchactions.NewSnsAction(m.props.Topic)
	for _, t := range m.thresholds() {
		comparison := awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD
		if t.below {
			comparison = awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD
		}
		a := awscloudwatch.NewAlarm(m, jsii.String(t.id), &awscloudwatch.AlarmProps{
			AlarmDescription:   jsii.String(t.text),
			Metric:             t.metric,
			ComparisonOperator: comparison,
			Threshold:          jsii.Number(t.threshold),
			EvaluationPeriods:  jsii.Number(t.periods),
			TreatMissingData:   t.missing,
		})
		a.AddAlarmAction(action)
		a.AddOkAction(action)
		m.alarms = append(m.alarms, a)
	}
}

package failovermonitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Sizes of widgets, of the 24 columns that a dashboard has.
const (
	half   = 12
	whole  = 24
	height = 6
	low    = 3
)

func (m *Monitoring) defineDashboard() awscloudwatch.Dashboard {
	props := &awscloudwatch.DashboardProps{Widgets: &[]*[]awscloudwatch.IWidget{
		{m.singles("State of "+m.site().Region+": 1 is yes", topology.ActiveMetric, topology.WriterMetric, topology.FencedMetric, topology.EdgeAnswersMetric)},
		{
			m.graph("Lag, in milliseconds", m.database(rpoLag), m.database(replicationLag)),
			m.graph("Active, writer and fence", m.own(topology.ActiveMetric), m.own(topology.WriterMetric), m.own(topology.FencedMetric)),
		},
		{
			m.graph("Answers of the API in "+m.site().Region, m.api("Count"), m.api("4XXError"), m.api("5XXError")),
			m.singles("Last drill", topology.DrillSucceededMetric, topology.DaysSinceDrillMetric),
		},
		{m.alarmList()},
	}}
	if m.props.DashboardName != "" {
		props.DashboardName = jsii.String(m.props.DashboardName)
	}
	return awscloudwatch.NewDashboard(m, jsii.String("Dashboard"), props)
}

func (m *Monitoring) graph(title string, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: &title, Left: &metrics, Width: jsii.Number(half), Height: jsii.Number(height),
	})
}

// singles shows the newest figures of the function.
func (m *Monitoring) singles(title string, names ...string) awscloudwatch.IWidget {
	var metrics []awscloudwatch.IMetric
	for _, name := range names {
		metrics = append(metrics, m.own(name))
	}
	return awscloudwatch.NewSingleValueWidget(&awscloudwatch.SingleValueWidgetProps{
		Title: &title, Metrics: &metrics, Width: jsii.Number(half), Height: jsii.Number(height),
	})
}

func (m *Monitoring) alarmList() awscloudwatch.IWidget {
	var alarms []interfacesawscloudwatch.IAlarmRef
	for _, a := range m.alarms {
		alarms = append(alarms, a)
	}
	return awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
		Title: jsii.String("Alarms"), Alarms: &alarms, Width: jsii.Number(whole), Height: jsii.Number(low),
	})
}

package topology

// MetricNamespace is the CloudWatch namespace of what no AWS service measures about an application. The metrics of a Region are in
// that Region, once a minute.
const MetricNamespace = "Warmstandby"

// ApplicationDimension is the only dimension of these metrics: the application's name.
const ApplicationDimension = "Application"

// Names of the metrics.
const (
	// ActiveMetric is 1 while requests through the edge are served by the Region, and 0 while the other one serves.
	ActiveMetric = "Active"

	// WriterMetric is 1 while the Region's cluster is the global database's writer, and 0 while it is not.
	WriterMetric = "Writer"

	// FencedMetric is 1 while the edge refuses writes, and 0 while it takes them.
	FencedMetric = "Fenced"

	// EdgeAnswersMetric is 1 if requests through the edge are answered, and 0 if not.
	EdgeAnswersMetric = "EdgeAnswers"

	// DaysSinceDrillMetric is the age of the last drill that a pipeline of the Region has run, in days.
	DaysSinceDrillMetric = "DaysSinceDrill"

	// DrillSucceededMetric is 1 if that drill succeeded, and 0 if not.
	DrillSucceededMetric = "DrillSucceeded"
)

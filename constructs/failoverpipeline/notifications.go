package failoverpipeline

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/jsii-runtime-go"
)

// A move longer than this has lost its way: periods of slowMinutes each.
const (
	slowMinutes = 15
	slowPeriods = 4
)

// defineNotifications tells people of runs that fail or hang.
func (r *Pipeline) defineNotifications() {
	r.defineEndOfRun()
	r.notify(awscloudwatch.NewAlarm(r, jsii.String("SlowMove"), &awscloudwatch.AlarmProps{
		AlarmDescription:   jsii.String("A move of " + r.site().Pipeline + " takes longer than an hour: look at the pipeline and at the fence"),
		Metric:             r.functions[MoveFunction].Function().MetricInvocations(sum(slowMinutes)),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
		Threshold:          jsii.Number(1),
		EvaluationPeriods:  jsii.Number(slowPeriods),
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	}))
	for _, name := range []string{AssessFunction, MoveFunction, VerifyFunction, ReportFunction} {
		r.notify(awscloudwatch.NewAlarm(r, jsii.String(name+"Errors"), &awscloudwatch.AlarmProps{
			AlarmDescription:   jsii.String("The function " + r.site().Pipeline + "-" + name + " fails, so that its action may wait in vain: see its log"),
			Metric:             r.functions[name].Function().MetricErrors(sum(1)),
			ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
			Threshold:          jsii.Number(1),
			EvaluationPeriods:  jsii.Number(1),
			TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
		}))
	}
}

func sum(minutes int) *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Period: awscdk.Duration_Minutes(jsii.Number(minutes)), Statistic: awscloudwatch.Stats_SUM()}
}

// notify has the topic told when an alarm goes off, and when it is over.
func (r *Pipeline) notify(alarm awscloudwatch.Alarm) {
	action := awscloudwatchactions.NewSnsAction(r.topic)
	alarm.AddAlarmAction(action)
	alarm.AddOkAction(action)
	r.alarms = append(r.alarms, alarm)
}

// defineEndOfRun has the report of a run written that ends before its own stage for that, and people told. The states are those of
// "Monitoring CodePipeline events" in the CodePipeline user guide.
func (r *Pipeline) defineEndOfRun() {
	rule := awsevents.NewRule(r, jsii.String("EndOfRun"), &awsevents.RuleProps{
		Description: jsii.String("Runs of " + r.site().Pipeline + " that fail or are stopped"),
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.codepipeline"),
			DetailType: jsii.Strings("CodePipeline Pipeline Execution State Change"),
			Detail:     &map[string]any{"pipeline": []string{r.site().Pipeline}, "state": []string{"FAILED", "STOPPED"}},
		},
	})
	field := func(path string) string { return *awsevents.EventField_FromPath(jsii.String(path)) }
	message := "Run " + field("$.detail.execution-id") + " of pipeline " + r.site().Pipeline + " ended as " + field("$.detail.state") +
		". The failed action says why and what to do; the report follows at s3://" + r.site().ReportBucket + "/runs/" + field("$.detail.execution-id") + "/report.md"
	rule.AddTarget(awseventstargets.NewSnsTopic(r.topic, &awseventstargets.SnsTopicProps{
		Message: awsevents.RuleTargetInput_FromText(jsii.String(message)),
	}))
	rule.AddTarget(awseventstargets.NewLambdaFunction(r.functions[ReportFunction].Function(), nil))
}

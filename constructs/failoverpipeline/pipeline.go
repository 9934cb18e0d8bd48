package failoverpipeline

import (
	"encoding/json"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/topology"
)

// How long a run waits for people, in minutes. While it does, other runs of the pipeline wait for it.
const (
	ApprovalMinutes = 60
	HoldMinutes     = 24 * 60
)

// Names of the pipeline's variables.
const (
	ModeVariable        = "mode"
	ReasonVariable      = "reason"
	MaxDataLossVariable = "maxDataLoss"
	OverridesVariable   = "overrides"
)

// Variable is a variable of the pipeline.
type Variable struct {
	// Name is the variable's.
	Name string

	// Default is its value unless a run sets another one. Without one, every run has to set it.
	Default string

	// Description says what it is, in up to 200 characters.
	Description string
}

// defaultMode is the mode of a pipeline by the Region that it activates.
var defaultMode = map[topology.Role]string{topology.Primary: "failback", topology.Secondary: "switchover"}

// Variables are the variables of the pipeline that activates a home role's Region. A variable's value cannot be empty, and must
// have no quotation mark, backslash or line break: it becomes part of a JSON text.
func Variables(activates topology.Role) []Variable {
	return []Variable{
		{ModeVariable, defaultMode[activates], "drill, switchover, failback: nothing is lost, both Regions must be healthy. failover: the active Region is gone. detach: a managed failover is impossible."},
		{ReasonVariable, "", "Why, for the report: up to 500 characters, without quotation marks and backslashes."},
		{MaxDataLossVariable, "60", "For failover and detach: the replication lag, in seconds, above which the move is refused."},
		{OverridesVariable, "none", "Codes of reasons that you accept, with commas between, such as LagUnknown,SourceServing. See the assessment's failure. none: accept nothing."},
	}
}

// Phases of a drill, as the functions know them.
const (
	there = "there"
	back  = "back"
)

func (r *Pipeline) definePipeline() awscodepipeline.Pipeline {
	var variables []awscodepipeline.Variable
	for _, v := range Variables(r.props.Activates) {
		props := &awscodepipeline.VariableProps{VariableName: jsii.String(v.Name), Description: jsii.String(v.Description)}
		if v.Default != "" {
			props.DefaultValue = jsii.String(v.Default)
		}
		variables = append(variables, awscodepipeline.NewVariable(props))
	}
	pipeline := awscodepipeline.NewPipeline(r, jsii.String("Resource"), &awscodepipeline.PipelineProps{
		PipelineName:              jsii.String(r.site().Pipeline),
		PipelineType:              awscodepipeline.PipelineType_V2,
		ExecutionMode:             awscodepipeline.ExecutionMode_QUEUED,
		ArtifactBucket:            r.artifacts,
		RestartExecutionOnUpdate:  jsii.Bool(false),
		UsePipelineRoleForActions: jsii.Bool(true), // it may start the functions, ask for approval, and read the source
		Variables:                 &variables,
		Stages:                    r.stages(),
	})
	pipeline.Node().AddDependency(r.defineSource())
	return pipeline
}

func (r *Pipeline) stages() *[]*awscodepipeline.StageProps {
	region := r.site().Region
	other := r.props.Document.Regions[r.props.Activates.Other()].Region
	approve := "#{Assess.Summary} Approving moves the application to " + region + " after another assessment."
	hold := "Verified in " + region + ": #{Verify.Summary} Approving ends the drill and moves the application back to " + other + "."
	return &[]*awscodepipeline.StageProps{
		stage("Source", r.sourceAction()),
		stage("Assess", r.invoke("Assess", AssessFunction, there)),
		stage("Approve", r.approval("Approve", approve, ApprovalMinutes)),
		stage("Move", r.invoke("Move", MoveFunction, there)),
		stage("Verify", r.invoke("Verify", VerifyFunction, there)),
		stage("Report", r.invoke("Report", ReportFunction, there)),
		ofDrill(stage("Hold", r.approval("Hold", hold, HoldMinutes))),
		ofDrill(stage("Return", r.invoke("Return", MoveFunction, back))),
		ofDrill(stage("VerifyReturn", r.invoke("VerifyReturn", VerifyFunction, back))),
		ofDrill(stage("ReportReturn", r.invoke("ReportReturn", ReportFunction, back))),
	}
}

func stage(name string, action awscodepipeline.IAction) *awscodepipeline.StageProps {
	return &awscodepipeline.StageProps{StageName: jsii.String(name), Actions: &[]awscodepipeline.IAction{action}}
}

// ofDrill is a stage that is skipped unless the run is a drill. A condition whose result is SKIP cannot be overridden by those who
// run the pipeline.
func ofDrill(s *awscodepipeline.StageProps) *awscodepipeline.StageProps {
	s.BeforeEntry = &awscodepipeline.Conditions{Conditions: &[]*awscodepipeline.Condition{{
		Result: awscodepipeline.Result_SKIP,
		Rules: &[]awscodepipeline.Rule{awscodepipeline.NewRule(&awscodepipeline.RuleProps{
			Name:     jsii.String("OnlyInDrills"),
			Provider: jsii.String("VariableCheck"),
			Version:  jsii.String("1"),
			Configuration: &map[string]any{
				"Variable": reference(ModeVariable), "Operator": "EQ", "Value": "drill",
			},
		})},
	}}}
	return s
}

func (r *Pipeline) sourceAction() awscodepipeline.IAction {
	return awscodepipelineactions.NewS3SourceAction(&awscodepipelineactions.S3SourceActionProps{
		ActionName: jsii.String("Source"),
		Bucket:     r.reports,
		BucketKey:  jsii.String(sourceKey),
		Output:     awscodepipeline.NewArtifact(jsii.String("Source"), nil),
		Trigger:    awscodepipelineactions.S3Trigger_NONE,
	})
}

// invoke is an action that invokes a function. Its variables are in a namespace of its own name.
func (r *Pipeline) invoke(name, function, phase string) awscodepipeline.IAction {
	return awscodepipelineactions.NewLambdaInvokeAction(&awscodepipelineactions.LambdaInvokeActionProps{
		ActionName:           jsii.String(name),
		VariablesNamespace:   jsii.String(name),
		Lambda:               r.functions[function].Function(),
		UserParametersString: jsii.String(r.parameters(phase)),
	})
}

// parameters are what the functions read: texts, in which CodePipeline replaces the references.
func (r *Pipeline) parameters(phase string) string {
	data, _ := json.Marshal(map[string]string{ // texts: it cannot fail
		"run":         "#{codepipeline.PipelineExecutionId}",
		"target":      string(r.props.Activates),
		"phase":       phase,
		"startedBy":   "pipeline " + r.site().Pipeline,
		"mode":        reference(ModeVariable),
		"reason":      reference(ReasonVariable),
		"maxDataLoss": reference(MaxDataLossVariable),
		"overrides":   reference(OverridesVariable),
	})
	return string(data)
}

func reference(variable string) string { return "#{variables." + variable + "}" }

// approval is an action that waits for somebody, who is told by the topic.
func (r *Pipeline) approval(name, text string, minutes int) awscodepipeline.IAction {
	site := r.site()
	return awscodepipelineactions.NewManualApprovalAction(&awscodepipelineactions.ManualApprovalActionProps{
		ActionName:            jsii.String(name),
		AdditionalInformation: jsii.String(text),
		ExternalEntityLink: jsii.String(fmt.Sprintf("https://%s.console.aws.amazon.com/s3/buckets/%s?region=%s&prefix=runs/%s/",
			site.Region, site.ReportBucket, site.Region, "#{codepipeline.PipelineExecutionId}")),
		NotificationTopic: r.topic,
		Timeout:           awscdk.Duration_Minutes(jsii.Number(minutes)),
	})
}

package failoverpipeline

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/warmstandby/warmstandby/constructs/gofunction"
	"github.com/warmstandby/warmstandby/constructs/internal/cdkgo"
	"github.com/warmstandby/warmstandby/constructs/topology"
)

// Pipeline is a pipeline that activates a Region.
type Pipeline struct {
	constructs.Construct

	props     Props
	key       awskms.Key
	topic     awssns.Topic
	reports   awss3.Bucket
	artifacts awss3.Bucket
	parameter awsssm.StringParameter
	functions map[string]*gofunction.Function
	pipeline  awscodepipeline.Pipeline
	alarms    []awscloudwatch.Alarm
}

// New defines a Pipeline under scope, in this order: the key and what it encrypts, the topology, the functions, the pipeline, and
// the notifications. It panics with everything that is wrong with props.
func New(scope constructs.Construct, id string, props *Props) *Pipeline {
	var p Props
	if props != nil {
		p = *props
	}
	cdkgo.Must("failover pipeline", scope, id, p.validate(*awscdk.Stack_Of(scope).Region()))

	r := &Pipeline{props: p.withDefaults(), functions: map[string]*gofunction.Function{}}
	constructs.NewConstruct_Override(r, scope, &id)
	r.key = r.defineKey()
	r.topic = r.defineTopic()
	r.reports = r.defineReports()
	r.artifacts = r.defineArtifacts()
	r.parameter = r.defineParameter()
	r.defineFunctions()
	r.pipeline = r.definePipeline()
	r.defineNotifications()
	return r
}

// Pipeline is the pipeline.
func (r *Pipeline) Pipeline() awscodepipeline.Pipeline { return r.pipeline }

// Topic gets everything that people should know of.
func (r *Pipeline) Topic() awssns.Topic { return r.topic }

// Key encrypts artifacts, reports and notifications.
func (r *Pipeline) Key() awskms.Key { return r.key }

// Reports is the bucket with journals and reports, and with the nominal source.
func (r *Pipeline) Reports() awss3.Bucket { return r.reports }

// Artifacts is the bucket with the pipeline's artifacts.
func (r *Pipeline) Artifacts() awss3.Bucket { return r.artifacts }

// TopologyParameter is the parameter with the topology document.
func (r *Pipeline) TopologyParameter() awsssm.StringParameter { return r.parameter }

// Function is one of the functions: [AssessFunction] and the others.
func (r *Pipeline) Function(name string) *gofunction.Function { return r.functions[name] }

// Alarms are the alarms of runs.
func (r *Pipeline) Alarms() []awscloudwatch.Alarm { return r.alarms }

// site is the Region that is activated.
func (r *Pipeline) site() topology.Site { return r.props.Document.Regions[r.props.Activates] }

func (r *Pipeline) defineParameter() awsssm.StringParameter {
	document, err := json.Marshal(r.props.Document)
	cdkgo.Must("failover pipeline", r, "Topology", err)
	return awsssm.NewStringParameter(r, jsii.String("Topology"), &awsssm.StringParameterProps{
		ParameterName: jsii.String(r.props.TopologyParameterName),
		StringValue:   jsii.String(string(document)),
		Description:   jsii.String("What a failover has to know of " + r.props.Document.Application),
	})
}
